"""Rules as two releases state them, and what of an answer can move by that in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsl.analysis.changes import Part
from dsl.evaluation.reference import MILD, NO_GO, SESSION
from dsl.semantics import ir
from dsl.semantics.release import Artifact


class Stated(NamedTuple):
    """A rule with what lifts it."""

    rule: ir.Rule
    overrides: tuple[ir.Override, ...]


class Stating:
    """The rules of one release, each with what lifts it."""

    def __init__(self, artifact: Artifact) -> None:
        """Gather `rules` by id, and those about each exercise."""
        lifting: dict[str, list[ir.Override]] = {}
        for override in artifact.overrides:
            lifting.setdefault(override.rule, []).append(override)
        self.rules = {rule.id: Stated(rule, tuple(lifting.get(rule.id, ()))) for rule in artifact.rules}
        self._about: dict[str | None, dict[str, Stated]] = {}
        for name, stated in self.rules.items():
            exercises: set[str | None] = {*stated.rule.exercises, *stated.rule.grants}
            for about in exercises or {None}:
                self._about.setdefault(about, {})[name] = stated

    def about(self, exercise: str | None) -> dict[str, Stated]:
        """Return the rules about `exercise`, or where that is null those about none, by id."""
        return self._about.get(exercise, {})


def sways(was: Stated | None, becomes: Stated | None) -> set[Part]:
    """Return what can move by that in which two states of a rule differ."""
    parts = {part for one in (was, becomes) if one for part in _SAY[one.rule.effect]}
    return {part for part in parts if _bearing(part, was) != _bearing(part, becomes)}


def _bearing(part: Part, one: Stated | None) -> object:
    """Return of a rule all that decides `part`."""
    if one is None or part not in _SAY[one.rule.effect]:
        return None
    rule, overrides = one
    exceptions = [exception.guard for exception in rule.exceptions]
    extent = rule.limits if part == "limit" else rule.step if part == "load" else None
    return rule.effect, rule.guard, exceptions, overrides, rule.exercises, rule.grants, extent


_SAY: Mapping[ir.Effect, tuple[Part, ...]] = {
    **dict.fromkeys(SESSION, ("disposition",)),
    **dict.fromkeys(NO_GO, ("verdict",)),
    **dict.fromkeys(ir.GRANTING, ("verdict", "recommended")),
    **dict.fromkeys(MILD, ("verdict", "recommended", "limit")),
    **dict.fromkeys((ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS), ("load",)),
    ir.Effect.ROUTINE: ("routine_referral",),
    ir.Effect.ADVISE: (),
}
"""In what the rules of each effect have a say."""
