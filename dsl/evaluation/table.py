"""Many guards at once, as rows of bits: what a member's facts leave true, and what they leave possible.

One bit stands for one term of one guard (the Lucent scheme of packet classification). Each fact has a row for every
region of its values: the terms that a value in there leaves true. The terms that survive are those that are in the
rows of all the facts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from dsl.evaluation.masks import bits, places
from dsl.evaluation.reference import compares, holds
from dsl.evaluation.term_rows import MOST_MET, ListRows, Rows
from dsl.evaluation.truths import states_of
from dsl.semantics import ir
from dsl.semantics.facts import Facts, Terms
from dsl.semantics.vocabulary import Fact

_Compared = tuple[Mapping[int, Sequence[ir.Compare]], Decimal]
"""The comparisons that regions leave open, and the number to compare."""

_Lists = Mapping[str, Mapping[str, bool]]


class _ByFact:
    """The rows by kind of fact; the lists that most terms ask about come first, because they rule out most."""

    def __init__(self, rows: Rows) -> None:
        self.every = rows.every()
        self.lists = sorted(rows.lists(), key=lambda of: -of.asked.bit_count())
        self.choices = rows.choices()
        self.numbers = rows.numbers()


class Table:
    """The rows of one body of guards, which come in groups.

    `surely` returns the terms that surely hold, for whoever does not ask for more; `survivors` those that may hold, and
    of them those that surely do.
    """

    surely: Callable[[Facts], int]
    survivors: Callable[[Facts], tuple[int, int]]

    def __init__(self, groups: Sequence[Sequence[ir.Guard]], facts: Mapping[str, Fact]) -> None:
        """Make the rows of the guards in `groups`, over the vocabulary's `facts`."""
        rows = Rows(groups, facts)
        self.spans = rows.spans
        self.alone = rows.alone
        self._optional = frozenset(name for name, fact in facts.items() if fact.optional)
        by_fact = _ByFact(rows)
        self.surely = _surely(by_fact)
        self.survivors = _survivors(by_fact)

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

    def guards(self, group: int, row: int) -> list[int]:
        """Return which guards of a group the bits of `row` stand for, in the order in which they were given."""
        return sorted(self.spans[group].guards[bit] for bit in places(row)) if row else []


# --- reading the rows -------------------------------------------------------------------------
#
# Each way is one function over what it needs, in the order in which it needs it: to call something for every fact would
# cost as much again as what is done there.


def _surely(rows: _ByFact) -> Callable[[Facts], int]:  # noqa: C901 - see above
    """Return what finds the terms that surely hold. What tests nothing that is left is passed over."""
    every = rows.every
    listed = [(of.fact, of.apart, *of.layers[0]) for of in rows.lists]
    chosen = [(of.fact, of.apart, of.keeps) for of in rows.choices]
    measured = [(of.asked, (of.fact, of.apart, of.at, of.points, of.gaps, of.within, of.tests)) for of in rows.numbers]
    more, wanting_more = _more(rows.lists)

    def surely(facts: Facts) -> int:  # noqa: C901, PLR0912 - see above
        alive = every
        known, choices, numbers = facts.terms, facts.choices, facts.numbers
        for fact, apart, free, needs in listed:
            if fact in known:
                states = known[fact]
                met = free
                for term in states.present if type(states) is Terms else states_of(states, ())[0]:
                    if term in needs:
                        met |= needs[term]
                alive &= met
            else:
                alive &= apart
            if not alive:
                return 0
        for fact, apart, keeps in chosen:
            alive &= keeps[choices[fact]] if fact in choices else apart
        within, compared = 0, []
        for asked, number_rows in measured:
            if alive & asked:
                fact, apart, at, points, gaps, inside, tests = number_rows
                if fact not in numbers:
                    alive &= apart
                    continue
                number = numbers[fact]
                if number in at:
                    alive &= at[number]
                    continue
                gap = bisect_left(points, number)
                alive &= gaps[gap]
                if inside and gap in inside:
                    within |= inside[gap]
                    compared.append((tests, number))
                elif len(at) < MOST_MET:
                    at[number] = gaps[gap]
        if alive & within:
            alive &= ~_failed(alive & within, compared)
        return more(alive, known) if alive & wanting_more else alive

    return surely


