"""Numbers as written, turned into exact decimals in the unit of what they are held against."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from dsl.semantics.units import UNITS, UnitError, convert
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic


class Range(NamedTuple):
    """What numbers a fact or a measure takes; `name` is how its author calls it."""

    name: str
    low: Decimal
    high: Decimal
    unit: str | None
    whole: bool

    def __str__(self) -> str:
        """Return the range as its author wrote it."""
        unit = f" {self.unit}" if self.unit else ""
        return f"{plain(self.low)} to {plain(self.high)}{unit}"


def range_of(name: str, number: ast.Number) -> Range:
    """Return the range that `number` declares, its ends in its own unit where these convert."""
    unit = number.unit or number.high.unit or number.low.unit
    text = unit.text if unit else None
    return Range(name, _end(number.low, text), _end(number.high, text), text, number.whole)


def _end(end: ast.Quantity, unit: str | None) -> Decimal:
    found = in_unit(end, Range("", end.value, end.value, unit, False))
    return end.value if isinstance(found, Diagnostic) else found


def canonical(value: Decimal) -> Decimal:
    """Return `value` in the one form that stands in an artifact: no exponent, no trailing zeros, no minus zero."""
    if str(value).isdigit():  # what most numbers are: whole, and so in that form already
        return value
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Decimal(0) if text in ("", "-0", "-") else Decimal(text)


def plain(value: Decimal) -> str:
    """Return `value` as it is read, without an exponent."""
    return format(canonical(value), "f")


def in_unit(quantity: ast.Quantity, wanted: Range) -> Decimal | Diagnostic:
    """Return `quantity` in the unit of `wanted`, or why it has none there; a bare number is in that unit already."""
    unit = quantity.unit
    if unit is None or unit.text == wanted.unit:
        return canonical(quantity.value)
    if wanted.unit is None:
        message = f"`{wanted.name}` has no unit"
        return Diagnostic("E303", unit.span, message, f"write `{plain(quantity.value)}`")
    try:
        return canonical(convert(quantity.value, unit.text, wanted.unit))
    except UnitError as error:
        return Diagnostic(
            "E303", unit.span, f"`{wanted.name}` is in {wanted.unit}: {error}", f"write it in {wanted.unit}"
        )


def misfit(quantity: ast.Quantity, wanted: Range) -> Diagnostic | None:
    """Return why the unit of `quantity` does not fit `wanted`; None when it does, or when a unit is unknown."""
    units = {quantity.unit.text if quantity.unit else None, wanted.unit} - {None}
    found = in_unit(quantity, wanted) if wanted.unit is None or units <= UNITS.keys() else None
    return found if isinstance(found, Diagnostic) else None


def within(quantity: ast.Quantity, wanted: Range) -> Diagnostic | None:
    """Return what keeps `quantity` from being a value of `wanted`; None when it is one, or when a unit is unknown."""
    value = in_unit(quantity, wanted)
    if isinstance(value, Diagnostic):
        return misfit(quantity, wanted)
    if not wanted.low <= value <= wanted.high:
        return Diagnostic(
            "E302", quantity.span, f"{shown(quantity)} is no value of `{wanted.name}`", f"write a number from {wanted}"
        )
    if wanted.whole and value != value.to_integral_value():
        return Diagnostic(
            "E302",
            quantity.span,
            f"`{wanted.name}` is a whole number, {shown(quantity)} is none",
            "write a whole number",
        )
    return None


def shown(quantity: ast.Quantity) -> str:
    """Return `quantity` as it is written."""
    return f"{plain(quantity.value)} {quantity.unit.text}" if quantity.unit else plain(quantity.value)


def parameter_value(parameter: ast.Parameter) -> ast.Quantity:
    """Return the value of `parameter` with its unit, which may stand at an end of its range only."""
    unit = parameter.value.unit or parameter.high.unit or parameter.low.unit
    return replace(parameter.value, unit=unit)


def parameter_range(parameter: ast.Parameter) -> Range:
    """Return the range in which `parameter` may be moved, in the unit of its value."""
    unit = parameter_value(parameter).unit
    ends = ast.Number(parameter.low, parameter.high, unit)
    return range_of(parameter.name.text, ends)
