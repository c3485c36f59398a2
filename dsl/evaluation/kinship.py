"""Exercises that the same rules are about: what is said of one of them is said of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.masks import bits
from dsl.semantics import ir


class Kin(NamedTuple):
    """Exercises alike: the place of the `first` in the catalogue, the rules that touch them or can grant them a GO.

    Rules are the bits of an integer, by rank.
    """

    first: int
    touched: int
    granted: int


class Kinship:
    """The exercises of a release, gathered by the rules that touch them or can grant them a GO.

    `of`: the number of each exercise's kin, by its place in the catalogue. `kin`: all of them, by number.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Gather the exercises of `compiled`."""
        touching = _by_exercise(compiled, lambda rule: rule.exercises)
        granting = _by_exercise(compiled, lambda rule: rule.grants)
        numbers: dict[tuple[int, int], int] = {}
        self.of: list[int] = []
        self.kin: list[Kin] = []
        for place, rules in enumerate(zip(touching, granting, strict=True)):
            if rules not in numbers:
                numbers[rules] = len(numbers)
                self.kin.append(Kin(place, *rules))
            self.of.append(numbers[rules])


def _by_exercise(compiled: Compiled, of: Callable[[ir.Rule], Iterable[str]]) -> list[int]:
    """Return for each exercise, in catalogue order, which rules `of` finds to be about it."""
    found: dict[str, list[int]] = {name: [] for name in compiled.exercises}
    for rank, rule in enumerate(compiled.ranked):
        for exercise in of(rule):
            found[exercise].append(rank)
    return [bits(ranks) for ranks in found.values()]
