"""Promotion and rollback over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.service.support import RECOMMEND, RULES, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

CHANNEL = "/v1/rulesets/small/channels/stable"
MOOD = 'fact mood "Mood" one of bright, dull\n'


async def publish(client: httpx.AsyncClient, text: str) -> int:
    response = await client.post("/v1/rulesets/small/releases", json=files(text))
    assert response.status_code == 201, response.text
    number: int = response.json()["number"]
    return number


async def promote(
    client: httpx.AsyncClient, release: int, if_match: str | None, *, breaking: bool = False
) -> httpx.Response:
    headers = {} if if_match is None else {"If-Match": if_match}
    return await client.put(CHANNEL, json={"release": release, "breaking": breaking}, headers=headers)


async def answering(client: httpx.AsyncClient) -> int:
    number: int = (await client.post(RECOMMEND, json={"facts": {}})).json()["release"]
    return number


async def test_promotion_and_rollback_take_effect_with_their_answer(client: httpx.AsyncClient) -> None:
    await publish(client, RULES + "# 2\n")
    for version, release in enumerate((2, 1, 2), start=1):
        tag = (await client.get(CHANNEL)).headers["ETag"]
        assert tag == f'"{version}"'
        moved = await promote(client, release, tag)
        assert (moved.status_code, moved.headers["ETag"]) == (200, f'"{version + 1}"')
        assert (moved.json()["release"], moved.json()["version"]) == (release, version + 1)
        assert await answering(client) == release
        assert (await client.get(CHANNEL)).json() == moved.json()


async def test_a_promotion_must_say_what_it_replaces(client: httpx.AsyncClient) -> None:
    await publish(client, RULES + "# 2\n")
    missing = await promote(client, 2, None)
    assert (missing.status_code, missing.json()["errors"][0]["parameter"]) == (428, "If-Match")
    stale = await promote(client, 2, '"0"')
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:spotter:problem:precondition-failed")
    assert await answering(client) == 1
    assert (await promote(client, 2, "*")).status_code == 200


@pytest.mark.parametrize("tag", ["1", '"x"', 'W/"1"', '"1", "2"', '"1"x', ""])
async def test_a_tag_that_was_never_given_out_is_refused(client: httpx.AsyncClient, tag: str) -> None:
    response = await promote(client, 1, tag)
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "If-Match")


async def test_promoting_what_answers_already_moves_nothing(client: httpx.AsyncClient) -> None:
    before = (await client.get(CHANNEL)).json()
    response = await promote(client, 1, '"1"')
    assert (response.status_code, response.json()) == (200, before)


async def test_a_release_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    response = await promote(client, 7, '"1"')
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/release")


async def test_of_promotions_at_the_same_time_one_wins(client: httpx.AsyncClient) -> None:
    numbers = [await publish(client, f"{RULES}# {place}\n") for place in range(2, 6)]
    responses = await asyncio.gather(*[promote(client, number, '"1"') for number in numbers])
    assert sorted(response.status_code for response in responses) == [200, 412, 412, 412]
    winner = next(response.json()["release"] for response in responses if response.status_code == 200)
    assert await answering(client) == winner


async def test_a_promotion_that_would_break_callers_is_refused_unless_it_says_so(client: httpx.AsyncClient) -> None:
    await publish(client, RULES + MOOD)
    assert (await promote(client, 2, '"1"')).status_code == 200
    refused = await promote(client, 1, '"2"')
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:spotter:problem:breaking-promotion")
    assert refused.json()["errors"] == [
        {"detail": "the fact `mood` would not be known"},
        {"detail": "the fact `Mood` would not be known"},
    ]
    assert await answering(client) == 2
    assert (await promote(client, 1, '"2"', breaking=True)).status_code == 200
    assert await answering(client) == 1


async def test_a_new_rule_set_points_nowhere_and_is_promoted_from_there(client: httpx.AsyncClient) -> None:
    await client.post("/v1/rulesets", json={"name": "knees", "title": "Knees"})
    path = "/v1/rulesets/knees/channels/stable"
    empty = await client.get(path)
    assert (empty.headers["ETag"], empty.json()["release"], empty.json()["version"]) == ('"0"', None, 0)
    await client.post("/v1/rulesets/knees/releases", json=files(RULES))
    assert (await client.put(path, json={"release": 1}, headers={"If-Match": '"0"'})).status_code == 200
    assert (await client.post("/v1/rulesets/knees/recommendations", json={})).json()["release"] == 1


async def test_the_channel_of_an_unknown_rule_set_is_not_found(client: httpx.AsyncClient) -> None:
    path = "/v1/rulesets/absent/channels/stable"
    assert (await client.get(path)).status_code == 404
    assert (await client.put(path, json={"release": 1}, headers={"If-Match": "*"})).status_code == 404
