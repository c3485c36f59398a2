"""The compiled evaluator: the same outcome as the reference, from masks of bits.

What the masks say of the whole catalogue is worked out at once; which rules stand behind it, only when asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from dsl.evaluation import lanes
from dsl.evaluation.lanes import Lanes
from dsl.evaluation.masks import bits, places
from dsl.evaluation.once import once
from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.evaluation.part import Part
from dsl.evaluation.reference import MILD, SESSION, by_severity, contradictory, holds, tightest
from dsl.evaluation.standing import Standing, Way
from dsl.evaluation.wide import Wide
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict

WIDE = 3_000
"""Rules from which on only those are looked at that a member gives reason for: before that, all at once costs less."""

VERDICTS = tuple(Verdict)


class Compiled:
    """One release, compiled."""

    def __init__(self, artifact: Artifact, wide: int = WIDE, previous: Compiled | None = None) -> None:
        """Compile the rules of `artifact`, as many of them if they are `wide` or more.

        Of many rules, those that `previous` has compiled already, for a release with another rule or two, stay as they
        are. It goes on answering for its own release.
        """
        vocabulary = artifact.vocabulary
        self.about = (vocabulary, artifact.packs, artifact.overrides, artifact.contradictions)
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.exercises = tuple(exercise.name for exercise in vocabulary.exercises)
        self._covers = {pack.name: pack.covers for pack in artifact.packs if pack.covers is not None}
        self.demanding = bool(self._covers)
        self._reviews = {pack.name: pack.review_by for pack in artifact.packs if pack.review_by is not None}
        self._first_review = min(self._reviews.values(), default=datetime.date.max)
        self.lanes = Lanes(self.exercises, tuple(self._covers))
        self.ranked = tuple(by_severity(artifact.rules))
        self.rules = self._body(artifact, wide, previous)
        self.may_conflict = _may_conflict(artifact.rules)

    def _body(self, artifact: Artifact, wide: int, previous: Compiled | None) -> Part | Wide:
        overrides = _overrides(artifact)
        if len(self.ranked) < wide:
            return Part(self.ranked, overrides, artifact.contradictions, self.lanes, self.facts)
        if previous and isinstance(previous.rules, Wide) and previous.about == self.about:
            revised = previous.rules.revised(self.ranked, overrides)
            if revised is not None:
                return revised
        return Wide(self.ranked, overrides, artifact.contradictions, self.lanes, self.facts)

    def evaluate(self, facts: Facts, at: datetime.date) -> Found:
        """Return what is found for one member on the day `at` (UTC), for every exercise of the release."""
        overdue = self._overdue(at) if at > self._first_review else _NONE
        return Found(self, self.rules, facts, overdue)

    def _overdue(self, at: datetime.date) -> frozenset[str]:
        return frozenset(pack for pack, review_by in self._reviews.items() if at > review_by)

    def covering(self, facts: Facts) -> dict[str, bool | None]:
        """Return which packs cover the member, None where it is not known."""
        return {pack: holds(covers, facts) for pack, covers in self._covers.items()} if self._covers else {}


_NONE: frozenset[str] = frozenset()


def _overrides(artifact: Artifact) -> dict[str, list[ir.Override]]:
    """Return the overrides by the id of the rule that they lift."""
    found: dict[str, list[ir.Override]] = {}
    for override in artifact.overrides:
        found.setdefault(override.rule, []).append(override)
    return found


def _may_conflict(rules: Iterable[ir.Rule]) -> bool:
    """Return whether limits of some rules could leave no room between them."""
    return contradictory(limit for rule in rules if rule.effect in MILD for limit in rule.limits)


class View(NamedTuple):
    """The whole catalogue, looked at in one way: `octets` as lanes have them, `severities` of verdicts, by exercise."""

    way: Way
    disposition: Disposition
    octets: bytes
    severities: bytes


_ByExercise = Mapping[str, Sequence[ir.Rule]]


class _Bounds(NamedTuple):
    """The rules that have a say in how far a GO goes, by exercise, looked at in one way."""

    restricts: _ByExercise
    may_restrict: _ByExercise
    grants: _ByExercise
    may_grant: _ByExercise


class Found:
    """What was found for one member: how the rules stand. Everything else is read off that when it is wanted."""

    def __init__(self, compiled: Compiled, rules: Part | Wide, facts: Facts, overdue: frozenset[str]) -> None:
        """Find out about the member of whom `facts` are known, while the packs `overdue` are past their review."""
        self._compiled = compiled
        self._rules = rules
        self._facts = facts
        self.overdue = overdue

    @once
    def _standing(self) -> Standing[Any]:
        return self._rules.stand(self._facts, self.overdue)

    @once
    def _bounds(self) -> dict[Way, _Bounds]:
        return {}

    @property
    def signature(self) -> Hashable | None:
        """Return what everything here but the facts themselves depends on; None where that is too much to compare."""
        stood = self._standing.signature
        return None if stood is None else (stood, tuple(self.covers.values()), bool(self.contradictions))

    # --- views --------------------------------------------------------------------------------

    @once
    def covers(self) -> dict[str, bool | None]:
        """Return which packs cover the member, None where it is not known."""
        return self._compiled.covering(self._facts)

    @property
    def contradictions(self) -> Sequence[ir.Contradiction]:
        """Return what cannot all be so, and yet is."""
        return self._standing.contradictions

    @once
    def now(self) -> View:
        """Return the rules as they stand."""
        return self._view(Way.NOW, self._demanding if self._compiled.demanding else ())

    @once
    def _demanding(self) -> Sequence[str]:
        """Return the packs that demand grants of their own, surely or possibly."""
        return [pack for pack, covering in self.covers.items() if covering is not False]

    @once
    def open(self) -> bool:
        """Return whether anything that is not known could change the answer."""
        return self._standing.open or None in self.covers.values()

    @once
    def best(self) -> View:
        """Return the rules with every unknown fact decided for the best."""
        if not self.open:
            return self.now
        return self._view(Way.BEST, [pack for pack, covers in self.covers.items() if covers])

    @once
    def worst(self) -> View:
        """Return the rules with every unknown fact decided for the worst."""
        if not self.open:
            return self.now
        return self._view(Way.WORST, self._demanding)

    def _view(self, way: Way, demanding: Sequence[str]) -> View:
        standing = self._standing
        octets = self._compiled.lanes.octets(standing.row(way), demanding)
        disposition, severities = lanes.SESSIONS[octets[-1] | (lanes.SCREEN if standing.contradictions else 0)]
        view = View(way, disposition, octets, octets[:-1].translate(severities))
        return self._without_room(view) if self._compiled.may_conflict else view

    def _without_room(self, view: View) -> View:
        """Return `view` with `avoid`, or `ask`, where the limits leave no room."""
        severities = bytearray(view.severities)
        bounds = self._bounding(view.way)
        for place, name in enumerate(self._compiled.exercises):
            if contradictory(_limits(bounds.may_restrict, name)):
                least = Verdict.AVOID if contradictory(_limits(bounds.restricts, name)) else Verdict.ASK
                severities[place] = max(severities[place], least.severity)
        return view._replace(severities=bytes(severities))

    def _bounding(self, way: Way) -> _Bounds:
        if way not in self._bounds:
            standing = self._standing
            ranks = (standing.ranks(rules & standing.bounding) for rules in standing.seen(way))
            self._bounds[way] = _Bounds(*(self._by_exercise(of) for of in ranks))
        return self._bounds[way]

    def _by_exercise(self, ranks: Iterable[int]) -> _ByExercise:
        found: dict[str, list[ir.Rule]] = {}
        for rank in ranks:
            rule = self._compiled.ranked[rank]
            for exercise in rule.exercises:
                found.setdefault(exercise, []).append(rule)
        return found

    # --- the catalogue ------------------------------------------------------------------------

    @property
    def disposition(self) -> Disposition:
        """Return what becomes of the session."""
        return self.now.disposition

    @property
    def surest(self) -> Disposition:
        """Return the disposition that no unknown fact can lessen."""
        return self.best.disposition

    def verdicts(self) -> bytes:
        """Return the severity of each exercise's verdict, 0 for `allowed`, a byte each in catalogue order."""
        return self.now.severities

    def fired(self) -> list[str]:
        """Return the ids of the rules that apply with a guard that is surely true."""
        return self._rules.fired(self._facts, self.overdue)

    # --- one exercise -------------------------------------------------------------------------

    def judgement(self, place: int, view: View) -> Judgement:
        """Return what may be done with the exercise at `place` in the catalogue."""
        verdict = VERDICTS[view.severities[place]]
        if not verdict.go:
            return Judgement(verdict)
        octet = view.octets[place]
        name, bounds = self._compiled.exercises[place], self._bounding(view.way)
        limits = tightest(_limits(bounds.may_restrict, name)).values()
        return Judgement(
            verdict,
            recommended=bool(octet & lanes.RECOMMENDED) and not octet & lanes.CAUTION,
            limits=tuple(sorted(limits, key=lambda limit: limit.measure)),
            load_factor=_load_factor(bounds, name, verdict),
        )

    # --- the rules behind it ------------------------------------------------------------------

    @once
    def speaking(self) -> int:
        """Return the rules that are told of: those that apply, or alone those that end the session.

        They are bits, at their places in `Compiled.ranked`.
        """
        return self._standing.by_rank(self._standing.applying) if self.deciding is None else bits(self.deciding)

    @once
    def undecided(self) -> int:
        """Return the rules that would grant something if what they ask about were known to be so, in the same way."""
        return self._standing.by_rank(self._standing.undecided)

    @property
    def waiting(self) -> list[int]:
        """Return the rules of which an unknown fact could change what they do, as places in `Compiled.ranked`."""
        return self._standing.waiting

    @once
    def deciding(self) -> list[int] | None:
        """Return the rules that end the session, in the same way; None if it is not ended."""
        disposition, ranked = self.disposition, self._compiled.ranked
        if not disposition.ends_session:
            return None
        restricts = self._standing.ranks(self._standing.masks.restricts)
        return [rank for rank in restricts if SESSION.get(ranked[rank].effect) is disposition]

    def _told(self, exercise: str | None) -> tuple[tuple[ir.Rule, bool], ...]:
        """Return the rules that apply to `exercise` (to none, if None), each with whether its guard is surely true."""
        certain = self._standing.certain
        rules = ((self._compiled.ranked[rank], rank in certain) for rank in places(self.speaking))
        if self.deciding is not None:
            return tuple(rules)
        return tuple(
            (rule, surely) for rule, surely in rules if (exercise in rule.exercises if exercise else not rule.exercises)
        )

    def surely_told(self) -> list[str]:
        """Return the ids of the rules that stand in the answer with a guard that is surely true, whatever they say."""
        certain = self._standing.certain
        return [self._compiled.ranked[rank].id for rank in places(self.speaking) if rank in certain]

    # --- all of it ----------------------------------------------------------------------------

    def materialised(self) -> Outcome:
        """Return everything at once, as the reference gives it."""
        return Outcome(
            disposition=self.disposition,
            surest=self.surest,
            session=self._told(None),
            contradictions=tuple(self.contradictions),
            open=frozenset(self._compiled.ranked[rank].id for rank in self.waiting),
            exercises={name: self._outcome(place, name) for place, name in enumerate(self._compiled.exercises)},
        )

    def _outcome(self, place: int, name: str) -> ExerciseOutcome:
        undecided = [self._compiled.ranked[rank] for rank in places(self.undecided)]
        return ExerciseOutcome(
            judgement=self.judgement(place, self.now),
            applied=self._told(name),
            could_grant=tuple(rule for rule in undecided if name in rule.grants),
            best=self.judgement(place, self.best),
            worst=self.judgement(place, self.worst),
        )


def _limits(rules: _ByExercise, exercise: str) -> list[ir.Limit]:
    return [limit for rule in rules.get(exercise, ()) if rule.effect in MILD for limit in rule.limits]


def _load_factor(bounds: _Bounds, exercise: str, verdict: Verdict) -> Decimal:
    restricting = bounds.may_restrict.get(exercise, ())
    reductions = [rule.step for rule in restricting if rule.effect is ir.Effect.REDUCE and rule.step is not None]
    if reductions:
        return min(reductions)
    steps, possible_steps = _steps(bounds.grants, exercise), _steps(bounds.may_grant, exercise)
    held = any(rule.effect is ir.Effect.HOLD for rule in restricting)
    return min(possible_steps) if steps and verdict is Verdict.ALLOWED and not held else Decimal(1)


def _steps(rules: _ByExercise, exercise: str) -> list[Decimal]:
    granting = rules.get(exercise, ())
    return [rule.step for rule in granting if rule.effect is ir.Effect.PROGRESS and rule.step is not None]
