"""Which declared name a misspelt word was meant to be, as the help line of a diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from dsl.semantics.name_index import Entry, NameIndex

_COMPARED = 2_000
"""How many declared things one misspelt word is held against, so that no file makes the search slow."""


def nearest(written: str, known: Iterable[Entry | str]) -> str | None:
    """Return the one of the `known` things that `written` may have been meant to be, or None."""
    entries = (Entry(thing) if isinstance(thing, str) else thing for thing in known)
    near = islice((entry for entry in entries if _similar_length(written, entry)), _COMPARED)
    found = NameIndex(near).nearest(written, 1)
    return found[0] if found else None


def did_you_mean(written: str, known: Iterable[Entry | str]) -> str | None:
    """Return the help line that offers the nearest of the `known` things, or None."""
    name = nearest(written, known)
    return f"did you mean `{name}`?" if name else None


def listed(names: Iterable[str]) -> str:
    """Return `names` as they are read in a sentence: each in backticks, commas between."""
    return ", ".join(f"`{name}`" for name in names)


def _similar_length(written: str, entry: Entry) -> bool:
    spellings = (entry.name, entry.label or "", *entry.synonyms)
    return any(abs(len(spelt) - len(written)) <= max(2, len(written)) for spelt in spellings)
