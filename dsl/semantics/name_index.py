"""Finding a declared name by any of its names: itself, its label, its synonyms; and the nearest when there is none."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import NamedTuple

_LONGEST_COMPARED = 80
_GAPS = re.compile(r"[\s_\-]+")


class Entry(NamedTuple):
    """One declared thing and what it is also called."""

    name: str
    label: str | None = None
    synonyms: tuple[str, ...] = ()


class NameIndex:
    """Resolves names of one sort. Case, and whether words are joined by spaces, hyphens or `_`, do not matter.

    The declared name wins over labels and synonyms; what fits two things equally fits neither.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index `entries`. `spelt` holds the names that are found by text as it was declared."""
        entries = list(entries)
        self._ranks: tuple[dict[str, set[str]], ...] = ({}, {})
        for entry in entries:
            self._add(0, entry.name, entry.name)
            if entry.label:
                self._add(1, entry.label, entry.name)
            for synonym in entry.synonyms:
                self._add(1, synonym, entry.name)
        texts = {text for entry in entries for text in (entry.name, entry.label, *entry.synonyms) if text}
        self.spelt = {text: found for text in texts if (found := self._folded(text)) is not None}

    def _add(self, rank: int, text: str, name: str) -> None:
        self._ranks[rank].setdefault(folded(text), set()).add(name)

    def find(self, text: str) -> str | None:
        """Return the declared name that `text` stands for; None when nothing, or more than one thing, does."""
        return self.spelt.get(text) or self._folded(text)

    def _folded(self, text: str) -> str | None:
        key = folded(text)
        for rank in self._ranks:
            if names := rank.get(key):
                return next(iter(names)) if len(names) == 1 else None
        return None

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Return up to `count` declared names that look like `text`, nearest first; none for overlong text."""
        key = folded(text)
        if not key or len(key) > _LONGEST_COMPARED:
            return ()
        keys: dict[str, set[str]] = {}
        for rank in self._ranks:
            for known, names in rank.items():
                keys.setdefault(known, set()).update(names)
        close = difflib.get_close_matches(key, sorted(keys), n=count * 2, cutoff=0.6)
        if not close:
            close = [known for known in sorted(keys) if key in known.split() or set(known.split()) & set(key.split())]
        found = dict.fromkeys(name for known in close for name in sorted(keys[known]))
        return tuple(found)[:count]


def folded(text: str) -> str:
    """Return `text` in the form in which names are compared."""
    return _GAPS.sub(" ", text.casefold()).strip()
