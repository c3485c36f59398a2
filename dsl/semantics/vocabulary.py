"""The resolved vocabulary of a release: facts, exercises, classes and measures, found by any of their names."""

from __future__ import annotations

import enum
from decimal import Decimal

import msgspec

from dsl.semantics.ir import Guard


class Kind(enum.Enum):
    """What values a fact takes."""

    ONE_OF = "one_of"
    MANY_OF = "many_of"
    YES_NO = "yes_no"
    NUMBER = "number"


class Coding(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A code of a terminology. `suggests`: it raises the question and never answers it."""

    system: str
    code: str
    suggests: bool = False


class Term(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One value of a fact."""

    name: str
    label: str | None = None
    synonyms: tuple[str, ...] = ()
    codes: tuple[Coding, ...] = ()
    red_flag: bool = False


class Fact(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One fact. `low`, `high`, `unit` are of numbers; `terms` of `one of` and `many of`.

    `red_flag` is the fact's own flag; a term may carry one too. `default` is there for context facts
    only: a term, `yes`, `no`, or a number as text.
    `asked_when` is in negation normal form.
    """

    name: str
    kind: Kind
    label: str | None = None
    ask: str | None = None
    terms: tuple[Term, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    whole: bool = False
    synonyms: tuple[str, ...] = ()
    codes: tuple[Coding, ...] = ()
    red_flag: bool = False
    optional: bool = False
    context: bool = False
    default: str | None = None
    asked_when: Guard | None = None


def red_flags(fact: Fact) -> frozenset[str]:
    """Return the terms of `fact` that are red flags: a complete list that does not name one leaves it open."""
    return frozenset(term.name for term in fact.terms if term.red_flag or fact.red_flag)


class ExerciseClass(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A movement class or trait. `union` names the classes that it joins, if it is a union."""

    name: str
    label: str | None = None
    union: tuple[str, ...] = ()


class Exercise(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One exercise. `classes` as declared, with the unions they belong to; `kind_of` the exercises above it.

    `needs` are terms of the fact `equipment`.
    """

    name: str
    label: str | None = None
    synonyms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class Measure(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What a limit binds: a range of numbers in `unit`, or a scale with `steps`, lowest first."""

    name: str
    label: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    whole: bool = False
    steps: tuple[str, ...] = ()


class Vocabulary(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Everything that has a global name, each list sorted by name."""

    facts: tuple[Fact, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    classes: tuple[ExerciseClass, ...] = ()
    measures: tuple[Measure, ...] = ()
