"""Many guards at once, as rows of bits: what a member's facts leave true, and what they leave possible.

One bit stands for one term of one guard (the Lucent scheme of packet classification). Each fact has a row for every
region of its values: the terms that a value in there makes false. The terms that survive are those that no row of
the member's facts holds. Of what is not known, a second row holds the terms that it leaves unknown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from dsl.evaluation.reference import compares, holds
from dsl.evaluation.terms import Term, terms
from dsl.semantics import ir
from dsl.semantics.facts import Facts, Terms
from dsl.semantics.vocabulary import Fact, Kind

MOST_POINTS = 64
"""Thresholds of one number that get regions of their own; between them the few that survive are compared."""

YES_NO = ("yes", "no")


def bits(places: Iterable[int]) -> int:
    """Return the integer whose bits are set at `places`."""
    found = sorted(places)
    if not found:
        return 0
    octets = bytearray((found[-1] >> 3) + 1)
    for place in found:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def places(row: int) -> list[int]:
    """Return the places of the bits of `row` that are set, lowest first; for rows with few of them."""
    found = []
    while row:
        low = row & -row
        found.append(low.bit_length() - 1)
        row ^= low
    return found


class Span(NamedTuple):
    """Where the guards of one group lie: their first terms from `start` on, further terms behind those.

    `guards` says which guard each bit stands for, those with the most terms first; `further` has, for the second
    term, the third and so on, how many guards have one, and a mask as long.
    """

    start: int
    first: int
    further: tuple[tuple[int, int], ...]
    guards: tuple[int, ...]
    whole: int

    def folded(self, row: int) -> int:
        """Return the guards of which some term is in `row`, one bit a guard."""
        row = row >> self.start & self.whole
        found = row & self.first
        rest = row >> len(self.guards)
        for size, mask in self.further:
            if not rest:
                break
            found |= rest & mask
            rest >>= size
        return found


class ChoiceRows(NamedTuple):
    """The rows of a `one of` or `yes or no` fact."""

    fact: str
    kills: Mapping[str, int]
    missing: int
    unsure: int


class NumberRows(NamedTuple):
    """The rows of a number: regions are the `points` and what lies between, before and after them.

    `within` are the terms that compare with a threshold inside of a region; `tests` says which comparisons those are.
    """

    fact: str
    points: Sequence[Decimal]
    kills: Sequence[int]
    within: Mapping[int, int]
    tests: Mapping[int, Sequence[ir.Compare]]
    missing: int
    unsure: int


class ManyRows(NamedTuple):
    """The rows of a `many of` fact. `optional`: a term that is not known counts as false.

    A term of a guard may need several of the fact's terms: the first are in the first layer, and so on. Each layer
    has the guards' terms that need something, and for each of the fact's terms those that need it.
    """

    fact: str
    optional: bool
    layers: Sequence[tuple[int, Mapping[str, int]]]
    forbids: Mapping[str, int]
    mentions: Mapping[str, int]
    missing: int
    unsure: int
    names: tuple[str, ...]


class Table:
    """The rows of one body of guards, which come in groups."""

    def __init__(self, groups: Sequence[Sequence[ir.Guard]], facts: Mapping[str, Fact]) -> None:
        """Make the rows of the guards in `groups`, over the vocabulary's `facts`."""
        layout = _Layout(groups, facts)
        self.spans = layout.spans
        self.alone = layout.alone
        self._optional = frozenset(name for name, fact in facts.items() if fact.optional)
        self._every = layout.every()
        self._choices = layout.choices()
        self._numbers = layout.numbers()
        self._many = layout.many()

    def survivors(self, facts: Facts) -> tuple[int, int]:
        """Return the terms that may hold, and of those the ones that surely do."""
        killed = unsure = within = 0
        compared: list[tuple[Mapping[int, Sequence[ir.Compare]], Decimal]] = []
        choices, numbers, known = facts.choices, facts.numbers, facts.terms
        for fact, rows, missing, open_ in self._choices:
            if fact in choices:
                killed |= rows[choices[fact]]
            else:
                killed |= missing
                unsure |= open_
        for fact, points, regions, inside, tests, missing, open_ in self._numbers:
            if fact in numbers:
                number = numbers[fact]
                place = bisect_left(points, number)
                region = 2 * place + 1 if place < len(points) and points[place] == number else 2 * place
                killed |= regions[region]
                if region in inside:
                    within |= inside[region]
                    compared.append((tests, number))
            else:
                killed |= missing
                unsure |= open_
        for rows_of_many in self._many:
            fact, optional, layers, forbids, mentions, missing, open_, _ = rows_of_many
            if fact not in known:
                killed |= missing
                unsure |= open_
                continue
            present, unknown = _states(rows_of_many, known[fact])
            if unknown:
                doubtful = 0
                for term in unknown:
                    doubtful |= mentions[term]
                if optional:
                    killed |= doubtful
                    unknown = ()
                else:
                    unsure |= doubtful
            for term in present:
                killed |= forbids[term]
            for needy, needs in layers:
                met = 0
                for term in present:
                    met |= needs[term]
                for term in unknown:
                    met |= needs[term]
                killed |= needy & ~met
        could = self._every & ~killed
        if within := within & could:
            could &= ~_failed(within, compared)
        return could, could & ~unsure if unsure else could

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


