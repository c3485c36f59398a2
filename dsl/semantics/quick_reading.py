"""Reads facts that are right, fast; gives up on whatever is unusual, which the careful reading then judges."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import lru_cache
from itertools import filterfalse
from typing import NamedTuple, TypeVar

from dsl.semantics.fact_names import FactNames, Meaning, Named, ruled_out, shown_terms
from dsl.semantics.known import MOST_DIGITS, MOST_FACTS, Facts, Terms, terms_of
from dsl.semantics.units import UnitError, convert
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary

_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 80
_QUESTIONNAIRES = 8
_LISTS, _SHORT = 256, 32
"""Lists of one fact that are remembered, and up to how many items they may have; none of these is long text."""
_LARGEST = 10**MOST_DIGITS - 1


class UnusualError(Exception):
    """Only the careful reading can judge this. Never leaves this module."""


class _Known(NamedTuple):
    """What has been read of one request, as `Facts` holds it."""

    choices: dict[str, str]
    terms: dict[str, Terms]
    numbers: dict[str, Decimal]


_Reader = Callable[[object, _Known], None]
"""Notes the value of one fact; raises UnusualError."""

_Readers = dict[str, _Reader]
"""Readers by the declared names of their facts."""

_Found = TypeVar("_Found")


class QuickReader:
    """Reads requests with one reader a fact, prepared once. Where it answers, the careful reading says the same."""

    def __init__(self, names: FactNames) -> None:
        """Prepare a reader for every fact of `names` that goes by its own name."""
        self._facts = {name: fact for name, fact in names.facts.items() if names.fact(name) is fact}
        self._values = {name: _Values(names, fact) for name, fact in self._facts.items()}
        self._unasked = {name: _reader(fact, self._values[name]) for name, fact in self._facts.items()}
        self._asked: dict[int, tuple[Vocabulary, _Readers]] = {}
        self._defaults = names.defaults
        self._fact = _remembering(names.fact)

    def read(self, raw: Mapping[str, object], asked: Vocabulary | None = None) -> Facts | None:
        """Return `raw` as facts, for a member who saw the questionnaire of `asked`; None when something is unusual."""
        if type(raw) is not dict or len(raw) > MOST_FACTS:
            return None
        known = _Known({}, {}, {})
        try:
            self._note(raw, self._readers(asked), known)
        except UnusualError:
            return None
        self._defaults.complete(known.choices, known.terms, known.numbers)
        return Facts(known.choices, known.terms, known.numbers)

    def _note(self, raw: dict[str, object], readers: _Readers, known: _Known) -> None:
        others: set[str] = set()
        for name, value in raw.items():
            reader = readers.get(name) if type(name) is str else None
            if reader is None:
                fact = self._otherwise_named(name)
                if fact in raw or fact in others:
                    raise UnusualError
                others.add(fact)
                reader = readers[fact]
            if value is not None:
                reader(value, known)

    def _otherwise_named(self, name: object) -> str:
        fact = self._fact(name) if isinstance(name, str) else None
        if fact is None or fact.name not in self._facts:
            raise UnusualError
        return fact.name

    def _readers(self, asked: Vocabulary | None) -> _Readers:
        """Return the readers for who saw the questionnaire of `asked`; those of the last few are kept."""
        if asked is None:
            return self._unasked
        kept = self._asked.get(id(asked))
        if kept is None:
            if len(self._asked) >= _QUESTIONNAIRES:
                self._asked.clear()
            # The vocabulary is kept with them: as long as it lives, nothing else has its identity.
            kept = self._asked[id(asked)] = (asked, self._prepared(shown_terms(asked)))
        return kept[1]

    def _prepared(self, asked: AbstractSet[tuple[str, str]]) -> _Readers:
        many = [fact for fact in self._facts.values() if fact.kind is Kind.MANY_OF]
        return {**self._unasked, **{fact.name: _many_of(fact, self._values[fact.name], asked) for fact in many}}


class _Values:
    """What is said of one fact's terms, by any of their names and codes."""

    def __init__(self, names: FactNames, fact: Fact) -> None:
        """Resolve the terms of `fact` by `names`."""
        self.spelt = names.terms[fact.name].spelt
        self._meaning = _remembering(lambda text: names.meaning(fact.name, text))
        self._names = names
        self._fact = fact.name

    def meant(self, item: object) -> tuple[Named, ...]:
        """Return the terms that `item` names, when it suggests nothing."""
        meaning: Meaning | None = None
        if type(item) is str:
            meaning = self._meaning(item)
        elif type(item) is dict:
            meaning = self._coded(item)
        if meaning is None or meaning.suggested:
            raise UnusualError
        return meaning.named

    def _coded(self, item: dict[str, object]) -> Meaning | None:
        system, code = item.get("system"), item.get("code")
        if len(item) != len(("system", "code")) or type(system) is not str or type(code) is not str:
            return None
        return self._names.code_meaning(self._fact, system, code)

    def listed(self, items: Sequence[object]) -> list[str]:
        """Return the terms that a list names, perhaps one more than once."""
        spelt, found = self.spelt, []
        for item in items:
            term = spelt.get(item) if type(item) is str else None
            if term is None:
                found += [one.term for one in self.meant(item)]
            else:
                found.append(term)
        return found

    def refuted(self, items: Sequence[object]) -> list[str]:
        """Return the terms of a list that mean no more than it says, perhaps one more than once."""
        return [one.term for item in items for one in self.meant(item) if one.exact]


