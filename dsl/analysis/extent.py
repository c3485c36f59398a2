"""How far a GO goes, as formulas over members: its load factor and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from dsl.analysis.answers import Answers
from dsl.analysis.formulas import Formula
from dsl.evaluation.reference import MILD
from dsl.semantics import ir
from dsl.semantics.verdict import Verdict

_UNCHANGED = Decimal(1)


def go(exercise: str, answers: Answers) -> Formula:
    """Return to whom `exercise` is a GO."""
    return answers.formulas.opposite(answers.verdict_at_least(exercise, Verdict.UNREVIEWED))


# --- the load ---------------------------------------------------------------------------------


def factors(rules: Iterable[ir.Rule]) -> list[Decimal]:
    """Return every load factor that `rules` can give, the smallest first."""
    return sorted({_UNCHANGED, *(rule.step for rule in rules if rule.step is not None)})


def load_at_most(exercise: str, factor: Decimal, answers: Answers) -> Formula:
    """Return to whom `exercise` is a GO with a load factor of `factor` or less."""
    formulas = answers.formulas
    reductions = _standing(ir.Effect.REDUCE, exercise, answers)
    reduced = formulas.either(could for step, could in reductions if step <= factor)
    any_reduced = formulas.either(could for _, could in reductions)
    stepping = _progressing(exercise, answers)
    steps = [
        answers.standing(rule).grants.could
        for rule in answers.touching[exercise].rules
        if rule.effect is ir.Effect.PROGRESS and rule.step is not None and rule.step <= factor
    ]
    stepped = formulas.both((stepping, formulas.either(steps)))
    unchanged = formulas.both((formulas.opposite(stepping), factor >= _UNCHANGED))
    otherwise = formulas.both((formulas.opposite(any_reduced), formulas.either((stepped, unchanged))))
    return formulas.both((go(exercise, answers), formulas.either((reduced, otherwise))))


def _standing(effect: ir.Effect, exercise: str, answers: Answers) -> list[tuple[Decimal, Formula]]:
    rules = [rule for rule in answers.touching[exercise].rules if rule.effect is effect]
    return [(rule.step or _UNCHANGED, answers.standing(rule).restricts.could) for rule in rules]


def _progressing(exercise: str, answers: Answers) -> Formula:
    """Return for whom some `progress` counts: it surely applies, the verdict is `allowed`, and nothing holds it."""
    formulas, rules = answers.formulas, answers.touching[exercise].rules
    surely = [answers.standing(rule).grants.surely for rule in rules if rule.effect is ir.Effect.PROGRESS]
    held = formulas.either(could for _, could in _standing(ir.Effect.HOLD, exercise, answers))
    restricted = answers.verdict_at_least(exercise, Verdict.CAUTION)
    return formulas.both((formulas.either(surely), formulas.opposite(restricted), formulas.opposite(held)))


# --- limits -----------------------------------------------------------------------------------


def _parted(limit: ir.Limit) -> Iterator[ir.Limit]:
    """Yield each side of a limit as a limit of its own."""
    if limit.low is not None:
        yield ir.Limit(limit.measure, low=limit.low)
    if limit.high is not None:
        yield ir.Limit(limit.measure, high=limit.high)


def sides(rules: Iterable[ir.Rule], measure: str) -> list[ir.Limit]:
    """Return every bound that `rules` set on `measure`, each a limit of one side, the lowest first."""
    limits = (limit for rule in rules if rule.effect in MILD for limit in rule.limits if limit.measure == measure)
    return sorted(
        {side for limit in limits for side in _parted(limit)}, key=lambda side: (side.low or 0, side.high or 0)
    )


def _is_tighter(side: ir.Limit, limit: ir.Limit) -> bool:
    higher = side.low is not None and limit.low is not None and side.low > limit.low
    lower = side.high is not None and limit.high is not None and side.high < limit.high
    return higher or lower


def limited(exercise: str, side: ir.Limit, answers: Answers) -> Formula:
    """Return for whom some rule limits `exercise` at least as tightly as `side`."""
    return answers.formulas.either(
        answers.standing(rule).restricts.could
        for rule in answers.touching[exercise].rules
        if rule.effect in MILD
        and any(
            other == side or _is_tighter(other, side)
            for limit in rule.limits
            for other in _parted(limit)
            if other.measure == side.measure
        )
    )
