"""The truths of many tests for one member, a byte a test: what conjunctions of any of them are read from.

A byte is `FALSE`, `UNKNOWN` or `TRUE`, so chosen that the truth of a conjunction is the bitwise "and" of its tests'.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from dsl.evaluation.reference import holds, is_unknown
from dsl.semantics import ir
from dsl.semantics.facts import Facts, Terms
from dsl.semantics.vocabulary import Fact, Kind

FALSE, UNKNOWN, TRUE = 0, 1, 3
"""`FALSE & anything` is false, `UNKNOWN & TRUE` unknown."""

ALWAYS = 0
"""The place of a test that holds always."""

MOST_LATE = 64
"""Tests that may be added to those of a release; each is tested by itself."""

YES_NO = ("yes", "no")
_UPPER, _LOWER = ("<", "<="), (">=", ">")


class _Choices(NamedTuple):
    """Where the tests of a fact with one value lie, and their truths for each of its values."""

    fact: str
    start: int
    end: int
    truths: Mapping[str, bytes]
    missing: bytes


class _Numbers(NamedTuple):
    """Where the tests of a number lie. Of bounds, those that hold follow each other: from where to where is a run.

    There is a run for each of the `points`, and for each gap before, between and behind them. `equal` are the tests of
    equality, with the truth where the number is equal.
    """

    fact: str
    start: int
    end: int
    points: Sequence[Decimal]
    at: Mapping[Decimal, tuple[int, int]]
    gaps: Sequence[tuple[int, int]]
    equal: Mapping[Decimal, Sequence[tuple[int, int]]]
    missing: bytes


class _Terms(NamedTuple):
    """Where the tests of a `many of` fact lie: of each term that it is present, and that it is not."""

    fact: str
    start: int
    end: int
    places: Mapping[str, tuple[int, int]]
    doubt: int
    missing: bytes


class Tests:
    """The different tests of a release, each with a place among their truths."""

    def __init__(self, tests: Iterable[ir.Test], facts: Mapping[str, Fact]) -> None:
        """Give each of `tests` a place; they are about the vocabulary's `facts`."""
        self.places: dict[ir.Test, int] = {}
        self._base = bytearray([TRUE])
        self._optional = frozenset(name for name, fact in facts.items() if fact.optional)
        self._choices: list[_Choices] = []
        self._numbers: list[_Numbers] = []
        self._terms: list[_Terms] = []
        self._unknown: list[tuple[int, ir.Unknown]] = []
        self._late: list[tuple[int, ir.Test]] = []
        by_fact: dict[str, dict[ir.Test, None]] = {}
        for test in tests:
            by_fact.setdefault(test.fact, {})[test] = None
        for fact, of_fact in by_fact.items():
            self._add(facts[fact], list(of_fact))
        self._start = bytes(self._base)

    def __len__(self) -> int:
        return len(self._start)

    def with_late(self, tests: Iterable[ir.Test]) -> Tests | None:
        """Return these tests and those of `tests` that are new, at the end; None where that are too many."""
        new = [test for test in dict.fromkeys(tests) if test not in self.places]
        if not new:
            return self
        if len(self._late) + len(new) > MOST_LATE:
            return None
        found = Tests.__new__(Tests)
        found.__dict__.update(self.__dict__)
        late = [(len(self._start) + place, test) for place, test in enumerate(new)]
        found.places = {**self.places, **{test: place for place, test in late}}
        found._late = [*self._late, *late]  # noqa: SLF001 - of its own class
        found._start = self._start + bytes(len(new))  # noqa: SLF001 - as above
        return found

    # --- laying them out ----------------------------------------------------------------------

    def _add(self, fact: Fact, tests: list[ir.Test]) -> None:
        plain = [test for test in tests if not isinstance(test, ir.Unknown)]
        match fact.kind:
            case Kind.ONE_OF | Kind.YES_NO:
                self._add_choices(fact, [test for test in plain if isinstance(test, ir.Choice)])
            case Kind.NUMBER:
                self._add_numbers(fact, [test for test in plain if isinstance(test, ir.Compare)])
            case Kind.MANY_OF:
                self._add_terms(fact, [test for test in plain if isinstance(test, ir.Has)])
        for test in tests:
            if isinstance(test, ir.Unknown):
                self._unknown.append((self._place(test, FALSE), test))

    def _place(self, test: ir.Test, truth: int) -> int:
        place = self.places[test] = len(self._base)
        self._base.append(truth)
        return place

    def _doubt(self, fact: Fact) -> int:
        return FALSE if fact.optional else UNKNOWN

    def _add_choices(self, fact: Fact, tests: list[ir.Choice]) -> None:
        start = len(self._base)
        for test in tests:
            self._place(test, FALSE)
        values = YES_NO if fact.kind is Kind.YES_NO else tuple(term.name for term in fact.terms)
        truths = {
            value: bytes(FALSE if (value in test.values) is test.negated else TRUE for test in tests)
            for value in values
        }
        missing = bytes([self._doubt(fact)]) * len(tests)
        self._choices.append(_Choices(fact.name, start, len(self._base), truths, missing))

    def _add_numbers(self, fact: Fact, tests: list[ir.Compare]) -> None:
        """Lay out the upper bounds, then the lower ones, each from low to high: those that hold follow each other."""
        start = len(self._base)
        upper, lower = _ordered(tests, _UPPER), _ordered(tests, _LOWER)
        for test in (*upper, *lower):
            self._place(test, FALSE)
        equal: dict[Decimal, list[tuple[int, int]]] = {}
        for test in tests:
            if test.operator in ("=", "!="):
                here, elsewhere = (TRUE, FALSE) if test.operator == "=" else (FALSE, TRUE)
                equal.setdefault(test.value, []).append((self._place(test, elsewhere), here))
        points = sorted({test.value for test in (*upper, *lower)})
        runs = _runs(start, upper, lower, points)
        at = dict(zip(points, runs[1::2], strict=True))
        end = len(self._base)
        missing = bytes([self._doubt(fact)]) * (end - start)
        self._numbers.append(_Numbers(fact.name, start, end, points, at, runs[::2], equal, missing))

    def _add_terms(self, fact: Fact, tests: list[ir.Has]) -> None:
        start = len(self._base)
        places = {}
        for term in dict.fromkeys(test.term for test in tests):
            present = self._place(ir.Has(fact.name, term), FALSE)
            places[term] = present, self._place(ir.Has(fact.name, term, present=False), TRUE)
        end, doubt = len(self._base), self._doubt(fact)
        self._terms.append(_Terms(fact.name, start, end, places, doubt, bytes([doubt]) * (end - start)))

    # --- reading them off ---------------------------------------------------------------------

    def truths(self, facts: Facts) -> bytearray:
        """Return the truth of each test for a member, at its place."""
        found = bytearray(self._start)
        choices, numbers = facts.choices, facts.numbers
        for fact, start, end, truths, missing in self._choices:
            found[start:end] = truths[choices[fact]] if fact in choices else missing
        for fact, start, end, points, at, gaps, equal, missing in self._numbers:
            if fact not in numbers:
                found[start:end] = missing
                continue
            number = numbers[fact]
            first, last = at[number] if number in at else gaps[bisect_left(points, number)]
            found[first:last] = b"\x03" * (last - first)
            if number in equal:
                for test, truth in equal[number]:
                    found[test] = truth
        self._write_lists(found, facts.terms)
        for place, unknown in self._unknown:
            found[place] = TRUE if is_unknown(unknown, facts) is not unknown.negated else FALSE
        for place, late in self._late:
            held = holds(late, facts, self._optional)
            found[place] = UNKNOWN if held is None else TRUE if held else FALSE
        return found

    def _write_lists(self, found: bytearray, known: Mapping[str, Mapping[str, bool]]) -> None:
        """Write what is known of `many of` facts. Of complete lists, most, only what is present differs."""
        for terms in self._terms:
            fact, start, end, places, _, missing = terms
            if fact not in known:
                found[start:end] = missing
                continue
            states = known[fact]
            if not isinstance(states, Terms) or states.unknown:
                _write(found, terms, states)
                continue
            for term in states.present:
                if term in places:
                    has, lacks = places[term]
                    found[has], found[lacks] = TRUE, FALSE


