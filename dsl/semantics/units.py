"""The closed list of units, and exact conversion between those of one dimension."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import NamedTuple

_EXACT = Context(prec=60)
"""Wide enough that numbers of up to 20 digits keep their order and their equality when converted."""


class Unit(NamedTuple):
    """What a unit measures, and how many of its dimension's smallest unit it is."""

    dimension: str
    size: Decimal


UNITS: dict[str, Unit] = {
    "%": Unit("share", Decimal(1)),
    "ms": Unit("duration", Decimal(1)),
    "s": Unit("duration", Decimal(1_000)),
    "min": Unit("duration", Decimal(60_000)),
    "h": Unit("duration", Decimal(3_600_000)),
    "day": Unit("duration", Decimal(86_400_000)),
    "week": Unit("duration", Decimal(604_800_000)),
    "month": Unit("calendar", Decimal(1)),
    "year": Unit("calendar", Decimal(12)),
    "g": Unit("mass", Decimal(1)),
    "kg": Unit("mass", Decimal(1_000)),
    "lb": Unit("mass", Decimal("453.59237")),
    "mm": Unit("length", Decimal(1)),
    "cm": Unit("length", Decimal(10)),
    "in": Unit("length", Decimal("25.4")),
    "m": Unit("length", Decimal(1_000)),
    "km": Unit("length", Decimal(1_000_000)),
    "deg": Unit("angle", Decimal(1)),
    "bpm": Unit("rate", Decimal(1)),
    "steps": Unit("steps", Decimal(1)),
    "reps": Unit("repetitions", Decimal(1)),
    "sets": Unit("sets", Decimal(1)),
}
"""A calendar month has no fixed number of days, so `month` and `year` convert to each other only.

Source: the pound and the inch by the international agreement of 1959 (0.45359237 kg, 25.4 mm).
"""


class UnitError(ValueError):
    """The unit is not in the list, or measures something else."""


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """Return `value`, given in `unit`, in the unit `to`.

    Raises:
        UnitError: a unit that is not in the list, or two that do not measure the same.
    """
    if unit == to and unit in UNITS:
        return value
    source, target = _unit(unit), _unit(to)
    if source.dimension != target.dimension:
        raise UnitError(f"`{unit}` is a unit of {source.dimension}, `{to}` of {target.dimension}")
    return _EXACT.divide(_EXACT.multiply(value, source.size), target.size)


def convertible(unit: str) -> tuple[str, ...]:
    """Return the units that `unit` can be given in, itself included; only itself when it is not in the list."""
    if unit not in UNITS:
        return (unit,)
    dimension = UNITS[unit].dimension
    return tuple(name for name, other in UNITS.items() if other.dimension == dimension)


def _unit(name: str) -> Unit:
    if name not in UNITS:
        raise UnitError(f"`{name}` is not a unit")
    return UNITS[name]
