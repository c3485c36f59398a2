"""Releases over HTTP: publishing, and everything that can be read of one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from service.settings import Settings
from tests.service.support import GRANT, RULE, RULES, dump, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

RELEASES = "/v1/rulesets/small/releases"


async def publish(client: httpx.AsyncClient, *texts: str) -> httpx.Response:
    return await client.post(RELEASES, json=files(*texts))


async def test_a_release_is_published_under_the_next_number(client: httpx.AsyncClient) -> None:
    response = await publish(client, RULES, "# nothing here but a comment, and one rule\n" + RULE)
    release = response.json()
    assert (response.status_code, release["number"]) == (201, 2)
    assert response.headers["Location"] == f"{RELEASES}/2"
    assert response.headers["Spotter-Digest"] == release["digest"]
    read = await client.get(response.headers["Location"])
    assert read.json() == {key: value for key, value in release.items() if key != "diagnostics"}
    assert (await client.get("/v1/rulesets/small")).json()["latest_release"] == 2


async def test_publishing_does_not_promote(client: httpx.AsyncClient) -> None:
    await publish(client, RULES + "# another\n")
    assert (await client.get("/v1/rulesets/small/channels/stable")).json()["release"] == 1


async def test_publishing_the_newest_text_again_is_that_release(client: httpx.AsyncClient) -> None:
    text = RULES + "# another\n"
    first, again = await publish(client, text), await publish(client, text)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.headers["Location"] == again.headers["Location"]


async def test_another_comment_is_another_release_of_the_same_digest(client: httpx.AsyncClient) -> None:
    first, other = [(await publish(client, f"{RULES}# {place}\n")).json() for place in range(2)]
    assert (first["number"], other["number"]) == (2, 3)
    assert first["digest"] == other["digest"]
    assert first["source_digest"] != other["source_digest"]


async def test_going_back_to_an_older_text_is_a_new_release(client: httpx.AsyncClient) -> None:
    numbers = [(await publish(client, RULES + tail)).json()["number"] for tail in ("# a\n", "# b\n", "# a\n")]
    assert numbers == [2, 3, 4]


async def test_publishers_at_the_same_time_get_numbers_without_a_gap(client: httpx.AsyncClient) -> None:
    responses = await asyncio.gather(*[publish(client, f"{RULES}# {place}\n") for place in range(8)])
    assert {response.status_code for response in responses} == {201}
    assert sorted(response.json()["number"] for response in responses) == list(range(2, 10))


async def test_text_with_errors_is_refused_with_all_of_them_and_changes_nothing(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    before = dump(settings.database)
    response = await publish(client, RULE, "avoid deadlift when pain=acuet\n\navoid deadlfit when pain=acute\n")
    assert (response.status_code, response.json()["type"]) == (422, "urn:spotter:problem:invalid-rules")
    faults = response.json()["errors"]
    assert [(fault["pointer"], fault["file"], fault["line"]) for fault in faults] == [
        ("/files/1/text", "1.rules", 1),
        ("/files/1/text", "1.rules", 3),
    ]
    assert all(fault["code"].startswith("E") for fault in faults)
    assert "acute" in faults[0]["help"]
    assert dump(settings.database) == before


async def test_a_failed_example_refuses_the_release(client: httpx.AsyncClient) -> None:
    example = 'example "hopeful"\n  given condition=disc_herniation, pain=acute\n  expect deadlift allowed\n'
    response = await publish(client, RULES + example)
    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "E450"


async def test_an_unknown_rule_set_is_told_before_anything_is_compiled(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/rulesets/absent/releases", json=files("nonsense"))
    assert (response.status_code, response.json()["type"]) == (404, "urn:spotter:problem:ruleset-not-found")


async def test_the_source_is_what_was_published_and_the_prelude(client: httpx.AsyncClient) -> None:
    await publish(client, RULE, GRANT)
    source = (await client.get(f"{RELEASES}/2/source")).json()
    given = {file["name"]: file["text"] for file in source["files"] if not file["shipped"]}
    assert given == {"0.rules": RULE, "1.rules": GRANT}
    assert {file["name"].split("/")[0] for file in source["files"] if file["shipped"]} == {"prelude"}


async def test_files_of_one_name_stay_apart(client: httpx.AsyncClient) -> None:
    body = {"files": [{"name": "a.rules", "text": RULE}, {"name": "a.rules", "text": GRANT}]}
    assert (await client.post(RELEASES, json=body)).status_code == 201
    source = (await client.get(f"{RELEASES}/2/source")).json()
    assert {file["name"] for file in source["files"] if not file["shipped"]} == {"a.rules", "a.rules (2)"}


async def test_releases_are_listed_newest_first(client: httpx.AsyncClient) -> None:
    for place in range(3):
        await publish(client, f"{RULES}# {place}\n")
    page = (await client.get(f"{RELEASES}?limit=3")).json()
    assert [item["number"] for item in page["items"]] == [4, 3, 2]
    last = (await client.get(f"{RELEASES}?limit=3&cursor={page['next']}")).json()
    assert [item["number"] for item in last["items"]] == [1]
    assert last["next"] is None


@pytest.mark.parametrize("part", ["", "/source", "/facts", "/exercises", "/rules"])
async def test_everything_of_a_release_is_immutable_and_cacheable(client: httpx.AsyncClient, part: str) -> None:
    first = await client.get(f"{RELEASES}/1{part}")
    assert first.status_code == 200
    assert "immutable" in first.headers["Cache-Control"]
    assert first.headers["Spotter-Release"] == "1"
    again = await client.get(f"{RELEASES}/1{part}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(f"{RELEASES}/7{part}")).status_code == 404
    assert (await client.get(f"/v1/rulesets/absent/releases/1{part}")).status_code == 404


async def test_parts_of_a_release_have_tags_of_their_own(client: httpx.AsyncClient) -> None:
    parts = ["", "/source", "/facts", "/exercises", "/rules"]
    assert len({(await client.get(f"{RELEASES}/1{part}")).headers["ETag"] for part in parts}) == len(parts)


async def test_the_questionnaire_says_how_to_ask(client: httpx.AsyncClient) -> None:
    facts = {fact["name"]: fact for fact in (await client.get(f"{RELEASES}/1/facts")).json()["facts"]}
    assert facts["condition"]["type"] == "many_of"
    assert "disc_herniation" in [term["name"] for term in facts["condition"]["terms"]]
    assert (facts["pain_level"]["type"], facts["pain_level"]["min"], facts["pain_level"]["max"]) == ("number", 0, 10)
    assert (await client.get("/v1/rulesets/small/facts")).json()["facts"] == list(facts.values())


async def test_the_catalogue_has_every_name(client: httpx.AsyncClient) -> None:
    exercises: list[dict[str, Any]] = (await client.get(f"{RELEASES}/1/exercises")).json()["exercises"]
    deadlift = next(exercise for exercise in exercises if exercise["name"] == "deadlift")
    assert deadlift["classes"]
    assert (await client.get("/v1/rulesets/small/exercises")).json()["exercises"] == exercises


async def test_the_rules_have_their_texts(client: httpx.AsyncClient) -> None:
    rules = (await client.get(f"{RELEASES}/1/rules")).json()["rules"]
    assert rules["main/hinge"]["because"] == "Everybody may."
    assert rules["main/hinge"]["effect"] == "allow"
