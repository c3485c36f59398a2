"""Checking rule text over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from service.settings import Settings
from tests.service.support import RULES, dump, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio


async def test_right_text_is_answered_with_the_digest_that_publishing_would_give(client: httpx.AsyncClient) -> None:
    checked = await client.post("/v1/checks", json=files(RULES))
    assert checked.status_code == 200
    assert checked.json()["ok"] is True
    published = await client.post("/v1/rulesets/small/releases", json=files(RULES + "# published\n"))
    assert checked.json()["digest"] == published.json()["digest"]


async def test_wrong_text_is_answered_with_its_diagnostics_and_stored_nowhere(
    client: httpx.AsyncClient, settings: Settings
) -> None:
    before = dump(settings.database)
    response = await client.post("/v1/checks", json=files("avoid deadlift when pain=acuet\n"))
    answer = response.json()
    assert (response.status_code, answer["ok"], answer["digest"]) == (200, False, None)
    (found,) = [entry for entry in answer["diagnostics"] if entry["severity"] == "error"]
    assert (found["file"], found["line"], found["column"]) == ("0.rules", 1, 26)
    assert "acute" in found["help"]
    assert found["rendered"].count("\n") > 1
    assert dump(settings.database) == before


async def test_examples_are_run_and_proofs_decided(client: httpx.AsyncClient) -> None:
    text = (
        RULES
        + 'example "acute disc"\n  given condition=disc_herniation, pain=acute\n  expect deadlift avoid\n'
        + 'prove "never": deadlift at least avoid when condition=disc_herniation and pain=acute\n'
    )
    answer = (await client.post("/v1/checks", json=files(text))).json()
    assert answer["ok"]
    assert (answer["examples_run"], answer["proofs_held"], answer["proofs_not_checked"]) == (1, 1, 0)


async def test_a_file_has_a_name_and_there_is_one_at_least(client: httpx.AsyncClient) -> None:
    bodies: list[dict[str, object]] = [
        {"files": []},
        {"files": [{"name": "", "text": ""}]},
        {"files": [{"name": "a"}]},
        {},
    ]
    for body in bodies:
        assert (await client.post("/v1/checks", json=body)).status_code == 422
