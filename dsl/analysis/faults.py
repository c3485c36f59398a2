"""Small faults that an author makes, planted in a release one at a time, and what became of them: plain values.

An operator or a threshold that is a little off, a clause forgotten, `and` for `or`, another action, a rule or an
exception left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple, assert_never

import msgspec
from msgspec.structs import replace

from dsl.semantics import ir
from dsl.semantics.release import Artifact

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

_SPOKEN = frozenset({ir.Effect.ADVISE, ir.Effect.ROUTINE})
"""Actions that only say something; what they say is read by people, not held against examples."""


class Fault(NamedTuple):
    """One planted fault: in which rule, what was done to it, and the release with it."""

    rule: str
    what: str
    artifact: Artifact


class Survivor(msgspec.Struct, frozen=True):
    """A fault that no example notices.

    `example` would notice it: it holds without the fault, and not with it; null where no verdict and no disposition
    tells the difference, but a limit, a load or a recommendation may.
    """

    rule: str
    what: str
    example: str | None


class Mutation(msgspec.Struct, frozen=True):
    """What became of planted faults. `harmless` are those that change nobody's answer.

    `untried` are rules of which not all faults were planted, because whoever watches had seen enough.
    """

    noticed: int
    harmless: int
    survivors: tuple[Survivor, ...]
    untried: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """Return which part of the faults that matter are noticed, 1 where there are none."""
        matter = self.noticed + len(self.survivors)
        return self.noticed / matter if matter else 1.0


def faults(artifact: Artifact) -> Iterator[Fault]:
    """Yield `artifact` with one fault, for each fault that an author might make."""
    for place, rule in enumerate(artifact.rules):
        if rule.effect in _SPOKEN:
            continue
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
