"""What engines that know only true and false are asked, so that they answer soundly where something is unknown.

Guards are in negation normal form, so a guard is surely true exactly where it is true when every test that is unknown
counts as false. How an input says what is missing is up to each engine; many take of a number a `low` and a `high`,
far apart where it is missing. Numbers are in hundredths, because not every engine has fractions. An input holds only
what the rules ask about.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar, assert_never

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

FAR = 10**9
"""Beyond every number of the vocabulary, either way."""

Input = TypeVar("Input")


class Engine(Protocol[Input]):
    """An engine that holds a rule set and says which of its rules surely apply to a member."""

    package: str
    """What it is installed as."""
    form: str
    """In which of its forms it is asked."""

    def __init__(self, artifact: Artifact) -> None:
        """Hold the rules of `artifact`."""

    def prepare(self, facts: Facts) -> Input:
        """Return `facts` as the engine takes them; outside of the clock."""

    def fired(self, asked: Input) -> Sequence[str]:
        """Return the ids of the rules that surely apply, in any order; inside of the clock."""


# --- inputs -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of a `many of` fact: of the terms mentioned True, False or None (unknown); `rest` of the others."""

    mentioned: Mapping[str, bool | None]
    rest: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A member in plain values; numbers and choices that are missing are not in it, lists always are."""

    numbers: Mapping[str, int]
    choices: Mapping[str, str]
    lists: Mapping[str, Listed]

    def low(self, fact: str) -> int:
        """Return a number; where it is missing, one that is below whatever it is compared with."""
        return self.numbers.get(fact, -FAR)

    def high(self, fact: str) -> int:
        """Return a number; where it is missing, one that is above whatever it is compared with."""
        return self.numbers.get(fact, FAR)


class Asked:
    """What the rules of one set ask about: nobody needs to tell an engine more of a member."""

    def __init__(self, rules: Iterable[ir.Rule]) -> None:
        tests = {test for rule in rules for test in _tests(rule.guard)}
        self.numbers = sorted({test.fact for test in tests if isinstance(test, ir.Compare)})
        self.choices = sorted({test.fact for test in tests if isinstance(test, ir.Choice)})
        self.lists = _by_fact(test for test in tests if isinstance(test, ir.Has))
        self._negated = _by_fact(test for test in tests if isinstance(test, ir.Has) and not test.present)

    def known(self, facts: Facts) -> Known:
        """Return what `facts` say of that."""
        return Known(
            numbers={name: hundredths(facts.numbers[name]) for name in self.numbers if name in facts.numbers},
            choices={name: facts.choices[name] for name in self.choices if name in facts.choices},
            lists={name: _listed(terms, facts.terms.get(name, {})) for name, terms in self.lists.items()},
        )

    def absent(self, facts: Facts) -> dict[str, list[str]]:
        """Return by fact the terms known to be absent, of those that a rule wants to be absent."""
        return {
            name: [term for term in terms if facts.terms.get(name, {}).get(term) is False]
            for name, terms in self._negated.items()
        }


def _by_fact(tests: Iterable[ir.Has]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact, term in sorted({(test.fact, test.term) for test in tests}):
        found.setdefault(fact, []).append(term)
    return found


def _tests(guard: ir.Guard) -> list[ir.Test]:
    return [test for tests in alternatives(guard) for test in tests]


def _listed(terms: Sequence[str], states: Mapping[str, bool]) -> Listed:
    """Return the shorter way to say it: all but what is absent, or all but what is unknown."""
    without_absent = {term: states.get(term) for term in terms if states.get(term) is not False}
    without_unknown = {term: states[term] for term in terms if term in states}
    rest = len(without_absent) < len(without_unknown)
    return Listed(without_absent if rest else without_unknown, rest)


def hundredths(value: Decimal) -> int:
    """Return `value`, which has at most two decimals, in hundredths."""
    scaled = value * 100
    if scaled != int(scaled):
        raise ValueError(f"{value} has more than two decimals")
    return int(scaled)


# --- guards -----------------------------------------------------------------------------------


class Writer(ABC):
    """Writes a guard, as "surely true", in the expression language of one engine."""

    def write(self, guard: ir.Guard) -> str:
        """Return the expression for `guard`."""
        match guard:
            case ir.AllOf():
                return self.both(self.write(operand) for operand in likeliest_to_fail_first(guard.operands))
            case ir.AnyOf():
                return self.either(self.write(operand) for operand in guard.operands)
            case ir.AtLeast():
                return self.write(as_alternatives(guard))
            case ir.Has():
                return self.present(guard) if guard.present else self.absent(guard)
            case ir.Choice():
                return self.choice(guard)
            case ir.Compare():
                return self.compare(guard)
            case ir.Always() | ir.Never() | ir.Unknown():
                raise ValueError("rule sets for benchmarks have no such guard")
            case _:
                assert_never(guard)

    def compare(self, test: ir.Compare) -> str:
        """Return the expression for a number, by the bound that fails when it is missing."""
        value = hundredths(test.value)
        match test.operator:
            case "<" | "<=":
                return self.bound("high", test.fact, test.operator, value)
            case ">" | ">=":
                return self.bound("low", test.fact, test.operator, value)
            case "=":
                return self.both(
                    [self.bound("high", test.fact, "<=", value), self.bound("low", test.fact, ">=", value)]
                )
            case "!=":
                return self.either(
                    [self.bound("high", test.fact, "<", value), self.bound("low", test.fact, ">", value)]
                )
            case _:
                assert_never(test.operator)

    @abstractmethod
    def both(self, operands: Iterable[str]) -> str:
        """Return the conjunction."""

    @abstractmethod
    def either(self, operands: Iterable[str]) -> str:
        """Return the disjunction."""

    @abstractmethod
    def present(self, test: ir.Has) -> str:
        """Return that a term is known to be present."""

    @abstractmethod
    def absent(self, test: ir.Has) -> str:
        """Return that a term is known to be absent."""

    @abstractmethod
    def choice(self, test: ir.Choice) -> str:
        """Return that a choice is known, and one of the values (or none of them)."""

    @abstractmethod
    def bound(self, end: str, fact: str, operator: str, value: int) -> str:
        """Return the comparison of one end ("low", "high") of a number."""


def likeliest_to_fail_first(operands: Iterable[ir.Guard]) -> list[ir.Guard]:
    """Return `operands` so that an engine that stops at the first false one stops early: lists, choices, numbers."""
    return sorted(operands, key=_likeliness)


def _likeliness(guard: ir.Guard) -> int:
    match guard:
        case ir.Has():
            return 0 if guard.present else 4
        case ir.Choice():
            return 2
        case ir.Compare():
            return 3
        case _:
            return 1


def as_alternatives(guard: ir.AtLeast) -> ir.AnyOf:
    """Return `guard` as the combinations of operands that are enough."""
    return ir.AnyOf(tuple(map(ir.AllOf, itertools.combinations(guard.operands, guard.count))))


def alternatives(guard: ir.Guard) -> list[tuple[ir.Test, ...]]:
    """Return the disjunctive normal form of `guard`: it is surely true where every test of one of them is."""
    match guard:
        case ir.AllOf():
            parts = [alternatives(operand) for operand in guard.operands]
            return [tuple(itertools.chain(*picked)) for picked in itertools.product(*parts)]
        case ir.AnyOf():
            return [found for operand in guard.operands for found in alternatives(operand)]
        case ir.AtLeast():
            return alternatives(as_alternatives(guard))
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            return [(guard,)]
        case ir.Always() | ir.Never():
            raise ValueError("rule sets for benchmarks have no such guard")
        case _:
            assert_never(guard)
