"""Checking rule text over HTTP."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from service.api.v1 import examples
from service.app import create_app
from service.operations.shipped import Packs
from service.settings import Settings
from tests.service.support import RULES, asked, dump, files, started

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


WORKBENCH: dict[str, Any] = examples.WORKBENCH
TEXT: str = WORKBENCH["files"][0]["text"]


async def checked(client: httpx.AsyncClient, **body: object) -> dict[str, Any]:
    response = await client.post("/v1/checks", json={**WORKBENCH, **body})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_what_was_not_asked_for_is_not_worked_out(client: httpx.AsyncClient) -> None:
    answer = await checked(client, include=[])
    assert (answer["ok"], answer["coverage"], answer["mutation"], answer["sources"]) == (True, None, None, None)
    assert answer == await checked(client, include=[], texts=[], at=None, by=[], mutate=None)


async def test_each_proof_is_told_by_its_title(client: httpx.AsyncClient) -> None:
    wrong = TEXT + 'prove "everybody may": deadlift at most caution when pain=acute\n'
    answer = await checked(client, files=[{"name": "hinge.rules", "text": wrong}])
    assert [(proof["title"], proof["outcome"], proof["line"]) for proof in answer["proofs"]] == [
        ("an acute disc never deadlifts", "holds", 8),
        ("everybody may", "fails", 9),
    ]
    assert (answer["proofs_held"], answer["proofs_failed"], answer["proofs_not_checked"]) == (1, 1, 0)
    (found,) = [found for found in answer["diagnostics"] if found["line"] == answer["proofs"][1]["line"]]
    assert found["example"].startswith('example "everybody may"')
    assert (answer["ok"], answer["coverage"]) == (False, None)


async def test_examples_that_fail_are_counted(client: httpx.AsyncClient) -> None:
    wrong = TEXT.replace("expect deadlift avoid", "expect deadlift allowed")
    answer = await checked(client, files=[{"name": "hinge.rules", "text": wrong}])
    assert (answer["examples_run"], answer["examples_failed"], answer["ok"]) == (1, 1, False)


async def test_coverage_is_a_matrix_and_what_the_examples_exercise(client: httpx.AsyncClient) -> None:
    coverage = (await checked(client, include=["coverage"]))["coverage"]
    matrix, exercised = coverage["matrix"], coverage["examples"]
    assert (matrix["by"], matrix["at"]) == (["condition", "pain"], "2026-11-22")
    acute = next(row for row in matrix["rows"] if row["about"] == ["disc_herniation", "acute"])
    deadlift = matrix["reasons"][acute["cells"][matrix["exercises"].index("deadlift")]]
    assert deadlift["verdict"] == "avoid"
    assert deadlift["applied"] == [{"rule": "main/hinge", "certain": True}]
    gaps = {gap["exercise"]: gap["rows"] for gap in matrix["gaps"]}
    trained = [place for place, row in enumerate(matrix["rows"]) if row["disposition"] == "proceed"]
    assert gaps["back_squat"] == trained != []
    assert matrix["rows"].index(acute) not in gaps["deadlift"]
    assert (exercised["examples"], exercised["rules"], exercised["rules_fired"], exercised["rule_share"]) == (
        1,
        2,
        1,
        50,
    )
    rules = {one["name"]: one for one in exercised["statements"] if one["what"] == "rule"}
    assert (rules["main/hinge"]["fired"], rules["main/bridge"]["fired"]) == (True, False)
    assert rules["main/bridge"]["clauses"] == [
        {"text": "pain=chronic", "file": "hinge.rules", "line": 4, "seen_true": False, "seen_otherwise": True}
    ]


async def test_rows_are_about_what_is_asked_for(client: httpx.AsyncClient) -> None:
    matrix = (await checked(client, include=["coverage"], by=["clearance"]))["coverage"]["matrix"]
    assert [row["about"] for row in matrix["rows"]] == [["no"], ["yes"]]


async def test_survivors_of_mutation_come_with_an_example_that_can_be_pasted(client: httpx.AsyncClient) -> None:
    found = (await checked(client, include=["mutation"]))["mutation"]
    assert found["noticed"] > 0
    assert found["untried"] == []
    assert found["score"] == 1000 * found["noticed"] // (found["noticed"] + len(found["survivors"])) / 10
    survivor = next(one for one in found["survivors"] if one["rule"] == "main/bridge")
    better = await checked(
        client,
        files=[{"name": "hinge.rules", "text": f"{TEXT}\n{survivor['example']}\n"}],
        include=["mutation"],
        mutate=["main/bridge"],
    )
    assert (better["ok"], better["examples_failed"]) == (True, 0)
    assert survivor not in better["mutation"]["survivors"]


async def test_faults_are_planted_for_so_long_and_what_is_left_is_named(settings: Settings, packs: Packs) -> None:
    hurried = dataclasses.replace(settings, mutation_timeout=1e-9)
    async with started(create_app(hurried, shipped=packs)) as app, asked(app) as client:
        found = (await checked(client, include=["mutation"]))["mutation"]
        assert found == {
            "noticed": 0, "harmless": [], "survivors": [], "score": None, "untried": ["main/bridge", "main/hinge"]
        }  # fmt: skip


async def test_sources_are_held_against_their_texts(client: httpx.AsyncClient) -> None:
    sources = (await checked(client, include=["sources"]))["sources"]
    assert sources == {
        "sources": [
            {
                "pack": "main", "source": "article", "title": "Back pain and the deadlift", "url": None, "cited_by": 1,
                "file": "sources/article.md", "sections": 2, "uncited": [{"title": "Squats", "line": 5}],
            }
        ],
        "uncited_rules": ["main/bridge"],
        "reviews": [],
    }  # fmt: skip
    other = [{"name": "sources/article.md", "text": "# Squats\n"}]
    assert [found["code"] for found in (await checked(client, texts=other))["diagnostics"]] == ["E408", "N601"]


async def test_a_review_is_overdue_on_the_day_that_is_asked_about(client: httpx.AsyncClient) -> None:
    text = f"pack mine\n  review by 2026-11-01\n{TEXT.replace('expect', 'expect')}"
    answer = await checked(client, files=[{"name": "hinge.rules", "text": text}], include=["sources"])
    assert answer["sources"]["reviews"] == [{"pack": "mine", "review_by": "2026-11-01", "overdue_days": 21}]


@pytest.mark.parametrize(
    ("body", "pointer", "near"),
    [
        ({"include": ["coverage"], "by": ["paim"]}, "/by/0", ["pain"]),
        ({"include": ["coverage"], "by": ["pain_level"]}, "/by/0", None),
        ({"include": ["mutation"], "mutate": ["main/hinge", "main/brigde"]}, "/mutate/1", ["main/bridge"]),
        ({"include": ["coverage"], "by": ["condition", "symptom", "pain", "equipment"]}, "/by", None),
        ({"include": ["coverag"]}, "/include/0", None),
        ({"includes": []}, "", ["include"]),
        ({"at": "2026-02-30"}, "/at", None),
    ],
)
async def test_what_is_misspelt_is_refused_where_it_stands(
    client: httpx.AsyncClient, body: dict[str, object], pointer: str, near: list[str] | None
) -> None:
    response = await client.post("/v1/checks", json={**WORKBENCH, **body})
    assert (response.status_code, response.json()["type"]) == (422, "urn:spotter:problem:invalid-body")
    (fault,) = response.json()["errors"]
    assert (fault["pointer"], fault.get("did_you_mean")) == (pointer, near)


async def test_a_file_has_a_name_and_there_is_one_at_least(client: httpx.AsyncClient) -> None:
    bodies: list[dict[str, object]] = [
        {"files": []},
        {"files": [{"name": "", "text": ""}]},
        {"files": [{"name": "a"}]},
        {},
    ]
    for body in bodies:
        assert (await client.post("/v1/checks", json=body)).status_code == 422
