"""The outermost layer: what is refused before a handler sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from service.api import edge as module
from service.api.edge import Edge
from service.api.interface import Message
from service.app import create_app
from service.operations.shipped import Packs
from service.settings import Settings
from tests.service.support import JSON, RECOMMEND, asked, started

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

BODY_LIMIT = 256 * 1024
CHANNEL = "/v1/rulesets/small/channels/stable"


def slug(response: httpx.Response) -> str:
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == response.status_code
    return str(problem["type"]).removeprefix("urn:spotter:problem:")


# --- hosts, headers, paths, methods -------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "localhost.evil.example"])
async def test_a_host_that_is_not_this_machine_is_refused(client: httpx.AsyncClient, host: str) -> None:
    response = await client.get("/health/live", headers={"Host": host})
    assert (response.status_code, slug(response)) == (421, "host-not-allowed")


async def test_an_allowed_host_is_answered(settings: Settings, packs: Packs) -> None:
    named = Settings(data_dir=settings.data_dir, allowed_hosts=("spotter.internal",))
    async with started(create_app(named, shipped=packs)) as app, asked(app) as client:
        assert (await client.get("/health/live", headers={"Host": "spotter.internal"})).status_code == 200


async def test_headers_are_bounded(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live", headers={"X-Long": "x" * 17_000})
    assert (response.status_code, slug(response)) == (431, "headers-too-large")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v1/rulesets/",
        "//v1/rulesets",
        "/v1//rulesets",
        "/V1/rulesets",
        "/v1/rulesets/Small",
        "/v1/rulesets/small%0A",
        "/v1/rulesets/small%00",
        "/v1/rulesets/small%2Freleases",
        "/v1/rulesets/%ff",
        "/v1/rulesets/" + "a" * 64,
        "/v1/rulesets/small/releases/0",
        "/v1/rulesets/small/releases/01",
        "/v1/rulesets/small/releases/-1",
        "/v1/rulesets/small/releases/1.0",
        "/v1/rulesets/small/releases/%D9%A1",
        "/v1/rulesets/small/releases/1000000000",
        "/v1/rulesets/small/releases/99999999999999999999",
        "/v1/rulesets/small/channels/canary",
        "/schema",
        "/schema/openapi.yaml",
        "/.env",
    ],
)
async def test_a_path_that_is_none_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert (response.status_code, slug(response)) == (404, "not-found")


async def test_an_overlong_address_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/rulesets?cursor=" + "a" * 5_000)
    assert (response.status_code, slug(response)) == (414, "uri-too-long")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/rulesets", "GET, HEAD, OPTIONS, POST"),
        ("POST", CHANNEL, "GET, HEAD, OPTIONS, PUT"),
        ("GET", RECOMMEND, "OPTIONS, POST"),
        ("HEAD", RECOMMEND, "OPTIONS, POST"),
        ("TRACE", "/health/live", "GET, HEAD, OPTIONS"),
        ("QUERY", "/v1/meta", "GET, HEAD, OPTIONS"),
    ],
)
async def test_another_method_is_refused_with_all_that_are_allowed(
    client: httpx.AsyncClient, method: str, path: str, allow: str
) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.headers["Allow"]) == (405, allow)


async def test_options_says_all_that_is_allowed(client: httpx.AsyncClient) -> None:
    response = await client.options(CHANNEL)
    assert (response.status_code, response.headers["Allow"], response.content) == (204, "GET, HEAD, OPTIONS, PUT", b"")


async def test_head_is_get_without_its_body(client: httpx.AsyncClient) -> None:
    head, get = await client.head("/v1/rulesets"), await client.get("/v1/rulesets")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers
    assert int(head.headers["Content-Length"]) == len(get.content)


async def test_head_of_what_is_not_there_has_no_body_either(client: httpx.AsyncClient) -> None:
    response = await client.head("/v1/rulesets/absent")
    assert (response.status_code, response.content) == (404, b"")


# --- queries, media types -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/v1/rulesets?limits=5", "limits"),
        ("/v1/rulesets?Limit=5", "Limit"),
        ("/v1/rulesets?limit=5&limit=5", "limit"),
        ("/v1/rulesets?limit=0", "limit"),
        ("/v1/rulesets?limit=101", "limit"),
        ("/v1/rulesets?limit=", "limit"),
        ("/v1/rulesets?limit=1e1", "limit"),
        ("/v1/rulesets?limit=5.0", "limit"),
        ("/v1/rulesets?limit=%2B5", "limit"),
        ("/v1/rulesets?limit=%D9%A5", "limit"),
        ("/v1/rulesets?cursor=A", "cursor"),
        ("/v1/rulesets?cursor=small%0A", "cursor"),
        ("/v1/rulesets?cursor=", "cursor"),
        ("/v1/rulesets/small/releases?cursor=0", "cursor"),
        ("/v1/rulesets/small/releases?cursor=x", "cursor"),
        ("/health/live?verbose", "verbose"),
        ("/docs?x=1", "x"),
    ],
)
async def test_a_query_that_is_not_as_described_is_refused(
    client: httpx.AsyncClient, path: str, parameter: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, slug(response)) == (400, "invalid-parameter")
    (fault,) = response.json()["errors"]
    assert fault["parameter"] == parameter
    assert "regex" not in fault["detail"]


@pytest.mark.parametrize("query", ["view=all", "view=", "channel=canary", "view=full&view=full", "views=full"])
async def test_a_query_of_the_main_question_is_checked_too(client: httpx.AsyncClient, query: str) -> None:
    response = await client.post(f"{RECOMMEND}?{query}", json={})
    assert (response.status_code, slug(response)) == (400, "invalid-parameter")


@pytest.mark.parametrize("query", ["cursor=%ff", "a" + "&a" * 30])
async def test_a_query_that_cannot_be_read_is_refused(client: httpx.AsyncClient, query: str) -> None:
    response = await client.get(f"/v1/rulesets?{query}")
    assert (response.status_code, slug(response)) == (400, "malformed-request")


async def test_a_problem_does_not_repeat_the_address(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/rulesets?cursor=SADDLE_NUMBNESS")
    assert response.status_code == 400
    assert "SADDLE_NUMBNESS" not in response.text


@pytest.mark.parametrize(
    "accept",
    ["application/json", "*/*", "application/*", "text/html, */*;q=0.1", "APPLICATION/JSON;charset=utf-8", ""],
)
async def test_an_accept_that_takes_json_is_answered(client: httpx.AsyncClient, accept: str) -> None:
    assert (await client.get("/v1/meta", headers={"Accept": accept})).status_code == 200


@pytest.mark.parametrize(
    "accept",
    ["text/html", "application/xml, text/*", "application/json;q=0", "application/json;q=0.0, */*", "nonsense"],
)
async def test_an_accept_that_leaves_json_out_is_refused(client: httpx.AsyncClient, accept: str) -> None:
    response = await client.get("/v1/meta", headers={"Accept": accept})
    assert (response.status_code, slug(response)) == (406, "not-acceptable")


async def test_the_page_for_readers_is_html(client: httpx.AsyncClient) -> None:
    response = await client.get("/docs", headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("media_type", ["application/json", 'application/json; charset="UTF-8"', "Application/JSON ;"])
async def test_json_is_read(client: httpx.AsyncClient, media_type: str) -> None:
    response = await client.post(RECOMMEND, content=b'{"facts": {}}', headers={"Content-Type": media_type})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/jsonx"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**JSON, "Content-Encoding": "gzip"},
    ],
)
async def test_any_other_media_type_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await client.post(RECOMMEND, content=b'{"facts": {}}', headers=headers)
    assert (response.status_code, slug(response)) == (415, "unsupported-media-type")


# --- bodies -------------------------------------------------------------------------------------


def _padded(size: int) -> bytes:
    body = b'{"facts": {}}'
    return body + b" " * (size - len(body))


async def test_a_body_is_read_up_to_its_bound_and_not_past_it(client: httpx.AsyncClient) -> None:
    assert (await client.post(RECOMMEND, content=_padded(BODY_LIMIT), headers=JSON)).status_code == 200
    response = await client.post(RECOMMEND, content=_padded(BODY_LIMIT + 1), headers=JSON)
    assert (response.status_code, slug(response)) == (413, "too-large")


async def test_a_body_that_does_not_announce_its_size_is_bounded_too(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * 100_000

    response = await client.post(RECOMMEND, content=chunks(), headers=JSON)
    assert (response.status_code, slug(response)) == (413, "too-large")


async def test_an_empty_body_says_that_it_is_empty(client: httpx.AsyncClient) -> None:
    response = await client.post(RECOMMEND, content=b"", headers=JSON)
    assert (response.status_code, slug(response)) == (400, "malformed-json")


class Call:
    """One request as a server would pass it on, its messages given and taken by hand."""

    def __init__(self, app: Edge, path: str = RECOMMEND, **scope: object) -> None:
        self._app = app
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8080),
            "headers": [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"100")],
            **scope,
        }
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []

    async def run(self) -> None:
        async def send(message: Message) -> None:
            self.sent.append(message)

        await self._app(self._scope, self.inbox.get, send)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])


async def test_a_body_that_stalls_is_given_up(settings: Settings, packs: Packs) -> None:
    hurried = Settings(data_dir=settings.data_dir, body_timeout=0.05)
    async with started(create_app(hurried, shipped=packs)) as app:
        call = Call(app)
        call.inbox.put_nowait({"type": "http.request", "body": b'{"fac', "more_body": True})
        await asyncio.wait_for(call.run(), 5)
    assert call.status == 408
    assert (b"connection", b"close") in call.sent[0]["headers"]


async def test_stalled_bodies_leave_others_alone(app: Edge, client: httpx.AsyncClient) -> None:
    stalled = [asyncio.create_task(Call(app).run()) for _ in range(100)]
    await asyncio.sleep(0)
    assert (await client.post(RECOMMEND, json={"facts": {}})).status_code == 200
    for task in stalled:
        task.cancel()


async def test_a_body_that_breaks_off_is_a_problem(app: Edge) -> None:
    call = Call(app)
    call.inbox.put_nowait({"type": "http.request", "body": b'{"fac', "more_body": True})
    call.inbox.put_nowait({"type": "http.disconnect"})
    call.inbox.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(call.run(), 5)
    assert call.status == 400


async def test_a_refused_body_is_read_to_its_end_so_that_its_sender_sees_the_answer(app: Edge) -> None:
    call = Call(app, path="/nowhere")
    for more in (True, True, False):
        call.inbox.put_nowait({"type": "http.request", "body": b"x", "more_body": more})
    await asyncio.wait_for(call.run(), 5)
    assert call.status == 404
    assert call.inbox.empty()


async def test_a_sender_that_waits_to_be_asked_is_not_asked_for_a_refused_body(app: Edge) -> None:
    headers = [(b"host", b"localhost"), (b"content-length", b"100"), (b"expect", b"100-continue")]
    call = Call(app, path="/nowhere", headers=headers)
    await asyncio.wait_for(call.run(), 5)
    assert call.status == 404


async def test_a_refused_body_that_stalls_is_not_waited_for(settings: Settings, packs: Packs) -> None:
    hurried = Settings(data_dir=settings.data_dir, body_timeout=0.05)
    async with started(create_app(hurried, shipped=packs)) as app:
        call = Call(app, path="/nowhere")
        await asyncio.wait_for(call.run(), 5)
    assert call.status == 404


async def test_a_web_socket_is_turned_away(app: Edge) -> None:
    call = Call(app, type="websocket")
    await call.run()
    assert call.sent[0]["type"] == "websocket.close"


# --- failures -----------------------------------------------------------------------------------


async def test_a_failure_is_logged_and_told_under_one_name_and_nothing_else(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("saddle_numbness")

    monkeypatch.setattr("dsl.evaluation.evaluator.Evaluator.answer", fail)
    response = await client.post(RECOMMEND, json={"facts": {"symptom": ["saddle_numbness"]}})
    assert (response.status_code, slug(response)) == (500, "internal-error")
    occurrence = response.json()["instance"].removeprefix("urn:uuid:")
    assert occurrence in caplog.text
    assert "RuntimeError" in caplog.text
    assert "saddle_numbness" not in caplog.text + response.text


async def test_a_failure_outside_of_the_framework_is_a_problem_too(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> bool:
        raise RuntimeError("saddle_numbness")

    monkeypatch.setattr(module, "_accepts", fail)
    response = await client.get("/v1/meta")
    assert (response.status_code, slug(response)) == (500, "internal-error")
    assert "saddle_numbness" not in caplog.text + response.text


async def test_nothing_of_a_question_is_logged(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    marker = "planted_marker_17"
    caplog.set_level(0)
    for body in (
        {"facts": {"symptom": [marker]}},
        {"facts": {marker: True}},
        {"facts": {}, "subject": marker, "exercises": [marker]},
        {marker: 1},
    ):
        await client.post(RECOMMEND, json=body)
    await client.get(f"/v1/rulesets?{marker}=1")
    await client.get(f"/{marker}")
    logged = [record for record in caplog.records if not record.name.startswith("httpx")]
    assert marker not in "".join(record.getMessage() for record in logged)
    assert marker not in "".join(capfd.readouterr())
