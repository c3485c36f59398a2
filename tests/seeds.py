"""Values that a seed decides: the library draws (and makes smaller) few numbers, and `Random` does the rest at once.

Drawn value by value, a rule pack or a member costs ten to fifty times what it costs to try one. What shrinks is
how many rules and members there are; each of them is small already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

SEEDS = st.integers(0, 2**32)


def seeded(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """Return what `make` makes of a random generator, a seed each."""
    return SEEDS.map(lambda seed: make(Random(seed)))  # noqa: S311 - no secret: cases to try


def several(make: Callable[[Random], T], least: int, most: int) -> st.SearchStrategy[list[T]]:
    """Return `least` to `most` of what `make` makes, each of a seed of its own."""
    return st.lists(SEEDS, min_size=least, max_size=most, unique=True).map(
        lambda seeds: [make(Random(seed)) for seed in seeds]  # noqa: S311 - as above
    )


def some(chosen: Random, among: Sequence[T], *, least: int = 0, most: int | None = None) -> list[T]:
    """Return some of `among`, each at most once, in the order they are in."""
    count = chosen.randint(least, len(among) if most is None else min(most, len(among)))
    return [among[place] for place in sorted(chosen.sample(range(len(among)), count))]


def heads(chosen: Random) -> bool:
    """Return yes or no, either as often."""
    return chosen.random() < 0.5


def shares(chosen: Random, whole: int, parts: int) -> list[int]:
    """Return `whole` divided into `parts`, none of them empty."""
    cuts = sorted(chosen.sample(range(1, whole), parts - 1))
    return [end - start for start, end in zip([0, *cuts], [*cuts, whole], strict=True)]
