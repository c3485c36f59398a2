"""Exercises that the same rules are about: what is said of one of them is said of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.table import bits
from dsl.semantics import ir


class Kinship:
    """The exercises of a release, gathered by the rules that touch them or can grant them a GO.

    `of`: the kin of each exercise, by its place in the catalogue. `first`: for each kin an exercise of it. `touched` and
    `granted`: for each kin the rules that touch it, and those that can grant it a GO, a bit for each rank.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Gather the exercises of `compiled`."""
        touching = _by_exercise(compiled, lambda rule: rule.exercises)
        granting = _by_exercise(compiled, lambda rule: rule.grants)
        numbers: dict[tuple[int, int], int] = {}
        self.of: list[int] = []
        self.first: list[int] = []
        for place, rules in enumerate(zip(touching, granting, strict=True)):
            if rules not in numbers:
                numbers[rules] = len(numbers)
                self.first.append(place)
            self.of.append(numbers[rules])
        self.touched = [touched for touched, _ in numbers]
        self.granted = [granted for _, granted in numbers]


def _by_exercise(compiled: Compiled, of: Callable[[ir.Rule], Iterable[str]]) -> list[int]:
    """Return for each exercise, in catalogue order, which rules `of` finds to be about it."""
    found: dict[str, list[int]] = {name: [] for name in compiled.exercises}
    for rank, rule in enumerate(compiled.ranked):
        for exercise in of(rule):
            found[exercise].append(rank)
    return [bits(ranks) for ranks in found.values()]
