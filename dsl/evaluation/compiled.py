"""The compiled evaluator: the same outcome as the reference, from masks of bits.

What the masks say of the whole catalogue is worked out at once; which rules stand behind it, only when asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from dsl.evaluation import lanes
from dsl.evaluation.lanes import APPLIES, GRANTS, MAY_APPLY, MAY_GRANT, MAY_RESTRICT, RESTRICTS, Lanes
from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.evaluation.part import Masks, Part
from dsl.evaluation.reference import MILD, SESSION, by_severity, contradictory, holds, tightest
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict

VERDICTS = tuple(Verdict)


class Compiled:
    """One release, compiled."""

    def __init__(self, artifact: Artifact) -> None:
        """Compile the rules of `artifact`."""
        vocabulary = artifact.vocabulary
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.exercises = tuple(exercise.name for exercise in vocabulary.exercises)
        self._covers = {pack.name: pack.covers for pack in artifact.packs if pack.covers is not None}
        self._reviews = {pack.name: pack.review_by for pack in artifact.packs if pack.review_by is not None}
        self._first_review = min(self._reviews.values(), default=datetime.date.max)
        self.lanes = Lanes(self.exercises, tuple(self._covers))
        self.ranked = tuple(by_severity(artifact.rules))
        self.parts = (_part(artifact, self.lanes, self.ranked),)
        self.may_conflict = _may_conflict(artifact.rules)

    def evaluate(self, facts: Facts, at: datetime.date) -> Found:
        """Return what is found for one member on the day `at` (UTC), for every exercise of the release."""
        overdue = self._overdue(at) if at > self._first_review else frozenset[str]()
        stood = [(part, *part.stand(facts, overdue)) for part in self.parts]
        return Found(self, facts, stood)

    def _overdue(self, at: datetime.date) -> frozenset[str]:
        return frozenset(pack for pack, review_by in self._reviews.items() if at > review_by)

    def covering(self, facts: Facts) -> dict[str, bool | None]:
        """Return which packs cover the member, None where it is not known."""
        return {pack: holds(covers, facts) for pack, covers in self._covers.items()}


def _part(artifact: Artifact, shape: Lanes, rules: Sequence[ir.Rule]) -> Part:
    overrides: dict[str, list[ir.Override]] = {}
    for override in artifact.overrides:
        overrides.setdefault(override.rule, []).append(override)
    facts = {fact.name: fact for fact in artifact.vocabulary.facts}
    ranks = {rule.id: rank for rank, rule in enumerate(rules)}
    return Part(rules, overrides, artifact.contradictions, shape, facts, ranks)


def _may_conflict(rules: Iterable[ir.Rule]) -> bool:
    """Return whether limits of some rules could leave no room between them."""
    return contradictory(limit for rule in rules if rule.effect in MILD for limit in rule.limits)


class View(NamedTuple):
    """The whole catalogue, looked at in one way: as it stands, at best or at worst.

    `octets` as lanes have them, `severities` of the verdicts, a byte an exercise; `may_restrict`, `grants` and
    `may_grant` are the masks of each part.
    """

    disposition: Disposition
    octets: bytes
    severities: bytes
    restricts: tuple[int, ...]
    may_restrict: tuple[int, ...]
    grants: tuple[int, ...]
    may_grant: tuple[int, ...]


class Found:
    """What was found for one member. Holds masks; everything else is read off them when it is wanted."""

    def __init__(
        self, compiled: Compiled, facts: Facts, stood: Sequence[tuple[Part, Masks, list[ir.Contradiction]]]
    ) -> None:
        """Read off how the parts of `compiled` stand for the member of whom `facts` are known."""
        self._compiled = compiled
        self._facts = facts
        self.parts = [(part, masks) for part, masks, _ in stood]
        self.contradictions = tuple(found for _, _, impossible in stood for found in impossible)

    # --- views --------------------------------------------------------------------------------

    @cached_property
    def covers(self) -> dict[str, bool | None]:
        """Return which packs cover the member, None where it is not known."""
        return self._compiled.covering(self._facts)

    @cached_property
    def now(self) -> View:
        """Return the rules as they stand."""
        row = 0
        for part, masks in self.parts:
            _, restricts, may_restrict, _, grants, may_grant = masks
            if restricts == grants and may_restrict == may_grant:
                ways = ((APPLIES, grants), (MAY_APPLY, may_grant ^ grants))
            else:
                ways = (
                    (RESTRICTS, restricts),
                    (MAY_RESTRICT, may_restrict ^ restricts),
                    (GRANTS, grants),
                    (MAY_GRANT, may_grant ^ grants),
                )
            row |= part.joining.joined(ways)
        demanding = [pack for pack, covers in self.covers.items() if covers is not False]
        return self._view(
            row,
            demanding,
            tuple(masks.restricts for _, masks in self.parts),
            tuple(masks.may_restrict for _, masks in self.parts),
            tuple(masks.grants for _, masks in self.parts),
            tuple(masks.may_grant for _, masks in self.parts),
        )

    @cached_property
    def open(self) -> bool:
        """Return whether anything that is not known could change the answer."""
        return any(masks.open for _, masks in self.parts) or None in self.covers.values()

    @cached_property
    def best(self) -> View:
        """Return the rules with every unknown fact decided for the best."""
        if not self.open:
            return self.now
        demanding = [pack for pack, covers in self.covers.items() if covers]
        restricts = tuple(masks.fixed for _, masks in self.parts)
        grants = tuple(masks.may_grant for _, masks in self.parts)
        return self._decided(demanding, restricts, grants)

    @cached_property
    def worst(self) -> View:
        """Return the rules with every unknown fact decided for the worst."""
        if not self.open:
            return self.now
        demanding = [pack for pack, covers in self.covers.items() if covers is not False]
        restricts = tuple(masks.may_restrict for _, masks in self.parts)
        grants = tuple(masks.grants for _, masks in self.parts)
        return self._decided(demanding, restricts, grants)

    def _decided(self, demanding: Sequence[str], restricts: tuple[int, ...], grants: tuple[int, ...]) -> View:
        row = 0
        for (part, _), restricting, granting in zip(self.parts, restricts, grants, strict=True):
            row |= part.joining.joined(((RESTRICTS, restricting), (GRANTS, granting)))
        return self._view(row, demanding, restricts, restricts, grants, grants)

    def _view(
        self,
        row: int,
        demanding: Sequence[str],
        restricts: tuple[int, ...],
        may_restrict: tuple[int, ...],
        grants: tuple[int, ...],
        may_grant: tuple[int, ...],
    ) -> View:
        octets = self._compiled.lanes.octets(row, demanding)
        disposition = lanes.disposition(octets[-1] | (lanes.SCREEN if self.contradictions else 0))
        view = View(
            disposition,
            octets,
            octets[:-1].translate(lanes.SEVERITIES[disposition]),
            restricts,
            may_restrict,
            grants,
            may_grant,
        )
        return self._without_room(view) if self._compiled.may_conflict else view

    def _without_room(self, view: View) -> View:
        """Return `view` with `avoid`, or `ask`, where the limits leave no room."""
        severities = bytearray(view.severities)
        for place in range(len(severities)):
            limits = self._limits(place, view.may_restrict)
            if contradictory(limits):
                surely = contradictory(self._limits(place, view.restricts))
                least = Verdict.AVOID if surely else Verdict.ASK
                severities[place] = max(severities[place], least.severity)
        return view._replace(severities=bytes(severities))

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
        found = []
        for part, masks in self.parts:
            found += part.names.of(masks.restricts & ~part.permissive | masks.grants & part.permissive)
        return found

    # --- one exercise -------------------------------------------------------------------------

    def judgement(self, place: int, view: View) -> Judgement:
        """Return what may be done with the exercise at `place` in the catalogue."""
        verdict = VERDICTS[view.severities[place]]
        if not verdict.go:
            return Judgement(verdict)
        octet = view.octets[place]
        limits = tightest(self._limits(place, view.may_restrict)).values()
        return Judgement(
            verdict,
            recommended=bool(octet & lanes.RECOMMENDED) and not octet & lanes.CAUTION,
            limits=tuple(sorted(limits, key=lambda limit: limit.measure)),
            load_factor=self._load_factor(place, verdict, view),
        )

    def _limits(self, place: int, restricts: tuple[int, ...]) -> list[ir.Limit]:
        found = []
        for (part, _), mask in zip(self.parts, restricts, strict=True):
            if limiting := mask & part.limiting and mask & part.limiting & part.touching[place]:
                found += [limit for rule in part.listing.of(limiting) if rule.effect in MILD for limit in rule.limits]
        return found

    def _load_factor(self, place: int, verdict: Verdict, view: View) -> Decimal:
        reductions, steps, possible_steps, held = [], [], [], False
        for at, (part, _) in enumerate(self.parts):
            touching = part.loading and part.loading & part.touching[place]
            if not touching:
                continue
            for rule in part.listing.of(touching & view.may_restrict[at]):
                held |= rule.effect is ir.Effect.HOLD
                if rule.effect is ir.Effect.REDUCE and rule.step is not None:
                    reductions.append(rule.step)
            for rule in part.listing.of(touching & view.may_grant[at]):
                if rule.effect is ir.Effect.PROGRESS and rule.step is not None:
                    possible_steps.append(rule.step)
                    steps += [rule.step] * (view.grants[at] >> part.bit[rule.id] & 1)
        if reductions:
            return min(reductions)
        return min(possible_steps) if steps and verdict is Verdict.ALLOWED and not held else Decimal(1)

    # --- the rules behind it ------------------------------------------------------------------

    def applied(self, place: int) -> tuple[tuple[ir.Rule, bool], ...]:
        """Return the rules that apply to the exercise at `place`, each with whether its own guard is surely true."""
        if self._deciding is not None:
            return self._deciding
        return self._with_certainty((part.touching[place] for part, _ in self.parts), self._applying)

    @cached_property
    def session(self) -> tuple[tuple[ir.Rule, bool], ...]:
        """Return the rules about no exercise that apply, each with whether its own guard is surely true."""
        if self._deciding is not None:
            return self._deciding
        return self._with_certainty((part.about_nothing for part, _ in self.parts), self._applying)

    def could_grant(self, place: int) -> tuple[ir.Rule, ...]:
        """Return the rules that would grant the exercise at `place` a GO if what they ask about were known to be so."""
        found: list[ir.Rule] = []
        for part, masks in self.parts:
            if undecided := masks.may_grant & ~masks.grants & part.granting[place]:
                found += part.listing.of(undecided)
        return tuple(by_severity(found))

    @cached_property
    def applying(self) -> list[int]:
        """Return the rules that apply, session and exercises alike, as places in `Compiled.ranked`, in that order."""
        return self._ranks(self._applying)

    @cached_property
    def undecided(self) -> list[int]:
        """Return the rules that would grant something if what they ask about were known to be so, in the same way."""
        return self._ranks([masks.may_grant & ~masks.grants for _, masks in self.parts])

    @cached_property
    def waiting(self) -> list[int]:
        """Return the rules of which an unknown fact could change what they do, in the same way."""
        return self._ranks([masks.open for _, masks in self.parts])

    @cached_property
    def deciding(self) -> list[int] | None:
        """Return the rules that end the session, in the same way; None where it is not ended."""
        if self._deciding is None:
            return None
        ranks = {rule.id for rule, _ in self._deciding}
        return [rank for rank in self.applying if self._compiled.ranked[rank].id in ranks]

    def _ranks(self, masks: Sequence[int]) -> list[int]:
        found: list[int] = []
        for (part, _), mask in zip(self.parts, masks, strict=True):
            if mask:
                found += part.ranks.of(mask)
        found.sort()
        return found

    @cached_property
    def _applying(self) -> list[int]:
        return [masks.may_restrict & ~part.permissive | masks.grants & part.permissive for part, masks in self.parts]

    @cached_property
    def _deciding(self) -> tuple[tuple[ir.Rule, bool], ...] | None:
        """Return the rules that end the session, which alone speak then; None where it is not ended."""
        disposition = self.disposition
        if not disposition.ends_session:
            return None
        ending = [
            part.mask(lambda rule: SESSION.get(rule.effect) is disposition) & masks.restricts
            for part, masks in self.parts
        ]
        return self._with_certainty(ending, ending)

    def _with_certainty(self, wanted: Iterable[int], among: Iterable[int]) -> tuple[tuple[ir.Rule, bool], ...]:
        found: dict[str, bool] = {}
        rules: list[ir.Rule] = []
        for (part, masks), these, those in zip(self.parts, wanted, among, strict=True):
            for rule in part.listing.of(these & those):
                rules.append(rule)
                found[rule.id] = bool(masks.certain >> part.bit[rule.id] & 1)
        return tuple((rule, found[rule.id]) for rule in by_severity(rules))

    # --- all of it ----------------------------------------------------------------------------

    def materialised(self) -> Outcome:
        """Return everything at once, as the reference gives it."""
        return Outcome(
            disposition=self.disposition,
            surest=self.surest,
            session=self.session,
            contradictions=self.contradictions,
            open=frozenset(rule for part, masks in self.parts for rule in part.names.of(masks.open)),
            exercises={
                name: ExerciseOutcome(
                    judgement=self.judgement(place, self.now),
                    applied=self.applied(place),
                    could_grant=self.could_grant(place),
                    best=self.judgement(place, self.best),
                    worst=self.judgement(place, self.worst),
                )
                for place, name in enumerate(self._compiled.exercises)
            },
        )
