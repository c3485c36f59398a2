"""Units: a closed list, converted exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.semantics.units import UNITS, UnitError, convert, convertible

units = st.sampled_from(sorted(UNITS))
values = st.decimals(min_value=-(10**6), max_value=10**6, places=3)


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("430", "min", "h", None),
        ("420", "min", "h", "7"),
        ("2", "week", "day", "14"),
        ("1.5", "year", "month", "18"),
        ("1", "lb", "g", "453.59237"),
        ("1", "in", "cm", "2.54"),
        ("50", "%", "%", "50"),
    ],
)
def test_known_conversions(value: str, unit: str, to: str, expected: str | None) -> None:
    found = convert(Decimal(value), unit, to)
    if expected is None:
        assert 7 < found < Decimal("7.2")
    else:
        assert found == Decimal(expected)


@given(units, units, values)
def test_units_of_different_things_do_not_convert(unit: str, to: str, value: Decimal) -> None:
    if UNITS[unit].dimension == UNITS[to].dimension:
        assert to in convertible(unit)
        convert(value, unit, to)
    else:
        assert to not in convertible(unit)
        with pytest.raises(UnitError):
            convert(value, unit, to)


@given(units, st.data(), values, values)
def test_order_and_equality_survive(unit: str, data: st.DataObject, one: Decimal, other: Decimal) -> None:
    to = data.draw(st.sampled_from(convertible(unit)))
    left, right = convert(one, unit, to), convert(other, unit, to)
    assert (left < right) is (one < other)
    assert (left == right) is (one == other)


def test_what_is_no_unit_is_refused() -> None:
    with pytest.raises(UnitError, match="`furlong` is not a unit"):
        convert(Decimal(1), "furlong", "m")
    assert convertible("furlong") == ("furlong",)
