"""The main question without the framework: the same answers as through it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from service.api.direct import Direct
from service.api.edge import Edge
from tests.service.support import JSON, RECOMMEND

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

PINNED = "/v1/rulesets/small/releases/1/recommendations"
AT = '"at": "2026-11-22T09:00:00Z"'
ACUTE_DISC = f'{{"facts": {{"condition": ["disc_herniation"], "pain": "acute"}}, {AT}}}'

REQUESTS = {
    "the main question": (RECOMMEND, ACUTE_DISC),
    "of one release": (PINNED, ACUTE_DISC),
    "with a query": (f"{RECOMMEND}?channel=stable&view=full", ACUTE_DISC),
    "verdicts only": (f"{RECOMMEND}?view=verdicts", ACUTE_DISC),
    "verdicts only of one release": (f"{PINNED}?view=verdicts", ACUTE_DISC),
    "an unknown view": (f"{RECOMMEND}?view=all", ACUTE_DISC),
    "an unknown view and a body that does not fit": (f"{RECOMMEND}?view=all", '{"fact": {}}'),
    "no body": (RECOMMEND, ""),
    "spaces": (RECOMMEND, "  "),
    "no JSON": (RECOMMEND, '{"facts": {'),
    "a body that does not fit": (RECOMMEND, '{"asked_with": "7"}'),
    "an unknown member": (RECOMMEND, '{"fact": {}}'),
    "a member twice": (RECOMMEND, '{"facts": {}, "facts": {}}'),
    "unknown facts": (RECOMMEND, '{"facts": {"pian": "acute", "pain": "acuet"}}'),
    "an unknown questionnaire": (RECOMMEND, '{"facts": {}, "asked_with": 7}'),
    "no such day": (RECOMMEND, '{"at": "2026-02-30T09:00:00Z"}'),
    "an unknown rule set": ("/v1/rulesets/absent/recommendations", "{}"),
    "an unknown release": ("/v1/rulesets/small/releases/7/recommendations", "{}"),
}


def _told(response: httpx.Response) -> tuple[int, list[tuple[str, str]], Any]:
    answer = json.loads(response.content)
    answer.pop("decision", None)
    return response.status_code, sorted(response.headers.multi_items()), answer


@pytest.mark.parametrize(("path", "body"), REQUESTS.values(), ids=REQUESTS.keys())
async def test_the_answer_is_the_one_that_the_framework_gives(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, body: str
) -> None:
    directly = _told(await client.post(path, content=body, headers=JSON))
    monkeypatch.setattr(Direct, "takes", lambda *_: False)
    assert _told(await client.post(path, content=body, headers=JSON)) == directly


async def test_a_failure_is_told_as_the_framework_tells_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("service.operations.recommend.new_decision_id", fail)
    directly = _told(await client.post(RECOMMEND, content="{}", headers=JSON))
    monkeypatch.setattr(Direct, "takes", lambda *_: False)
    through_it = _told(await client.post(RECOMMEND, content="{}", headers=JSON))
    assert directly[0] == 500
    assert directly[2].pop("instance") != through_it[2].pop("instance")
    assert through_it == directly


@pytest.mark.parametrize("path", [RECOMMEND, PINNED, f"{RECOMMEND}?view=verdicts&channel=stable"])
async def test_the_framework_is_not_asked(
    app: Edge, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(app, "app", None)
    assert (await client.post(path, content=ACUTE_DISC, headers=JSON)).status_code == 200


async def test_a_refusal_does_not_wait_for_more_of_the_body(app: Edge) -> None:
    sent: list[Any] = []
    inbox = [{"type": "http.request", "body": b'{"facts": {"pian": 1}}', "more_body": False}]

    async def receive() -> Any:  # noqa: ANN401 - a message
        return inbox.pop()  # fails when asked twice

    async def send(message: Any) -> None:  # noqa: ANN401 - a message
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"content-length", b"22")]
    scope = {"type": "http", "method": "POST", "path": RECOMMEND, "raw_path": RECOMMEND.encode(), "query_string": b""}
    await app({**scope, "headers": headers}, receive, send)
    assert sent[0]["status"] == 422
