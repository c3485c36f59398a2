"""What would change, and for whom, if one rule were taken away: nobody, and the rule never changes an answer.

An answer is, for this purpose: what becomes of the session, and what is said of it; of each exercise the verdict,
whether it is recommended, its limits, the load, the substitutes that rules name; and advice. The reasons of a rule, and
the questions that it raises, are no part of it, nor is the order of substitutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from dsl.analysis.answers import Answers
from dsl.analysis.formulas import Formula
from dsl.evaluation.reference import MILD, NO_GO, SESSION, Touching
from dsl.semantics import ir
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict

_Fits = Callable[[ir.Rule], bool]


def seen_by(artifact: Artifact, pack: str) -> Artifact:
    """Return `artifact` without what other packs restrict; what they permit stays.

    Packs are kept by different people, and a stricter pack beside one's own is no fault of one's own.
    """
    return msgspec.structs.replace(artifact, rules=tuple(_permitting(artifact, pack)))


def only_beside(artifact: Artifact, rule: ir.Rule, other: ir.Rule) -> Artifact:
    """Return `artifact` with `rule`, `other`, and what others permit; nothing of that where `rule` itself permits."""
    kept = [rule, other]
    if not rule.grants:
        kept += [one for one in _permitting(artifact, "") if one.id not in (rule.id, other.id)]
    return msgspec.structs.replace(artifact, rules=tuple(kept))


def _permitting(artifact: Artifact, pack: str) -> Iterator[ir.Rule]:
    for rule in artifact.rules:
        if rule.pack == pack or rule.effect in ir.PERMISSIVE:
            yield rule
        elif rule.grants:
            yield msgspec.structs.replace(rule, exercises=())


class Effects:
    """What each rule of one release changes."""

    def __init__(self, answers: Answers) -> None:
        """Look at the release that `answers` is about."""
        self._answers = answers
        self._formulas = answers.formulas

    def of(self, rule: ir.Rule) -> Iterator[Formula]:
        """Yield whose answer changes once `rule` is taken away, a part at a time."""
        if rule.effect in SESSION:
            yield from self._session(rule)
        elif rule.effect is ir.Effect.ROUTINE or (rule.effect is ir.Effect.ADVISE and not rule.exercises):
            yield from self._told(rule, lambda other: not other.exercises)
        else:
            for exercise in self._unlike(rule):
                yield self._formulas.either(self._exercise(rule, exercise))

    def matters(self, rule: ir.Rule) -> Iterator[Formula]:
        """Yield for whom `rule` applies where it has something to act on: a GO, or a load that goes up."""
        standing = self._answers.standing(rule)
        applies = standing.grants.surely if rule.effect in ir.PERMISSIVE else standing.restricts.could
        if rule.effect in NO_GO or not rule.exercises:
            yield applies
            return
        for exercise in self._unlike(rule):
            touching = self._answers.touching[exercise]
            steps = [self._answers.standing(one).grants.surely for one in _of(touching, ir.Effect.PROGRESS)]
            there = self._formulas.either(steps) if rule.effect is ir.Effect.HOLD else True
            yield self._both(applies, self._answers.granted(touching), there)

    def _unlike(self, rule: ir.Rule) -> Iterator[str]:
        """Yield of the exercises that `rule` is about one for each body of rules, and all that it offers."""
        seen = set()
        touching = self._answers.touching
        # Where few rules are about an exercise, somebody whose answer changes is found soonest.
        for exercise in sorted({*rule.exercises, *rule.grants}, key=lambda name: (len(touching[name].rules), name)):
            like = self._answers.kin(exercise) if rule.effect not in NO_GO else self._restricted(touching[exercise])
            if like not in seen or exercise in rule.offers:
                seen.add(like)
                yield exercise

    def _restricted(self, touching: Touching) -> tuple[str, ...]:
        """Return all of `touching` that a rule which keeps from a GO can be held against."""
        return tuple(rule.id for rule in touching.rules if rule.effect in NO_GO or rule.limits or rule.offers)

    # --- the session --------------------------------------------------------------------------

    def _session(self, rule: ir.Rule) -> Iterator[Formula]:
        answers, stands = self._answers, self._answers.standing(rule).restricts
        others = [other for other in answers.session_rules if other.id != rule.id]
        yield self._both(stands.could, self._not(answers.session_by(others, Disposition.SCREEN)))
        graver = list(Disposition)[SESSION[rule.effect].severity + 1 :]
        speaking = [other for other in others if other.effect is rule.effect and other.say == rule.say]
        said = [answers.standing(other).restricts.surely for other in speaking]
        silenced = answers.session_by(others, graver[0]) if graver else False
        yield self._both(stands.surely, self._not(self._formulas.either((silenced, *said))))

    def _told(self, rule: ir.Rule, about: _Fits) -> Iterator[Formula]:
        """Yield to whom words are told that no other rule says as surely."""
        stands = self._answers.standing(rule).restricts
        heard = self._not(self._answers.session_at_least(Disposition.STOP))
        words = (rule.effect, rule.topic, rule.text, rule.say)
        alike = [
            self._answers.standing(other).restricts
            for other in self._answers.artifact.rules
            if other.id != rule.id and (other.effect, other.topic, other.text, other.say) == words and about(other)
        ]
        yield self._both(heard, stands.could, self._not(self._formulas.either(one.could for one in alike)))
        yield self._both(heard, stands.surely, self._not(self._formulas.either(one.surely for one in alike)))

    # --- one exercise -------------------------------------------------------------------------

    def _exercise(self, rule: ir.Rule, exercise: str) -> Iterator[Formula]:
        touching = self._answers.touching[exercise]
        left = Touching(*([one for one in rules if one.id != rule.id] for rules in (touching.rules, touching.granting)))
        match rule.effect:
            case ir.Effect.AVOID | ir.Effect.CLEARANCE:
                yield from self._no_go(rule, left)
            case ir.Effect.MODIFY | ir.Effect.CAUTION | ir.Effect.RECOMMEND | ir.Effect.ALLOW:
                yield from self._judged(rule, exercise, left)
                yield from self._limited(rule, exercise, left)
            case ir.Effect.REDUCE | ir.Effect.HOLD | ir.Effect.PROGRESS:
                yield self._loaded(rule, exercise, left)
            case _:
                pass
        yield from self._offered(rule, exercise, left)
        if rule.effect is ir.Effect.ADVISE or rule.say is not None:
            yield from self._told(rule, lambda other: exercise in other.exercises)

    def _no_go(self, rule: ir.Rule, left: Touching) -> Iterator[Formula]:
        answers, stands = self._answers, self._answers.standing(rule).restricts
        yield self._both(stands.surely, self._not(answers.judged_at_least(left, NO_GO[rule.effect])))
        # Where a grant may be missing the verdict is `ask` as well; not to count that keeps rules that say so apart.
        yield self._both(stands.could, self._not(answers.forbidden(left)))

    def _judged(self, rule: ir.Rule, exercise: str, left: Touching) -> Iterator[Formula]:
        """Yield for whom the verdict, or whether the exercise is recommended, is another without `rule`."""
        answers, deciding = self._answers, set[Verdict]()
        if rule.effect in MILD and exercise in rule.exercises:
            stands = answers.standing(rule).restricts
            yield self._both(stands.could, self._not(answers.judged_at_least(left, MILD[rule.effect])))
            deciding |= {Verdict.ASK, Verdict.AVOID} if rule.limits else set()
        if exercise in rule.grants:
            deciding |= {Verdict.UNREVIEWED, Verdict.ASK}
        for verdict in sorted(deciding, key=lambda verdict: verdict.severity):
            yield from self._apart(answers.verdict_at_least(exercise, verdict), answers.judged_at_least(left, verdict))
        if rule.effect in (ir.Effect.CAUTION, ir.Effect.RECOMMEND):
            no_go = answers.judged_at_least(left, Verdict.UNREVIEWED)
            yield from self._apart(answers.recommended(exercise), answers.endorsed(left, no_go))

    def _limited(self, rule: ir.Rule, exercise: str, left: Touching) -> Iterator[Formula]:
        """Yield for whom a limit of `rule` is the tightest of what may be done."""
        go = self._not(self._answers.verdict_at_least(exercise, Verdict.UNREVIEWED)) if rule.limits else False
        for limit in rule.limits:
            for bound, least in ((limit.low, True), (limit.high, False)):
                if bound is not None:
                    tight = [one for one in left.rules if _as_tight(one, limit.measure, bound, least=least)]
                    yield self._both(go, self._only(rule, tight))

    def _loaded(self, rule: ir.Rule, exercise: str, left: Touching) -> Formula:
        """Return for whom the load is another without `rule`."""
        answers = self._answers
        if rule.effect is ir.Effect.REDUCE:
            go = self._not(answers.verdict_at_least(exercise, Verdict.UNREVIEWED))
            return self._both(
                go, self._only(rule, [one for one in _of(left, rule.effect) if _step(one) <= _step(rule)])
            )
        planned = self._both(
            self._not(answers.verdict_at_least(exercise, Verdict.CAUTION)),
            *(self._not(answers.standing(one).restricts.could) for one in _of(left, ir.Effect.REDUCE)),
        )
        steps = _of(left, ir.Effect.PROGRESS)
        up = self._formulas.either(answers.standing(one).grants.surely for one in steps)
        if rule.effect is ir.Effect.HOLD:
            return self._both(planned, up, self._only(rule, _of(left, ir.Effect.HOLD)))
        free = [self._not(answers.standing(one).restricts.could) for one in _of(left, ir.Effect.HOLD)]
        grants = answers.standing(rule).grants
        smaller = [answers.standing(one).grants.could for one in steps if _step(one) <= _step(rule)]
        alone = self._both(grants.surely, self._not(up))
        smallest = self._both(grants.could, up, self._not(self._formulas.either(smaller)))
        return self._both(planned, *free, self._formulas.either((alone, smallest)))

    def _offered(self, rule: ir.Rule, exercise: str, left: Touching) -> Iterator[Formula]:
        """Yield to whom only `rule` offers a substitute that they may do."""
        for offer in rule.offers:
            if offer != exercise:
                go = self._not(self._answers.verdict_at_least(offer, Verdict.UNREVIEWED))
                yield self._both(go, self._only(rule, [one for one in left.rules if offer in one.offers]))

    # --- formulas -----------------------------------------------------------------------------

    def _only(self, rule: ir.Rule, others: list[ir.Rule]) -> Formula:
        """Return where `rule` applies, surely or not, and none of `others` does."""
        standing = self._answers.standing
        applied = self._formulas.either(standing(other).restricts.could for other in others)
        return self._both(standing(rule).restricts.could, self._not(applied))

    def _apart(self, one: Formula, other: Formula) -> Iterator[Formula]:
        yield self._both(one, self._not(other))
        yield self._both(other, self._not(one))

    def _both(self, *formulas: Formula) -> Formula:
        return self._formulas.both(formulas)

    def _not(self, formula: Formula) -> Formula:
        return self._formulas.opposite(formula)


def _of(touching: Touching, effect: ir.Effect) -> list[ir.Rule]:
    return [rule for rule in touching.rules if rule.effect is effect]


def _step(rule: ir.Rule) -> Decimal:
    return rule.step if rule.step is not None else Decimal(1)


def _as_tight(rule: ir.Rule, measure: str, bound: Decimal, *, least: bool) -> bool:
    """Return whether `rule` limits `measure` to as much as `bound`, or less; from below if `least`."""
    if rule.effect not in MILD:
        return False
    own = [limit.low if least else limit.high for limit in rule.limits if limit.measure == measure]
    return any(other is not None and (other >= bound if least else other <= bound) for other in own)
