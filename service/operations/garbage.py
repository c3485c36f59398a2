"""Keeps what stays out of garbage collection: scanning it again and again is what slow answers wait for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 20, 50)
"""Answers leave no garbage that needs collecting, so that collections may be rare: about one in 100,000 answers."""


def settle() -> None:
    """Begin to collect garbage, leaving alone whatever has been loaded so far."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def left_alone() -> Iterator[None]:
    """Leave alone what is loaded meanwhile, as `settle` does, without a pass over it that would hold answers up.

    What is dropped later is freed all the same, as long as it holds no cycles. The garbage of others is collected
    beforehand: frozen, it would stay for good.
    """
    settled = gc.isenabled()
    if settled:
        gc.collect()
    yield
    if settled:
        gc.freeze()
