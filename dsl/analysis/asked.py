"""What is asked of each rule without its author asking: each question has somebody, unless something looks wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product

from dsl.analysis.answers import Answers
from dsl.analysis.formulas import Formula
from dsl.analysis.seeking import Question
from dsl.analysis.views import Views
from dsl.evaluation.reference import MILD, NO_GO
from dsl.semantics import ir
from dsl.semantics.verdict import Disposition

_KEEPING = ir.GRANTING | ir.PERMISSIVE
"""Effects that do more where their guard is true than where it may be, and so can demand that a fact is known."""


def anybody() -> Question:
    """Return the question who there is at all."""
    return Question(("anybody",), lambda views: [views.whole.possible()])


def fires(rule: ir.Rule) -> Question:
    """Return the question of whom the guard of `rule` is true."""
    return Question(("fires", rule.id), lambda views: [views.whole.guard(rule.guard).surely])


def excepted(rule: ir.Rule, place: int) -> Question:
    """Return the question of whom an exception of `rule`, the one at `place`, is true."""
    guard = rule.exceptions[place].guard
    return Question(("excepted", rule.id, f"{place}"), lambda views: [views.whole.guard(guard).surely])


def stays(rule: ir.Rule) -> Question:
    """Return the question of whom the guard of `rule` is true, and no exception takes it back."""

    def asks(views: Views) -> Iterator[Formula]:
        formulas, guard = views.formulas, views.whole.guard(rule.guard)
        lifting = [views.whole.guard(exception.guard) for exception in rule.exceptions]
        lifted = formulas.either(one.could if rule.effect in ir.PERMISSIVE else one.surely for one in lifting)
        yield formulas.both((guard.surely, formulas.opposite(lifted)))

    return Question(("stays", rule.id), asks)


def excepts(rule: ir.Rule, place: int) -> Question:
    """Return the question for whom an exception of `rule`, the one at `place`, takes something back."""

    def asks(views: Views) -> Iterator[Formula]:
        formulas, guard = views.formulas, views.whole.guard(rule.guard)
        lifting = views.whole.guard(rule.exceptions[place].guard)
        if rule.effect not in ir.PERMISSIVE:
            yield formulas.both((guard.could, lifting.surely))
        if rule.effect in _KEEPING:
            yield formulas.both((guard.surely, lifting.could))

    return Question(("excepts", rule.id, f"{place}"), asks)


def outside(rule: ir.Rule) -> Question:
    """Return the question of whom the guard of `rule` is not true."""

    def asks(views: Views) -> Iterator[Formula]:
        guard = views.whole.guard(rule.guard)
        yield views.formulas.opposite(guard.surely if rule.effect in _KEEPING else guard.could)

    return Question(("outside", rule.id), asks)


def wins(rule: ir.Rule, exercises: Collection[str]) -> Question:
    """Return the question for whom `rule` grants one of `exercises`, and no rule of its pack keeps them from it."""

    def asks(views: Views) -> Iterator[Formula]:
        answers = views.of(rule.pack)
        grants = answers.standing(rule).grants.surely
        for exercise in _unlike(exercises, answers):
            forbidden = answers.forbidden(answers.touching[exercise])
            yield views.formulas.both((grants, views.formulas.opposite(forbidden)))

    return Question(("wins", rule.id, *sorted(exercises)), asks)


def granted(rule: ir.Rule, offer: str) -> Question:
    """Return the question who is offered `offer` by `rule` and has it granted by another."""
    return Question(("granted", rule.id, offer), lambda views: _granted(rule, offer, views))


def offered(rule: ir.Rule, offer: str) -> Question:
    """Return the same for whom no rule of the pack keeps from `offer`."""

    def asks(views: Views) -> Iterator[Formula]:
        answers = views.of(rule.pack)
        forbidden = answers.forbidden(answers.touching[offer])
        for those in _granted(rule, offer, views):
            yield views.formulas.both((those, views.formulas.opposite(forbidden)))

    return Question(("offered", rule.id, offer), asks)


def _granted(rule: ir.Rule, offer: str, views: Views) -> Iterator[Formula]:
    """Yield who is offered `offer` by `rule` and has it granted: those to whom the rule surely applies, then others."""
    answers = views.whole
    granted = views.formulas.either(answers.standing(other).grants.surely for other in answers.touching[offer].granting)
    for applied in answers.standing(rule).restricts:
        yield views.formulas.both((applied, granted))


def changes(rule: ir.Rule, gone: Collection[str] = ()) -> Question:
    """Return the question whose answer changes once `rule` is taken away after those with the ids `gone`."""
    return Question(("changes", rule.id, *sorted(gone)), lambda views: views.effects(rule.pack, gone).of(rule))


def changes_beside(rule: ir.Rule, other: ir.Rule) -> Question:
    """Return the question whose answer `rule` would change if `other` were the only rule beside it that restricts."""
    return Question(("beside", rule.id, other.id), lambda views: views.beside(rule, other).of(rule))


def matters(rule: ir.Rule) -> Question:
    """Return the question for whom `rule` applies to what they may do."""
    return Question(("matters", rule.id), lambda views: views.effects(rule.pack).matters(rule))


def applies(rule: ir.Rule) -> Question:
    """Return the question to whom `rule` applies: if there is anybody, surely, and in a session that is not over."""

    def asks(views: Views) -> Iterator[Formula]:
        answers, formulas = views.whole, views.formulas
        standing = answers.standing(rule)
        surely = standing.grants.surely if rule.effect in ir.PERMISSIVE else standing.restricts.surely
        yield formulas.both((surely, formulas.opposite(answers.session_at_least(Disposition.SCREEN))))
        yield surely
        yield standing.restricts.could

    return Question(("applies", rule.id), asks)


def grants(rule: ir.Rule) -> Question:
    """Return the question to whom `rule` grants what it is about."""
    return Question(("grants", rule.id), lambda views: [views.whole.standing(rule).grants.surely])


@dataclass(frozen=True, slots=True)
class Squeeze:
    """Two rules that leave no room on a measure where both apply, and the question whom they leave none."""

    low: ir.Rule
    high: ir.Rule
    measure: str
    exercises: tuple[str, ...]
    question: Question


def squeezes(rules: Iterable[ir.Rule]) -> Iterator[Squeeze]:
    """Yield every two of `rules` that ask for more of a measure, and less, than can be had together."""
    limiting = [rule for rule in rules if rule.effect in MILD]
    lows = [rule for rule in limiting if any(limit.low is not None for limit in rule.limits)]
    highs = [rule for rule in limiting if any(limit.high is not None for limit in rule.limits)]
    for low, high in product(lows, highs):
        for measure in _apart(low.limits, high.limits) if low.id != high.id else ():
            shared = tuple(sorted({*low.exercises} & {*high.exercises}))
            if shared:
                question = Question(("squeeze", low.id, high.id, measure), partial(_squeezed, low, high, shared))
                yield Squeeze(low, high, measure, shared, question)


def _apart(lows: Iterable[ir.Limit], highs: Iterable[ir.Limit]) -> Iterator[str]:
    """Yield the measures on which the least of `lows` is above the most of `highs`."""
    most = {limit.measure: limit.high for limit in highs if limit.high is not None}
    for limit in lows:
        if limit.low is not None and limit.measure in most and limit.low > most[limit.measure]:
            yield limit.measure


def _squeezed(low: ir.Rule, high: ir.Rule, exercises: Iterable[str], views: Views) -> Iterator[Formula]:
    """Yield whom two rules leave no room, and who could else do the exercise: surely first, then perhaps."""
    answers, formulas = views.whole, views.formulas
    one, other = answers.standing(low).restricts, answers.standing(high).restricts
    for exercise in _unlike(exercises, answers):
        rules = answers.touching[exercise].rules
        kept = [answers.standing(rule).restricts.could for rule in rules if rule.effect in NO_GO]
        free = formulas.opposite(formulas.either((answers.session_at_least(Disposition.SCREEN), *kept)))
        granted = answers.granted(answers.touching[exercise])
        yield formulas.both((one.surely, other.surely, free, granted))
        yield formulas.both((one.could, other.could, free, granted))


def _unlike(exercises: Iterable[str], answers: Answers) -> Iterator[str]:
    """Yield one of `exercises` for each body of rules that is about some of them."""
    seen: set[int] = set()
    for exercise in exercises:
        if answers.kin(exercise) not in seen:
            seen.add(answers.kin(exercise))
            yield exercise
