"""What an author is told: one line in their words, a place, and what to type."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from dsl.syntax.source import Span


class Severity(enum.Enum):
    """How much a diagnostic weighs: an error refuses the release, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about rule text.

    `code` is a key of `dsl.syntax.codes.CODES` (`E202`); codes are never reused. `example` is a
    paste-ready statement that shows the fault (a member, both readings of a guard), or None.
    """

    code: str
    span: Span
    message: str
    help: str | None = None
    example: str | None = None

    @property
    def severity(self) -> Severity:
        """Return the weight that the code's letter states."""
        match self.code[0]:
            case "W":
                return Severity.WARNING
            case "N":
                return Severity.NOTE
            case _:
                return Severity.ERROR


def errors(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return those of `diagnostics` that refuse the release."""
    return [found for found in diagnostics if found.severity is Severity.ERROR]


def in_reading_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return `diagnostics` by file, place and code, each once."""
    unique = dict.fromkeys(diagnostics)
    return sorted(unique, key=lambda found: (found.span.source, found.span.start, found.code, found.message))


MOST_TO_TYPE = 200
"""How long a text may be that a help line has an author write; of a longer one it tells the beginning, or the place."""


def shortened(text: str, most: int = 50) -> str:
    """Return text as a help line can repeat it: a longer one ends at a word, and in `…`."""
    return text if len(text) <= most else f"{text[: max(text.rfind(' ', 0, most), most // 2)]} …"
