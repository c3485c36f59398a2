"""Would the examples notice? Small faults, planted in a release one at a time, and whether some example then fails.

A fault is one that an author makes: an operator or a threshold that is a little off, a clause forgotten, `and` for
`or`, another action, a rule or an exception left out. What no example notices comes with somebody whose answer the
fault changes, as an example that would notice it; where there is nobody, the fault is none, and that is proved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, assert_never

import msgspec
from msgspec.structs import replace

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.claims import anybody, denied, somebody
from dsl.analysis.diff import compare
from dsl.analysis.extent import expectations
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, Formulas, UndecidedError
from dsl.analysis.members import Members
from dsl.analysis.witness import example_text
from dsl.evaluation.examples import first_unmet
from dsl.evaluation.explanation import spelled
from dsl.semantics import ir
from dsl.semantics.checked import (
    CheckedExample,
    LimitExpected,
    LoadExpected,
    RecommendedExpected,
    RoutineReferralExpected,
)
from dsl.semantics.release import Artifact, Release
from dsl.syntax.source import NOWHERE

_OPERATORS: dict[ir.Operator, tuple[ir.Operator, ...]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "=": ("!=",),
    "!=": ("=",),
}
_ACTIONS = {
    ir.Effect.EMERGENCY: ir.Effect.URGENT,
    ir.Effect.URGENT: ir.Effect.STOP,
    ir.Effect.AVOID: ir.Effect.CLEARANCE,
    ir.Effect.CLEARANCE: ir.Effect.CAUTION,
    ir.Effect.MODIFY: ir.Effect.CAUTION,
    ir.Effect.RECOMMEND: ir.Effect.ALLOW,
    ir.Effect.ALLOW: ir.Effect.RECOMMEND,
}
"""What each action is mistaken for: the one beside it."""


class Fault(NamedTuple):
    """One planted fault: in which rule, what was done to it, and the release with it."""

    rule: str
    what: str
    artifact: Artifact


class Survivor(msgspec.Struct, frozen=True):
    """A fault that no example notices.

    `example` would notice it: it holds without the fault, and not with it; null where it was not decided in bounds
    whether there is one, or where the fault only adds a limit: no example can say that there is none.
    """

    rule: str
    what: str
    example: str | None


class Harmless(msgspec.Struct, frozen=True, order=True):
    """A fault that changes nobody's verdict, referral, endorsement, limit or load, by proof: other rules see to it."""

    rule: str
    what: str


class Mutation(msgspec.Struct, frozen=True):
    """What became of all planted faults."""

    noticed: int
    harmless: tuple[Harmless, ...]
    survivors: tuple[Survivor, ...]

    @property
    def score(self) -> float:
        """Return which part of the faults that matter are noticed, 1 where there are none."""
        matter = self.noticed + len(self.survivors)
        return self.noticed / matter if matter else 1.0


def mutate(
    artifact: Artifact,
    examples: Sequence[CheckedExample],
    bounds: Bounds = DEFAULT_BOUNDS,
    progress: Callable[[Sequence[Fault]], Iterable[Fault]] = iter,
) -> Mutation:
    """Return what becomes of every fault planted in `artifact`; `progress` may watch as they are tried."""
    noticed, harmless, survivors = 0, [], []
    likeliest = deque(examples)
    for fault in progress([*faults(artifact)]):
        if (unmet := first_unmet(fault.artifact, likeliest)) is not None:
            noticed += 1
            likeliest.remove(unmet)
            likeliest.appendleft(unmet)  # the next fault is often one of the same rule
        elif (survivor := _survivor(artifact, fault, bounds)) is None:
            harmless.append(Harmless(fault.rule, fault.what))
        else:
            survivors.append(survivor)
    return Mutation(noticed, tuple(harmless), tuple(survivors))


def _survivor(artifact: Artifact, fault: Fault, bounds: Bounds) -> Survivor | None:
    """Return what is left to say of a fault that no example notices; None when it changes nothing."""
    found = compare(Release(fault.artifact), Release(artifact), bounds)
    if found.changes:
        return Survivor(fault.rule, fault.what, found.changes[0].example)
    try:
        return _beside_verdicts(artifact, fault, bounds, undecided=bool(found.undecided))
    except UndecidedError:
        return Survivor(fault.rule, fault.what, None)


def _beside_verdicts(artifact: Artifact, fault: Fault, bounds: Bounds, *, undecided: bool) -> Survivor | None:
    """Return what is left to say of a fault that changes no verdict and no disposition, as far as is known.

    Raises:
        UndecidedError: it is not known whether it changes a referral, an endorsement, a limit or a load.
    """
    guards = (*guards_of(artifact), *guards_of(fault.artifact))
    members = Members(artifact.vocabulary, guards, Formulas())
    right, wrong = Answers(artifact, members=members), Answers(fault.artifact, members=members)
    rule = next(rule for rule in artifact.rules if rule.id == fault.rule)
    pairs = [(claim, denied(claim, right), denied(claim, wrong)) for claim in _claims(rule, right)]
    formulas, budget = members.formulas, Budget(bounds)
    differing = [formulas.different(truly, wrongly) for _, truly, wrongly in pairs]
    if not undecided and not anybody([formulas.either(differing)], right, budget):
        return None
    for claim, truly, wrongly in pairs:
        member = somebody([formulas.opposite(truly), wrongly], right, budget)
        if member is not None:
            measures = {measure.name: measure for measure in artifact.vocabulary.measures}
            return Survivor(fault.rule, fault.what, example_text(_title(claim), member, members.facts, claim, measures))
    return Survivor(fault.rule, fault.what, None)


