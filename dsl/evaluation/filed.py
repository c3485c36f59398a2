"""Many guards, each filed under a test that has to hold: only what a member gives reason to look at is looked at.

A guard is filed term by term, each under one test of its own, chosen without regard to any other guard. What else the
term asks is a row of places among the truths of all tests; the row holds when all of its bytes are true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dsl.evaluation.reference import holds
from dsl.evaluation.terms import Term, terms
from dsl.evaluation.truths import ALWAYS, YES_NO, Tests, states_of
from dsl.semantics import ir
from dsl.semantics.facts import Facts, Terms
from dsl.semantics.vocabulary import Fact, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.integer[Any]]

WIDTH = 4
"""Tests of a term that are looked at together, a byte each of one word; the rest where all of these hold."""

_MOST_SHORT = np.iinfo(np.uint16).max
"""Tests up to which their places are short numbers."""

_TRUE = 0x03030303
_POSSIBLE = 0x01010101

_PLACE = attrgetter("place")

Anchor = ir.Has | ir.Choice | None
"""What a term is filed under; None where no test of it fits: it is looked at for everybody."""


@dataclass(slots=True)
class Folder:
    """The terms under one anchor: their rows, and which guard each belongs to, as bytes of machine words.

    `size` is how many there are, `place` where they come in the order of `arranged`. `most` and `rest` are for whoever
    files the guards to say what they come to at most, and what they do together with all that come after them.
    """

    rows: bytes
    guards: bytes
    size: int
    most: int = 0
    rest: int = 0
    place: int = 0


_EMPTY = Folder(b"", b"", 0)


class Opened(NamedTuple):
    """Terms with what they come to for a member, four truths a word, up to where long terms go on; and their guards."""

    words: NDArray[np.uint32]
    guards: Places
    truths: NDArray[np.uint8]


class _Many(NamedTuple):
    """Folders by the terms of a `many of` fact."""

    fact: str
    optional: bool
    folders: Mapping[str, Folder]


class _Choices(NamedTuple):
    """Folders by the values of a fact with one value; `folders` are all of them."""

    fact: str
    optional: bool
    of: Mapping[str, Sequence[Folder]]
    folders: Sequence[Folder]


class _Long(NamedTuple):
    """The terms with more tests than fit a row: the rest of their tests, and the guards that they belong to."""

    rows: list[list[int]]
    guards: list[int]


def anchor(term: Term, facts: Mapping[str, Fact]) -> Anchor:
    """Return the test to file `term` under: of a list, the fact with the most terms; else of a value."""
    best: Anchor = None
    most = 0
    for test in term:
        if isinstance(test, ir.Has):
            if _is_needed(test) and len(facts[test.fact].terms) > most:
                best, most = test, len(facts[test.fact].terms)
        elif best is None and isinstance(test, ir.Choice) and not test.negated:
            best = test
    return best


class Normal(NamedTuple):
    """A guard, and its terms unless they are too many."""

    guard: ir.Guard
    terms: tuple[Term, ...] | None


def normal(guard: ir.Guard) -> Normal:
    """Return `guard` with its terms."""
    return Normal(guard, terms(guard))


def _shared(terms_: Sequence[Term], facts: Mapping[str, Fact]) -> Anchor:
    """Return the test to file all of `terms_` under, if one term of a list is needed by all of them."""
    first, *others = terms_
    return anchor(tuple(test for test in first if _is_needed(test) and all(test in term for term in others)), facts)


def _is_needed(test: ir.Test) -> bool:
    return isinstance(test, ir.Has) and test.present


def filing_order(guards: Sequence[Normal], facts: Mapping[str, Fact]) -> list[int]:
    """Return the places of `guards` so that those that are filed together follow each other, the shortest first.

    What asks little besides applies often, together with its neighbours: what is told of them is near in memory.
    """
    return sorted(range(len(guards)), key=lambda place: (_drawer(guards[place], facts), _length(guards[place])))


def _length(guard: Normal) -> int:
    return min(map(len, guard.terms)) if guard.terms else 0


def _drawer(guard: Normal, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    under = (_shared(guard.terms, facts) or anchor(guard.terms[0], facts)) if guard.terms else None
    if isinstance(under, ir.Has):
        return ("", under.fact, under.term)
    return () if under is None else (under.fact, *under.values)


def _drawers(terms_: Sequence[Term], facts: Mapping[str, Fact]) -> Iterable[tuple[Anchor, Term]]:
    """Return what each of the `terms_` of one guard is filed under."""
    shared = _shared(terms_, facts) if terms_ else None
    return [(shared or anchor(term, facts), term) for term in terms_]


class Filed:
    """The guards of a release that are of one sort, by their places."""

    def __init__(self, guards: Sequence[Normal], tests: Tests, facts: Mapping[str, Fact]) -> None:
        """File `guards`, whose `tests` have their places; they are about the vocabulary's `facts`."""
        self._facts = facts
        self._optional = frozenset(name for name, fact in facts.items() if fact.optional)
        self._words = np.dtype(np.uint16 if len(tests) <= _MOST_SHORT else np.uint32)
        self._alone: list[tuple[int, ir.Guard]] = []
        self._long = _Long([], [])
        self.folders: dict[Anchor, Folder] = {None: replace(_EMPTY)}
        self._file(enumerate(guards), tests)
        self._index()

    def _file(self, guards: Iterable[tuple[int, Normal]], tests: Tests) -> None:
        """File `guards`, each with its place, behind what is filed already."""
        filed: dict[Anchor, list[tuple[int, Term]]] = {}
        for place, (guard, found) in guards:
            if found is None:
                self._alone.append((place, guard))
            for under, term in _drawers(found or (), self._facts):
                filed.setdefault(under, []).append((place, term))
        for under, of in filed.items():
            before, more = self.folders.get(under, _EMPTY), self._folder(under, of, tests)
            self.folders[under] = Folder(before.rows + more.rows, before.guards + more.guards, before.size + more.size)

    def _folder(self, under: Anchor, filed: Iterable[tuple[int, Term]], tests: Tests) -> Folder:
        rows: list[int] = []
        guards: list[int] = []
        for guard, term in filed:
            row = [tests.places[test] for test in term if test != under]
            rows += row[:WIDTH] + [ALWAYS] * (WIDTH - len(row))
            guards.append(self._put_long(guard, row[WIDTH:]) if len(row) > WIDTH else guard)
        return Folder(np.array(rows, self._words).tobytes(), np.array(guards, np.int32).tobytes(), len(guards))

    def revised(self, gone: Mapping[int, Normal], added: Mapping[int, Normal], tests: Tests) -> Filed | None:
        """Return this without the guards `gone` and with those `added`, by their places; None for too many `tests`.

        Only folders that these are filed in are made anew.
        """
        if len(tests) > _MOST_SHORT and self._words == np.uint16:
            return None
        found = copy(self)
        found._revise(gone, added, tests)  # noqa: SLF001 - of this very class
        return found

    def _revise(self, gone: Mapping[int, Normal], added: Mapping[int, Normal], tests: Tests) -> None:
        self._alone = [(place, guard) for place, guard in self._alone if place not in gone]
        self._long = _Long([*self._long.rows], [*self._long.guards])
        self.folders = {under: replace(folder) for under, folder in self.folders.items()}
        for under in {under for guard in gone.values() for under, _ in _drawers(guard.terms or (), self._facts)}:
            self.folders[under] = self._without(self.folders[under], [*gone])
        self._file(added.items(), tests)
        self._index()

    def _without(self, folder: Folder, gone: Sequence[int]) -> Folder:
        guards = np.frombuffer(folder.guards, np.int32)
        owners = guards.copy()
        owners[guards < 0] = self._long_guards.take(-1 - guards[guards < 0])
        left = ~np.isin(owners, gone)
        rows = np.frombuffer(folder.rows, self._words).reshape(-1, WIDTH)[left]
        return Folder(rows.tobytes(), guards[left].tobytes(), int(left.sum()))

    def _put_long(self, guard: int, rest: list[int]) -> int:
        """Return the number that stands for a long term in place of its guard: a negative one."""
        self._long.rows.append(rest)
        self._long.guards.append(guard)
        return -len(self._long.guards)

    def _index(self) -> None:
        many: dict[str, dict[str, Folder]] = {}
        choices: dict[str, dict[ir.Choice, Folder]] = {}
        for under, folder in self.folders.items():
            if isinstance(under, ir.Has):
                many.setdefault(under.fact, {})[under.term] = folder
            elif under is not None:
                choices.setdefault(under.fact, {})[under] = folder
        self._many = [_Many(fact, fact in self._optional, folders) for fact, folders in many.items()]
        self._choices = [_choices(self._facts[fact], folders) for fact, folders in choices.items()]
        longest = -(-max(map(len, self._long.rows), default=1) // WIDTH) * WIDTH
        padded = [row + [ALWAYS] * (longest - len(row)) for row in self._long.rows]
        self._long_rows = np.array(padded, dtype=np.intp).reshape(-1, longest)
        self._long_guards = np.array(self._long.guards, dtype=np.int32)

    def arranged(self, by: Callable[[Folder], int]) -> list[Folder]:
        """Return the folders as `doubtful` has them, now that of each fact those are first that have the most `by`."""
        self.folders = dict(sorted(self.folders.items(), key=lambda filed: -by(filed[1])))
        self._index()
        found = [folder for many in self._many for folder in many.folders.values()]
        found += [folder for choices in self._choices for folder in choices.folders]
        for place, folder in enumerate(found):
            folder.place = place
        return found

    # --- looking ------------------------------------------------------------------------------

    def held(self, facts: Facts) -> list[Folder]:
        """Return the folders whose test holds."""
        held = [self.folders[None]]
        known, choices = facts.terms, facts.choices
        for fact, _, folders in self._many:
            if fact in known:
                states = known[fact]
                present = states.present if isinstance(states, Terms) else states_of(states, ())[0]
                held += [folders[term] for term in present if term in folders]
        for fact, _, of, _ in self._choices:
            if fact in choices:
                held += of[choices[fact]]
        return held

    def doubtful(self, facts: Facts) -> list[Folder]:
        """Return the folders whose test may hold, in the order of `arranged`."""
        doubtful: list[Folder] = []
        known, choices = facts.terms, facts.choices
        for fact, optional, folders in self._many:
            if not optional:
                doubtful += _unknown(folders, known[fact]) if fact in known else folders.values()
        for fact, optional, _, every in self._choices:
            if not optional and fact not in choices:
                doubtful += every
        return doubtful

    def open(self, folders: Sequence[Folder], truths: NDArray[np.uint8]) -> Opened:
        """Return the terms in `folders`, with what they come to for a member."""
        rows = np.frombuffer(b"".join([folder.rows for folder in folders]), self._words)
        guards = np.frombuffer(b"".join([folder.guards for folder in folders]), np.int32)
        return Opened(truths.take(rows).view(np.uint32), guards, truths)

    def sure(self, opened: Opened) -> Places:
        """Return the guards of which a term surely holds, each as often as one does."""
        found = opened.guards.take((opened.words == _TRUE).nonzero()[0])
        return self._further(found, opened.truths, _TRUE) if self._long.guards else found

    def surely_or_not(self, opened: Opened) -> tuple[Places, Places]:
        """Return the guards of which a term surely holds, and those of which one may that does not surely."""
        words, guards, truths = opened
        surely = words == _TRUE
        sure = guards.take(surely.nonzero()[0])
        may = guards.take(((words & _POSSIBLE == _POSSIBLE) ^ surely).nonzero()[0])
        if not self._long.guards:
            return sure, may
        begun = np.concatenate((may, sure.compress(sure < 0)))  # a long term may become unsure further on
        return self._further(sure, truths, _TRUE), self._further(begun, truths, _POSSIBLE)

    def possible(self, opened: Opened) -> Places:
        """Return the guards of which a term may hold, each as often as one may."""
        found = opened.guards.take((opened.words & _POSSIBLE == _POSSIBLE).nonzero()[0])
        return self._further(found, opened.truths, _POSSIBLE) if self._long.guards else found

    def _further(self, found: Places, truths: NDArray[np.uint8], wanted: int) -> Places:
        """Return `found` with the guards of the long terms that hold to their ends, instead of the terms."""
        long = found < 0
        if not long.any():
            return found
        terms_ = -1 - found.compress(long)
        rest = truths.take(self._long_rows.take(terms_, axis=0)).view(np.uint32)
        held = (rest & wanted == wanted).all(axis=1)
        return np.concatenate((found.compress(~long), self._long_guards.take(terms_.compress(held))))

    def owners(self, folder: Folder) -> Places:
        """Return the guards that the terms in `folder` belong to."""
        guards = np.frombuffer(folder.guards, np.int32)
        long = guards < 0
        return np.concatenate((guards.compress(~long), self._long_guards.take(-1 - guards.compress(long))))

    def by_itself(self, facts: Facts) -> tuple[list[int], list[int]]:
        """Return which of the guards with too many terms to be filed surely hold, and which at least may."""
        if not self._alone:
            return [], []
        truths = [(place, holds(guard, facts, self._optional)) for place, guard in self._alone]
        return [place for place, truth in truths if truth], [place for place, truth in truths if truth is not False]


def _unknown(folders: Mapping[str, Folder], states: Mapping[str, bool]) -> list[Folder]:
    """Return the folders of terms of which nothing is known."""
    _, unknown = states_of(states, folders)
    if len(unknown) > len(states):
        return [folder for term, folder in folders.items() if term not in states]
    return sorted((folders[term] for term in unknown if term in folders), key=_PLACE)


def _choices(fact: Fact, folders: Mapping[ir.Choice, Folder]) -> _Choices:
    values = YES_NO if fact.kind is Kind.YES_NO else tuple(term.name for term in fact.terms)
    of = {value: [folder for test, folder in folders.items() if value in test.values] for value in values}
    return _Choices(fact.name, fact.optional, of, list(folders.values()))
