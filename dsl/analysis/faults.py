"""Small faults, planted in a release one at a time, as an author makes them, and what became of them: plain values.

An operator or a threshold that is a little off, a clause forgotten, `and` for `or`, another action, a limit or a load
that is not meant, a rule, an exception or an override left out; what is impossible, and whom a pack covers, likewise.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, assert_never

import msgspec
from msgspec.structs import replace

from dsl.semantics import ir
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Measure

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
    ir.Effect.STOP: ir.Effect.URGENT,
    ir.Effect.ROUTINE: ir.Effect.URGENT,
    ir.Effect.AVOID: ir.Effect.CLEARANCE,
    ir.Effect.CLEARANCE: ir.Effect.CAUTION,
    ir.Effect.MODIFY: ir.Effect.CAUTION,
    ir.Effect.CAUTION: ir.Effect.ALLOW,
    ir.Effect.REDUCE: ir.Effect.HOLD,
    ir.Effect.RECOMMEND: ir.Effect.ALLOW,
    ir.Effect.ALLOW: ir.Effect.RECOMMEND,
}
"""What each action is mistaken for: the one beside it."""


class Fault(NamedTuple):
    """One planted fault: in which rule, what was done to it, and the release with it.

    A fault in an override is one in the rule that it takes back. Outside of rules, `rule` is `IMPOSSIBLE` for what is
    called impossible, and the name of the pack for what it covers.
    """

    rule: str
    what: str
    artifact: Artifact


IMPOSSIBLE = "impossible"
"""Where faults stand that are planted in `impossible when …`."""


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
    """What became of planted faults.

    `untried` are rules of which not all faults were planted, because whoever watches had seen enough.
    """

    noticed: int
    harmless: tuple[Harmless, ...]
    survivors: tuple[Survivor, ...]
    untried: tuple[str, ...] = ()

    @property
    def mattering(self) -> int:
        """Return how many faults change somebody's answer, or could, as far as is known."""
        return self.noticed + len(self.survivors)

    @property
    def score(self) -> float | None:
        """Return how many per cent of the faults that matter are noticed, to a tenth, never rounded up.

        None: none that matters was planted.
        """
        return 1000 * self.noticed // self.mattering / 10 if self.mattering else None

    def reaches(self, least: float) -> bool:
        """Return whether at least `least` per cent of the faults that matter are noticed; of none, all are."""
        return 100 * self.noticed >= least * self.mattering


def plantable(artifact: Artifact) -> Iterator[str]:
    """Yield where faults can stand: rules, packs that cover somebody, what is impossible."""
    yield from (rule.id for rule in artifact.rules)
    yield from (pack.name for pack in artifact.packs if pack.covers is not None)
    yield from [IMPOSSIBLE] if artifact.contradictions else []


def faults(artifact: Artifact, impossible: Container[str] | None = None) -> Iterator[Fault]:
    """Yield `artifact` with one fault, for each fault that an author might make.

    Args:
        artifact: the release.
        impossible: the guards, as they are written, of the `impossible` that faults are planted in; None: of every one.
    """
    yield from _in_rules(artifact)
    yield from _in_overrides(artifact)
    yield from _in_packs(artifact)
    yield from _in_contradictions(artifact, impossible)


def _in_overrides(artifact: Artifact) -> Iterator[Fault]:
    for place, override in enumerate(artifact.overrides):
        before, after = artifact.overrides[:place], artifact.overrides[place + 1 :]
        told = f"the override “{override.because}” of {override.pack}"
        yield Fault(override.rule, f"{told} is left out", replace(artifact, overrides=(*before, *after)))
        for what, guard in _guards(override.guard):
            changed = (*before, replace(override, guard=guard), *after)
            yield Fault(override.rule, f"in {told} {what}", replace(artifact, overrides=changed))


def _in_packs(artifact: Artifact) -> Iterator[Fault]:
    for place, pack in enumerate(artifact.packs):
        before, after = artifact.packs[:place], artifact.packs[place + 1 :]
        for what, covers in () if pack.covers is None else [("is left out", None), *_guards(pack.covers)]:
            told = f"`covers` {what}" if covers is None else f"in `covers` {what}"
            changed = (*before, replace(pack, covers=covers), *after)
            yield Fault(pack.name, told, replace(artifact, packs=changed))


