"""Builds the statements that declare words: packs, sources, facts, classes, exercises, measures."""

from __future__ import annotations

from decimal import Decimal

from lark import Token

from dsl.syntax import ast
from dsl.syntax.building.guards import guard_in
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.terms import Gathering
from dsl.syntax.building.words import (
    Child,
    Node,
    Site,
    build_date,
    build_name,
    build_quantity,
    build_text,
    first,
    label_of,
    names,
    only,
    optional_text,
    text_of,
    tokens,
    trees,
    unit_of,
)
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import NOWHERE, Span


def once(site: Site, node: Node, kind: str) -> Node | None:
    """Return the clause of that kind, if there is one; a second one is reported."""
    found = list(trees(node.children, kind))
    for again in found[1:]:
        word = str(again.children[0])
        site.report("E127", site.span(again.children[0]), f"`{word}` is given twice", "keep one of the two")
    return found[0] if found else None


def build_pack(site: Site, node: Node, span: Span) -> ast.Pack:
    """Return the header of a file."""
    covers, review = once(site, node, "covers"), once(site, node, "review")
    return ast.Pack(
        build_name(site, only(node, "name"), dotted=True),
        optional_text(site, once(site, node, "title")),
        None if covers is None else guard_in(site, covers),
        None if review is None else build_date(site, tokens(review, "DATE")[0]),
        optional_text(site, once(site, node, "author")),
        span,
        NOWHERE if review is None else site.span(review),
    )


def build_source(site: Site, node: Node, span: Span) -> ast.Source:
    """Return what rules are cited from."""
    return ast.Source(build_name(site, only(node, "name")), text_of(site, node), optional_text(site, first(node, "url")), span)


def build_fact(site: Site, node: Node, span: Span) -> ast.Fact:
    """Return a fact with its terms grouped."""
    name = build_name(site, only(node, "name"))
    name_token = only(node, "name").children[0]
    assert isinstance(name_token, Token)
    gathering = Gathering(site, name_token)
    kind: ast.FactKind | None = None
    before = name_token
    for child in trees(node.children):
        match child.kind:
            case "facets" | "items":
                gathering.read(child.children, before, terms=child.kind == "items")
                if child.kind == "items":
                    kind = _listed(site, gathering, kind, before)
            case "one_of" | "many_of":
                kind = ast.OneOf(()) if child.kind == "one_of" else ast.ManyOf(())
                before = _last_token(child)
            case "yes_no":
                kind, before = ast.YesNo(), _last_token(child)
            case "number":
                kind, before = build_number(site, child), _last_token(child)
            case _:
                pass
    assert kind is not None
    asked = first(node, "asked_when")
    own = gathering.fact
    return ast.Fact(
        name, kind, own.label, gathering.ask, tuple(own.synonyms), tuple(own.codes), own.red_flag,
        gathering.optional, gathering.context, gathering.default, None if asked is None else guard_in(site, asked), span,
    )


def _listed(site: Site, gathering: Gathering, kind: ast.FactKind | None, before: Token) -> ast.FactKind:
    terms = tuple(term.term(site) for term in gathering.terms)
    if not terms:
        raise BrokenError(Diagnostic("E138", site.span(before), "the list of terms is empty", "name at least one term after `of`"))
    return ast.ManyOf(terms) if isinstance(kind, ast.ManyOf) else ast.OneOf(terms)


def _last_token(child: Child) -> Token:
    while isinstance(child, Node):
        child = child.children[-1]
    return child


def build_number(site: Site, node: Node) -> ast.Number:
    """Return a range; its unit stands once, in `unit`, however often it is written."""
    low, high = (build_quantity(site, child) for child in trees(node.children, "quantity"))
    if low.unit is not None and low.unit != high.unit:
        written = "none" if high.unit is None else f"`{high.unit.text}`"
        site.report("E128", low.unit.span, f"the two ends of the range have different units: `{low.unit.text}` and {written}",
                    "write the unit once, after the second number")
    plain = (ast.Quantity(low.value, None, low.span), ast.Quantity(high.value, None, high.span))
    return ast.Number(*plain, high.unit, bool(tokens(node, "WHOLE")))


def build_impossible(site: Site, node: Node, span: Span) -> ast.Impossible:
    """Return what no member can be."""
    return ast.Impossible(guard_in(site, node), span)


def build_class(site: Site, node: Node, span: Span) -> ast.Class:
    """Return a class, or a union of classes."""
    union = first(node, "union")
    members = () if union is None else names(site, only(union, "names"))
    return ast.Class(build_name(site, only(node, "name")), label_of(site, node), members, span)


def build_exercise(site: Site, node: Node, span: Span) -> ast.Exercise:
    """Return an exercise with what it is and what it needs."""
    also, parents, needs = (once(site, node, kind) for kind in ("also", "parents", "needs"))
    return ast.Exercise(
        build_name(site, only(node, "name")),
        label_of(site, node),
        () if also is None else tuple(build_text(site, token) for token in tokens(also, "STRING")),
        () if parents is None else names(site, only(parents, "names")),
        () if needs is None else names(site, only(needs, "names")),
        span,
    )


def build_measure(site: Site, node: Node, span: Span) -> ast.Measure:
    """Return what limits can bind."""
    number = first(node, "number")
    kind = ast.Scale(names(site, only(node, "scale"))) if number is None else build_number(site, number)
    return ast.Measure(build_name(site, only(node, "name")), kind, label_of(site, node), span)


def build_parameter(site: Site, node: Node, span: Span) -> ast.Parameter:
    """Return a threshold with the range that it may be moved in."""
    number = tokens(node, "DECIMAL")[0]
    value = ast.Quantity(Decimal(str(number)), unit_of(site, node), site.span(number))
    low, high = (build_quantity(site, child) for child in trees(node.children, "quantity"))
    return ast.Parameter(build_name(site, only(node, "name")), value, low, high, span)


def build_definition(site: Site, node: Node, span: Span) -> ast.Definition:
    """Return a named guard."""
    return ast.Definition(build_name(site, only(node, "name")), guard_in(site, node), span)