_Beside = RecommendedExpected | RoutineReferralExpected | LoadExpected | LimitExpected


def _claims(rule: ir.Rule, answers: Answers) -> Iterator[_Beside]:
    """Yield everything in which `rule` has a say beside verdicts and the disposition."""
    if rule.effect is ir.Effect.ROUTINE:
        yield from (RoutineReferralExpected(shown, NOWHERE) for shown in (True, False))
    for exercise in sorted({*rule.exercises, *rule.grants}):
        yield from (RecommendedExpected((exercise,), said, NOWHERE) for said in (True, False))
        yield from expectations(exercise, answers.touching[exercise].rules)


def _title(claim: _Beside) -> str:
    match claim:
        case RoutineReferralExpected():
            return "A routine referral is shown" if claim.shown else "No routine referral is shown"
        case RecommendedExpected():
            return f"{spelled(claim.exercises[0])} is {'' if claim.recommended else 'not '}recommended"
        case LoadExpected():
            return f"The load of {spelled(claim.exercises[0]).lower()}"
        case LimitExpected():
            return f"The limit on {claim.limit.measure} of {spelled(claim.exercises[0]).lower()}"
        case _:
            assert_never(claim)


# --- faults -----------------------------------------------------------------------------------


def faults(artifact: Artifact) -> Iterator[Fault]:
    """Yield `artifact` with one fault, for each fault that an author might make."""
    for place, rule in enumerate(artifact.rules):
        if rule.effect is ir.Effect.ADVISE:
            continue  # what it says is read by people
        before, after = artifact.rules[:place], artifact.rules[place + 1 :]
        for what, changed in _changed(rule):
            yield Fault(rule.id, what, replace(artifact, rules=(*before, *changed, *after)))


def _changed(rule: ir.Rule) -> Iterator[tuple[str, tuple[ir.Rule, ...]]]:
    yield "the rule is left out", ()
    if rule.effect in _ACTIONS:
        effect = _ACTIONS[rule.effect]
        grants = rule.exercises if effect in ir.GRANTING and not rule.grants else rule.grants
        yield f"{rule.effect.value} becomes {effect.value}", (replace(rule, effect=effect, grants=grants),)
    for what, guard in _guards(rule.guard):
        yield what, (replace(rule, guard=guard),)
    for place, exception in enumerate(rule.exceptions):
        others = rule.exceptions[:place] + rule.exceptions[place + 1 :]
        yield f"the exception “{exception.because}” is left out", (replace(rule, exceptions=others),)
    for place, limit in enumerate(rule.limits):
        others_ = rule.limits[:place] + rule.limits[place + 1 :]
        yield f"the limit on {limit.measure} is left out", (replace(rule, limits=others_),)


def _guards(guard: ir.Guard) -> Iterator[tuple[str, ir.Guard]]:
    """Yield `guard` with one fault."""
    match guard:
        case ir.Always() | ir.Never() | ir.Unknown():
            return
        case ir.Choice():
            yield from _choices(guard)
        case ir.Has():
            yield f"the test of {guard.fact}={guard.term} is turned round", replace(guard, present=not guard.present)
        case ir.Compare():
            yield from _comparisons(guard)
        case ir.AllOf() | ir.AnyOf():
            yield from _compound(guard)
        case ir.AtLeast():
            for count in (guard.count - 1, guard.count + 1):
                yield f"at least {guard.count} becomes at least {count}", replace(guard, count=count)
            yield from _inside(guard)
        case _:
            assert_never(guard)


def _choices(test: ir.Choice) -> Iterator[tuple[str, ir.Guard]]:
    yield f"the test of {test.fact} is turned round", replace(test, negated=not test.negated)
    if len(test.values) > 1:
        for value in test.values:
            left = tuple(other for other in test.values if other != value)
            yield f"{test.fact}={value} is forgotten", replace(test, values=left)


def _comparisons(test: ir.Compare) -> Iterator[tuple[str, ir.Guard]]:
    told = f"{test.fact} {test.operator} {test.value}"
    for operator in _OPERATORS[test.operator]:
        yield f"{told} becomes {test.fact} {operator} {test.value}", replace(test, operator=operator)
    step = max(Decimal(1), (abs(test.value) / 10).to_integral_value())
    for value in (test.value - step, test.value + step):
        yield f"{told} becomes {test.fact} {test.operator} {value}", replace(test, value=value)


def _compound(guard: ir.AllOf | ir.AnyOf) -> Iterator[tuple[str, ir.Guard]]:
    word, other = ("and", ir.AnyOf) if isinstance(guard, ir.AllOf) else ("or", ir.AllOf)
    if len(guard.operands) > 1:
        yield f"`{word}` becomes `{'or' if word == 'and' else 'and'}`", other(guard.operands)
        for place in range(len(guard.operands)):
            left = guard.operands[:place] + guard.operands[place + 1 :]
            yield (
                f"clause {place + 1} of {len(guard.operands)} joined by `{word}` is forgotten",
                left[0] if len(left) == 1 else replace(guard, operands=left),
            )
    yield from _inside(guard)


def _inside(guard: ir.AllOf | ir.AnyOf | ir.AtLeast) -> Iterator[tuple[str, ir.Guard]]:
    for place, operand in enumerate(guard.operands):
        for what, changed in _guards(operand):
            operands = (*guard.operands[:place], changed, *guard.operands[place + 1 :])
            yield what, replace(guard, operands=operands)
