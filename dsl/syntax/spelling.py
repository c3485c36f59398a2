"""Finds the word that an author probably meant."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64

FACT_WORDS = ("also", "code", "red", "ask", "optional", "context", "default", "asked", "suggests")
"""The words that stand among the terms of a fact."""

_RED_FLAG = frozenset({"red", "flag", "redflag", "redflags", "red_flag", "red_flags"})


def meant_among_terms(word: str) -> str | None:
    """Return the word of the language that `word`, alone at the start of a line of terms, may be meant to be."""
    return "red flag" if word in _RED_FLAG else "ask" if word == "ask" else nearest(word, FACT_WORDS)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate nearest to `word`, or None when none is near enough to be meant.

    Near enough is one slip (a letter missing, added, wrong, or two swapped) for every three letters,
    at least one. Among equally near ones the first in alphabetical order is taken.
    """
    if len(word) > _LONGEST:
        return None
    bound = max(1, len(word) // 3)
    ranked = sorted(
        (distance(word, other, bound), other) for other in candidates if abs(len(word) - len(other)) <= bound
    )
    return next((other for slips, other in ranked if 0 < slips <= bound), None)


def distance(left: str, right: str, bound: int) -> int:
    """Return how many slips lead from one word to the other; past `bound` any larger number."""
    earlier: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        row = [i]
        for j, b in enumerate(right, start=1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > bound:
            return bound + 1
        earlier, previous = previous, row
    return previous[-1]
