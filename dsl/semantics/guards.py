"""Where guards stand, and what stands in them: the walks that every check of guards begins with."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from dsl.semantics.declarations import Declarations, PackContents
from dsl.syntax import ast


class Place(enum.Enum):
    """What a guard decides; the value is how its author calls it."""

    RULE = "rule"
    EXCEPTION = "exception"
    OVERRIDE = "override"
    COVERS = "covers"
    IMPOSSIBLE = "impossible"
    ASKED_WHEN = "asked when"
    DEFINITION = "definition"
    PROOF = "proof"


@dataclass(frozen=True, slots=True)
class StatedGuard:
    """A guard with its pack and what it decides; `action` and `limited` are of the rule whose guard it is."""

    guard: ast.Guard
    pack: str
    place: Place
    action: ast.ActionKind | None = None
    limited: bool = False


def walk(guard: ast.Guard) -> list[ast.Guard]:
    """Return `guard` and every guard inside it, as written: definitions are not entered."""
    found: list[ast.Guard] = []
    _gather(guard, found)
    return found


def _gather(guard: ast.Guard, found: list[ast.Guard]) -> None:
    found.append(guard)
    match guard:
        case ast.Comparison() | ast.Membership() | ast.Between() | ast.Reference() | ast.Always() | ast.IsUnknown():
            return
        case ast.And() | ast.Or() | ast.AtLeast():
            for operand in guard.operands:
                _gather(operand, found)
        case ast.Not():
            _gather(guard.operand, found)
        case _:
            assert_never(guard)


def facts_in(guard: ast.Guard) -> Iterator[ast.Name]:
    """Yield the name of every fact that `guard` mentions itself, once a mention."""
    for part in walk(guard):
        if isinstance(part, ast.Comparison | ast.Membership | ast.Between | ast.IsUnknown):
            yield part.fact


def definitions_in(guard: ast.Guard) -> Iterator[ast.Name]:
    """Yield the name of every definition that `guard` mentions itself, once a mention."""
    return (part.name for part in walk(guard) if isinstance(part, ast.Reference))


def values_of(test: ast.Comparison | ast.Membership | ast.Between) -> tuple[ast.Value, ...]:
    """Return the values that a test holds its fact against, in the order written."""
    match test:
        case ast.Comparison():
            return (test.value,)
        case ast.Membership():
            return test.values
        case ast.Between():
            return (test.low, test.high)
        case _:
            assert_never(test)


def stated_guards(declared: Declarations) -> Iterator[StatedGuard]:
    """Yield every guard of every statement."""
    for fact in declared.facts.values():
        if fact.node.asked_when is not None:
            yield StatedGuard(fact.node.asked_when, fact.pack, Place.ASKED_WHEN)
    for pack in declared.packs.values():
        yield from _of_pack(pack)


def _of_pack(pack: PackContents) -> Iterator[StatedGuard]:
    if pack.header is not None and pack.header.covers is not None:
        yield StatedGuard(pack.header.covers, pack.name, Place.COVERS)
    for impossible in pack.impossible:
        yield StatedGuard(impossible.guard, pack.name, Place.IMPOSSIBLE)
    for definition in pack.definitions.values():
        yield StatedGuard(definition.guard, pack.name, Place.DEFINITION)
    for rule in pack.rules:
        yield from _of_rule(pack, rule)
    for override in pack.overrides:
        yield StatedGuard(override.guard, pack.name, Place.OVERRIDE)
    for proof in pack.proofs:
        yield StatedGuard(proof.guard, pack.name, Place.PROOF)


def _of_rule(pack: PackContents, rule: ast.Rule) -> Iterator[StatedGuard]:
    yield StatedGuard(rule.guard, pack.name, Place.RULE, rule.action.kind, limited=bool(rule.limits))
    for exception in rule.exceptions:
        yield StatedGuard(exception.guard, pack.name, Place.EXCEPTION, rule.action.kind)
