"""Builds the statements that declare words: packs, sources, facts, classes, exercises, measures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from dsl.syntax import ast
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.guards import guard_in
from dsl.syntax.building.terms import Gathering
from dsl.syntax.building.words import (
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
from dsl.syntax.tree import Node, Token


def once(site: Site, said: Sequence[Node]) -> Node | None:
    """Return the one clause of a kind, if there is one; a second one is reported."""
    for again in said[1:]:
        word = str(again.children[0])
        site.report("E127", site.span(again.children[0]), f"`{word}` is given twice", "keep one of the two")
    return said[0] if said else None


def build_pack(site: Site, node: Node, span: Span) -> ast.Pack:
    """Return the header of a file."""
    covers, review = once(site, trees(node, "covers")), once(site, trees(node, "review"))
    return ast.Pack(
        build_name(site, only(node, "name"), dotted=True),
        optional_text(site, once(site, trees(node, "title"))),
        None if covers is None else guard_in(site, covers),
        None if review is None else build_date(site, tokens(review, "DATE")[0]),
        optional_text(site, once(site, trees(node, "author"))),
        span,
        NOWHERE if review is None else site.span(review),
    )


def build_source(site: Site, node: Node, span: Span) -> ast.Source:
    """Return what rules are cited from."""
    return ast.Source(
        build_name(site, only(node, "name")), text_of(site, node), optional_text(site, first(node, "url")), span
    )


def build_fact(site: Site, node: Node, span: Span) -> ast.Fact:
    """Return a fact with its terms grouped."""
    name, before, kind, behind, *asked = (child for child in node.children if isinstance(child, Node))
    gathering = Gathering(site, name.word)
    gathering.read(before.children, name.word, terms=False)
    gathering.read(behind.children, _last_token(kind), terms=behind.kind == "items")
    own = gathering.fact
    return ast.Fact(
        name=build_name(site, name),
        kind=_kind(site, kind, gathering),
        label=own.label,
        ask=gathering.ask,
        synonyms=tuple(own.synonyms),
        codes=tuple(own.codes),
        red_flag=own.red_flag,
        optional=gathering.optional,
        context=gathering.context,
        default=gathering.default,
        asked_when=guard_in(site, asked[0]) if asked else None,
        span=span,
    )


def _kind(site: Site, node: Node, gathering: Gathering) -> ast.FactKind:
    """Return the kind of a fact, with its terms if it has any."""
    if node.kind == "yes_no":
        return ast.YesNo()
    if node.kind == "number":
        return build_number(site, node)
    terms = tuple(term.term(site) for term in gathering.terms)
    if not terms:
        advice = "name at least one term after `of`"
        raise BrokenError(Diagnostic("E138", site.span(node), "the list of terms is empty", advice))
    return ast.OneOf(terms) if node.kind == "one_of" else ast.ManyOf(terms)


def _last_token(node: Node) -> Token:
    *_, last = node.tokens()
    return last


def build_number(site: Site, node: Node) -> ast.Number:
    """Return a range; its unit stands once, in `unit`, however often it is written."""
    low, high = (build_quantity(site, child) for child in trees(node, "quantity"))
    if low.unit is not None and low.unit != high.unit:
        written = "none" if high.unit is None else f"`{high.unit.text}`"
        site.report(
            "E128",
            low.unit.span,
            f"the two ends of the range have different units: `{low.unit.text}` and {written}",
            "write the unit once, after the second number",
        )
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
    also, parents, needs = (once(site, trees(node, kind)) for kind in ("also", "parents", "needs"))
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
    number, unit = tokens(node, "DECIMAL")[0], first(node, "unit")
    value = ast.Quantity(Decimal(str(number)), unit_of(site, node), site.span(number, unit))
    low, high = (build_quantity(site, child) for child in trees(node, "quantity"))
    return ast.Parameter(build_name(site, only(node, "name")), value, low, high, span)


def build_definition(site: Site, node: Node, span: Span) -> ast.Definition:
    """Return a named guard."""
    return ast.Definition(build_name(site, only(node, "name")), guard_in(site, node), span)
