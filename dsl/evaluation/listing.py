"""Lists of what the bits of a mask stand for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np

from dsl.evaluation.lanes import set_places
from dsl.evaluation.once import once

if TYPE_CHECKING:
    from numpy.typing import NDArray

_A_FEW = 24
"""Bits up to which the highest is taken again and again; more are listed eight at a time."""

_MANY = 2_048
"""Items from which on more bits than a few are listed by array."""

Item = TypeVar("Item")


class Listing(Generic[Item]):
    """Lists what the bits of a mask stand for."""

    def __init__(self, items: Sequence[Item]) -> None:
        """List among `items`, the lowest bit's first."""
        self._items = items
        self._size = (len(items) + 7) // 8
        self._cells = tuple(_Cell(items[8 * at : 8 * at + 8]) for at in range(self._size)) if len(items) < _MANY else ()

    @once
    def _array(self) -> NDArray[np.object_]:
        array = np.empty(len(self._items), dtype=object)
        array[:] = self._items
        return array

    def of(self, mask: int) -> list[Item]:
        """Return what the bits of `mask` stand for, lowest first."""
        found: list[Item] = []
        if mask.bit_count() <= _A_FEW:
            items = self._items
            while mask:
                highest = mask.bit_length() - 1
                found.append(items[highest])
                mask ^= 1 << highest
            found.reverse()
            return found
        if not self._cells:
            found.extend(self._array.take(set_places(mask, len(self._items))))
            return found
        octets = mask.to_bytes(self._size, "little")
        for cell, octet in zip(compress(self._cells, octets), filter(None, octets), strict=True):
            found += cell[octet]
        return found


class _Cell(dict[int, tuple[Item, ...]]):
    """Eight items, by which of them are wanted; each worked out when first needed."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items

    def __missing__(self, octet: int) -> tuple[Item, ...]:
        found = self[octet] = tuple(item for place, item in enumerate(self._items) if octet >> place & 1)
        return found