def _states(many: ManyRows, states: Mapping[str, bool]) -> tuple[Sequence[str], Sequence[str]]:
    """Return which terms of a `many of` fact are present, and which are not known."""
    if isinstance(states, Terms):
        return states.present, states.unknown
    present = [term for term, state in states.items() if state]
    return present, [term for term in many.names if term not in states]


def _failed(within: int, compared: Sequence[tuple[Mapping[int, Sequence[ir.Compare]], Decimal]]) -> int:
    """Return those of the terms in `within` that a comparison makes false."""
    failed = []
    for place in places(within):
        for tests, number in compared:
            if not all(compares(number, test.operator, test.value) for test in tests.get(place, ())):
                failed.append(place)
                break
    return bits(failed)


# --- making the rows --------------------------------------------------------------------------


@dataclass(slots=True)
class _Tests:
    """The tests of all terms on one fact, each with the bit of its term."""

    choices: list[tuple[int, ir.Choice]] = field(default_factory=list)
    has: list[tuple[int, ir.Has]] = field(default_factory=list)
    compares: list[tuple[int, ir.Compare]] = field(default_factory=list)
    unknown: list[tuple[int, ir.Unknown]] = field(default_factory=list)


class _Layout:
    """Gives each term of each guard a bit, and gathers the tests by fact."""

    def __init__(self, groups: Sequence[Sequence[ir.Guard]], facts: Mapping[str, Fact]) -> None:
        self._facts = facts
        self._tests: dict[str, _Tests] = defaultdict(_Tests)
        self._void: list[int] = []
        self.width = 0
        self.alone: list[list[tuple[int, ir.Guard]]] = []
        self.spans = tuple(self._place(guards) for guards in groups)

    def _place(self, guards: Sequence[ir.Guard]) -> Span:
        normal = [terms(guard) for guard in guards]
        tabled = [() if found is None or any(map(_stands_alone, found)) else found for found in normal]
        order = sorted(range(len(guards)), key=lambda place: -len(tabled[place]))
        start, further = self.width, []
        depth = len(tabled[order[0]]) if order else 0
        self.width += len(guards)
        for bit, place in enumerate(order, start):
            if tabled[place]:
                self._add(bit, tabled[place][0])
            else:
                self._void.append(bit)
        for layer in range(1, depth):
            deep = [place for place in order if len(tabled[place]) > layer]
            for bit, place in enumerate(deep, self.width):
                self._add(bit, tabled[place][layer])
            further.append((len(deep), (1 << len(deep)) - 1))
            self.width += len(deep)
        self.alone.append(
            [
                (1 << bit, guards[place])
                for bit, place in enumerate(order)
                if normal[place] is None or (normal[place] and not tabled[place])
            ]
        )
        return Span(start, (1 << len(guards)) - 1, tuple(further), tuple(order), (1 << (self.width - start)) - 1)

    def _add(self, bit: int, term: Term) -> None:
        for test in term:
            tests = self._tests[test.fact]
            match test:
                case ir.Choice():
                    tests.choices.append((bit, test))
                case ir.Has():
                    tests.has.append((bit, test))
                case ir.Compare():
                    tests.compares.append((bit, test))
                case ir.Unknown():
                    tests.unknown.append((bit, test))

    def every(self) -> int:
        """Return the bits that stand for a term: all but the first ones of guards that have none."""
        return (1 << self.width) - 1 & ~bits(self._void)

    def _on(self, *kinds: Kind) -> list[tuple[Fact, _Tests]]:
        return [(self._facts[name], tests) for name, tests in self._tests.items() if self._facts[name].kind in kinds]

    def _missing(self, fact: Fact, tests: _Tests) -> tuple[int, int]:
        """Return the terms that are false, and those that are unknown, while the fact is not known."""
        open_ = bits(bit for bit, _ in (*tests.choices, *tests.compares, *tests.has))
        known = bits(bit for bit, test in tests.unknown if test.negated)
        return (known | open_, 0) if fact.optional else (known, open_)

    # --- one of, yes or no --------------------------------------------------------------------

    def choices(self) -> list[ChoiceRows]:
        """Return the rows of the facts with one value."""
        return [self._choice(fact, tests) for fact, tests in self._on(Kind.ONE_OF, Kind.YES_NO)]

    def _choice(self, fact: Fact, tests: _Tests) -> ChoiceRows:
        values = YES_NO if fact.kind is Kind.YES_NO else tuple(term.name for term in fact.terms)
        killed: dict[str, list[int]] = {value: [] for value in values}
        for bit, test in tests.choices:
            for value in values:
                if (value in test.values) is test.negated:
                    killed[value].append(bit)
        asked = bits(bit for bit, test in tests.unknown if not test.negated)
        kills = {value: bits(found) | asked for value, found in killed.items()}
        return ChoiceRows(fact.name, kills, *self._missing(fact, tests))

    # --- numbers ------------------------------------------------------------------------------

    def numbers(self) -> list[NumberRows]:
        """Return the rows of the numbers."""
        return [self._number(fact, tests) for fact, tests in self._on(Kind.NUMBER)]

    def _number(self, fact: Fact, tests: _Tests) -> NumberRows:
        thresholds = sorted({test.value for _, test in tests.compares})
        points = thresholds if len(thresholds) <= MOST_POINTS else _spread(thresholds)
        regions = _Regions(points)
        for bit, test in tests.compares:
            regions.add(bit, test)
        asked = bits(bit for bit, test in tests.unknown if not test.negated)
        kills = [row | asked for row in regions.kills()]
        return NumberRows(fact.name, points, kills, regions.within(), regions.tests, *self._missing(fact, tests))

    # --- many of ------------------------------------------------------------------------------

    def many(self) -> list[ManyRows]:
        """Return the rows of the facts with many values."""
        return [self._many(fact, tests) for fact, tests in self._on(Kind.MANY_OF)]

    def _many(self, fact: Fact, tests: _Tests) -> ManyRows:
        names = tuple(term.name for term in fact.terms)
        layers: list[dict[str, list[int]]] = []
        depth: dict[int, int] = defaultdict(int)
        forbids, mentions = defaultdict(list), defaultdict(list)
        for bit, test in tests.has:
            mentions[test.term].append(bit)
            if not test.present:
                forbids[test.term].append(bit)
                continue
            if depth[bit] == len(layers):
                layers.append(defaultdict(list))
            layers[depth[bit]][test.term].append(bit)
            depth[bit] += 1
        return ManyRows(
            fact.name,
            fact.optional,
            [_layer(layer, names) for layer in layers],
            _rows(forbids, names),
            _rows(mentions, names),
            *self._missing(fact, tests),
            names,
        )


