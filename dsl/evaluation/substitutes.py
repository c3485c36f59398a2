"""What to do instead: exercises that are themselves a GO for this member, with the equipment at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Exercise, Vocabulary

EQUIPMENT = "equipment"
"""The fact that `needs` speaks of."""

MOST_OFFERED = 5
"""Substitutes of one exercise; those that a rule names are never cut off."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One substitute; `equipment_known` is false when it is not known whether what it needs is at hand."""

    exercise: str
    equipment_known: bool


class Substitutes:
    """Finds substitutes for the exercises of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the exercises of `vocabulary` by what they are."""
        self._exercises = {exercise.name: exercise for exercise in vocabulary.exercises}
        self._inherited = {name: _inherited(name, self._exercises) for name in self._exercises}
        self._kin_of: dict[str, tuple[str, ...]] = {}  # worked out when first needed

    def offers(self, exercise: str, outcome: Outcome, facts: Facts) -> tuple[Offer, ...]:
        """Return what can replace `exercise`: what applied rules name, best place first; then its kin.

        Kin (exercises that share a class with it, most shared first) are offered only where the verdict is
        not a GO.
        """
        entry = outcome.exercises[exercise]
        named = self._available(self._named(entry), exercise, outcome, facts)
        if entry.judgement.verdict.go:
            return tuple(named)
        taken = {offer.exercise for offer in named}
        kin = self._available([name for name in self.kin(exercise) if name not in taken], exercise, outcome, facts)
        return (*named, *kin[: max(0, MOST_OFFERED - len(named))])

    def _available(self, names: Iterable[str], exercise: str, outcome: Outcome, facts: Facts) -> list[Offer]:
        possible = [name for name in names if name != exercise and outcome.exercises[name].judgement.verdict.go]
        at_hand = {name: self._at_hand(name, facts) for name in possible}
        return [Offer(name, at_hand[name] is True) for name in possible if at_hand[name] is not False]

    def _named(self, entry: ExerciseOutcome) -> list[str]:
        places: dict[str, int] = {}
        for rule, _ in entry.applied:
            for place, name in enumerate(rule.offers):
                places[name] = min(place, places.get(name, place))
        return sorted(places, key=lambda name: (places[name], name))

    def kin(self, exercise: str) -> tuple[str, ...]:
        """Return what shares a class with `exercise`, itself among them: most shared first, then by name."""
        if exercise not in self._kin_of:
            own = self._inherited[exercise]
            shared = {name: len(own & classes) for name, classes in self._inherited.items() if own & classes}
            self._kin_of[exercise] = tuple(sorted(shared, key=lambda name: (-shared[name], name)))
        return self._kin_of[exercise]

    def _at_hand(self, exercise: str, facts: Facts) -> bool | None:
        states: Mapping[str, bool] = facts.terms.get(EQUIPMENT, {})
        needed = [states.get(item) for item in self._exercises[exercise].needs]
        return False if False in needed else None if None in needed else True


def _inherited(name: str, exercises: Mapping[str, Exercise]) -> frozenset[str]:
    """Return the classes of an exercise and of those that it is a kind of."""
    classes: set[str] = set()
    waiting, seen = [name], {name}
    while waiting:
        exercise = exercises[waiting.pop()]
        classes.update(exercise.classes)
        waiting.extend(set(exercise.kind_of) - seen)
        seen.update(exercise.kind_of)
    return frozenset(classes)
