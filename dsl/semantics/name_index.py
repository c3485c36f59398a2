"""Finding a declared name by any of its names: itself, its label, its synonyms; and the nearest when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

_LONGEST_COMPARED = 80


class Entry(NamedTuple):
    """One declared thing and what it is also called."""

    name: str
    label: str | None = None
    synonyms: tuple[str, ...] = ()


class Declared(Protocol):
    """What callers can name: a fact, a value, an exercise."""

    @property
    def name(self) -> str:
        """Return the declared name."""

    @property
    def label(self) -> str | None:
        """Return what people read."""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Return what it is also called."""


class NameIndex:
    """Resolves names of one sort. Case, and whether words are joined by spaces, hyphens or `_`, do not matter.

    The declared name wins over labels and synonyms; what fits two things equally fits neither.
    """

    @classmethod
    def of(cls, declared: Iterable[Declared]) -> NameIndex:
        """Return the index of what is `declared`."""
        return cls(Entry(one.name, one.label, one.synonyms) for one in declared)

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index `entries`. `spelt` holds the names that are found by text as it was declared."""
        self._ranks: tuple[dict[str, set[str]], ...] = ({}, {})
        keys: dict[str, str] = {}
        for entry in entries:
            for rank, text in _texts(entry):
                key = keys[text] = folded(text)
                self._ranks[rank].setdefault(key, set()).add(entry.name)
        self.spelt = {text: name for text, key in keys.items() if (name := self._resolved(key)) is not None}

    def find(self, text: str) -> str | None:
        """Return the declared name that `text` stands for; None when nothing, or more than one thing, does."""
        return self.spelt.get(text) or self._resolved(folded(text))

    def _resolved(self, key: str) -> str | None:
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


def _texts(entry: Entry) -> Iterator[tuple[int, str]]:
    yield 0, entry.name
    if entry.label:
        yield 1, entry.label
    for synonym in entry.synonyms:
        yield 1, synonym


def folded(text: str) -> str:
    """Return `text` in the form in which names are compared."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
