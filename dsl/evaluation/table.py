"""Many guards at once, as rows of bits: what a member's facts leave true, and what they leave possible.

One bit stands for one term of one guard (the Lucent scheme of packet classification). Each fact has a row for every
region of its values: the terms that a value in there leaves true. The terms that survive are those that are in the
rows of all the facts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal

from dsl.evaluation.masks import bits, places
from dsl.evaluation.reference import compares, holds
from dsl.evaluation.term_rows import ListRows, Rows
from dsl.evaluation.truths import states_of
from dsl.semantics import ir
from dsl.semantics.facts import Facts, Terms
from dsl.semantics.vocabulary import Fact

_Compared = tuple[Mapping[int, Sequence[ir.Compare]], Decimal]
"""The comparisons that regions leave open, and the number to compare."""


class Table:
    """The rows of one body of guards, which come in groups."""

    def __init__(self, groups: Sequence[Sequence[ir.Guard]], facts: Mapping[str, Fact]) -> None:
        """Make the rows of the guards in `groups`, over the vocabulary's `facts`."""
        rows = Rows(groups, facts)
        self.spans = rows.spans
        self.alone = rows.alone
        self._optional = frozenset(name for name, fact in facts.items() if fact.optional)
        self._every = rows.every()
        self._lists = sorted(rows.lists(), key=lambda of: -of.asked.bit_count())
        self._surely = [_flat(of) for of in self._lists]
        self._choices = rows.choices()
        self._numbers = rows.numbers()

    # --- what surely holds --------------------------------------------------------------------

    def surely(self, facts: Facts) -> int:
        """Return the terms that surely hold; for whoever does not ask for more, since it is the shorter way."""
        alive = self._in_lists(facts.terms)
        if alive:
            alive = self._in_choices(alive, facts.choices)
            if alive:
                alive = self._in_numbers(alive, facts.numbers)
        return alive

    def _in_lists(self, known: Mapping[str, Mapping[str, bool]]) -> int:
        alive = self._every
        for fact, asked, apart, free, needs, needy, wary, rows in self._surely:
            if not alive & asked:
                continue
            if fact not in known:
                alive &= apart
                continue
            states = known[fact]
            present = states.present if isinstance(states, Terms) else states_of(states, ())[0]
            met = free
            for term in present:
                if term in needs:
                    met |= needs[term]
            alive &= met
            if alive & needy:
                alive = rows.needing_more(alive, present)
            if alive & wary:
                alive = rows.agreeing(alive, states, present)
            if not alive:
                return 0
        return alive

    def _in_choices(self, alive: int, known: Mapping[str, str]) -> int:
        for fact, asked, apart, keeps, _, _ in self._choices:
            if alive & asked:
                alive &= keeps[known[fact]] if fact in known else apart
        return alive

    def _in_numbers(self, alive: int, known: Mapping[str, Decimal]) -> int:
        within = 0
        compared: list[_Compared] = []
        for fact, asked, apart, points, keeps, inside, tests, _, _ in self._numbers:
            if not alive & asked:
                continue
            if fact not in known:
                alive &= apart
                continue
            number = known[fact]
            place = bisect_left(points, number)
            region = 2 * place + 1 if place < len(points) and points[place] == number else 2 * place
            alive &= keeps[region]
            if region in inside:
                within |= inside[region]
                compared.append((tests, number))
        return alive & ~_failed(within & alive, compared) if within & alive else alive

    # --- what may hold ------------------------------------------------------------------------

    def survivors(self, facts: Facts) -> tuple[int, int]:
        """Return the terms that may hold, and of those the ones that surely do."""
        could, unsure = self._every, 0
        choices, known = facts.choices, facts.terms
        for fact, _, _, keeps, missing, open_ in self._choices:
            if fact in choices:
                could &= keeps[choices[fact]]
            else:
                could &= missing
                unsure |= open_
        for rows in self._lists:
            could, doubted = rows.narrowed(could, known.get(rows.fact))
            unsure |= doubted
        could, doubted = self._may_in_numbers(could, facts.numbers)
        unsure |= doubted
        return could, could & ~unsure if unsure else could

    def _may_in_numbers(self, could: int, known: Mapping[str, Decimal]) -> tuple[int, int]:
        within = unsure = 0
        compared: list[_Compared] = []
        for fact, _, _, points, keeps, inside, tests, missing, open_ in self._numbers:
            if fact not in known:
                could &= missing
                unsure |= open_
                continue
            number = known[fact]
            place = bisect_left(points, number)
            region = 2 * place + 1 if place < len(points) and points[place] == number else 2 * place
            could &= keeps[region]
            if region in inside:
                within |= inside[region]
                compared.append((tests, number))
        return could & ~_failed(within & could, compared) if within & could else could, unsure

    # --- guards -------------------------------------------------------------------------------

    def fold(self, group: int, could: int, sure: int, facts: Facts) -> tuple[int, int]:
        """Return the guards of a group that may hold, and those that surely do, one bit each."""
        span = self.spans[group]
        possible = span.folded(could)
        certain = possible if sure is could else span.folded(sure)
        for bit, guard in self.alone[group]:
            truth = holds(guard, facts, self._optional)
            if truth is not False:
                possible |= bit
            if truth:
                certain |= bit
        return possible, certain

    def certain(self, group: int, facts: Facts) -> int:
        """Return the guards of a group that surely hold, one bit each, without asking which others may."""
        certain = self.spans[group].folded(self.surely(facts))
        for bit, guard in self.alone[group]:
            if holds(guard, facts, self._optional):
                certain |= bit
        return certain

    def guards(self, group: int, row: int) -> list[int]:
        """Return which guards of a group the bits of `row` stand for, in the order in which they were given."""
        return sorted(self.spans[group].guards[bit] for bit in places(row)) if row else []


def _flat(of: ListRows) -> tuple[str, int, int, int, Mapping[str, int], int, int, ListRows]:
    """Return what `Table.surely` looks at of a `many of` fact, in one piece."""
    return (of.fact, of.asked, of.apart, *of.layers[0], of.needy, of.wary, of)


def _failed(within: int, compared: Sequence[_Compared]) -> int:
    """Return those of the terms in `within` that a comparison makes false."""
    failed = []
    for place in places(within):
        for tests, number in compared:
            if not all(compares(number, test.operator, test.value) for test in tests.get(place, ())):
                failed.append(place)
                break
    return bits(failed)