def _remembering(resolve: Callable[[str], _Found]) -> Callable[[str], _Found]:
    """Return `resolve` with a memory: of so many answers, the last used, and none for long text."""
    remembered = lru_cache(_REMEMBERED)(resolve)
    return lambda text: remembered(text) if len(text) <= _LONGEST_REMEMBERED else resolve(text)


def _reader(fact: Fact, values: _Values) -> _Reader:
    """Return the reader of `fact`, for a member who saw no questionnaire."""
    match fact.kind:
        case Kind.YES_NO:
            return _yes_no(fact.name)
        case Kind.ONE_OF:
            return _one_of(fact.name, values)
        case Kind.MANY_OF:
            return _many_of(fact, values, frozenset())
        case Kind.NUMBER:
            return _number(fact)


def _yes_no(name: str) -> _Reader:
    def note(value: object, known: _Known) -> None:
        if value is True:
            known.choices[name] = "yes"
        elif value is False:
            known.choices[name] = "no"
        else:
            raise UnusualError

    return note


def _one_of(name: str, values: _Values) -> _Reader:
    spelt = values.spelt

    def note(value: object, known: _Known) -> None:
        term = spelt.get(value) if type(value) is str else None
        known.choices[name] = _only(values.meant(value)) if term is None else term

    return note


def _only(named: tuple[Named, ...]) -> str:
    if len(named) != 1:
        raise UnusualError
    return named[0].term


def _many_of(fact: Fact, values: _Values, asked: AbstractSet[tuple[str, str]]) -> _Reader:
    name, none = fact.name, terms_of(fact, ruled_out(fact, asked))
    every = tuple(term.name for term in fact.terms)
    complete = lru_cache(_LISTS)(lambda items: _complete(none, values.listed(items)))
    partial = lru_cache(_LISTS)(lambda has, lacks: _partial(every, values.listed(has), values.refuted(lacks)))

    def note(value: object, known: _Known) -> None:
        if type(value) is list:
            known.terms[name] = (
                (complete if _is_short(value) else complete.__wrapped__)(tuple(value)) if value else none
            )
        elif type(value) is dict and len(value) == ("present" in value) + ("absent" in value):
            present, absent = value.get("present", []), value.get("absent", [])
            both = partial if _is_short(present) and _is_short(absent) else partial.__wrapped__
            known.terms[name] = both(tuple(present), tuple(absent))
        else:
            raise UnusualError

    return note


def _is_short(items: object) -> bool:
    """Return whether what a list comes to may be remembered: members are all distinct, what they list is not.

    An item that is no text cannot be looked up.
    """
    if type(items) is not list or len(items) > MOST_FACTS:
        raise UnusualError
    if len(items) > _SHORT:
        return False
    for item in items:  # noqa: SIM110 - a generator would cost more than the loop
        if type(item) is not str or len(item) > _LONGEST_REMEMBERED:
            return False
    return True


def _complete(none: Terms, present: list[str]) -> Terms:
    """Return what a complete list says, from what an empty one says."""
    if not present:
        return none
    terms = Terms(none)
    for term in present:
        terms[term] = True
    terms.present = tuple(present if len(present) == 1 else dict.fromkeys(present))
    terms.unknown = tuple(filterfalse(terms.__contains__, none.unknown)) if none.unknown else ()
    return terms


def _partial(every: tuple[str, ...], present: list[str], absent: list[str]) -> Terms:
    terms = Terms(dict.fromkeys(present, True))
    terms.present = tuple(terms)
    for term in absent:
        if terms.setdefault(term, False):
            raise UnusualError
    terms.unknown = tuple(filterfalse(terms.__contains__, every))
    return terms


def _number(fact: Fact) -> _Reader:
    name, whole, low, high = fact.name, fact.whole, fact.low, fact.high
    measured = _measuring(fact)
    least = -_LARGEST if low is None else max(math.ceil(low), -_LARGEST)
    most = _LARGEST if high is None else min(math.floor(high), _LARGEST)

    def note(value: object, known: _Known) -> None:
        if type(value) is int and least <= value <= most:
            known.numbers[name] = Decimal(value)
            return
        number = measured(value) if type(value) is dict else _exact(value)
        if (low is not None and number < low) or (high is not None and number > high):
            raise UnusualError
        if whole and number != number.to_integral_value():
            raise UnusualError
        known.numbers[name] = number

    return note


def _exact(value: object) -> Decimal:
    """Return a number as it is written: a float in its shortest spelling, a decimal as it is unless it is long."""
    if type(value) is float and math.isfinite(value):
        return Decimal(repr(value))
    if type(value) is Decimal and value.is_finite() and abs(value.adjusted()) < MOST_DIGITS:
        if len(value.as_tuple().digits) > MOST_DIGITS:
            raise UnusualError
        return value
    if type(value) is int and -_LARGEST <= value <= _LARGEST:
        return Decimal(value)
    raise UnusualError


def _measuring(fact: Fact) -> Callable[[dict[str, object]], Decimal]:
    """Return what reads a number with a unit, with a memory of whole ones: others may be equal and not the same."""

    def converted(value: object, unit: str) -> Decimal:
        if fact.unit is None:
            raise UnusualError
        try:
            return convert(_exact(value), unit, fact.unit)
        except UnitError as error:
            raise UnusualError from error

    remembered = lru_cache(_LISTS)(converted)

    def measured(given: dict[str, object]) -> Decimal:
        value, unit = given.get("value"), given.get("unit")
        if len(given) != len(("value", "unit")) or type(unit) is not str:
            raise UnusualError
        return remembered(value, unit) if type(value) is int else converted(value, unit)

    return measured
