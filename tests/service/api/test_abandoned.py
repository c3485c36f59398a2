"""Work is given up when its caller goes away, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from service.api.abandoned import while_wanted
from service.api.edge import Edge
from service.api.interface import Message
from service.operations.worker import Worker

pytestmark = pytest.mark.anyio

REQUEST: Message = {"type": "http.request", "body": b"", "more_body": False}
GONE: Message = {"type": "http.disconnect"}


def receiving(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """Return a `receive` that hands over `messages`, and then nothing."""
    left = list(messages)

    async def receive() -> Message:
        await asyncio.sleep(0)
        return left.pop(0) if left else await asyncio.Future()

    return receive


class Work:
    """Something that takes until it is told to end."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.cancelled = False

    async def __call__(self) -> None:
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise


async def test_whoever_goes_away_ends_the_work() -> None:
    work = Work()
    await while_wanted(work(), receiving(REQUEST, GONE), lambda: False)
    assert work.cancelled


async def test_an_answer_that_has_begun_is_finished() -> None:
    work = Work()
    waiting = asyncio.create_task(while_wanted(work(), receiving(GONE), lambda: True))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    work.end.set()
    await waiting
    assert not work.cancelled


async def test_whoever_stays_gets_the_answer_and_hears_what_went_wrong() -> None:
    work = Work()
    work.end.set()
    await while_wanted(work(), receiving(REQUEST), lambda: False)
    assert not work.cancelled

    async def fails() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await while_wanted(fails(), receiving(REQUEST), lambda: False)


async def test_a_server_that_stops_ends_the_work() -> None:
    work = Work()
    waiting = asyncio.create_task(while_wanted(work(), receiving(REQUEST), lambda: False))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.sleep(0)
    assert work.cancelled


BODY = b'{"files": [{"name": "a.rules", "text": ""}]}'


@pytest.mark.parametrize(
    ("request_", "body", "job"),
    [
        (("POST", "/v1/checks", b""), BODY, "check"),
        (("GET", "/v1/rulesets/small/releases/1/diff", b"against=1"), b"", "compare"),
    ],
)
async def test_a_check_and_a_comparison_are_given_up(
    app: Edge, monkeypatch: pytest.MonkeyPatch, request_: tuple[str, str, bytes], body: bytes, job: str
) -> None:
    """The edge hands the disconnect on, whatever the framework in between reads."""
    work, begun, sent = Work(), asyncio.Event(), list[Message]()

    async def never(*_: object) -> None:
        begun.set()
        await work()

    async def receive() -> Message:
        if first:
            return first.pop()
        await begun.wait()
        return GONE

    async def send(message: Message) -> None:
        sent.append(message)

    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    monkeypatch.setattr(Worker, job, never)
    method, path, query = request_
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")], "state": {},
        "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    assert work.cancelled
    assert sent == []
