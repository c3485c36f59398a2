"""Sets of small numbers as the bits of one integer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import compress
from operator import getitem, or_


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


class Union:
    """The union of sets that the bits of a mask stand for, each set the bits of an integer itself."""

    def __init__(self, sets: Sequence[int]) -> None:
        """Join among `sets`, the lowest bit's first."""
        self._size = (len(sets) + 7) // 8
        self._cells = tuple(_Cell(sets[8 * at : 8 * at + 8]) for at in range(self._size))

    def of(self, mask: int) -> int:
        """Return the union of the sets that the bits of `mask` stand for."""
        octets = mask.to_bytes(self._size, "little")
        return reduce(or_, map(getitem, compress(self._cells, octets), filter(None, octets)), 0)


class _Cell(dict[int, int]):
    """The union of eight sets, by which of them are wanted; each worked out when first needed."""

    def __init__(self, sets: Sequence[int]) -> None:
        super().__init__()
        self._sets = sets

    def __missing__(self, octet: int) -> int:
        found = 0
        for place, one in enumerate(self._sets):
            if octet >> place & 1:
                found |= one
        self[octet] = found
        return found
