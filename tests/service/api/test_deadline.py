"""Blocks that wait for too long, and cancellations that come from elsewhere."""

from __future__ import annotations

import asyncio

import pytest

from service.api.deadline import Deadline

pytestmark = pytest.mark.anyio


async def test_a_block_that_is_left_in_time_is_let_be() -> None:
    with Deadline(0.02):
        await asyncio.sleep(0)
    await asyncio.sleep(0.04)


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


@pytest.mark.parametrize("seconds", [5, 0.01])
async def test_a_cancellation_from_elsewhere_stays_one_even_if_time_runs_out_too(seconds: float) -> None:
    waiting = asyncio.Event()

    async def wait() -> None:
        with Deadline(seconds):
            waiting.set()
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                await asyncio.sleep(0.03)  # something to tidy up; the second cancellation meets it there
                raise

    task = asyncio.create_task(wait())
    await waiting.wait()
    await asyncio.sleep(0 if seconds > 1 else 0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
