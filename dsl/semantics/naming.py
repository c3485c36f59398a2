"""Spellings: what leads to a declared name, and which declared name a misspelt word was meant to be."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

_COMPARED = 1_000
"""How many known spellings one misspelt word is held against, so that no file makes the search slow."""

_ALIKE = 0.7
"""How alike two spellings must be (difflib's ratio) for one to be suggested for the other."""

_GAPS = re.compile(r"[\W_]+")


def spelling(written: str) -> str:
    """Return the form in which spellings are compared: case, blanks, hyphens and underscores do not count."""
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", written).casefold()).strip()


@dataclass(frozen=True, slots=True)
class Names:
    """Declared names with everything that leads to them, by spelling."""

    known: Mapping[str, str]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Iterable[str | None]]]) -> Names:
        """Return the names in `entries`: each a declared name with its label and synonyms."""
        listed = sorted((name, tuple(filter(None, others))) for name, others in entries)
        known = {spelling(other): name for name, others in reversed(listed) for other in others}
        known.update((spelling(name), name) for name, _ in reversed(listed))
        return cls(known)

    def find(self, written: str) -> str | None:
        """Return the declared name that `written` spells, or None."""
        return self.known.get(spelling(written))

    def nearest(self, written: str, count: int = 3) -> tuple[str, ...]:
        """Return up to `count` declared names that `written` may have been meant to be, nearest first."""
        sought = spelling(written)
        if sought in self.known:
            return (self.known[sought],)
        alike = difflib.get_close_matches(sought, self._comparable(sought), count * 3, _ALIKE)
        return tuple(islice(dict.fromkeys(self.known[found] for found in alike), count))

    def _comparable(self, sought: str) -> list[str]:
        near = (known for known in self.known if abs(len(known) - len(sought)) <= max(2, len(sought) // 2))
        return sorted(islice(near, _COMPARED))


def nearest(written: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that `written` may have been meant to be, or None."""
    found = Names.of((name, ()) for name in names).nearest(written, 1)
    return found[0] if found else None


def did_you_mean(name: str | None) -> str | None:
    """Return the help line that offers `name`; None for None."""
    return f"did you mean `{name}`?" if name else None