def _more(lists: Sequence[ListRows]) -> tuple[Callable[[int, _Lists], int], int]:
    """Return what looks at whatever else terms want of lists, and the terms that do; few of them are left by then."""
    further = [(of.needy | of.wary, of.needy, of) for of in lists if of.needy or of.wary]

    def more(alive: int, known: _Lists) -> int:
        for wanting, needy, of in further:
            if alive & wanting and of.fact in known:
                states = known[of.fact]
                present, unknown = states_of(states, of.names)
                if alive & needy:
                    alive = of.needing_more(alive, present)
                alive &= ~of.refused(present)
                if unknown:
                    alive &= ~of.refusable(states, unknown)
        return alive

    wanting_more = 0
    for wanting, _, _ in further:
        wanting_more |= wanting
    return more, wanting_more


def _survivors(rows: _ByFact) -> Callable[[Facts], tuple[int, int]]:  # noqa: C901 - see above
    """Return what finds the terms that may hold, and of them those that surely do."""
    every = rows.every
    listed = [(of.fact, *of.layers[0], of) for of in rows.lists]
    chosen = [(of.fact, of.keeps, of.missing, of.open_) for of in rows.choices]
    measured = [(of.fact, of.at, of.points, of.gaps, of.within, of.tests, of.missing, of.open_) for of in rows.numbers]
    complete = _complete(rows.lists)

    def survivors(facts: Facts) -> tuple[int, int]:  # noqa: C901, PLR0912 - see above
        could, unsure = every, 0
        known, choices, numbers = facts.terms, facts.choices, facts.numbers
        for fact, free, needs, of in listed:
            if fact not in known:
                could &= of.missing
                unsure |= of.open
                continue
            states = known[fact]
            if type(states) is not Terms or states.unknown:
                could, doubted = of.narrowed(could, states)
                unsure |= doubted
                continue
            met = free
            for term in states.present:
                if term in needs:
                    met |= needs[term]
            could &= met
        for fact, keeps, missing, open_ in chosen:
            if fact in choices:
                could &= keeps[choices[fact]]
            else:
                could &= missing
                unsure |= open_
        within, compared = 0, []
        for fact, at, points, gaps, inside, tests, missing, open_ in measured:
            if fact not in numbers:
                could &= missing
                unsure |= open_
                continue
            number = numbers[fact]
            if number in at:
                could &= at[number]
                continue
            gap = bisect_left(points, number)
            could &= gaps[gap]
            if inside and gap in inside:
                within |= inside[gap]
                compared.append((tests, number))
            elif len(at) < MOST_MET:
                at[number] = gaps[gap]
        if could & within:
            could &= ~_failed(could & within, compared)
        could = complete(could, known)
        return could, could & ~unsure if unsure else could

    return survivors


def _complete(lists: Sequence[ListRows]) -> Callable[[int, _Lists], int]:
    """Return what leaves of terms those that get whatever else they want of the lists that are complete."""
    further = [(of.needy | of.wary, of) for of in lists if of.needy or of.wary]

    def complete(could: int, known: _Lists) -> int:
        for wanting, of in further:
            if could & wanting and of.fact in known:
                present, unknown = states_of(known[of.fact], of.names)
                if not unknown:
                    could = of.needing_more(could, present) & ~of.refused(present)
        return could

    return complete


def _failed(within: int, compared: Sequence[_Compared]) -> int:
    """Return those of the terms in `within` that a comparison makes false."""
    failed = []
    for place in places(within):
        for tests, number in compared:
            if not all(compares(number, test.operator, test.value) for test in tests.get(place, ())):
                failed.append(place)
                break
    return bits(failed)
