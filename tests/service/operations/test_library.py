"""The releases in memory, and artifacts that cannot be loaded."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from service.app import create_app
from service.operations import library
from service.operations.shipped import Packs
from service.settings import Settings
from tests.service.support import RECOMMEND, RULES, asked, files, started

pytestmark = pytest.mark.anyio


CORRUPTIONS = {
    "another byte": "CAST(artifact || ' ' AS BLOB)",
    "nothing": "x''",
    "no bytes at all": "'text'",
}


def _corrupt(settings: Settings, artifact: str = CORRUPTIONS["another byte"]) -> None:
    with closing(sqlite3.connect(settings.database)) as connection:
        connection.execute(
            f"UPDATE release SET artifact = {artifact} "  # noqa: S608 - of the constants above
            "WHERE ruleset_id = (SELECT id FROM ruleset WHERE name = 'small')"
        )
        connection.commit()


@pytest.mark.parametrize("artifact", CORRUPTIONS.values(), ids=CORRUPTIONS.keys())
async def test_a_release_that_does_not_have_its_digest_silences_its_own_rule_set_only(
    settings: Settings, packs: Packs, artifact: str
) -> None:
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        await client.post("/v1/rulesets", json={"name": "other", "title": "Other"})
        await client.post("/v1/rulesets/other/releases", json=files(RULES))
        await client.put("/v1/rulesets/other/channels/stable", json={"release": 1}, headers={"If-Match": '"0"'})
    _corrupt(settings, artifact)
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.post("/v1/rulesets/other/recommendations", json={})).status_code == 200
        for response in (
            await client.post(RECOMMEND, json={}),
            await client.post("/v1/rulesets/small/releases/1/recommendations", json={}),
            await client.get("/v1/rulesets/small/facts"),
            await client.get("/v1/rulesets/small/releases/1/rules"),
        ):
            assert response.status_code == 503
            assert response.json()["type"] == "urn:spotter:problem:release-unavailable"
        assert (await client.get("/v1/rulesets/small/releases/1/source")).status_code == 200


async def test_a_questionnaire_that_cannot_be_loaded_is_not_taken_for_one_that_is_not_there(
    settings: Settings, packs: Packs
) -> None:
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.post("/v1/rulesets/small/releases", json=files(RULES + "# 2\n"))).status_code == 201
        _corrupt(settings)
        response = await client.post(RECOMMEND, json={"asked_with": 2})
        assert (response.status_code, response.json()["type"]) == (503, "urn:spotter:problem:release-unavailable")


async def test_a_rule_set_with_a_corrupt_release_is_mended_by_promoting_another(
    settings: Settings, packs: Packs
) -> None:
    async with started(create_app(settings, shipped=packs)):
        pass
    _corrupt(settings)
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.post("/v1/rulesets/small/releases", json=files(RULES + "# 2\n"))).status_code == 201
        channel = "/v1/rulesets/small/channels/stable"
        again = await client.put(channel, json={"release": 1}, headers={"If-Match": "*"})
        assert again.status_code == 503
        assert (await client.put(channel, json={"release": 2}, headers={"If-Match": "*"})).status_code == 200
        assert (await client.post(RECOMMEND, json={})).json()["release"] == 2


async def test_only_so_many_releases_are_kept(
    settings: Settings, packs: Packs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_MOST_PINNED", 2)
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        for place in range(2, 6):
            response = await client.post("/v1/rulesets/small/releases", json=files(f"{RULES}# {place}\n"))
            assert response.json()["number"] == place
        for number in (2, 3, 4, 5, 2, 3, 1):
            answer = await client.post(f"/v1/rulesets/small/releases/{number}/recommendations", json={})
            assert answer.json()["release"] == number
