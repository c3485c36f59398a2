"""The one door through which a member's facts arrive: resolved, typed, converted, or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.semantics.careful_reading import CarefulReading, described
from dsl.semantics.code_index import covers_code
from dsl.semantics.fact_names import FactNames
from dsl.semantics.known import MOST_FACTS, MOST_PROBLEMS, FactProblem, Facts, FactsError, Terms
from dsl.semantics.quick_reading import QuickReader
from dsl.semantics.vocabulary import Vocabulary


class Door:
    """Reads facts for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the names of `vocabulary`."""
        self._names = FactNames(vocabulary)
        self._quick = QuickReader(self._names)

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
        facts = self._quick.read(raw, asked)
        return CarefulReading(self._names, asked).read(raw) if facts is None else facts


__all__ = [
    "MOST_FACTS",
    "MOST_PROBLEMS",
    "Door",
    "FactProblem",
    "Facts",
    "FactsError",
    "Terms",
    "covers_code",
    "described",
]
