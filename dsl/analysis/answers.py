"""The answers of a release as formulas over its members: what `evaluation.reference` works out for one, for all.

Everything is a bound: "the verdict is at least `ask`", "the session is at least `stop`". A formula is built when it is
first asked for, so that a question about one exercise looks at the rules about that exercise only.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple, assert_never

import msgspec

from dsl.analysis.formulas import Formula, Formulas
from dsl.analysis.members import Kleene, Members
from dsl.evaluation.reference import MILD, NO_GO, SESSION, Touching
from dsl.semantics import ir
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict

_Join = Callable[[Iterable[Formula]], Formula]


Days = Mapping[datetime.date, Formula]
"""When days are past."""


class Standing(NamedTuple):
    """How one rule stands: whether it `restricts` (its guard true, or not false) and whether it `grants`."""

    restricts: Kleene
    grants: Kleene


class Answers:
    """What one release answers, about whom."""

    def __init__(
        self,
        artifact: Artifact,
        guards: Iterable[ir.Guard] = (),
        at: datetime.date | None = None,
        members: Members | None = None,
        days: Days = MappingProxyType({}),
    ) -> None:
        """Prepare to ask; `guards` are what else will be asked about members.

        Args:
            artifact: the release.
            guards: guards that are not of the release, as those of proofs are.
            at: the day; without one no pack is past its review.
            members: about whom, where another release is asked about the same; made for the guards of both.
            days: of days of review, when they are past; without `at`, and where members have a day.
        """
        self.artifact = artifact
        self.members = members or Members(artifact.vocabulary, chain(guards_of(artifact), guards), Formulas())
        self.formulas = self.members.formulas
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)
        self._overdue: dict[str, Formula] = {
            pack.name: days.get(pack.review_by, False) if at is None else at > pack.review_by
            for pack in artifact.packs
            if pack.review_by is not None
        }
        self._overrides: dict[str, list[ir.Override]] = {}
        for override in artifact.overrides:
            self._overrides.setdefault(override.rule, []).append(override)
        self.touching = {exercise.name: Touching() for exercise in artifact.vocabulary.exercises}
        for rule in artifact.rules:
            for exercise in rule.exercises:
                self.touching[exercise].rules.append(rule)
            for exercise in rule.grants:
                self.touching[exercise].granting.append(rule)
        self._guards: dict[tuple[ir.Guard, bool], Kleene] = {}
        self._standings: dict[str, Standing] = {}
        self._sessions: dict[Disposition, Formula] = {}
        self._verdicts: dict[tuple[int, Verdict], Formula] = {}
        self._judged: tuple[Touching, dict[Verdict, Formula]] = (Touching(), {})
        self._kin: dict[str, int] = {}
        self._families: dict[tuple[tuple[str, ...], ...], int] = {}

    def on(self, artifact: Artifact) -> Answers:
        """Return the answers to the same members of another release with the same rules, or some of them."""
        answers = Answers(artifact, members=self.members)
        answers._overdue, answers._guards, answers._standings = self._overdue, self._guards, self._standings
        return answers

    def without(self, gone: Container[str]) -> Answers:
        """Return the answers to the same members once the rules with the ids `gone` are taken away."""
        left = tuple(rule for rule in self.artifact.rules if rule.id not in gone)
        return self.on(msgspec.structs.replace(self.artifact, rules=left))

    # --- guards and rules ---------------------------------------------------------------------

    def guard(self, guard: ir.Guard, *, lenient: bool = True) -> Kleene:
        """Return the truth of `guard`; a missing optional fact tests false if `lenient`."""
        key = (guard, lenient)
        if key not in self._guards:
            self._guards[key] = self._guard(guard, lenient)
        return self._guards[key]

    def _guard(self, guard: ir.Guard, lenient: bool) -> Kleene:
        match guard:
            case ir.Always():
                return Kleene(True, True)
            case ir.Never():
                return Kleene(False, False)
            case ir.AllOf():
                return self._joined(self.formulas.both, guard.operands, lenient)
            case ir.AnyOf():
                return self._joined(self.formulas.either, guard.operands, lenient)
            case ir.AtLeast():
                count = guard.count
                return self._joined(lambda parts: self.formulas.at_least(count, [*parts]), guard.operands, lenient)
            case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
                truth = self.members.test(guard)
                return Kleene(truth.surely, truth.surely) if lenient and guard.fact in self._optional else truth
            case _:
                assert_never(guard)

    def _joined(self, join: _Join, operands: Sequence[ir.Guard], lenient: bool) -> Kleene:
        truths = [self.guard(operand, lenient=lenient) for operand in operands]
        return Kleene(join(truth.surely for truth in truths), join(truth.could for truth in truths))

    def standing(self, rule: ir.Rule) -> Standing:
        """Return how `rule` stands."""
        if rule.id not in self._standings:
            self._standings[rule.id] = self._standing(rule)
        return self._standings[rule.id]

    def _standing(self, rule: ir.Rule) -> Standing:
        formulas, overrides = self.formulas, self._overrides.get(rule.id, [])
        guard = self.guard(rule.guard)
        excepted = self._either(self.guard(exception.guard) for exception in rule.exceptions)
        overridden = self._either(self.guard(override.guard) for override in overrides)
        in_force = self._either(self._unless_overdue(self.guard(one.guard), one.pack) for one in overrides)
        lifted = self._either((self._unless_overdue(excepted, rule.pack), in_force))
        stays = formulas.opposite(lifted.surely)
        restricts = Kleene(formulas.both((guard.surely, stays)), formulas.both((guard.could, stays)))
        ungranted = self._either((excepted, overridden))
        surely, could = formulas.opposite(ungranted.could), formulas.opposite(ungranted.surely)
        grants = Kleene(formulas.both((guard.surely, surely)), formulas.both((guard.could, could)))
        return Standing(restricts, self._unless_overdue(grants, rule.pack))

    def _unless_overdue(self, truth: Kleene, pack: str) -> Kleene:
        in_time = self.formulas.opposite(self._overdue.get(pack, False))
        return Kleene(self.formulas.both((in_time, truth.surely)), self.formulas.both((in_time, truth.could)))

    def _either(self, truths: Iterable[Kleene]) -> Kleene:
        found = list(truths)
        either = self.formulas.either
        return Kleene(either(truth.surely for truth in found), either(truth.could for truth in found))

    # --- the session --------------------------------------------------------------------------

    def possible(self) -> Formula:
        """Return who there is at all: nobody of whom something impossible is surely so."""
        return self.formulas.both((self.members.possible, self.formulas.opposite(self.contradicted())))

    def contradicted(self) -> Formula:
        """Return of whom something impossible is said."""
        return self.formulas.either(self.guard(known.guard).surely for known in self.artifact.contradictions)

    def session_at_least(self, disposition: Disposition) -> Formula:
        """Return for whom the session is `disposition` or worse."""
        if disposition not in self._sessions:
            self._sessions[disposition] = self.session_by(self.session_rules, disposition)
        return self._sessions[disposition]

    @cached_property
    def session_rules(self) -> list[ir.Rule]:
        """Return the rules that decide the session."""
        return [rule for rule in self.artifact.rules if rule.effect in SESSION]

    def session_by(self, rules: Sequence[ir.Rule], disposition: Disposition) -> Formula:
        """Return for whom the session would be `disposition` or worse by `rules`, session rules, alone."""
        if disposition is Disposition.PROCEED:
            return True
        if disposition is Disposition.SCREEN:
            could = [self.standing(rule).restricts.could for rule in rules]
            return self.formulas.either((*could, self.contradicted()))
        worst = [rule for rule in rules if SESSION[rule.effect].severity >= disposition.severity]
        return self.formulas.either(self.standing(rule).restricts.surely for rule in worst)

    def routine_referral(self) -> Formula:
        """Return to whom a routine referral is shown."""
        routine = [rule for rule in self.artifact.rules if rule.effect is ir.Effect.ROUTINE]
        shown = self.formulas.either(self.standing(rule).restricts.could for rule in routine)
        return self.formulas.both((shown, self.formulas.opposite(self.session_at_least(Disposition.STOP))))

    # --- exercises ----------------------------------------------------------------------------

    def verdict_at_least(self, exercise: str, verdict: Verdict) -> Formula:
        """Return for whom the verdict on `exercise` is `verdict` or worse."""
        # Exercises that the same rules are about share their formulas.
        key = (self.kin(exercise), verdict)
        if key not in self._verdicts:
            worse = list(Verdict)[verdict.severity + 1 :]
            further = self.verdict_at_least(exercise, worse[0]) if worse else False
            self._verdicts[key] = self.formulas.either((further, *self._reasons(self.touching[exercise], verdict)))
        return self._verdicts[key]

    def judged_at_least(self, touching: Touching, verdict: Verdict) -> Formula:
        """Return for whom the verdict would be `verdict` or worse if all about an exercise were `touching`."""
        if self._judged[0] is not touching:  # one after another is looked at, each by several verdicts
            self._judged = (touching, {})
        found = self._judged[1]
        if verdict not in found:
            worse = list(Verdict)[verdict.severity + 1 :]
            further = self.judged_at_least(touching, worse[0]) if worse else False
            found[verdict] = self.formulas.either((further, *self._reasons(touching, verdict)))
        return found[verdict]

    def kin(self, exercise: str) -> int:
        """Return a number that an exercise shares with those that the very same rules are about."""
        if exercise not in self._kin:
            touching = self.touching[exercise]
            about = tuple(tuple(rule.id for rule in rules) for rules in (touching.rules, touching.granting))
            self._kin[exercise] = self._families.setdefault(about, len(self._families))
        return self._kin[exercise]

    def forbidden(self, touching: Touching) -> Formula:
        """Return whom the session, or a rule of `touching`, keeps from a GO, or may, whatever is granted."""
        return self.formulas.either(self._forbidding(touching))

    def _forbidding(self, touching: Touching) -> Iterator[Formula]:
        yield self.session_at_least(Disposition.SCREEN)
        yield from (self.standing(rule).restricts.could for rule in touching.rules if rule.effect in NO_GO)
        yield from self._limits_excluding(touching.rules, certain=False)

    def _reasons(self, touching: Touching, verdict: Verdict) -> Iterator[Formula]:
        """Yield what makes the verdict be `verdict`, if nothing makes it worse."""
        match verdict:
            case Verdict.ALLOWED:
                yield True
            case Verdict.CAUTION | Verdict.MODIFY:
                yield from (
                    self.standing(rule).restricts.could for rule in touching.rules if MILD.get(rule.effect) is verdict
                )
            case Verdict.UNREVIEWED:
                yield from self._grants_lacking(touching.granting, possible=False)
            case Verdict.ASK:
                yield from self._forbidding(touching)
                yield from self._grants_lacking(touching.granting, possible=True)
            case Verdict.CLEARANCE:
                yield from self._certain(touching.rules, verdict)
            case Verdict.AVOID:
                yield self.session_at_least(Disposition.STOP)
                yield from self._certain(touching.rules, verdict)
                yield from self._limits_excluding(touching.rules, certain=True)
            case _:
                assert_never(verdict)

    def _certain(self, rules: Sequence[ir.Rule], verdict: Verdict) -> Iterator[Formula]:
        return (self.standing(rule).restricts.surely for rule in rules if NO_GO.get(rule.effect) is verdict)

    def _grants_lacking(self, granting: Sequence[ir.Rule], *, possible: bool) -> Iterator[Formula]:
        """Yield where no grant is sure; with `possible`, where one could be all the same."""
        yield self._lacking(granting, possible)
        for pack in self.artifact.packs:
            if pack.covers is not None:
                lacking = self._lacking([rule for rule in granting if rule.pack == pack.name], possible)
                yield self.formulas.both((self.guard(pack.covers, lenient=False).could, lacking))

    def granted(self, touching: Touching) -> Formula:
        """Return to whom the rules of `touching` surely grant what they are about."""
        lacking = self.formulas.either(self._grants_lacking(touching.granting, possible=False))
        return self.formulas.opposite(lacking)

    def _lacking(self, granting: Sequence[ir.Rule], possible: bool) -> Formula:
        grants = self._either(self.standing(rule).grants for rule in granting)
        unsure = self.formulas.opposite(grants.surely)
        return self.formulas.both((unsure, grants.could)) if possible else unsure

    def _limits_excluding(self, rules: Sequence[ir.Rule], *, certain: bool) -> Iterator[Formula]:
        """Yield where limits leave no room on some measure: a lowest above a highest."""
        lows: dict[str, list[tuple[Decimal, Formula]]] = {}
        highs: dict[str, list[tuple[Decimal, Formula]]] = {}
        for rule in rules:
            if rule.limits and rule.effect in MILD:
                truth = self.standing(rule).restricts
                for limit in rule.limits:
                    for bounds, bound in ((lows, limit.low), (highs, limit.high)):
                        if bound is not None:
                            bounds.setdefault(limit.measure, []).append(
                                (bound, truth.surely if certain else truth.could)
                            )
        for measure, found in lows.items():
            for low, is_low in found:
                below = [is_high for high, is_high in highs.get(measure, ()) if high < low]
                yield self.formulas.both((is_low, self.formulas.either(below)))

    def recommended(self, exercise: str) -> Formula:
        """Return to whom `exercise` is recommended."""
        return self.endorsed(self.touching[exercise], self.verdict_at_least(exercise, Verdict.UNREVIEWED))

    def endorsed(self, touching: Touching, no_go: Formula) -> Formula:
        """Return to whom the rules of `touching` recommend what they are about, which is a GO but for `no_go`."""
        go = self.formulas.opposite(no_go)
        cautions = [self.standing(rule) for rule in touching.rules if rule.effect is ir.Effect.CAUTION]
        caution = self.formulas.either(standing.restricts.could for standing in cautions)
        endorsing = [self.standing(rule) for rule in touching.granting if rule.effect is ir.Effect.RECOMMEND]
        endorsed = self.formulas.either(standing.grants.surely for standing in endorsing)
        return self.formulas.both((go, self.formulas.opposite(caution), endorsed))


def guards_of(artifact: Artifact) -> Iterator[ir.Guard]:
    """Yield every guard of a release."""
    for rule in artifact.rules:
        yield rule.guard
        yield from (exception.guard for exception in rule.exceptions)
    yield from (override.guard for override in artifact.overrides)
    yield from (known.guard for known in artifact.contradictions)
    yield from (pack.covers for pack in artifact.packs if pack.covers is not None)
