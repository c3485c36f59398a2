"""Builds guards: what must be true of a member for a statement to apply."""

from __future__ import annotations

from dsl.syntax import ast
from dsl.syntax.building.words import (
    Site,
    among,
    build_name,
    build_value,
    only,
    tokens,
    values,
)
from dsl.syntax.tree import Node

GUARDS = frozenset(
    {
        "conjunction",
        "disjunction",
        "negation",
        "comparison",
        "membership",
        "between",
        "at_least",
        "is_unknown",
        "always",
        "reference",
        "group",
    }
)
COMPARATORS = frozenset({"EQUAL", "NOT_EQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST"})


def guard_in(site: Site, node: Node) -> ast.Guard:
    """Return the guard that stands directly in `node`."""
    return build_guard(site, among(node, GUARDS)[0])


def build_guard(site: Site, node: Node) -> ast.Guard:
    """Return the guard of a tree; depth is bounded before parsing, so the recursion is too."""
    place = site.span(node)
    match node.kind:
        case "group":
            return guard_in(site, node)
        case "conjunction":
            return ast.And(_flat(site, node, ast.And), place)
        case "disjunction":
            return ast.Or(_flat(site, node, ast.Or), place)
        case "negation":
            return ast.Not(guard_in(site, node), place)
        case "at_least":
            return ast.AtLeast(_count(site, node), _operands(site, node), place)
        case "always":
            return ast.Always(place)
        case _:
            return _about_a_fact(site, node)


def _count(site: Site, node: Node) -> int:
    """Return the number of `at least N of`."""
    written = tokens(node, "DECIMAL")[0]
    if not written.isdigit():
        site.report("E126", site.span(written), f"`{written}` is not a whole number", "write `1`, `2` and so on")
        return 1
    return int(written)


def _about_a_fact(site: Site, node: Node) -> ast.Guard:
    """Return a guard that begins with, or consists of, one name."""
    place, name = site.span(node), build_name(site, only(node, "name"))
    match node.kind:
        case "comparison":
            return ast.Comparison(name, comparator(node), build_value(site, only(node, "value")), place)
        case "membership":
            return ast.Membership(name, values(site, node), bool(tokens(node, "NOT")), place)
        case "between":
            low, high = values(site, node)
            return ast.Between(name, low, high, place)
        case "is_unknown":
            return ast.IsUnknown(name, place)
        case _:
            return ast.Reference(name, place)


def comparator(node: Node) -> ast.Comparator:
    """Return the comparator that stands directly in `node`."""
    return ast.Comparator(str(next(child for child in node.children if child.kind in COMPARATORS)))


def _operands(site: Site, node: Node) -> tuple[ast.Guard, ...]:
    return tuple(build_guard(site, child) for child in among(node, GUARDS))


def _flat(site: Site, node: Node, kind: type[ast.And | ast.Or]) -> tuple[ast.Guard, ...]:
    """Return the operands, those of a parenthesised guard of the same kind among them: `a and (b and c)`."""
    operands: list[ast.Guard] = []
    for operand in _operands(site, node):
        if isinstance(operand, ast.And | ast.Or) and isinstance(operand, kind):
            operands.extend(operand.operands)
        else:
            operands.append(operand)
    return tuple(operands)
