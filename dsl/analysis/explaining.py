"""Why an exercise has its verdict, why it has no other, and what would change it: for one member, rule by rule."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from dsl.analysis.changing import Changes, Search, narrowed
from dsl.analysis.stated import Clause, Place, Stated
from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.evaluation.reference import MILD, NO_GO, SESSION, by_severity, contradictory, either
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.source import SourceFile


class Part(enum.StrEnum):
    """What a rule has to do with a verdict."""

    DECIDES = "decides"
    """It applies, and without such a rule the verdict would be another."""
    APPLIES = "applies"
    """It applies, and something else decides."""
    MAY_APPLY = "may apply"
    """Not known yet: it permits nothing, and forbids until it is known."""
    LIFTED = "lifted"
    """What it asks for is so, and an exception or another pack takes it back."""
    LAPSED = "lapsed"
    """It permits, but its pack is past its review."""
    NOT = "does not apply"
    """What it asks for is not so."""


class Ground(enum.StrEnum):
    """What a verdict rests on, beside the rules that decide."""

    SESSION_OVER = "session over"
    SCREEN = "screen"
    CONTRADICTION = "contradiction"
    NOT_GRANTED = "not granted"
    MAY_BE_GRANTED = "may be granted"
    NOT_GRANTED_BY = "not granted by"
    MAY_BE_GRANTED_BY = "may be granted by"
    NO_ROOM = "no room"
    PERHAPS_NO_ROOM = "perhaps no room"


class Reason(msgspec.Struct, frozen=True):
    """One thing that a verdict rests on; `pack` is the pack that covers the member and has not granted."""

    ground: Ground
    pack: str | None = None


class Lifting(msgspec.Struct, frozen=True):
    """What would take a rule back, and why; `pack` where another pack does so."""

    clause: Clause
    because: str
    pack: str | None = None


class RuleAccount(msgspec.Struct, frozen=True):
    """One rule, clause by clause. `certain`: its guard is surely true; `overdue`: its pack is past its review."""

    rule: str
    effect: str
    part: Part
    certain: bool
    says: str
    because: str | None
    guard: Clause
    unless: tuple[Lifting, ...]
    overdue: bool
    place: Place


class Coverage(msgspec.Struct, frozen=True):
    """A pack that says whom it covers: a GO of those must come from it too."""

    pack: str
    clause: Clause


class Explanation(msgspec.Struct, frozen=True):
    """One exercise, explained. `best` and `worst` bound what the unknown facts leave possible, optional ones apart.

    `rules` are those about the exercise, those that decide first; `session` those about the session.
    """

    exercise: str
    verdict: str
    recommended: bool
    best: str
    worst: str
    disposition: str
    reasons: tuple[Reason, ...]
    rules: tuple[RuleAccount, ...]
    session: tuple[RuleAccount, ...]
    covers: tuple[Coverage, ...]
    contradictions: tuple[str, ...]
    changes: Changes


_ORDER = {part: place for place, part in enumerate(Part)}


class Explaining:
    """Explains the answers of one release."""

    def __init__(self, artifact: Artifact, sources: Mapping[str, SourceFile]) -> None:
        """Index the text of `sources`, from which `artifact` was compiled."""
        self._artifact = artifact
        self._stated = Stated(sources, artifact.vocabulary)

    def explain(self, exercise: str, facts: Facts, at: datetime.date) -> Explanation:
        """Return the answer on the declared `exercise`, on the day `at` (UTC), with all that stands behind it."""
        artifact = narrowed(self._artifact, exercise)
        search = Search(artifact, at)
        return _Account(artifact, self._stated, facts, at, exercise, search.outcome(facts)).told(search.changes(facts))


class _Account:
    def __init__(
        self, artifact: Artifact, stated: Stated, facts: Facts, at: datetime.date, exercise: str, outcome: Outcome
    ) -> None:
        self._artifact = artifact
        self._stated = stated
        self._facts = facts
        self._exercise = exercise
        self._outcome = outcome
        self._entry: ExerciseOutcome = outcome.exercises[exercise]
        self._overdue = {pack.name for pack in artifact.packs if pack.review_by is not None and at > pack.review_by}
        self._covers = tuple(self._coverage())

    def told(self, changes: Changes) -> Explanation:
        rules = [rule for rule in by_severity(self._artifact.rules) if rule.effect is not ir.Effect.ADVISE]
        judgement, entry = self._entry.judgement, self._entry
        return Explanation(
            exercise=self._exercise,
            verdict=judgement.verdict.value,
            recommended=judgement.recommended,
            best=entry.best.verdict.value,
            worst=entry.worst.verdict.value,
            disposition=self._outcome.disposition.value,
            reasons=tuple(self._reasons()),
            rules=_ordered(self._rule(rule) for rule in rules if rule.effect not in SESSION),
            session=_ordered(self._rule(rule) for rule in rules if rule.effect in SESSION),
            covers=self._covers,
            contradictions=tuple(one.text for one in self._outcome.contradictions),
            changes=changes,
        )

    # --- one rule -----------------------------------------------------------------------------

    def _rule(self, rule: ir.Rule) -> RuleAccount:
        node = self._stated.rule(rule.id)
        guard = self._stated.clause(node.guard, rule.pack, self._facts)
        unless = tuple(self._unless(rule))
        return RuleAccount(
            rule=rule.id,
            effect=rule.effect.value,
            part=self._part(rule, guard, unless),
            certain=guard.truth is True,
            says=self._stated.action(rule.id),
            because=rule.because,
            guard=guard,
            unless=unless,
            overdue=rule.pack in self._overdue,
            place=self._stated.place(node.span),
        )

    def _unless(self, rule: ir.Rule) -> Iterator[Lifting]:
        for exception in self._stated.rule(rule.id).exceptions:
            because = exception.because.value if exception.because else ""
            yield Lifting(self._stated.clause(exception.guard, rule.pack, self._facts), because)
        for pack, override in self._stated.overrides(rule.id):
            because = override.because.value if override.because else ""
            yield Lifting(self._stated.clause(override.guard, pack, self._facts), because, pack)

    def _part(self, rule: ir.Rule, guard: Clause, unless: Sequence[Lifting]) -> Part:
        if guard.truth is False:
            return Part.NOT
        if rule.effect in ir.PERMISSIVE:
            return self._part_of_permission(rule, guard, unless)
        if either(one.clause.truth for one in unless if (one.pack or rule.pack) not in self._overdue) is True:
            return Part.LIFTED
        if self._decides(rule, certain=guard.truth is True):
            return Part.DECIDES
        return Part.APPLIES if guard.truth else Part.MAY_APPLY

    def _part_of_permission(self, rule: ir.Rule, guard: Clause, unless: Sequence[Lifting]) -> Part:
        lifted = either(one.clause.truth for one in unless)
        if rule.pack in self._overdue:
            return Part.LAPSED
        if lifted is True:
            return Part.LIFTED
        if guard.truth is None or lifted is None:
            return Part.MAY_APPLY
        return Part.DECIDES if self._entry.judgement.verdict is Verdict.ALLOWED else Part.APPLIES

    def _decides(self, rule: ir.Rule, *, certain: bool) -> bool:
        if rule.effect in SESSION:
            return (SESSION[rule.effect] if certain else Disposition.SCREEN) is self._outcome.disposition
        if rule.effect in NO_GO and not self._outcome.disposition.ends_session:
            return (NO_GO[rule.effect] if certain else Verdict.ASK) is self._entry.judgement.verdict
        return MILD.get(rule.effect) is self._entry.judgement.verdict

    # --- what else a verdict rests on ---------------------------------------------------------

    def _coverage(self) -> Iterator[Coverage]:
        for pack in self._artifact.packs:
            guard = self._stated.covers(pack.name) if pack.covers is not None else None
            if guard is not None:
                yield Coverage(pack.name, self._stated.clause(guard, pack.name, self._facts))

    def _reasons(self) -> Iterator[Reason]:
        """Yield what gives the verdict by itself, rules about the exercise apart; and contradictions in any case."""
        verdict = self._entry.judgement.verdict
        if self._outcome.contradictions:
            yield Reason(Ground.CONTRADICTION)
        yield from (reason for reason, gives in self._possible_reasons() if gives is verdict)

    def _possible_reasons(self) -> Iterator[tuple[Reason, Verdict]]:
        if self._outcome.disposition.ends_session:
            yield Reason(Ground.SESSION_OVER), Verdict.AVOID
            return
        if self._outcome.session and any(rule.effect in SESSION for rule, _ in self._outcome.session):
            yield Reason(Ground.SCREEN), Verdict.ASK
        yield from self._of_grants()
        yield from self._of_limits()

    def _of_grants(self) -> Iterator[tuple[Reason, Verdict]]:
        surely, perhaps = self._granting()
        if not surely:
            yield (
                (Reason(Ground.MAY_BE_GRANTED), Verdict.ASK)
                if perhaps
                else (
                    Reason(Ground.NOT_GRANTED),
                    Verdict.UNREVIEWED,
                )
            )
        for one in self._covers:
            if one.clause.truth is False or one.pack in surely:
                continue
            if one.pack in perhaps:
                yield Reason(Ground.MAY_BE_GRANTED_BY, one.pack), Verdict.ASK
            elif surely or perhaps:
                yield Reason(Ground.NOT_GRANTED_BY, one.pack), Verdict.UNREVIEWED

    def _granting(self) -> tuple[set[str], set[str]]:
        """Return the packs that surely grant the exercise a GO, and those that may."""
        surely: set[str] = set()
        for rule in self._artifact.rules:
            if self._exercise in rule.grants and rule.pack not in self._overdue and self._grants(rule):
                surely.add(rule.pack)
        return surely, {rule.pack for rule in self._entry.could_grant}

    def _grants(self, rule: ir.Rule) -> bool:
        guard = self._stated.clause(self._stated.rule(rule.id).guard, rule.pack, self._facts)
        return guard.truth is True and all(one.clause.truth is False for one in self._unless(rule))

    def _of_limits(self) -> Iterator[tuple[Reason, Verdict]]:
        applied = [(rule, certain) for rule, certain in self._entry.applied if rule.effect in MILD]
        if contradictory(limit for rule, certain in applied if certain for limit in rule.limits):
            yield Reason(Ground.NO_ROOM), Verdict.AVOID
        elif contradictory(limit for rule, _ in applied for limit in rule.limits):
            yield Reason(Ground.PERHAPS_NO_ROOM), Verdict.ASK


def _ordered(accounts: Iterable[RuleAccount]) -> tuple[RuleAccount, ...]:
    return tuple(sorted(accounts, key=lambda account: _ORDER[account.part]))
