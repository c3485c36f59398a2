"""The one door through which a member's facts arrive: resolved, typed, converted, or refused with a reason."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

import msgspec

from dsl.semantics.name_index import Entry, NameIndex
from dsl.semantics.units import UnitError, convert, convertible
from dsl.semantics.vocabulary import Coding, Fact, Kind, Vocabulary

MOST_FACTS = 1_000
"""Facts, or items of one list, past which a request is refused without looking at each."""

MOST_PROBLEMS = 20
"""Problems reported of one request."""

_MOST_DIGITS = 20
_LARGEST_EXPONENT = 400
_LONGEST_SHOWN = 40
_INJURY_LENGTH = 7
_ENCOUNTERS = frozenset("AD")


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


class Door:
    """Reads facts for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the names of `vocabulary`."""
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.names = NameIndex(Entry(fact.name, fact.label, fact.synonyms) for fact in vocabulary.facts)
        self.terms = {fact.name: _term_index(fact) for fact in vocabulary.facts}

    def read(self, raw: Mapping[str, object], asked: Vocabulary | None = None) -> Facts:
        """Return `raw` as facts.

        A `one of` value is a name; a `many of` value a list (complete) or `{"present": […], "absent": […]}`;
        a `yes or no` value a boolean; a number a number or `{"value": …, "unit": …}`; null is "not known".

        Args:
            raw: the facts by name or synonym, as decoded from JSON.
            asked: the vocabulary whose questionnaire the member saw; without it, and for terms that it
                lacks, a red flag that a complete list does not name stays unknown.

        Raises:
            FactsError: an unknown name, a wrong type, a value out of range; all of them at once.
        """
        return _Reading(self, asked).read(raw)

    def fact(self, name: str) -> Fact | None:
        """Return the fact that `name` names, by a code that answers it too."""
        found = self.names.find(name) or next(
            (fact.name for fact, coding in self._coded(name) if not coding.suggests), None
        )
        return self.facts[found] if found else None

    def suggested(self, name: str) -> tuple[Fact, ...]:
        """Return the facts whose question the code `name` raises without answering it."""
        return tuple(fact for fact, coding in self._coded(name) if coding.suggests)

    def _coded(self, code: str) -> Iterator[tuple[Fact, Coding]]:
        for fact in self.facts.values():
            if (coding := _coded(fact.codes, None, code)) is not None:
                yield fact, coding


class _Named(NamedTuple):
    """A term that a caller named; by a code of `length` characters, which is `exact` unless it is a parent's."""

    term: str
    length: int = 0
    exact: bool = True


