"""Builds names, strings, numbers and lists of them, each with its exact place."""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from decimal import Decimal

from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span
from dsl.syntax.tree import Child, Node, Token

_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a statement is built: the name of its file, and the list that takes what is found wrong."""

    source: str
    found: list[Diagnostic] = field(default_factory=list)

    def span(self, first: Child, last: Child | None = None) -> Span:
        """Return the place from `first` to `last`, both included."""
        return Span(self.source, first.start, (first if last is None else last).end)

    def report(self, code: str, span: Span, message: str, help_: str | None = None, example: str | None = None) -> None:
        """Note a finding."""
        self.found.append(Diagnostic(code, span, message, help_, example))


def trees(node: Node, kind: str) -> list[Node]:
    """Return the child trees of that kind."""
    return [child for child in node.children if child.kind == kind and isinstance(child, Node)]


def among(node: Node, kinds: Container[str]) -> list[Node]:
    """Return the child trees of one of `kinds`."""
    return [child for child in node.children if child.kind in kinds and isinstance(child, Node)]


def by_kind(node: Node) -> defaultdict[str, list[Node]]:
    """Return the child trees by their kind, none for a kind that is not there."""
    found: defaultdict[str, list[Node]] = defaultdict(list)
    for child in node.children:
        if isinstance(child, Node):
            found[child.kind].append(child)
    return found


def first(node: Node, kind: str) -> Node | None:
    """Return the first child tree of that kind."""
    for child in node.children:
        if child.kind == kind and isinstance(child, Node):
            return child
    return None


def only(node: Node, kind: str) -> Node:
    """Return the child tree of that kind, which the grammar promises."""
    return trees(node, kind)[0]


def tokens(node: Node, *kinds: str) -> list[Token]:
    """Return the direct tokens of `node` that are of one of `kinds`."""
    return [child for child in node.children if child.kind in kinds and isinstance(child, Token)]


def token_name(site: Site, token: Token) -> ast.Name:
    """Return one word as a name."""
    return ast.Name(str(token), Span(site.source, token.start, token.end))


def build_name(site: Site, node: Node, *, dotted: bool = False) -> ast.Name:
    """Return a name; a dot in it is reported unless it may be `dotted` (rules, packs)."""
    token = node.word
    if "." in token and not dotted:
        site.report(
            "E125",
            site.span(token),
            f"`{token}` has a dot, which only names of packs and rules may have",
            f"write `{token.replace('.', '_')}`",
        )
    return token_name(site, token)


def names(site: Site, node: Node) -> tuple[ast.Name, ...]:
    """Return the names of a comma-separated list."""
    return tuple(build_name(site, child) for child in trees(node, "name"))


def build_text(site: Site, token: Token) -> ast.Text:
    """Return a string without its quotes and escapes."""
    body = token[1:-1]
    return ast.Text(_ESCAPE.sub(r"\1", body) if "\\" in body else body, site.span(token))


def text_of(site: Site, node: Node) -> ast.Text:
    """Return the string of a clause such as `because "…"`."""
    return build_text(site, tokens(node, "STRING")[0])


def optional_text(site: Site, node: Node | None) -> ast.Text | None:
    """Return the string of a clause, if the clause is there."""
    return None if node is None else text_of(site, node)


def label_of(site: Site, node: Node) -> ast.Text | None:
    """Return the label that stands directly in `node`, if one does."""
    found = tokens(node, "STRING")
    return build_text(site, found[0]) if found else None


def build_quantity(site: Site, node: Node) -> ast.Quantity:
    """Return a number with its unit, if it has one."""
    number = tokens(node, "DECIMAL")[0]
    return ast.Quantity(Decimal(str(number)), unit_of(site, node), site.span(node))


def unit_of(site: Site, node: Node) -> ast.Name | None:
    """Return the unit that stands directly in `node`, if one does."""
    unit = first(node, "unit")
    return None if unit is None else token_name(site, unit.word)


def build_value(site: Site, node: Node) -> ast.Value:
    """Return what stands on the right of a comparison."""
    child = node.children[0]
    if isinstance(child, Token):
        return token_name(site, child)
    return build_quantity(site, child) if child.kind == "quantity" else build_name(site, child)


def values(site: Site, node: Node) -> tuple[ast.Value, ...]:
    """Return the values that stand directly in `node`."""
    return tuple(build_value(site, child) for child in trees(node, "value"))


def build_date(site: Site, token: Token) -> datetime.date:
    """Return the day that `token` names; one that no calendar has is reported."""
    try:
        return datetime.date.fromisoformat(str(token))
    except ValueError:
        site.report(
            "E119",
            site.span(token),
            f"`{token}` is no day of any calendar",
            "write it as year-month-day, such as `2027-05-01`",
        )
        return datetime.date.min
