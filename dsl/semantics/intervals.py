"""Limits on measures: whether they fit, and the interval that they make together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from dsl.semantics import ir
from dsl.semantics.declarations import Declarations, PackContents
from dsl.semantics.guard_types import number_fits
from dsl.semantics.quantities import in_unit, parameter_value, range_of
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic


def check_limits(rule: ast.Rule, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every limit of `rule` that does not fit its measure, and two that leave nothing."""
    faults = [fault for limit in rule.limits for fault in check_limit(limit, pack, declared)]
    yield from faults
    if not faults:
        yield from _empty(rule, pack, declared)


def check_limit(limit: ast.Limit, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield why `limit` does not fit its measure; names that lead nowhere are passed over."""
    measure = declared.measures.get(limit.measure.text)
    if measure is None:
        return
    match measure.kind:
        case ast.Number():
            yield from number_fits(limit.value, range_of(measure.name.text, measure.kind), pack)
        case ast.Scale() if isinstance(limit.value, ast.Quantity):
            steps = " < ".join(step.text for step in measure.kind.steps)
            message = f"`{measure.name.text}` is a scale and is limited by one of its steps"
            yield Diagnostic("E311", limit.value.span, message, f"its steps are {steps}")
        case ast.Scale():
            return


def _empty(rule: ast.Rule, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    bounds: dict[str, ir.Limit] = {}
    for limit in rule.limits:
        bound = interval(limit, pack, declared)
        if bound is None:
            continue
        together = _meet(bounds.get(bound.measure, ir.Limit(bound.measure)), bound)
        if together.low is not None and together.high is not None and together.low > together.high:
            message = f"no `{bound.measure}` is left: the limits of this rule exclude each other"
            yield Diagnostic("E406", limit.span, message, "write `avoid` if the exercise is not to be done")
            return
        bounds[bound.measure] = together


def intervals(limits: Iterable[ast.Limit], pack: PackContents, declared: Declarations) -> tuple[ir.Limit, ...]:
    """Return what checked `limits` leave of each measure, by measure."""
    bounds: dict[str, ir.Limit] = {}
    for limit in limits:
        bound = interval(limit, pack, declared)
        if bound is not None:
            bounds[bound.measure] = _meet(bounds.get(bound.measure, bound), bound)
    return tuple(bounds[name] for name in sorted(bounds))


def interval(limit: ast.Limit, pack: PackContents, declared: Declarations) -> ir.Limit | None:
    """Return what `limit` leaves of its measure, in the measure's unit or scale; None if it does not fit."""
    value = _place(limit, pack, declared)
    match limit.comparator:
        case _ if value is None:
            return None
        case ast.Comparator.AT_MOST:
            return ir.Limit(limit.measure.text, high=value)
        case ast.Comparator.AT_LEAST:
            return ir.Limit(limit.measure.text, low=value)
        case _:
            return ir.Limit(limit.measure.text, low=value, high=value)


def _place(limit: ast.Limit, pack: PackContents, declared: Declarations) -> Decimal | None:
    measure = declared.measures.get(limit.measure.text)
    match measure.kind if measure else None:
        case ast.Scale() as scale if isinstance(limit.value, ast.Name):
            steps = [step.text for step in scale.steps]
            return Decimal(steps.index(limit.value.text)) if limit.value.text in steps else None
        case ast.Number() as number:
            quantity = _quantity(limit.value, pack)
            found = in_unit(quantity, range_of(limit.measure.text, number)) if quantity else None
            return found if isinstance(found, Decimal) else None
        case _:
            return None


def _quantity(value: ast.Value, pack: PackContents) -> ast.Quantity | None:
    if isinstance(value, ast.Quantity):
        return value
    parameter = pack.parameters.get(value.text)
    return parameter_value(parameter) if parameter else None


def _meet(one: ir.Limit, other: ir.Limit) -> ir.Limit:
    lows = [low for low in (one.low, other.low) if low is not None]
    highs = [high for high in (one.high, other.high) if high is not None]
    return ir.Limit(one.measure, max(lows, default=None), min(highs, default=None))
