"""What an author can name, and every place where a name stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dsl.syntax.source import Span


class Sort(enum.Enum):
    """What a name is the name of; the value is how an author calls it."""

    PACK = "pack"
    SOURCE = "source"
    FACT = "fact"
    VALUE = "value"
    CLASS = "class"
    EXERCISE = "exercise"
    MEASURE = "measure"
    STEP = "step"
    PARAMETER = "parameter"
    DEFINITION = "definition"
    RULE = "rule"


DOTTED = frozenset({Sort.PACK, Sort.RULE})
"""The sorts whose names may have dots in them."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One named thing. `owner` is where the name belongs: a value's fact, a step's measure, a rule's pack.

    It is empty for names that every pack shares.
    """

    sort: Sort
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a name stands; `declares` where the thing is declared there, and not only used."""

    symbol: Symbol
    span: Span
    declares: bool = False
