"""Rows of bits that guards are evaluated with: a bit for each term of each guard, a row for each region of a fact."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from dsl.evaluation.masks import bits
from dsl.evaluation.terms import Term, terms
from dsl.evaluation.truths import YES_NO, states_of
from dsl.semantics import ir
from dsl.semantics.vocabulary import Fact, Kind

MOST_POINTS = 64
"""Thresholds of one number that get regions of their own; between them the few that survive are compared."""


MOST_MET = 1_024
"""Numbers of one fact that are found again without looking for their gap: members share most values of any one fact."""


class Doubt(NamedTuple):
    """What becomes of terms while a fact is not known.

    `asked` are the terms that test it. `apart` are surely not affected; `missing` may hold, the `open_` ones unknown.
    """

    asked: int
    apart: int
    missing: int
    open_: int


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
        start, first, further, guards, whole = self
        if start:
            row >>= start
        row &= whole
        found = row & first
        rest = row >> len(guards)
        for size, mask in further:
            if not rest:
                break
            found |= rest & mask
            rest >>= size
        return found

    def owners(self) -> list[int]:
        """Return the bit of the guard of each term, by the term's bit."""
        found = list(range(len(self.guards)))
        for size, _ in self.further:
            found += range(size)
        return found

    def spread(self, guards: int) -> int:
        """Return the terms of `guards`."""
        return bits(bit for bit, guard in enumerate(self.owners()) if guards >> guard & 1)


class ChoiceRows(NamedTuple):
    """The rows of a `one of` or `yes or no` fact: by its value, the terms that this leaves. The rest as in `Doubt`."""

    fact: str
    asked: int
    apart: int
    keeps: Mapping[str, int]
    missing: int
    open_: int


class NumberRows(NamedTuple):
    """The rows of a number: the terms that each of the `points` leaves, and each gap before, between and behind them.

    `at` has the rows of the points, and those of numbers that were met, up to `MOST_MET`.

    `within` are the terms that compare with a threshold inside of a gap; `tests` says which comparisons those are. The
    rest as in `Doubt`.
    """

    fact: str
    asked: int
    apart: int
    points: Sequence[Decimal]
    at: dict[Decimal, int]
    gaps: Sequence[int]
    within: Mapping[int, int]
    tests: Mapping[int, Sequence[ir.Compare]]
    missing: int
    open_: int


class Layer(NamedTuple):
    """What terms need of a `many of` fact, one thing each: `free` need nothing, `needs` has who needs which term."""

    free: int
    needs: Mapping[str, int]

    def met(self, present: Iterable[str]) -> int:
        """Return the terms that get what they need of what is `present`."""
        met, needs = self.free, self.needs
        for term in present:
            if term in needs:
                met |= needs[term]
        return met


class ListRows:
    """The rows of a `many of` fact.

    A term of a guard may need several of the fact's terms: the first are in the first layer, and so on; `needy` are
    those that need more than one. `wary` are those that want something to be absent; `refuses` says which of them want
    that of which term.
    """

    def __init__(
        self, fact: Fact, layers: Sequence[Layer], excludes: Mapping[str, int], refuses: Mapping[str, int], doubt: Doubt
    ) -> None:
        """Keep the rows; `excludes` has for each of the fact's terms who needs it."""
        self.fact = fact.name
        self.asked, self.apart, self.missing, self.open = doubt
        self.layers = layers
        self.refuses = refuses
        self.needy = ~layers[1].free if len(layers) > 1 else 0
        self.wary = _any(refuses.values())
        self._one_each = sum(map(int.bit_count, refuses.values())) == self.wary.bit_count()
        self._optional = fact.optional
        self._excludes = excludes
        self.names = tuple(term.name for term in fact.terms)

    def needing_more(self, alive: int, present: Iterable[str]) -> int:
        """Return those of the terms `alive` that get whatever else they need of what is `present`."""
        for layer in self.layers[1:]:
            alive &= layer.met(present)
        return alive

    def refused(self, present: Iterable[str]) -> int:
        """Return the terms that want something to be absent of what is `present`."""
        found, refuses = 0, self.refuses
        for term in present:
            if term in refuses:
                found |= refuses[term]
        return found

    def refusable(self, states: Mapping[str, bool], unknown: Sequence[str]) -> int:
        """Return the terms that want something to be absent of which nothing is known."""
        if len(unknown) <= len(states):
            return self.refused(unknown)
        if self._one_each:
            return self.wary & ~self.refused(states)
        return _any([refusing for term, refusing in self.refuses.items() if term not in states])

    def narrowed(self, could: int, states: Mapping[str, bool]) -> tuple[int, int]:
        """Return which of the terms in `could` may hold, and terms that are not sure to: where `states` has gaps."""
        present, unknown = states_of(states, self.names)
        refused, refusable = self.refused(present), self.refusable(states, unknown)
        met = self.layers[0].met(present)
        if self._optional:
            return self.needing_more(could & met & ~refused & ~refusable, present), 0
        could, unsure = could & ~refused, ~self.needing_more(met, present) | refusable
        if len(unknown) <= len(states):
            maybe = (*present, *unknown)
            return self.needing_more(could & self.layers[0].met(maybe), maybe), unsure
        excludes = self._excludes
        lacking = _any([excludes[term] for term, state in states.items() if not state and term in excludes])
        return could & ~lacking, unsure


