"""Gives up what takes too long: `asyncio.timeout` for the one thing that every request waits for, at half its cost."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import cast


class Deadline:
    """A block that is left with `TimeoutError` when it waits for longer than it may.

    Entered and left in the same task. A cancellation from elsewhere stays a cancellation.
    """

    __slots__ = ("_cancellations", "_expired", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        """Allow `seconds` from when the block is entered."""
        self._seconds = seconds

    def __enter__(self) -> None:
        """Start the clock."""
        self._expired = False
        self._task = task = cast("asyncio.Task[object]", asyncio.current_task())
        self._cancellations = task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._expire)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop the clock.

        Raises:
            TimeoutError: it has run out.
        """
        self._timer.cancel()
        if not self._expired:
            return
        others = self._task.uncancel() > self._cancellations
        if kind is asyncio.CancelledError and not others:
            raise TimeoutError from error

    def _expire(self) -> None:
        self._expired = True
        self._task.cancel()
