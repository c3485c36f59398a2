"""Loaded releases lie outside of garbage collection, and are freed all the same."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import msgspec
import pytest

from service.api.edge import Edge
from service.api.interface import Message
from service.operations import library
from service.operations.context import Context
from tests.service.support import RECOMMEND, RULES, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

RELEASES = "/v1/rulesets/small/releases"
A_RELEASE = 500
"""Fewer objects than a release is made of, and more than come and go by chance."""

FACTS = {"facts": {"condition": ["disc_herniation"], "pain": "acute"}}


async def _ask(client: httpx.AsyncClient, number: int) -> None:
    answer = await client.post(f"{RELEASES}/{number}/recommendations", json=FACTS)
    assert answer.json()["release"] == number


async def _comes_below(most: int, count: Callable[[], int]) -> bool:
    """Return whether `count` falls below `most` soon: threads let go of what they have loaded a moment later."""
    for _ in range(100):
        if count() < most:
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.fixture
async def second(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of a release that is loaded anew for every answer."""
    monkeypatch.setattr(library, "_MOST_PINNED", 0)
    return int((await client.post(RELEASES, json=files(RULES + "# again\n"))).json()["number"])


@pytest.mark.usefixtures("app")
async def test_a_service_that_runs_has_put_aside_what_it_has_loaded() -> None:
    assert gc.isenabled()
    assert gc.get_threshold()[0] == 50_000
    assert gc.get_freeze_count() > len(gc.get_objects())


async def test_a_release_that_is_loaded_later_is_put_aside_too(app: Edge, second: int) -> None:
    context: Context = cast("Any", app.app).state.context
    gc.collect()
    before, loose = gc.get_freeze_count(), len(gc.get_objects())
    loaded = await context.library.pinned("small", second)
    assert gc.get_freeze_count() > before + A_RELEASE
    assert len(gc.get_objects()) < loose + A_RELEASE
    del loaded


async def test_releases_that_come_and_go_leave_nothing_behind(client: httpx.AsyncClient, second: int) -> None:
    await _ask(client, second)
    gc.collect()
    gc.disable()  # what goes must need no collection: outside of it, none would ever find a cycle
    try:
        before = gc.get_freeze_count() + len(gc.get_objects())
        for _ in range(10):
            await _ask(client, second)
        assert await _comes_below(before + A_RELEASE, lambda: gc.get_freeze_count() + len(gc.get_objects()))
    finally:
        gc.enable()


async def test_releases_that_come_and_go_do_not_pile_up_outside_of_collection(
    client: httpx.AsyncClient, second: int
) -> None:
    await _ask(client, second)
    before = gc.get_freeze_count()
    for _ in range(10):
        await _ask(client, second)
    assert await _comes_below(before + A_RELEASE, gc.get_freeze_count)


async def test_an_answer_leaves_no_garbage_to_collect(app: Edge) -> None:
    await _asked(app)
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            await _asked(app)
        assert gc.collect() == 0
    finally:
        gc.enable()


async def _asked(app: Edge) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": msgspec.json.encode(FACTS), "more_body": False}

    async def send(message: Message) -> None:
        assert message.get("status", 200) == 200

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": RECOMMEND, "raw_path": RECOMMEND.encode(), "query_string": b""}
    await app({**scope, "headers": headers}, receive, send)