class _Reading:
    """One pass over one request; collects problems as it goes."""

    def __init__(self, door: Door, asked: Vocabulary | None) -> None:
        self._door = door
        self._asked = {(fact.name, term.name) for fact in asked.facts for term in fact.terms} if asked else set()
        self._problems: list[FactProblem] = []
        self._choices: dict[str, str] = {}
        self._terms: dict[str, Terms] = {}
        self._numbers: dict[str, Decimal] = {}
        self._suggested: set[tuple[str, str]] = set()

    def read(self, raw: Mapping[str, object]) -> Facts:
        if not isinstance(raw, Mapping):
            raise FactsError([FactProblem("/facts", "facts are an object of names and values")])
        if len(raw) > MOST_FACTS:
            raise FactsError([FactProblem("/facts", f"{len(raw)} facts; at most {MOST_FACTS} are read")])
        seen: dict[str, str] = {}
        for name, value in raw.items():
            self._read_fact(name, value, seen)
        if self._problems:
            raise FactsError(self._shown_problems())
        self._add_defaults()
        return Facts(self._choices, self._terms, self._numbers, frozenset(filter(self._is_open, self._suggested)))

    def _is_open(self, suggestion: tuple[str, str]) -> bool:
        fact, term = suggestion
        if fact in self._choices or fact in self._numbers:
            return False
        return term not in self._terms.get(fact, {})

    def _shown_problems(self) -> list[FactProblem]:
        shown = self._problems[:MOST_PROBLEMS]
        if (hidden := len(self._problems) - len(shown)) > 0:
            shown.append(FactProblem("/facts", f"and {hidden} more problems"))
        return shown

    def _refuse(self, pointer: str, message: str, near: tuple[str, ...] = ()) -> None:
        self._problems.append(FactProblem(pointer, message, near))

    def _nearest(self, index: NameIndex, text: str) -> tuple[str, ...]:
        return index.nearest(text) if len(self._problems) < MOST_PROBLEMS else ()

    def _read_fact(self, name: object, value: object, seen: dict[str, str]) -> None:
        pointer = f"/facts/{escaped(name)}"
        if not isinstance(name, str):
            return self._refuse(pointer, "a fact is named by text")
        fact = self._door.fact(name)
        if fact is None and (raised := self._door.suggested(name)):
            return self._suggested.update((of.name, "") for of in raised)
        if fact is None:
            near = self._nearest(self._door.names, name)
            return self._refuse(pointer, f"`{shown(name)}` is not a known fact", near)
        if fact.name in seen:
            return self._refuse(pointer, f"`{fact.name}` is given twice, here and as `{shown(seen[fact.name])}`")
        seen[fact.name] = name
        if value is not None:
            self._read_value(fact, value, pointer)
        return None

    def _read_value(self, fact: Fact, value: object, pointer: str) -> None:
        match fact.kind:
            case Kind.YES_NO:
                self._read_yes_no(fact, value, pointer)
            case Kind.ONE_OF:
                self._read_one(fact, value, pointer)
            case Kind.MANY_OF:
                self._read_many(fact, value, pointer)
            case Kind.NUMBER:
                self._read_number(fact, value, pointer)

    def _read_yes_no(self, fact: Fact, value: object, pointer: str) -> None:
        if isinstance(value, bool):
            self._choices[fact.name] = "yes" if value else "no"
        elif value in ("yes", "no"):
            self._choices[fact.name] = str(value)
        else:
            self._refuse(pointer, f"`{fact.name}` takes true or false, not {described(value)}")

    def _read_one(self, fact: Fact, value: object, pointer: str) -> None:
        if not isinstance(value, str | Mapping):
            return self._refuse(pointer, f"`{fact.name}` takes one value, not {described(value)}")
        named = self._named(fact, value, pointer)
        terms = [one.term for one in named or () if one.length == max(other.length for other in named or ())]
        if len(terms) > 1:
            self._refuse(pointer, f"this can mean more than one value of `{fact.name}`", tuple(terms))
        elif terms:
            self._choices[fact.name] = terms[0]
        return None

    def _read_many(self, fact: Fact, value: object, pointer: str) -> None:
        if isinstance(value, Mapping):
            return self._read_partial(fact, value, pointer)
        present = self._listed(fact, value, pointer)
        if present is None:
            return None
        known = {
            term.name: False
            for term in fact.terms
            if not (term.red_flag or fact.red_flag) or (fact.name, term.name) in self._asked
        }
        known.update(dict.fromkeys(present, True))
        self._terms[fact.name] = self._without_suggested(fact, known, present)
        return None

    def _read_partial(self, fact: Fact, value: Mapping[object, object], pointer: str) -> None:
        unknown = [key for key in value if key not in ("present", "absent")]
        for key in islice(unknown, MOST_PROBLEMS):
            self._refuse(f"{pointer}/{escaped(key)}", "only `present` and `absent` stand here")
        present = self._listed(fact, value.get("present", ()), f"{pointer}/present")
        absent = self._listed(fact, value.get("absent", ()), f"{pointer}/absent", refuted=True)
        if unknown or present is None or absent is None:
            return
        for term in sorted(present & absent):
            self._refuse(pointer, f"`{term}` is both present and absent")
        known = dict.fromkeys(present, True) | dict.fromkeys(absent, False)
        self._terms[fact.name] = self._without_suggested(fact, known, present)

    def _without_suggested(self, fact: Fact, known: dict[str, bool], present: set[str]) -> Terms:
        raised = {term for of, term in self._suggested if of == fact.name and term not in present}
        return terms_of(fact, {term: state for term, state in known.items() if term not in raised})

    def _listed(self, fact: Fact, value: object, pointer: str, *, refuted: bool = False) -> set[str] | None:
        """Return the terms that a list names; None when the list itself cannot be read.

        A code means every term whose code covers it. A refuted one says nothing of a term that means more than it.
        """
        if not isinstance(value, list | tuple | set | frozenset):
            self._refuse(pointer, f"`{fact.name}` takes a list of values, not {described(value)}")
            return None
        if len(value) > MOST_FACTS:
            self._refuse(pointer, f"{len(value)} values; at most {MOST_FACTS} are read")
            return None
        named = [self._named(fact, item, f"{pointer}/{place}") for place, item in enumerate(value)]
        if None in named:
            return None
        return {one.term for found in named if found for one in found if one.exact or not refuted}

    def _named(self, fact: Fact, value: object, pointer: str) -> list[_Named] | None:
        """Return the terms that `value` names, none when it only suggests one; None after noting what is wrong."""
        match value:
            case str():
                found = self._door.terms[fact.name].find(value)
                return [_Named(found)] if found else self._coded(fact, None, value, pointer)
            case {"system": str(system), "code": str(code), **rest} if not rest:
                return self._coded(fact, system, code, pointer)
            case _:
                self._refuse(pointer, f"a value of `{fact.name}` is a name or a code, not {described(value)}")
                return None

    def _coded(self, fact: Fact, system: str | None, code: str, pointer: str) -> list[_Named] | None:
        matches = [(term, coding) for term in fact.terms if (coding := _coded(term.codes, system, code))]
        if not matches:
            self._refuse(pointer, *self._unknown_value(fact, code))
            return None
        self._suggested.update((fact.name, term.name) for term, coding in matches if coding.suggests)
        return [
            _Named(term.name, len(coding.code), exact=coding.code.casefold() == code.strip().casefold())
            for term, coding in matches
            if not coding.suggests
        ]

    def _unknown_value(self, fact: Fact, text: str) -> tuple[str, tuple[str, ...]]:
        near = self._nearest(self._door.terms[fact.name], text)
        hint = "; an empty list says that none applies" if text == "none" and fact.kind is Kind.MANY_OF else ""
        return f"`{shown(text)}` is not a known value of `{fact.name}`{hint}", near

    def _read_number(self, fact: Fact, value: object, pointer: str) -> None:
        match value:
            case {"value": number, "unit": str(unit), **rest} if not rest:
                found = self._converted(fact, self._decimal(fact, number, f"{pointer}/value"), unit, pointer)
            case Mapping():
                return self._refuse(pointer, 'a number is given plainly or as {"value": …, "unit": …}')
            case _:
                found = self._decimal(fact, value, pointer)
        if found is not None and self._fits(fact, found, pointer):
            self._numbers[fact.name] = found
        return None

    def _decimal(self, fact: Fact, value: object, pointer: str) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self._refuse(pointer, f"`{fact.name}` takes a number, not {described(value)}")
            return None
        if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
            self._refuse(pointer, f"the number has more than {_MOST_DIGITS} digits")
            return None
        finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
        if not finite:
            self._refuse(pointer, f"`{fact.name}` takes a finite number")
            return None
        number = Decimal(float.__repr__(value)) if isinstance(value, float) else Decimal(value)
        if len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _LARGEST_EXPONENT:
            self._refuse(pointer, f"the number has more than {_MOST_DIGITS} digits")
            return None
        return number

    def _converted(self, fact: Fact, number: Decimal | None, unit: str, pointer: str) -> Decimal | None:
        if number is None:
            return None
        if fact.unit is None:
            self._refuse(f"{pointer}/unit", f"`{fact.name}` has no unit")
            return None
        try:
            return convert(number, unit, fact.unit)
        except UnitError:
            units = convertible(fact.unit)
            self._refuse(f"{pointer}/unit", f"`{fact.name}` is given in {' or '.join(units)}", units)
            return None

    def _fits(self, fact: Fact, number: Decimal, pointer: str) -> bool:
        if fact.whole and number != number.to_integral_value():
            self._refuse(pointer, f"`{fact.name}` takes a whole number")
            return False
        low, high = fact.low, fact.high
        if (low is not None and number < low) or (high is not None and number > high):
            unit = f" {fact.unit}" if fact.unit else ""
            self._refuse(pointer, f"`{fact.name}` lies between {low} and {high}{unit}")
            return False
        return True

    def _add_defaults(self) -> None:
        for fact in self._door.facts.values():
            if fact.default is None:
                continue
            match fact.kind:
                case Kind.ONE_OF | Kind.YES_NO:
                    self._choices.setdefault(fact.name, fact.default)
                case Kind.NUMBER:
                    self._numbers.setdefault(fact.name, Decimal(fact.default))
                case Kind.MANY_OF:
                    only = {term.name: term.name == fact.default for term in fact.terms}
                    self._terms.setdefault(fact.name, terms_of(fact, only))


