"""Reads shares that are written as a part of one: `1/3`, `0.3`, `0,3` for 30 %."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_FRACTION = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")
_WHOLE = 100


def meant(text: str, *, raises: bool, percent: bool = False) -> list[str]:
    """Return the percentages that a number without `%` may mean, the most careful first; none where it is no number.

    A fraction, and a number below one, is a part of one; the number as it stands may be meant as well. `raises` says
    that load is added, so that less is more careful. With `percent` behind it, a number is what it says.
    """
    if (fraction := _FRACTION.fullmatch(text)) is not None:
        part, whole = int(fraction[1]), int(fraction[2])
        return [] if not 0 < part < whole else [_plain(_of_hundred(part, whole, raises=raises))]
    try:
        number = Decimal(text.replace(",", "."))
    except ArithmeticError:
        return []
    readings = {number} if percent or not 0 < number < 1 else {number, number * _WHOLE}
    return [_plain(one) for one in sorted(readings, reverse=not raises)]


def _of_hundred(part: int, whole: int, *, raises: bool) -> Decimal:
    exact = Decimal(_WHOLE * part) / whole
    return exact if exact == round(exact, 1) else exact.quantize(Decimal(1), ROUND_DOWN if raises else ROUND_HALF_UP)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(shares: Sequence[str], before: str = "", behind: str = "") -> str:
    """Return how to write one of `shares`, the most careful of which is the first."""
    first, *others = (f"write `{before}{share} %{behind}`" for share in shares)
    return ", the more careful share, or ".join((first, *others))