def _any(rows: Iterable[int]) -> int:
    found = 0
    for row in rows:
        found |= row
    return found


@dataclass(slots=True)
class _Tests:
    """The tests of all terms on one fact, each with the bit of its term."""

    choices: list[tuple[int, ir.Choice]] = field(default_factory=list)
    has: list[tuple[int, ir.Has]] = field(default_factory=list)
    compares: list[tuple[int, ir.Compare]] = field(default_factory=list)
    unknown: list[tuple[int, ir.Unknown]] = field(default_factory=list)


class Rows:
    """The rows of one body of guards, which come in groups: each term of each guard has a bit."""

    def __init__(self, groups: Sequence[Sequence[ir.Guard]], facts: Mapping[str, Fact]) -> None:
        """Give the terms of the guards in `groups` their bits; they are about the vocabulary's `facts`."""
        self._facts = facts
        self._tests: dict[str, _Tests] = defaultdict(_Tests)
        self._void: list[int] = []
        self.width = 0
        self.alone: list[list[tuple[int, ir.Guard]]] = []
        self.spans = tuple(self._place(guards) for guards in groups)

    def _place(self, guards: Sequence[ir.Guard]) -> Span:
        normal = [terms(guard) for guard in guards]
        tabled = [() if found is None or any(map(self._stands_alone, found)) else found for found in normal]
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

    def _stands_alone(self, term: Term) -> bool:
        """Return whether a term asks whether some of a `many of` fact's terms are unknown, which no row can tell."""
        return any(isinstance(test, ir.Unknown) and self._facts[test.fact].kind is Kind.MANY_OF for test in term)

    def every(self) -> int:
        """Return the bits that stand for a term: all but the first ones of guards that have none."""
        return (1 << self.width) - 1 & ~bits(self._void)

    def _on(self, *kinds: Kind) -> list[tuple[Fact, _Tests]]:
        return [(self._facts[name], tests) for name, tests in self._tests.items() if self._facts[name].kind in kinds]

    def _doubt(self, fact: Fact, tests: _Tests) -> Doubt:
        tested = bits(bit for bit, _ in (*tests.choices, *tests.compares, *tests.has))
        known = bits(bit for bit, test in tests.unknown if test.negated)
        asked = tested | bits(bit for bit, _ in tests.unknown)
        every = self.every()
        apart = every & ~tested & ~known
        return Doubt(asked, apart, apart, 0) if fact.optional else Doubt(asked, apart, every & ~known, tested)

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
        known = self._while_known(tests)
        keeps = {value: known & ~bits(found) for value, found in killed.items()}
        asked, apart, missing, open_ = self._doubt(fact, tests)
        return ChoiceRows(fact.name, asked, apart, keeps, missing, open_)

    def _while_known(self, tests: _Tests) -> int:
        """Return the terms that do not ask for the fact to be unknown."""
        return self.every() & ~bits(bit for bit, test in tests.unknown if not test.negated)

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
        known = self._while_known(tests)
        keeps = [known & ~row for row in regions.kills()]
        asked, apart, missing, open_ = self._doubt(fact, tests)
        at, gaps = dict(zip(points, keeps[1::2], strict=True)), keeps[::2]
        return NumberRows(fact.name, asked, apart, points, at, gaps, regions.within(), regions.tests, missing, open_)

    # --- many of ------------------------------------------------------------------------------

    def lists(self) -> list[ListRows]:
        """Return the rows of the facts with many values."""
        return [self._list(fact, tests) for fact, tests in self._on(Kind.MANY_OF)]

    def _list(self, fact: Fact, tests: _Tests) -> ListRows:
        layers: list[dict[str, list[int]]] = [defaultdict(list)]
        depth: dict[int, int] = defaultdict(int)
        excludes, refuses = defaultdict(list), defaultdict(list)
        for bit, test in tests.has:
            if not test.present:
                refuses[test.term].append(bit)
                continue
            excludes[test.term].append(bit)
            if depth[bit] == len(layers):
                layers.append(defaultdict(list))
            layers[depth[bit]][test.term].append(bit)
            depth[bit] += 1
        every = self.every()
        return ListRows(
            fact,
            [Layer(every & ~bits(itertools.chain(*needs.values())), _rows(needs)) for needs in layers],
            _rows(excludes),
            _rows(refuses),
            self._doubt(fact, tests),
        )


def _rows(places: Mapping[str, Iterable[int]]) -> dict[str, int]:
    return {name: bits(found) for name, found in places.items()}


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
            self._within[place].append(bit)
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
        """Return for gaps inside of which a threshold lies the terms that compare with it."""
        return {gap: bits(found) for gap, found in self._within.items()}
