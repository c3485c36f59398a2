"""Rule sets of any size about one vocabulary; the same on every run, and a larger one holds every smaller one.

Rules have one to five tests of conditions, symptoms, phase, activity, pregnancy, pain, age, sleep, heart rate and its
variability, steps and equipment; some with an alternative, a negation or "at least two of".
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from dsl.semantics import ir
from dsl.semantics.release import FORMAT, Artifact
from tests.benchmarks.clinic import CHOICES, CLASSES, DEPTHS, EXERCISES, IN_CLASS, MANY, NUMBERS, VOCABULARY, YES_NO

SIZES = (10, 100, 1_000, 10_000, 100_000)
USUAL_THRESHOLDS = 30
"""Distinct values that each number is compared with."""
MANY_THRESHOLDS = 900
"""The same, where that is to be hard."""

_SEED = 3
_PACKS = ("clinic", "coach", "physio", "wearable")
_EFFECTS = {
    ir.Effect.AVOID: 8,
    ir.Effect.CLEARANCE: 6,
    ir.Effect.MODIFY: 26,
    ir.Effect.CAUTION: 22,
    ir.Effect.REDUCE: 2,
    ir.Effect.HOLD: 2,
    ir.Effect.RECOMMEND: 12,
    ir.Effect.ALLOW: 16,
    ir.Effect.PROGRESS: 2,
    ir.Effect.ADVISE: 4,
}
_GIVEN_A_LIMIT = 0.6
_STOPS_EVERY = 997
"""One rule of so many ends the session: few, so that most members keep one."""

_TESTED = {"condition": 14, "symptom": 12, "phase": 12, "activity": 8, YES_NO: 2, "equipment": 12, "number": 40}
_TESTS = {1: 14, 2: 34, 3: 30, 4: 14, 5: 8}
_SHAPES = {"all": 76, "either": 14, "at least": 10}
_NEGATED = 0.08
_ANOTHER_TERM = 0.3
_OPERATORS: tuple[ir.Operator, ...] = ("<", "<=", ">", ">=")

_T = TypeVar("_T")


def artifact(size: int, thresholds: int = USUAL_THRESHOLDS) -> Artifact:
    """Return a rule set of `size` rules, each number compared with up to `thresholds` distinct values."""
    author = _Author(thresholds)
    rules = sorted((author.rule(place) for place in range(size)), key=lambda rule: rule.id)
    packs = tuple(ir.Pack(name, sources=(ir.Source("guideline", f"What {name} goes by"),)) for name in _PACKS)
    return Artifact(FORMAT, packs, VOCABULARY, tuple(rules))


def _weighted(chosen: random.Random, weights: Mapping[_T, int]) -> _T:
    return chosen.choices(list(weights), list(weights.values()))[0]


class _Author:
    """Writes one rule after the other."""

    def __init__(self, thresholds: int) -> None:
        self._chosen = random.Random(_SEED)  # noqa: S311 - the same on every run is the point
        self._thresholds = {name: number.spread(thresholds) for name, number in NUMBERS.items()}

    def rule(self, place: int) -> ir.Rule:
        """Return the rule at `place`: what ends a session now and then, or what is about exercises."""
        pack = self._chosen.choice(_PACKS)
        name = f"{pack}/rule_{place:06}"
        guard = self._guard()
        if place % _STOPS_EVERY == _STOPS_EVERY - 1:
            guard = ir.AllOf((ir.Has("symptom", self._chosen.choice(MANY["symptom"])), guard))
            return self._about_nothing(name, pack, ir.Effect.STOP, guard)
        effect = _weighted(self._chosen, _EFFECTS)
        if effect is ir.Effect.ADVISE:
            return self._about_nothing(name, pack, effect, guard)
        return self._about_exercises(name, pack, effect, guard)

    def _about_nothing(self, name: str, pack: str, effect: ir.Effect, guard: ir.Guard) -> ir.Rule:
        return ir.Rule(name, pack, effect, guard, topic="training", text=f"What {name} advises", because=f"As {name}")

    def _about_exercises(self, name: str, pack: str, effect: ir.Effect, guard: ir.Guard) -> ir.Rule:
        exercises = self._targets()
        steps = {ir.Effect.PROGRESS: Decimal("1.05"), ir.Effect.REDUCE: Decimal("0.8")}
        return ir.Rule(
            id=name,
            pack=pack,
            effect=effect,
            guard=guard,
            exercises=exercises,
            grants=exercises if effect in ir.GRANTING else (),
            limits=self._limits() if effect is ir.Effect.MODIFY else (),
            step=steps.get(effect),
            because=f"The reason of {name}, in a sentence as long as a reason usually is",
            citations=(ir.Citation("guideline", section=name),),
        )

    def _targets(self) -> tuple[str, ...]:
        kind = self._chosen.random()
        if kind < 0.55:  # a movement class, most often
            return IN_CLASS[self._chosen.choice(CLASSES)]
        return tuple(sorted(self._chosen.sample(EXERCISES, 1 if kind < 0.9 else 3)))

    def _limits(self) -> tuple[ir.Limit, ...]:
        if self._chosen.random() > _GIVEN_A_LIMIT:
            return ()
        limits = (
            ir.Limit("depth", high=Decimal(self._chosen.randrange(1, len(DEPTHS)))),
            ir.Limit("load", high=Decimal(self._chosen.randrange(30, 100, 5))),
            ir.Limit("sets", high=Decimal(self._chosen.randrange(2, 7))),
        )
        picked = self._chosen.sample(limits, self._chosen.choice((1, 1, 2)))
        return tuple(sorted(picked, key=lambda limit: limit.measure))

    # --- guards -------------------------------------------------------------------------------

    def _guard(self) -> ir.Guard:
        tests = tuple(self._tests(_weighted(self._chosen, _TESTS)))
        shape = _weighted(self._chosen, _SHAPES) if len(tests) > 2 else "all"
        match shape:
            case "either":
                return ir.AllOf((*tests[:-2], ir.AnyOf(tests[-2:])))
            case "at least":
                counted = ir.AtLeast(2, tests[-3:])
                return ir.AllOf((*tests[:-3], counted)) if tests[:-3] else counted
            case _:
                return ir.AllOf(tests) if len(tests) > 1 else tests[0]

    def _tests(self, count: int) -> Iterator[ir.Test]:
        """Yield `count` different tests; the first is of a condition or a symptom, so that no rule is of everybody."""
        seen: set[ir.Test] = set()
        test: ir.Test = self._has(self._chosen.choice(("condition", "symptom")), present=True)
        while len(seen) < count:
            if test not in seen:
                seen.add(test)
                yield test
            test = self._test(_weighted(self._chosen, _TESTED))

    def _test(self, fact: str) -> ir.Test:
        if fact == "number":
            name = self._chosen.choice(list(NUMBERS))
            return ir.Compare(name, self._chosen.choice(_OPERATORS), self._chosen.choice(self._thresholds[name]))
        if fact in MANY:
            return self._has(fact, present=self._chosen.random() >= _NEGATED)
        values = CHOICES.get(fact, ("no", "yes"))
        return ir.Choice(fact, self._some(values), negated=self._chosen.random() < _NEGATED)

    def _has(self, fact: str, *, present: bool) -> ir.Has:
        return ir.Has(fact, self._chosen.choice(MANY[fact]), present)

    def _some(self, values: Sequence[str]) -> tuple[str, ...]:
        several = len(values) > 2 and self._chosen.random() < _ANOTHER_TERM
        return tuple(sorted(self._chosen.sample(values, 2 if several else 1)))
