"""Whether a guard can hold at all: the part of each fact's values that a guard leaves.

What is answered no is certain. What is answered yes may still be impossible: alternatives are not tried in
combination. That, like proofs proper, is the solver's (`analysis.suspicions`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, assert_never

from dsl.semantics import ir
from dsl.semantics.vocabulary import Fact, Kind


class _Interval(NamedTuple):
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
        return _Interval(value, self.high, open_, self.high_open)

    def below(self, value: Decimal, *, open_: bool) -> _Interval:
        if (value, not open_) >= (self.high, not self.high_open):
            return self
        return _Interval(self.low, value, self.low_open, open_)


@dataclass(slots=True)
class Region:
    """What is left of the values of each fact, by fact; untouched facts are not in it."""

    choices: dict[str, frozenset[str]] = field(default_factory=dict)
    terms: dict[tuple[str, str], bool] = field(default_factory=dict)
    numbers: dict[str, _Interval] = field(default_factory=dict)

    def copy(self) -> Region:
        """Return a region that can be narrowed without this one."""
        return Region(dict(self.choices), dict(self.terms), dict(self.numbers))


def can_hold(guard: ir.Guard, facts: Mapping[str, Fact]) -> bool:
    """Return whether some member could make `guard` true; no is certain, yes is not."""
    region = Region()
    return _narrow(region, guard, facts) and _narrow(region, guard, facts)


def _narrow(region: Region, guard: ir.Guard, facts: Mapping[str, Fact]) -> bool:
    """Narrow `region` to what `guard` leaves of it, or more; return False when that is surely nothing."""
    match guard:
        case ir.Always() | ir.Unknown():
            return True
        case ir.Never():
            return False
        case ir.Choice():
            return _by_choice(region, guard, facts)
        case ir.Has():
            return region.terms.setdefault((guard.fact, guard.term), guard.present) is guard.present
        case ir.Compare():
            return _by_number(region, guard, facts)
        case ir.AllOf():
            return all(_narrow(region, operand, facts) for operand in guard.operands)
        case ir.AnyOf():
            return _by_some(region, 1, guard.operands, facts)
        case ir.AtLeast():
            return _by_some(region, guard.count, guard.operands, facts)
        case _:
            assert_never(guard)


def _by_choice(region: Region, guard: ir.Choice, facts: Mapping[str, Fact]) -> bool:
    known = region.choices.get(guard.fact) or _every(facts[guard.fact])
    left = known.difference(guard.values) if guard.negated else known.intersection(guard.values)
    region.choices[guard.fact] = left
    return bool(left)


def _every(fact: Fact) -> frozenset[str]:
    return frozenset(("yes", "no") if fact.kind is Kind.YES_NO else (term.name for term in fact.terms))


def _by_number(region: Region, guard: ir.Compare, facts: Mapping[str, Fact]) -> bool:
    fact, value = facts[guard.fact], guard.value
    known = region.numbers.get(guard.fact) or _Interval(fact.low or Decimal(0), fact.high or Decimal(0))
    match guard.operator:
        case "=":
            left = known.above(value, open_=False).below(value, open_=False)
        case "!=":
            return not known.low == known.high == value
        case "<" | "<=":
            left = known.below(value, open_=guard.operator == "<")
        case ">" | ">=":
            left = known.above(value, open_=guard.operator == ">")
        case _:
            assert_never(guard.operator)
    region.numbers[guard.fact] = left
    return not left.empty


def _by_some(region: Region, count: int, operands: Iterable[ir.Guard], facts: Mapping[str, Fact]) -> bool:
    tried = [(region.copy(), operand) for operand in operands]
    possible = [left for left, operand in tried if _narrow(left, operand, facts)]
    if len(possible) == 1:
        region.choices, region.terms, region.numbers = possible[0].choices, possible[0].terms, possible[0].numbers
    return len(possible) >= count


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
