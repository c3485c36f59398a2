"""How large guards become once definitions and `asked when` are written out, counted without doing so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from dsl.semantics.declarations import NONE, Declarations
from dsl.semantics.graphs import components
from dsl.semantics.guards import StatedGuard, stated_guards, values_of
from dsl.semantics.vocabulary_names import GuardNode, guard_graph, rests_on
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits

_DEEPEST = 96
"""Levels of a guard written out; every later pass walks guards with one call a level."""

_GUARDS = 256
"""A compilation holds at most as many nodes as this many guards of the largest size."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """How many nodes a guard has, and how many levels, written out; both stop growing just past their bound."""

    nodes: int
    levels: int

    def capped(self, nodes: int) -> _Extent:
        """Return this extent, its numbers cut off just past `nodes` and the deepest level."""
        return _Extent(min(self.nodes, nodes + 1), min(self.levels, _DEEPEST + 1))

    def deeper(self) -> _Extent:
        """Return the extent of a guard that has this one as its only part."""
        return _Extent(self.nodes, self.levels + 1)


_NOTHING = _Extent(0, 0)
_LEAF = _Extent(1, 1)


def check_expansion(declared: Declarations, limits: Limits) -> Iterator[Diagnostic]:
    """Yield every guard that grows past the bounds, and the one with which all guards together do.

    A guard is passed over where what it rests on is already too large.
    """
    extents = _extents(declared, limits.guard_nodes)
    total, bound = 0, limits.guard_nodes * _GUARDS
    for stated in stated_guards(declared):
        extent = _extent(stated.guard, stated.pack, declared, extents).capped(limits.guard_nodes)
        yield from _too_large(stated, extent, extents, limits.guard_nodes)
        if total <= bound < total + extent.nodes:
            yield Diagnostic("E404", stated.guard.span, f"all guards together have more than {bound} parts", _SPLIT)
        total += extent.nodes


_SPLIT = "split the rules into releases of their own, or simplify their definitions"


def _too_large(
    stated: StatedGuard, extent: _Extent, extents: Mapping[GuardNode, _Extent], bound: int
) -> Iterator[Diagnostic]:
    if extent.nodes <= bound and extent.levels <= _DEEPEST:
        return
    behind = [extents[node] for node in rests_on(stated.guard, stated.pack) if node in extents]
    if any(other.nodes > bound or other.levels > _DEEPEST for other in behind):
        return
    if extent.nodes > bound:
        message = f"this guard has more than {bound} parts once its definitions are written out"
        yield Diagnostic("E404", stated.guard.span, message, "simplify the definitions that it uses")
    else:
        message = f"this guard rests on definitions more than {_DEEPEST} levels deep"
        yield Diagnostic("E404", stated.guard.span, message, "simplify the definitions that it uses")


def _extents(declared: Declarations, bound: int) -> dict[GuardNode, _Extent]:
    """Return the extent of every definition, and of what each fact's `asked when` adds to a comparison."""
    graph = guard_graph(declared)
    extents: dict[GuardNode, _Extent] = {}
    for component in components(graph):
        for node in component:
            extents[node] = _of_node(node, declared, extents).capped(bound)
    return extents


def _of_node(node: GuardNode, declared: Declarations, extents: Mapping[GuardNode, _Extent]) -> _Extent:
    if node.pack:
        return _extent(declared.packs[node.pack].definitions[node.name].guard, node.pack, declared, extents)
    fact = declared.facts[node.name]
    asked = fact.node.asked_when
    return _extent(asked, fact.pack, declared, extents) if asked is not None else _NOTHING


def _extent(guard: ast.Guard, pack: str, declared: Declarations, extents: Mapping[GuardNode, _Extent]) -> _Extent:
    match guard:
        case ast.Always() | ast.IsUnknown():
            return _LEAF
        case ast.Comparison() | ast.Membership() | ast.Between():
            return _of_test(guard, declared, extents)
        case ast.Reference():
            return extents.get(GuardNode(pack, guard.name.text), _LEAF).deeper()
        case ast.Not():
            return _extent(guard.operand, pack, declared, extents).deeper()
        case ast.And() | ast.Or() | ast.AtLeast():
            inside = [_extent(operand, pack, declared, extents) for operand in guard.operands]
            return _Extent(1 + sum(one.nodes for one in inside), 1 + max(one.levels for one in inside))
        case _:
            assert_never(guard)


def _of_test(
    test: ast.Comparison | ast.Membership | ast.Between,
    declared: Declarations,
    extents: Mapping[GuardNode, _Extent],
) -> _Extent:
    asked = extents.get(GuardNode("", test.fact.text), _NOTHING)
    fact = declared.facts.get(test.fact.text)
    terms = len(fact.terms) if fact else 0
    values = (value.text if isinstance(value, ast.Name) else "" for value in values_of(test))
    tests = sum(1 + terms if value == NONE else 1 for value in values)
    return _Extent(1 + tests + asked.nodes, 2 + asked.levels)