def _in_contradictions(artifact: Artifact, impossible: Container[str] | None) -> Iterator[Fault]:
    for place, known in enumerate(artifact.contradictions):
        before, after = artifact.contradictions[:place], artifact.contradictions[place + 1 :]
        if impossible is not None and known.text not in impossible:
            continue
        yield Fault(IMPOSSIBLE, f"“{known.text}” is left out", replace(artifact, contradictions=(*before, *after)))
        for what, guard in _guards(known.guard):
            changed = (*before, replace(known, guard=guard), *after)
            yield Fault(IMPOSSIBLE, f"in “{known.text}” {what}", replace(artifact, contradictions=changed))


def _in_rules(artifact: Artifact) -> Iterator[Fault]:
    measures = {measure.name: measure for measure in artifact.vocabulary.measures}
    for place, rule in enumerate(artifact.rules):
        if rule.effect is ir.Effect.ADVISE:
            continue  # what it says is read by people
        before, after = artifact.rules[:place], artifact.rules[place + 1 :]
        for what, changed in _changed(rule, measures):
            yield Fault(rule.id, what, replace(artifact, rules=(*before, *changed, *after)))


def _changed(rule: ir.Rule, measures: Mapping[str, Measure]) -> Iterator[tuple[str, tuple[ir.Rule, ...]]]:
    yield "the rule is left out", ()
    if rule.effect in _ACTIONS:
        effect = _ACTIONS[rule.effect]
        grants = rule.exercises if effect in ir.GRANTING and not rule.grants else rule.grants
        yield f"{rule.effect.value} becomes {effect.value}", (replace(rule, effect=effect, grants=grants),)
    for what, guard in _guards(rule.guard):
        yield what, (replace(rule, guard=guard),)
    for what, exceptions in _exceptions(rule.exceptions):
        yield what, (replace(rule, exceptions=exceptions),)
    for what, limits in _limits(rule.limits, measures):
        yield what, (replace(rule, limits=limits),)
    if rule.step is not None:
        for step in (rule.step - _LOAD_STEP, rule.step + _LOAD_STEP):
            yield f"the load factor {rule.step} becomes {step}", (replace(rule, step=step),)


_LOAD_STEP = Decimal("0.01")


def _exceptions(exceptions: tuple[ir.Exception_, ...]) -> Iterator[tuple[str, tuple[ir.Exception_, ...]]]:
    for place, exception in enumerate(exceptions):
        before, after = exceptions[:place], exceptions[place + 1 :]
        yield f"the exception “{exception.because}” is left out", (*before, *after)
        for what, guard in _guards(exception.guard):
            told = f"in the exception “{exception.because}” {what}"
            yield told, (*before, replace(exception, guard=guard), *after)


def _limits(
    limits: tuple[ir.Limit, ...], measures: Mapping[str, Measure]
) -> Iterator[tuple[str, tuple[ir.Limit, ...]]]:
    for place, limit in enumerate(limits):
        before, after = limits[:place], limits[place + 1 :]
        yield f"the limit on {limit.measure} is left out", (*before, *after)
        for what, moved in _moved(limit, measures[limit.measure]):
            yield what, (*before, moved, *after)


def _moved(limit: ir.Limit, measure: Measure) -> Iterator[tuple[str, ir.Limit]]:
    """Yield a limit whose bound is a little off, within what the measure has."""
    low, high = (Decimal(0), Decimal(len(measure.steps) - 1)) if measure.steps else (measure.low, measure.high)
    for side, bound in (("low", limit.low), ("high", limit.high)):
        for value in () if bound is None else (bound - _step(bound), bound + _step(bound)):
            if (low is None or low <= value) and (high is None or value <= high):
                yield f"the limit on {limit.measure} moves from {bound} to {value}", replace(limit, **{side: value})


def _step(value: Decimal) -> Decimal:
    return max(Decimal(1), (abs(value) / 10).to_integral_value())


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
    for value in (test.value - _step(test.value), test.value + _step(test.value)):
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
