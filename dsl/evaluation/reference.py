"""The meaning of the language, written as directly as the language page says it: slow, and the oracle.

Every other evaluator must give the same outcome. The names of the sections follow the page.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import assert_never

from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict, join_dispositions, join_verdicts

Truth = bool | None
"""True, false, or None: unknown."""

NO_GO = {ir.Effect.AVOID: Verdict.AVOID, ir.Effect.CLEARANCE: Verdict.CLEARANCE}
MILD = {ir.Effect.MODIFY: Verdict.MODIFY, ir.Effect.CAUTION: Verdict.CAUTION}
SESSION = {
    ir.Effect.STOP: Disposition.STOP,
    ir.Effect.URGENT: Disposition.URGENT,
    ir.Effect.EMERGENCY: Disposition.EMERGENCY,
}
_SEVERITY = {effect: place for place, effect in enumerate(ir.Effect)}

# --- guards: strong Kleene --------------------------------------------------------------------


def both(truths: Iterable[Truth]) -> Truth:
    """Return the strong Kleene conjunction; true of nothing."""
    found = set(truths)
    return False if False in found else None if None in found else True


def either(truths: Iterable[Truth]) -> Truth:
    """Return the strong Kleene disjunction; false of nothing."""
    found = set(truths)
    return True if True in found else None if None in found else False


def at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """Return whether at least `count` are true; unknown while the unknown ones could decide it."""
    surely = sum(truth is True for truth in truths)
    possibly = surely + sum(truth is None for truth in truths)
    return True if surely >= count else None if possibly >= count else False


def holds(guard: ir.Guard, facts: Facts, optional: frozenset[str] = frozenset()) -> Truth:
    """Return whether `guard` holds; None when the facts do not say. A missing fact in `optional` tests false."""
    match guard:
        case ir.Always():
            return True
        case ir.Never():
            return False
        case ir.AllOf():
            return both(holds(operand, facts, optional) for operand in guard.operands)
        case ir.AnyOf():
            return either(holds(operand, facts, optional) for operand in guard.operands)
        case ir.AtLeast():
            return at_least(guard.count, [holds(operand, facts, optional) for operand in guard.operands])
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            truth = _test(guard, facts)
            return False if truth is None and guard.fact in optional else truth
        case _:
            assert_never(guard)


def _test(test: ir.Test, facts: Facts) -> Truth:
    match test:
        case ir.Choice():
            choice = facts.choices.get(test.fact)
            return None if choice is None else (choice in test.values) is not test.negated
        case ir.Has():
            state = facts.terms.get(test.fact, {}).get(test.term)
            return None if state is None else state is test.present
        case ir.Compare():
            number = facts.numbers.get(test.fact)
            return None if number is None else compares(number, test.operator, test.value)
        case ir.Unknown():
            return is_unknown(test, facts) is not test.negated
        case _:
            assert_never(test)


def is_unknown(test: ir.Unknown, facts: Facts) -> bool:
    """Return whether nothing is known of the fact; of a `many of` fact, whether some of `test.terms` is not known."""
    states = facts.terms.get(test.fact, {})
    if test.terms:
        return any(term not in states for term in test.terms)
    return test.fact not in facts.choices and test.fact not in facts.numbers


def compares(left: Decimal, operator: ir.Operator, right: Decimal) -> bool:
    """Return whether `left` compares so with `right`."""
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case _:
            assert_never(operator)


# --- rules: time, exceptions and overrides ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """How one rule stands for one member.

    `certain` is the truth of its own guard. `restricts`: False when it does not apply, None when it applies with an
    unknown guard, True when it applies with a true one. `fixed`: it restricts, and no unknown fact can lift it.
    `grants` is the truth of "its guard is true, and every exception and override false".
    """

    certain: Truth
    restricts: Truth
    fixed: bool
    grants: Truth

    @property
    def open(self) -> bool:
        """Return whether an unknown fact could change what the rule does."""
        return self.restricts is None or self.grants is None or (self.restricts is True and not self.fixed)


def _standing(
    rule: ir.Rule, overrides: Sequence[ir.Override], overdue: set[str], facts: Facts, optional: frozenset[str]
) -> Standing:
    guard = holds(rule.guard, facts, optional)
    excepted = either(holds(exception.guard, facts, optional) for exception in rule.exceptions)
    # Past review what relaxes lapses, what restricts stays: an overdue pack's exceptions and overrides lift no
    # restriction, yet go on keeping grants away.
    in_force = [override for override in overrides if override.pack not in overdue]
    lifted = either([False if rule.pack in overdue else excepted, *(holds(o.guard, facts, optional) for o in in_force)])
    ungranted = either([excepted, *(holds(o.guard, facts, optional) for o in overrides)])
    return Standing(
        certain=guard,
        restricts=False if lifted is True else guard,
        fixed=guard is True and lifted is False,
        grants=False if rule.pack in overdue else both([guard, _not(ungranted)]),
    )


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth


# --- the views: as it stands, at best, at worst -----------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """What to take rules, coverage and session rules for: as they stand, or with every unknown decided one way.

    `restricts` and `grants` by rule id, `covers` by pack name.
    """

    restricts: Mapping[str, Truth]
    grants: Mapping[str, Truth]
    covers: Mapping[str, Truth]
    contradicted: bool


# --- the disposition of the session -----------------------------------------------------------


def disposition(artifact: Artifact, view: View) -> Disposition:
    """Return the most severe of what session rules give: their effect when true, `screen` when unknown."""
    given = [
        SESSION[rule.effect] if view.restricts[rule.id] else Disposition.SCREEN
        for rule in artifact.rules
        if rule.effect in SESSION and view.restricts[rule.id] is not False
    ]
    if view.contradicted:
        given.append(Disposition.SCREEN)
    return join_dispositions(given)


# --- the verdict of one exercise --------------------------------------------------------------


@dataclass(slots=True)
class Touching:
    """The rules about one exercise: those whose targets hold it, and those that can grant it a GO."""

    rules: list[ir.Rule] = field(default_factory=list)
    granting: list[ir.Rule] = field(default_factory=list)


def judge(touching: Touching, session: Disposition, view: View) -> Judgement:
    """Return what may be done with an exercise, given the rules about it, what the session has become, a view."""
    applied = [rule for rule in touching.rules if view.restricts[rule.id] is not False]
    limits = [(limit, view.restricts[rule.id]) for rule in applied if rule.effect in MILD for limit in rule.limits]
    verdict = join_verdicts(
        [
            _from_session(session),
            _from_grants(touching.granting, view),
            *(_from_rule(rule, view.restricts[rule.id]) for rule in applied),
            *_from_limits(limits),
        ]
    )
    if not verdict.go:
        return Judgement(verdict)
    return Judgement(
        verdict,
        recommended=_recommended(touching.granting, applied, view),
        limits=tuple(sorted(tightest(limit for limit, _ in limits).values(), key=lambda limit: limit.measure)),
        load_factor=_load_factor(touching.rules, applied, verdict, view),
    )


def _from_session(session: Disposition) -> Verdict:
    if session.ends_session:
        return Verdict.AVOID
    return Verdict.ASK if session is Disposition.SCREEN else Verdict.ALLOWED


def _from_grants(granting: Sequence[ir.Rule], view: View) -> Verdict:
    """A GO must be granted; where a pack covers the member, by that pack too."""
    grants = [(rule.pack, view.grants[rule.id]) for rule in granting if view.grants[rule.id] is not False]
    demanding = [pack for pack, covers in view.covers.items() if covers is not False]
    return join_verdicts(
        [
            _granted(truth for _, truth in grants),
            *(_granted(truth for of, truth in grants if of == pack) for pack in demanding),
        ]
    )


def _granted(truths: Iterable[Truth]) -> Verdict:
    found = list(truths)
    return Verdict.ALLOWED if True in found else Verdict.ASK if found else Verdict.UNREVIEWED


def _from_rule(rule: ir.Rule, truth: Truth) -> Verdict:
    if rule.effect in NO_GO:
        return NO_GO[rule.effect] if truth else Verdict.ASK
    return MILD.get(rule.effect, Verdict.ALLOWED)


def _from_limits(limits: Sequence[tuple[ir.Limit, Truth]]) -> list[Verdict]:
    """An empty intersection is `avoid`, or `ask` if an uncertain rule is needed for it."""
    if contradictory(limit for limit, truth in limits if truth):
        return [Verdict.AVOID]
    return [Verdict.ASK] if contradictory(limit for limit, _ in limits) else []


def tightest(limits: Iterable[ir.Limit]) -> dict[str, ir.Limit]:
    """Return the intersection of `limits`, by measure."""
    found: dict[str, ir.Limit] = {}
    for limit in limits:
        other = found.get(limit.measure, ir.Limit(limit.measure))
        lows = [low for low in (limit.low, other.low) if low is not None]
        highs = [high for high in (limit.high, other.high) if high is not None]
        found[limit.measure] = ir.Limit(limit.measure, max(lows, default=None), min(highs, default=None))
    return found


def contradictory(limits: Iterable[ir.Limit]) -> bool:
    """Return whether `limits` leave no room on some measure."""
    return any(
        limit.low is not None and limit.high is not None and limit.low > limit.high
        for limit in tightest(limits).values()
    )


def _recommended(granting: Sequence[ir.Rule], applied: Sequence[ir.Rule], view: View) -> bool:
    if any(rule.effect is ir.Effect.CAUTION for rule in applied):
        return False
    return any(rule.effect is ir.Effect.RECOMMEND and view.grants[rule.id] is True for rule in granting)


def _load_factor(rules: Sequence[ir.Rule], applied: Sequence[ir.Rule], verdict: Verdict, view: View) -> Decimal:
    reductions = [rule.step for rule in applied if rule.effect is ir.Effect.REDUCE and rule.step is not None]
    if reductions:
        return min(reductions)
    steps = [
        (rule.step, view.grants[rule.id])
        for rule in rules
        if rule.effect is ir.Effect.PROGRESS and rule.step is not None
    ]
    progresses = verdict is Verdict.ALLOWED and any(truth is True for _, truth in steps)
    held = any(rule.effect is ir.Effect.HOLD for rule in applied)
    if not progresses or held:
        return Decimal(1)
    return min(step for step, truth in steps if truth is not False)


# --- the whole answer -------------------------------------------------------------------------


class Reference:
    """Evaluates one release by the book."""

    def __init__(self, artifact: Artifact) -> None:
        """Gather, for each exercise, the rules about it."""
        self._artifact = artifact
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)
        self._overrides: dict[str, list[ir.Override]] = {}
        for override in artifact.overrides:
            self._overrides.setdefault(override.rule, []).append(override)
        self._touching = {exercise.name: Touching() for exercise in artifact.vocabulary.exercises}
        for rule in artifact.rules:
            for exercise in rule.exercises:
                self._touching[exercise].rules.append(rule)
            for exercise in rule.grants:
                self._touching[exercise].granting.append(rule)

    def evaluate(self, facts: Facts, at: datetime.date) -> Outcome:
        """Return the outcome for one member on the day `at` (UTC), for every exercise of the release.

        Total and deterministic: any facts that passed the door give an outcome, and always the same one.
        """
        found = self.standings(facts, at)
        views = self._views(facts, found)
        sessions = tuple(disposition(self._artifact, view) for view in views)
        deciding = self._deciding(sessions[0], found) if sessions[0].ends_session else None
        return Outcome(
            disposition=sessions[0],
            surest=sessions[1],
            session=_certainties(deciding or self._session_rules(found), found),
            contradictions=self._contradictions(facts),
            open=frozenset(rule for rule, standing in found.items() if standing.open),
            exercises={
                name: self._exercise(touching, sessions, views, found, deciding)
                for name, touching in self._touching.items()
            },
        )

    def _exercise(
        self,
        touching: Touching,
        sessions: Sequence[Disposition],
        views: Sequence[View],
        found: Mapping[str, Standing],
        deciding: Sequence[ir.Rule] | None,
    ) -> ExerciseOutcome:
        now, best, worst = (judge(touching, session, view) for session, view in zip(sessions, views, strict=True))
        return ExerciseOutcome(
            judgement=now,
            applied=_certainties(deciding or _applied(touching.rules, found), found),
            could_grant=_could_grant(touching.granting, found),
            best=best,
            worst=worst,
        )

    def standings(self, facts: Facts, at: datetime.date) -> dict[str, Standing]:
        """Return how each rule stands on the day `at`, by rule id."""
        overdue = {pack.name for pack in self._artifact.packs if pack.review_by is not None and at > pack.review_by}
        return {
            rule.id: _standing(rule, self._overrides.get(rule.id, []), overdue, facts, self._optional)
            for rule in self._artifact.rules
        }

    def _views(self, facts: Facts, found: Mapping[str, Standing]) -> tuple[View, View, View]:
        """Return the rules as they stand, at best and at worst."""
        packs = self._artifact.packs
        covers = {pack.name: holds(pack.covers, facts) for pack in packs if pack.covers is not None}
        contradicted = bool(self._contradictions(facts))
        now = View(
            {rule: standing.restricts for rule, standing in found.items()},
            {rule: standing.grants for rule, standing in found.items()},
            covers,
            contradicted,
        )
        best = View(
            {rule: standing.fixed for rule, standing in found.items()},
            {rule: standing.grants is not False for rule, standing in found.items()},
            {pack: truth is True for pack, truth in covers.items()},
            contradicted,
        )
        worst = View(
            {rule: standing.restricts is not False for rule, standing in found.items()},
            {rule: standing.grants is True for rule, standing in found.items()},
            {pack: truth is not False for pack, truth in covers.items()},
            contradicted,
        )
        return now, best, worst

    def _contradictions(self, facts: Facts) -> tuple[ir.Contradiction, ...]:
        return tuple(known for known in self._artifact.contradictions if holds(known.guard, facts, self._optional))

    def _session_rules(self, found: Mapping[str, Standing]) -> list[ir.Rule]:
        return [rule for rule in self._artifact.rules if not rule.exercises and applies(rule, found[rule.id])]

    def _deciding(self, session: Disposition, found: Mapping[str, Standing]) -> list[ir.Rule]:
        """Return the rules that end the session: from `stop` upward only they speak."""
        return [
            rule
            for rule in self._artifact.rules
            if SESSION.get(rule.effect) is session and found[rule.id].restricts is True
        ]


def applies(rule: ir.Rule, standing: Standing) -> bool:
    """Return whether `rule` is part of the answer: a permissive rule when it surely grants, any other unless false."""
    if rule.effect in ir.PERMISSIVE:
        return standing.grants is True
    return standing.restricts is not False


def by_severity(rules: Iterable[ir.Rule]) -> list[ir.Rule]:
    """Return `rules`, the worst effect first, then by id."""
    return sorted(rules, key=lambda rule: (_SEVERITY[rule.effect], rule.id))


def _certainties(rules: Iterable[ir.Rule], found: Mapping[str, Standing]) -> tuple[tuple[ir.Rule, bool], ...]:
    return tuple((rule, found[rule.id].certain is True) for rule in by_severity(rules))


def _applied(rules: Iterable[ir.Rule], found: Mapping[str, Standing]) -> list[ir.Rule]:
    return [rule for rule in rules if applies(rule, found[rule.id])]


def _could_grant(granting: Iterable[ir.Rule], found: Mapping[str, Standing]) -> tuple[ir.Rule, ...]:
    return tuple(by_severity(rule for rule in granting if found[rule.id].grants is None))