def _stands_alone(term: Term) -> bool:
    """Return whether a term asks whether some of a `many of` fact's terms are unknown, which no row can tell."""
    return any(isinstance(test, ir.Unknown) and test.terms for test in term)


def _rows(places: Mapping[str, list[int]], names: Iterable[str]) -> dict[str, int]:
    return {name: bits(places.get(name, ())) for name in names}


def _layer(needs: Mapping[str, list[int]], names: Iterable[str]) -> tuple[int, dict[str, int]]:
    return bits(bit for found in needs.values() for bit in found), _rows(needs, names)


def _spread(thresholds: Sequence[Decimal]) -> list[Decimal]:
    """Return as many of `thresholds` as may have regions of their own, evenly spread."""
    step = len(thresholds) / MOST_POINTS
    return [thresholds[int(place * step)] for place in range(MOST_POINTS)]


class _Regions:
    """Gathers, region by region, which terms a number in there makes false. Region 2i+1 is the point i alone."""

    def __init__(self, points: Sequence[Decimal]) -> None:
        self._points = points
        self._last = 2 * len(points)
        self._begins: dict[int, list[int]] = defaultdict(list)
        self._ends: dict[int, list[int]] = defaultdict(list)
        self._within: dict[int, list[int]] = defaultdict(list)
        self.tests: dict[int, list[ir.Compare]] = defaultdict(list)

    def add(self, bit: int, test: ir.Compare) -> None:
        """Note for the term `bit` where `test` is false, and where it depends on the very number."""
        place = bisect_left(self._points, test.value)
        if place < len(self._points) and self._points[place] == test.value:
            lowest = highest = 2 * place + 1
        else:
            lowest, highest = 2 * place + 1, 2 * place - 1
            self._within[2 * place].append(bit)
            self.tests[bit].append(test)
        match test.operator:
            case "<":
                self._false(bit, lowest, self._last)
            case "<=":
                self._false(bit, highest + 1 if lowest == highest else lowest, self._last)
            case ">":
                self._false(bit, 0, highest)
            case ">=":
                self._false(bit, 0, lowest - 1 if lowest == highest else highest)
            case "=":
                self._false(bit, 0, min(lowest, highest + 1) - 1)
                self._false(bit, max(highest, lowest - 1) + 1, self._last)
            case "!=":
                if lowest == highest:
                    self._false(bit, lowest, highest)

    def _false(self, bit: int, first: int, last: int) -> None:
        if first <= last:
            self._begins[first].append(bit)
            self._ends[last + 1].append(bit)

    def kills(self) -> list[int]:
        """Return a row for each region: the terms that a number in it makes false."""
        rows = []
        open_: dict[int, int] = defaultdict(int)
        row = 0
        for region in range(self._last + 1):
            row &= ~bits(self._closed(open_, region))
            for bit in self._begins.get(region, ()):
                open_[bit] += 1
            row |= bits(self._begins.get(region, ()))
            rows.append(row)
        return rows

    def _closed(self, open_: dict[int, int], region: int) -> list[int]:
        closed = []
        for bit in self._ends.get(region, ()):
            open_[bit] -= 1
            if not open_[bit]:
                closed.append(bit)
        return closed

    def within(self) -> dict[int, int]:
        """Return for regions inside of which a threshold lies the terms that compare with it."""
        return {region: bits(found) for region, found in self._within.items()}