def _term_index(fact: Fact) -> NameIndex:
    return NameIndex(Entry(term.name, term.label, term.synonyms) for term in fact.terms)


def _coded(codes: Sequence[Coding], system: str | None, code: str) -> Coding | None:
    """Return the coding of `codes` that covers `code`; one that answers goes before one that suggests."""
    found = [c for c in codes if (system is None or c.system == system) and covers_code(c, code)]
    return min(found, key=lambda coding: coding.suggests, default=None)


def covers_code(coding: Coding, code: str) -> bool:
    """Return whether the declared `coding` means the given `code`.

    A code of ICD-10 or ICD-10-CM means its children too; a trailing `x` says so outright. Of injury codes (S, T) the
    children that end in a sequela or another encounter than A (initial) and D (subsequent) are not meant.
    """
    if not coding.system.startswith("icd10"):
        return coding.code == code
    declared, given = re.sub(r"x$", "", coding.code), code.strip().upper()
    if given == declared.upper():
        return True
    if not given.startswith(declared.upper()):
        return False
    injury = given[0] in "ST" and len(given.replace(".", "")) == _INJURY_LENGTH
    return not injury or given[-1] in _ENCOUNTERS


def escaped(key: object) -> str:
    """Return `key` as one step of a JSON pointer, shortened; an integer too long to be written is described."""
    try:
        text = str(key)
    except ValueError:
        text = described(key)
    return shown(text).replace("~", "~0").replace("/", "~1")


def shown(text: str) -> str:
    """Return `text` as it may stand in a message: printable, and not long."""
    clean = "".join(_printable(text[:_LONGEST_SHOWN]))
    return clean if len(text) <= _LONGEST_SHOWN else f"{clean}…"


def _printable(text: str) -> Iterator[str]:
    for char in text:
        yield char if char.isprintable() else f"\\u{ord(char):04x}"


def described(value: object) -> str:
    """Return in words what sort of JSON value `value` is."""
    match value:
        case bool():
            return "true or false"
        case None:
            return "null"
        case str():
            return "text"
        case int() | float() | Decimal():
            return "a number"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return f"a {type(value).__name__}"
