"""What is known about one member, and what is wrong with what was said of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from dsl.semantics.vocabulary import Fact, Kind

MOST_FACTS = 1_000
"""Facts, or items of one list, past which a request is refused without looking at each."""

MOST_PROBLEMS = 20
"""Problems reported of one request."""

MOST_DIGITS = 20
"""Digits of a number that is read."""


class FactProblem(NamedTuple):
    """One thing wrong with a request: a JSON pointer to it, what is wrong, and the nearest names."""

    pointer: str
    message: str
    did_you_mean: tuple[str, ...] = ()


class FactsError(ValueError):
    """The facts do not fit the vocabulary; `problems` says where and why."""

    def __init__(self, problems: Sequence[FactProblem]) -> None:
        """Carry `problems`, at least one."""
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.pointer}: {problem.message}" for problem in self.problems))


class Terms(dict[str, bool]):
    """What is known of one `many of` fact: terms that are present (True) or absent (False).

    `present` lists the former again, `unknown` the terms of the vocabulary that are neither, so that nobody has to
    go through the many that are absent. Not to be changed: requests may share one.
    """

    __slots__ = ("present", "unknown")
    present: tuple[str, ...]
    unknown: tuple[str, ...]


def terms_of(fact: Fact, states: Mapping[str, bool]) -> Terms:
    """Return what `states` says of the terms of `fact`."""
    terms = Terms(states)
    terms.present = tuple(term for term, state in states.items() if state)
    terms.unknown = tuple(term.name for term in fact.terms if term.name not in states)
    return terms


class Facts(msgspec.Struct, frozen=True):
    """What is known about one member; whatever is not in here is unknown, which is never the same as no.

    `choices`: `one of` and `yes or no` facts (as "yes", "no"). `terms`: of a `many of` fact, the terms known
    to be present (True) or absent (False); the door hands out `Terms`. `numbers`: in the fact's own unit.
    `suggested`: terms (fact, term) for which a code was given that only raises the question; they stay unknown.
    The term is empty where the code is of the fact itself.
    """

    choices: Mapping[str, str] = {}
    terms: Mapping[str, Mapping[str, bool]] = {}
    numbers: Mapping[str, Decimal] = {}
    suggested: frozenset[tuple[str, str]] = frozenset()


class Defaults:
    """What holds of a member about whom nothing is said."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Gather the defaults of `facts`."""
        self._choices: dict[str, str] = {}
        self._terms: dict[str, Terms] = {}
        self._numbers: dict[str, Decimal] = {}
        for fact in facts:
            if fact.default is not None:
                self._add(fact, fact.default)

    def _add(self, fact: Fact, default: str) -> None:
        match fact.kind:
            case Kind.ONE_OF | Kind.YES_NO:
                self._choices[fact.name] = default
            case Kind.NUMBER:
                self._numbers[fact.name] = Decimal(default)
            case Kind.MANY_OF:
                self._terms[fact.name] = terms_of(fact, {term.name: term.name == default for term in fact.terms})

    def complete(self, choices: dict[str, str], terms: dict[str, Terms], numbers: dict[str, Decimal]) -> None:
        """Add what has a default to what is known, where nothing else was said."""
        for name, choice in self._choices.items():
            choices.setdefault(name, choice)
        for name, states in self._terms.items():
            if not terms.get(name):  # lists of nothing say nothing
                terms[name] = states
        for name, number in self._numbers.items():
            numbers.setdefault(name, number)
