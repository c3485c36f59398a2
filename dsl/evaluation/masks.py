"""Sets of small numbers as the bits of one integer."""

from __future__ import annotations

from collections.abc import Iterable


def bits(places: Iterable[int]) -> int:
    """Return the integer whose bits are set at `places`."""
    found = sorted(places)
    if not found:
        return 0
    octets = bytearray((found[-1] >> 3) + 1)
    for place in found:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


def places(row: int) -> list[int]:
    """Return the places of the bits of `row` that are set, lowest first; for rows with few of them."""
    found = []
    while row:
        low = row & -row
        found.append(low.bit_length() - 1)
        row ^= low
    return found
