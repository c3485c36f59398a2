"""Gives up work for a caller who has gone away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from service.api.interface import Message, Receive


async def while_wanted(answering: Awaitable[None], receive: Receive, begun: Callable[[], bool]) -> None:
    """Wait for `answering`; cancel it if its caller goes away, unless the answer has `begun` to be sent.

    `receive` must have handed over the body already, or there is none that anybody reads.
    """
    working = asyncio.ensure_future(answering)
    leaving = asyncio.ensure_future(_gone(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done() and not begun():
            working.cancel()
            await asyncio.wait({working})
            return
        await working
    finally:
        working.cancel()
        leaving.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def nothing_more() -> Message:
    """Wait for ever: what a handler receives while somebody else looks whether its caller is still there."""
    never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    return await never
