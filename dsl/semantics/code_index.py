"""Finding what a code of a terminology means: the declared things that it or a parent of it is a code of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dsl.semantics.vocabulary import Coding

_INJURY_LENGTH = 7
_ENCOUNTERS = frozenset("AD")


class _Filed(NamedTuple):
    """A declared coding, in the order in which those of one thing are preferred: what answers before what suggests."""

    place: int
    suggests: bool
    order: int
    name: str
    coding: Coding


class CodeIndex:
    """Finds declared things of one sort by a code, without going through all of them."""

    def __init__(self, coded: Iterable[tuple[str, Sequence[Coding]]]) -> None:
        """File the codings of `coded`: each thing's name and its codings, in the order in which answers come."""
        self._filed: dict[str, list[_Filed]] = {}
        for place, (name, codings) in enumerate(coded):
            for order, coding in enumerate(codings):
                filed = _Filed(place, coding.suggests, order, name, coding)
                self._filed.setdefault(_stem(coding), []).append(filed)
        self._longest = max(map(len, self._filed), default=0)

    def find(self, system: str | None, code: str) -> list[tuple[str, Coding]]:
        """Return the things that `code` means, each by the coding that covers it; of any system when that is None."""
        found: dict[int, _Filed] = {}
        for filed in sorted(self._covering(system, code)):
            found.setdefault(filed.place, filed)
        return [(filed.name, filed.coding) for filed in found.values()]

    def _covering(self, system: str | None, code: str) -> Iterator[_Filed]:
        given = code.strip().upper()
        stems = {given[:length] for length in range(min(len(given), self._longest) + 1)}
        for stem in stems | {code}:
            for filed in self._filed.get(stem, ()):
                if (system is None or filed.coding.system == system) and covers_code(filed.coding, code):
                    yield filed


def covers_code(coding: Coding, code: str) -> bool:
    """Return whether the declared `coding` means the given `code`.

    A code of ICD-10 or ICD-10-CM means its children too; a trailing `x` says so outright. Of injury codes (S, T) the
    children that end in a sequela or another encounter than A (initial) and D (subsequent) are not meant.
    """
    if not _has_children(coding):
        return coding.code == code
    declared, given = _stem(coding), code.strip().upper()
    if given == declared:
        return True
    if not given.startswith(declared):
        return False
    injury = given[0] in "ST" and len(given.replace(".", "")) == _INJURY_LENGTH
    return not injury or given[-1] in _ENCOUNTERS


def _has_children(coding: Coding) -> bool:
    return coding.system.startswith("icd10")


def _stem(coding: Coding) -> str:
    """Return what every code that `coding` covers begins with."""
    return re.sub(r"x$", "", coding.code).upper() if _has_children(coding) else coding.code
