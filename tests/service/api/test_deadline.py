"""Blocks that wait for too long, and cancellations that come from elsewhere."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from service.api.deadline import Deadline

pytestmark = pytest.mark.anyio


async def test_a_block_that_is_left_in_time_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    loop, now = asyncio.get_running_loop(), itertools.chain([0.0], itertools.repeat(61.0))
    monkeypatch.setattr(loop, "time", lambda: next(now))
    with Deadline(60):
        pass
    for _ in range(3):  # a timer that was still set would go off
        await asyncio.sleep(0)


async def test_a_block_that_waits_for_too_long_is_left_and_the_task_goes_on() -> None:
    with pytest.raises(TimeoutError), Deadline(0.01):
        await asyncio.sleep(5)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_what_the_block_itself_raises_goes_through() -> None:
    with pytest.raises(KeyError), Deadline(5):
        raise KeyError


async def test_what_is_raised_while_it_is_left_goes_through() -> None:
    async def wait() -> None:
        try:
            await asyncio.sleep(5)
        finally:
            raise KeyError

    with pytest.raises(KeyError), Deadline(0.01):
        await wait()


@pytest.mark.parametrize("seconds", [60, 0])
async def test_a_cancellation_from_elsewhere_stays_one_even_if_time_runs_out_too(seconds: float) -> None:
    waiting, tidying = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        with Deadline(seconds):
            waiting.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                tidying.set()
                await asyncio.sleep(0 if seconds else 60)  # something to tidy up; a second cancellation meets it there
                raise

    task = asyncio.create_task(wait())
    await (waiting if seconds else tidying).wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