def _ordered(tests: Iterable[ir.Compare], operators: tuple[str, str]) -> list[ir.Compare]:
    """Return the tests with one of `operators` from low to high, those with the first one before the others."""
    wanted = (test for test in tests if test.operator in operators)
    return sorted(wanted, key=lambda test: (test.value, operators.index(test.operator)))


def _runs(
    start: int, upper: Sequence[ir.Compare], lower: Sequence[ir.Compare], points: Sequence[Decimal]
) -> list[tuple[int, int]]:
    """Return for each region of a number the first test that holds, and the one behind the last."""
    below = [(test.value, _UPPER.index(test.operator)) for test in upper]
    above = [(test.value, _LOWER.index(test.operator)) for test in lower]
    runs = []
    for place in range(len(points)):
        value = points[place]
        runs.append((start + bisect_left(below, (value, 0)), start + len(upper) + bisect_left(above, (value, 0))))
        runs.append((start + bisect_left(below, (value, 1)), start + len(upper) + bisect_left(above, (value, 1))))
    runs.append((start + len(upper), start + len(upper) + len(lower)))
    return runs


def _write(found: bytearray, terms: _Terms, states: Mapping[str, bool]) -> None:
    """Write into `found` what `states` say of a `many of` fact."""
    _, start, end, places, doubt, missing = terms
    present, unknown = states_of(states, places)
    if len(unknown) > len(states):
        found[start:end] = missing
        for term, state in states.items():
            if term in places:
                has, lacks = places[term]
                found[has], found[lacks] = (TRUE, FALSE) if state else (FALSE, TRUE)
        return
    for term in present:
        if term in places:
            has, lacks = places[term]
            found[has], found[lacks] = TRUE, FALSE
    for term in unknown:
        if term in places:
            has, lacks = places[term]
            found[has] = found[lacks] = doubt


def states_of(states: Mapping[str, bool], terms: Iterable[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return which of `terms` of a `many of` fact are present, and which are not known; others may be among them."""
    if isinstance(states, Terms):
        return states.present, states.unknown
    present = [term for term, state in states.items() if state]
    return present, [term for term in terms if term not in states]
