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
from dsl.evaluation.term_rows import Rows
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
        self._choices = rows.choices()
        self._numbers = rows.numbers()
        self._first = [(of.asked, of.fact, of.apart, *of.layers[0]) for of in self._lists]
        self._listed = [(of.fact, *of.layers[0], of) for of in self._lists]
        self._further = [(of.needy, of.wary, of) for of in self._lists if of.needy or of.wary]
        self._chosen = [(of.asked, of) for of in self._choices]
        self._measured = [(of.asked, of) for of in self._numbers]

    # --- what surely holds --------------------------------------------------------------------

    def surely(self, facts: Facts) -> int:
        """Return the terms that surely hold; for whoever does not ask for more, since it is the shorter way.

        What rules out most comes first, and what tests nothing that is left is passed over.
        """
        alive = self._every
        known = facts.terms
        for asked, fact, apart, free, needs in self._first:
            if alive & asked:
                if fact not in known:
                    alive &= apart
                    continue
                states = known[fact]
                met = free
                for term in states.present if isinstance(states, Terms) else states_of(states, ())[0]:
                    if term in needs:
                        met |= needs[term]
                alive &= met
        return self._in_values(alive, facts) if alive else 0

    def _in_values(self, alive: int, facts: Facts) -> int:
        choices, numbers = facts.choices, facts.numbers
        for asked, of_choice in self._chosen:
            if alive & asked:
                fact, _, apart, keeps, _, _ = of_choice
                alive &= keeps[choices[fact]] if fact in choices else apart
        within = 0
        compared: list[_Compared] = []
        for asked, of_number in self._measured:
            if alive & asked:
                fact, _, apart, points, kept, inside, tests, _, _ = of_number
                if fact not in numbers:
                    alive &= apart
                    continue
                number = numbers[fact]
                place = bisect_left(points, number)
                region = 2 * place + 1 if place < len(points) and points[place] == number else 2 * place
                alive &= kept[region]
                if region in inside:
                    within |= inside[region]
                    compared.append((tests, number))
        if alive & within:
            alive &= ~_failed(alive & within, compared)
        return self._in_more_of_lists(alive, facts.terms)

    def _in_more_of_lists(self, alive: int, known: Mapping[str, Mapping[str, bool]]) -> int:
        for needy, wary, of in self._further:
            if alive & (needy | wary) and of.fact in known:
                states = known[of.fact]
                present, _ = states_of(states, ())
                if alive & needy:
                    alive = of.needing_more(alive, present)
                if alive & wary:
                    alive = of.agreeing(alive, states, present)
        return alive

    # --- what may hold ------------------------------------------------------------------------

    def survivors(self, facts: Facts) -> tuple[int, int]:
        """Return the terms that may hold, and of those the ones that surely do."""
        could, unsure = self._every, 0
        choices, known = facts.choices, facts.terms
        for fact, free, needs, of in self._listed:
            if fact not in known:
                could &= of.missing
                unsure |= of.open
                continue
            states = known[fact]
            if not isinstance(states, Terms) or states.unknown:
                could, doubted = of.narrowed(could, states)
                unsure |= doubted
                continue
            met = free
            for term in states.present:
                if term in needs:
                    met |= needs[term]
            could &= met
        for fact, _, _, keeps, missing, open_ in self._choices:
            if fact in choices:
                could &= keeps[choices[fact]]
            else:
                could &= missing
                unsure |= open_
        could, doubted = self._may_in_numbers(could, facts.numbers)
        could, unsure = self._less_of_lists(could, known), unsure | doubted
        return could, could & ~unsure if unsure else could

    def _less_of_lists(self, could: int, known: Mapping[str, Mapping[str, bool]]) -> int:
        """Return those of the terms in `could` that get all that they want of the lists that are complete."""
        for needy, wary, of in self._further:
            if could & (needy | wary) and of.fact in known:
                present, unknown = states_of(known[of.fact], of.names)
                if not unknown:
                    if could & needy:
                        could = of.needing_more(could, present)
                    if could & wary:
                        could &= ~of.refused(present)
        return could

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


def _failed(within: int, compared: Sequence[_Compared]) -> int:
    """Return those of the terms in `within` that a comparison makes false."""
    failed = []
    for place in places(within):
        for tests, number in compared:
            if not all(compares(number, test.operator, test.value) for test in tests.get(place, ())):
                failed.append(place)
                break
    return bits(failed)
