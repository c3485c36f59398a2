"""Whether a guard can hold at all: the part of each fact's values that a guard leaves.

What is answered no is certain. What is answered yes may still be impossible: alternatives are not tried in
combination. Proofs proper are the solver's.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import assert_never

from dsl.semantics import ir
from dsl.semantics.vocabulary import Fact, Kind


@dataclass(frozen=True, slots=True)
class _Interval:
    """Numbers from `low` to `high`, each end included or not."""

    low: Decimal
    high: Decimal
    low_open: bool = False
    high_open: bool = False

    @property
    def empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def above(self, value: Decimal, *, open_: bool) -> _Interval:
        if (value, open_) <= (self.low, self.low_open):
            return self
        return replace(self, low=value, low_open=open_)

    def below(self, value: Decimal, *, open_: bool) -> _Interval:
        if (value, not open_) >= (self.high, not self.high_open):
            return self
        return replace(self, high=value, high_open=open_)


@dataclass(frozen=True, slots=True)
class Region:
    """What is left of the values of each fact, by fact; untouched facts are not in it."""

    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    terms: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    numbers: Mapping[str, _Interval] = field(default_factory=dict)


def can_hold(guard: ir.Guard, facts: Mapping[str, Fact]) -> bool:
    """Return whether some member could make `guard` true; no is certain, yes is not."""
    region = _narrowed(Region(), guard, facts)
    return region is not None and _narrowed(region, guard, facts) is not None


def _narrowed(region: Region, guard: ir.Guard, facts: Mapping[str, Fact]) -> Region | None:
    """Return what `guard` leaves of `region`, or more; None when surely nothing."""
    match guard:
        case ir.Always() | ir.Unknown():
            return region
        case ir.Never():
            return None
        case ir.Choice():
            return _by_choice(region, guard, facts)
        case ir.Has():
            known = region.terms.get((guard.fact, guard.term), guard.present)
            terms = {**region.terms, (guard.fact, guard.term): guard.present}
            return replace(region, terms=terms) if known is guard.present else None
        case ir.Compare():
            return _by_number(region, guard, facts)
        case ir.AllOf():
            return _by_all(region, guard.operands, facts)
        case ir.AnyOf():
            return _by_some(region, 1, guard.operands, facts)
        case ir.AtLeast():
            return _by_some(region, guard.count, guard.operands, facts)
        case _:
            assert_never(guard)


def _by_choice(region: Region, guard: ir.Choice, facts: Mapping[str, Fact]) -> Region | None:
    fact = facts[guard.fact]
    every = ("yes", "no") if fact.kind is Kind.YES_NO else (term.name for term in fact.terms)
    known = region.choices.get(guard.fact) or frozenset(every)
    left = known - frozenset(guard.values) if guard.negated else known & frozenset(guard.values)
    return replace(region, choices={**region.choices, guard.fact: left}) if left else None


def _by_number(region: Region, guard: ir.Compare, facts: Mapping[str, Fact]) -> Region | None:
    fact, value = facts[guard.fact], guard.value
    known = region.numbers.get(guard.fact) or _Interval(fact.low or Decimal(0), fact.high or Decimal(0))
    match guard.operator:
        case "=":
            left = known.above(value, open_=False).below(value, open_=False)
        case "!=":
            return None if known.low == known.high == value else region
        case "<" | "<=":
            left = known.below(value, open_=guard.operator == "<")
        case ">" | ">=":
            left = known.above(value, open_=guard.operator == ">")
        case _:
            assert_never(guard.operator)
    return None if left.empty else replace(region, numbers={**region.numbers, guard.fact: left})


def _by_all(region: Region, operands: Iterable[ir.Guard], facts: Mapping[str, Fact]) -> Region | None:
    left: Region | None = region
    for operand in operands:
        left = _narrowed(left, operand, facts) if left is not None else None
    return left


def _by_some(region: Region, count: int, operands: Iterable[ir.Guard], facts: Mapping[str, Fact]) -> Region | None:
    possible = [left for operand in operands if (left := _narrowed(region, operand, facts)) is not None]
    if len(possible) < count:
        return None
    return possible[0] if len(possible) == 1 else region


# --- nobody -----------------------------------------------------------------------------------

_COMPARED: Mapping[ir.Operator, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def for_nobody(guard: ir.Guard, facts: Mapping[str, Fact]) -> bool | None:
    """Return what `guard` is for a member of whom nothing is known; None for unknown."""
    match guard:
        case ir.Always():
            return True
        case ir.Never():
            return False
        case ir.Unknown():
            return (facts[guard.fact].default is None) is not guard.negated
        case ir.Choice() | ir.Has() | ir.Compare():
            return _by_default(guard, facts[guard.fact])
        case ir.AllOf():
            return _counted(guard.operands, len(guard.operands), facts)
        case ir.AnyOf():
            return _counted(guard.operands, 1, facts)
        case ir.AtLeast():
            return _counted(guard.operands, guard.count, facts)
        case _:
            assert_never(guard)


def _by_default(test: ir.Choice | ir.Has | ir.Compare, fact: Fact) -> bool | None:
    if fact.default is None:
        return False if fact.optional else None
    match test:
        case ir.Choice():
            return (fact.default in test.values) is not test.negated
        case ir.Has():
            return (fact.default == test.term) is test.present
        case ir.Compare():
            return _COMPARED[test.operator](Decimal(fact.default), test.value)
        case _:
            assert_never(test)


def _counted(operands: tuple[ir.Guard, ...], count: int, facts: Mapping[str, Fact]) -> bool | None:
    held = [for_nobody(operand, facts) for operand in operands]
    if held.count(True) >= count:
        return True
    return None if len(held) - held.count(False) >= count else False
