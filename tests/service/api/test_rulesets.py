"""Rule sets over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio


async def test_a_rule_set_is_created_once_and_found_at_its_location(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/rulesets", json={"name": "knees", "title": "Knees"})
    assert (made.status_code, made.headers["Location"]) == (201, "/v1/rulesets/knees")
    assert made.json()["latest_release"] is None
    assert (await client.get(made.headers["Location"])).json() == made.json()
    again = await client.post("/v1/rulesets", json={"name": "knees", "title": "Other"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:spotter:problem:ruleset-exists")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Knees", "title": "x"},
        {"name": "a" * 64, "title": "x"},
        {"name": "knees", "title": ""},
        {"name": "knees", "title": "x" * 201},
        {"name": "knees", "title": "x\u0000"},
        {"name": "knees"},
        {"name": "knees", "title": "x", "owner": "me"},
    ],
)
async def test_a_rule_set_needs_a_name_that_paths_can_carry(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    response = await client.post("/v1/rulesets", json=body)
    assert (response.status_code, response.json()["type"]) == (422, "urn:spotter:problem:invalid-body")


async def test_an_unknown_rule_set_is_not_found(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/rulesets/absent")
    assert (response.status_code, response.json()["detail"]) == (404, "there is no rule set absent")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_follow_each_other_until_next_is_null(client: httpx.AsyncClient, limit: int) -> None:
    for name in ("knees", "hips", "arms"):
        await client.post("/v1/rulesets", json={"name": name, "title": name})
    names, cursor = [], ""
    while True:
        page = (await client.get(f"/v1/rulesets?limit={limit}{cursor}")).json()
        names += [item["name"] for item in page["items"]]
        assert len(page["items"]) <= limit
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert names == ["arms", "hips", "knees", "small"]


async def test_what_has_not_changed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/v1/rulesets/small")
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await client.get("/v1/rulesets/small", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert (await client.get("/v1/rulesets/small", headers={"If-None-Match": '"other"'})).status_code == 200
