"""Exercises that the same rules are about: what is said of one of them is said of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from dsl.evaluation.compiled import Compiled


class Kinship:
    """The exercises of a release, gathered by the rules that touch them or can grant them a GO.

    `of`: the kin of each exercise, by its place in the catalogue. `first`: for each kin an exercise of it. `touched` and
    `granted`: for each rule, by rank, the kin that it touches, and to which it can grant a GO.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Gather the exercises of `compiled`."""
        places = {name: place for place, name in enumerate(compiled.exercises)}
        about: list[list[int]] = [[] for _ in places]
        for rank, rule in enumerate(compiled.ranked):
            for exercise in rule.exercises:
                about[places[exercise]].append(2 * rank)
            for exercise in rule.grants:
                about[places[exercise]].append(2 * rank + 1)
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for place, rules in enumerate(about):
            alike[tuple(rules)].append(place)
        self.count = len(alike)
        self.first = [members[0] for members in alike.values()]
        self.of = [0] * len(places)
        for kin, members in enumerate(alike.values()):
            for place in members:
                self.of[place] = kin
        kin_of = {name: self.of[place] for name, place in places.items()}
        self.touched = [_kin(rule.exercises, kin_of) for rule in compiled.ranked]
        self.granted = [_kin(rule.grants, kin_of) for rule in compiled.ranked]


def _kin(exercises: Iterable[str], of: dict[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(of[exercise] for exercise in exercises))
