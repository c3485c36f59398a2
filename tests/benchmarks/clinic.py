"""The one vocabulary that rule sets of every size are about: a clinic's facts, exercises, classes and measures."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from dsl.semantics.vocabulary import Exercise, ExerciseClass, Fact, Kind, Measure, Term, Vocabulary

_SEED = 20_260


class Number(NamedTuple):
    """A number fact: its range, its unit, and how finely rules and members give it."""

    low: int
    high: int
    unit: str | None = None
    step: Decimal = Decimal("0.01")

    def spread(self, count: int) -> tuple[Decimal, ...]:
        """Return `count` values spread evenly inside of the range."""
        width = Decimal(self.high - self.low) / (count + 1)
        return tuple((self.low + width * place).quantize(self.step) for place in range(1, count + 1))


def _words(*parts: str) -> tuple[str, ...]:
    """Return every combination of a word of each part, sorted."""
    return tuple(sorted("_".join(words) for words in itertools.product(*(part.split() for part in parts))))


NUMBERS = {
    "age": Number(16, 96, "year"),
    "heart_rate": Number(40, 200, "bpm"),
    "hrv": Number(5, 205, "ms"),
    "pain_level": Number(0, 10),
    "sleep": Number(2, 12, "h"),
    "steps": Number(0, 30_000, step=Decimal(1)),
}
CHOICES = {
    "activity": _words("athletic light moderate sedentary vigorous"),
    "phase": _words("acute early_recovery late_recovery maintenance return_to_sport strengthening"),
}
YES_NO = "pregnant"
MANY = {
    "condition": _words(
        "central left lower right upper",
        "ankle elbow hip knee neck pelvis shoulder spine",
        "arthritis bursitis fracture strain tendinopathy",
    ),
    "equipment": _words("heavy home light old tall", "band bench kettlebell machine mat rack"),
    "symptom": _words(
        "ache burning clicking giving_way heat itch locking numbness pain stiffness swelling throbbing tightness "
        "tingling weakness",
        "ankle elbow hip knee neck pelvis shoulder spine",
    ),
}
CLASSES = _words("bodyweight explosive loaded seated", "carry hinge lunge pull push squat")
DEPTHS = ("quarter", "half", "parallel", "full")

EXERCISES = tuple(f"exercise_{place:02}" for place in range(80))


def _vocabulary() -> Vocabulary:
    chosen = random.Random(_SEED)  # noqa: S311 - the same on every run is the point
    facts = [
        *(Fact(name, Kind.ONE_OF, terms=_terms(values)) for name, values in CHOICES.items()),
        *(Fact(name, Kind.MANY_OF, terms=_terms(values)) for name, values in MANY.items()),
        *(_number(name, number) for name, number in NUMBERS.items()),
        Fact(YES_NO, Kind.YES_NO),
    ]
    return Vocabulary(
        facts=tuple(sorted(facts, key=lambda fact: fact.name)),
        exercises=tuple(_exercise(name, chosen) for name in EXERCISES),
        classes=tuple(map(ExerciseClass, CLASSES)),
        measures=(
            Measure("depth", steps=DEPTHS),
            Measure("load", low=Decimal(0), high=Decimal(100), unit="%"),
            Measure("sets", low=Decimal(1), high=Decimal(10), whole=True),
        ),
    )


def _terms(names: Iterable[str]) -> tuple[Term, ...]:
    return tuple(map(Term, names))


def _number(name: str, number: Number) -> Fact:
    whole = number.step == 1
    return Fact(name, Kind.NUMBER, low=Decimal(number.low), high=Decimal(number.high), unit=number.unit, whole=whole)


def _exercise(name: str, chosen: random.Random) -> Exercise:
    classes = chosen.sample(CLASSES, chosen.choice((1, 2, 2, 3)))
    needs = chosen.sample(MANY["equipment"], chosen.choice((0, 0, 1, 2)))
    return Exercise(name, classes=tuple(sorted(classes)), needs=tuple(sorted(needs)))


VOCABULARY = _vocabulary()
IN_CLASS = {
    name: tuple(exercise.name for exercise in VOCABULARY.exercises if name in exercise.classes) for name in CLASSES
}
"""The exercises of each class."""
