"""Reads one request with care: every form that a fact may take, and everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from itertools import islice

from dsl.semantics.fact_names import FactNames, Named, ruled_out, shown_terms
from dsl.semantics.known import MOST_DIGITS, MOST_FACTS, MOST_PROBLEMS, FactProblem, Facts, FactsError, Terms, terms_of
from dsl.semantics.name_index import NameIndex
from dsl.semantics.units import UnitError, convert, convertible
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary

_LARGEST_EXPONENT = 400
_LONGEST_SHOWN = 40


class CarefulReading:
    """One pass over one request; collects problems as it goes."""

    def __init__(self, names: FactNames, asked: Vocabulary | None) -> None:
        """Read what `names` can resolve, for a member who saw the questionnaire of `asked`."""
        self._names = names
        self._asked = shown_terms(asked) if asked else frozenset()
        self._problems: list[FactProblem] = []
        self._choices: dict[str, str] = {}
        self._terms: dict[str, Terms] = {}
        self._numbers: dict[str, Decimal] = {}
        self._suggested: set[tuple[str, str]] = set()

    def read(self, raw: Mapping[str, object]) -> Facts:
        """Return `raw` as facts.

        Raises:
            FactsError: with everything that is wrong.
        """
        if not isinstance(raw, Mapping):
            raise FactsError([FactProblem("/facts", "facts are an object of names and values")])
        if len(raw) > MOST_FACTS:
            raise FactsError([FactProblem("/facts", f"{len(raw)} facts; at most {MOST_FACTS} are read")])
        seen: dict[str, str] = {}
        for name, value in raw.items():
            self._read_fact(name, value, seen)
        if self._problems:
            raise FactsError(self._shown_problems())
        self._names.defaults.complete(self._choices, self._terms, self._numbers)
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
        fact = self._names.fact(name)
        if fact is None and (raised := self._names.suggested(name)):
            return self._suggested.update((of.name, "") for of in raised)
        if fact is None:
            near = self._nearest(self._names.names, name)
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
        known = ruled_out(fact, self._asked)
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

    def _named(self, fact: Fact, value: object, pointer: str) -> tuple[Named, ...] | None:
        """Return the terms that `value` names, none when it only suggests one; None after noting what is wrong."""
        match value:
            case str(text):
                meaning = self._names.meaning(fact.name, text)
            case {"system": str(system), "code": str(text), **rest} if not rest:
                meaning = self._names.code_meaning(fact.name, system, text)
            case _:
                self._refuse(pointer, f"a value of `{fact.name}` is a name or a code, not {described(value)}")
                return None
        if meaning is None:
            self._refuse(pointer, *self._unknown_value(fact, text))
            return None
        self._suggested.update((fact.name, term) for term in meaning.suggested)
        return meaning.named

    def _unknown_value(self, fact: Fact, text: str) -> tuple[str, tuple[str, ...]]:
        near = self._nearest(self._names.terms[fact.name], text)
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
        if isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
            self._refuse(pointer, f"the number has more than {MOST_DIGITS} digits")
            return None
        finite = value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
        if not finite:
            self._refuse(pointer, f"`{fact.name}` takes a finite number")
            return None
        number = Decimal(float.__repr__(value)) if isinstance(value, float) else Decimal(value)
        if len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > _LARGEST_EXPONENT:
            self._refuse(pointer, f"the number has more than {MOST_DIGITS} digits")
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


def escaped(key: object) -> str:
    """Return `key` as one step of a JSON pointer, shortened; an integer too long to be written is described."""
    try:
        text = str(key)
    except ValueError:
        text = described(key)
    return shown(text).replace("~", "~0").replace("/", "~1")


def shown(text: str) -> str:
    """Return `text` as it may stand in a message: printable, and not long."""
    start = text[:_LONGEST_SHOWN]
    clean = start if start.isprintable() else "".join(map(_printable, start))
    return clean if len(text) <= _LONGEST_SHOWN else f"{clean}…"


def _printable(char: str) -> str:
    return char if char.isprintable() else f"\\u{ord(char):04x}"


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
