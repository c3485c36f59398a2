"""The main question over HTTP."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from service.api.v1.recommendation_schemas import RecommendationV1
from tests.service.support import RECOMMEND, RULES, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

ACUTE_DISC = {"condition": ["disc_herniation"], "pain": "acute", "symptom": []}


async def ask(client: httpx.AsyncClient, path: str = RECOMMEND, /, **body: object) -> dict[str, Any]:
    response = await client.post(path, json=body)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_the_answer_names_its_release_in_body_and_headers(client: httpx.AsyncClient) -> None:
    response = await client.post(RECOMMEND, json={"facts": ACUTE_DISC, "exercises": ["deadlift"]})
    answer = response.json()
    release = (await client.get("/v1/rulesets/small/releases/1")).json()
    assert (answer["ruleset"], answer["release"], answer["digest"]) == ("small", 1, release["digest"])
    assert response.headers["Spotter-Release"] == "1"
    assert response.headers["Spotter-Digest"] == release["digest"]
    assert response.headers["Cache-Control"] == "no-store"
    assert uuid.UUID(answer["decision"]).version == 7


async def test_a_rule_that_applies_is_the_verdict_and_its_reason(client: httpx.AsyncClient) -> None:
    answer = await ask(client, facts=ACUTE_DISC, exercises=["deadlift"])
    (deadlift,) = answer["exercises"]
    assert (deadlift["verdict"], deadlift["go"]) == ("avoid", False)
    rule = next(applied for applied in deadlift["applied"] if applied["effect"] == "avoid")
    assert {"fact": "pain", "value": "acute"} in rule["matched"]
    assert rule["rule"] in answer["rules"]


async def test_exercises_are_answered_in_the_order_asked_by_any_name(client: httpx.AsyncClient) -> None:
    names = ["Glute Bridge", "deadlift", "my own machine", "glute_bridge"]
    answer = await ask(client, facts=ACUTE_DISC, exercises=names)
    assert [item["asked"] for item in answer["exercises"]] == names
    assert [item["exercise"] for item in answer["exercises"]] == ["glute_bridge", "deadlift", None, "glute_bridge"]


async def test_an_unknown_exercise_is_an_item_with_the_nearest_names_and_never_a_go(
    client: httpx.AsyncClient,
) -> None:
    answer = await ask(client, facts=ACUTE_DISC, exercises=["glute brigde"])
    (item,) = answer["exercises"]
    assert not item["go"]
    assert item["verdict"] in ("unreviewed", "ask")
    assert item["did_you_mean"][0] == "glute_bridge"


async def test_without_exercises_the_whole_catalogue_is_answered(client: httpx.AsyncClient) -> None:
    catalogue = (await client.get("/v1/rulesets/small/exercises")).json()["exercises"]
    answer = await ask(client, facts={})
    assert {item["exercise"] for item in answer["exercises"]} == {exercise["name"] for exercise in catalogue}


async def test_no_exercises_asked_is_no_exercises_answered(client: httpx.AsyncClient) -> None:
    assert (await ask(client, facts={}, exercises=[]))["exercises"] == []


@pytest.mark.parametrize("view", ["full", "verdicts"])
async def test_the_wire_type_holds_exactly_what_is_answered(client: httpx.AsyncClient, view: str) -> None:
    path = f"{RECOMMEND}?view={view}"
    response = await client.post(path, json={"facts": ACUTE_DISC, "exercises": ["deadlift", "nothing"]})
    typed = msgspec.json.decode(response.content, type=RecommendationV1)
    assert json.loads(msgspec.json.encode(typed)) == response.json()


async def test_verdicts_leave_out_what_the_release_serves_once(client: httpx.AsyncClient) -> None:
    answer = await ask(client, f"{RECOMMEND}?view=verdicts", facts=ACUTE_DISC, exercises=["deadlift"])
    assert "rules" not in answer
    assert "label" not in answer["exercises"][0]
    questions = (await ask(client, f"{RECOMMEND}?view=verdicts", facts={}, exercises=["deadlift"]))["questions"]
    assert questions
    assert all("ask" not in question and "why" not in question for question in questions)
    rules = (await client.get("/v1/rulesets/small/releases/1/rules")).json()["rules"]
    assert {applied["rule"] for applied in answer["exercises"][0]["applied"]} <= rules.keys()


async def test_both_views_reach_the_same_verdicts(client: httpx.AsyncClient) -> None:
    full = await ask(client, facts=ACUTE_DISC)
    short = await ask(client, f"{RECOMMEND}?view=verdicts", facts=ACUTE_DISC)
    chosen = ("asked", "verdict", "go", "recommended", "load_factor", "applied", "instead")
    assert [[item[key] for key in chosen] for item in full["exercises"]] == [
        [item[key] for key in chosen] for item in short["exercises"]
    ]


async def test_at_is_answered_as_given_and_is_now_when_left_out(client: httpx.AsyncClient) -> None:
    given = await ask(client, facts={}, exercises=[], at="2026-11-22T10:00:00+01:00")
    assert given["at"] == "2026-11-22T09:00:00Z"
    now = datetime.datetime.fromisoformat((await ask(client, facts={}, exercises=[]))["at"])
    assert abs(datetime.datetime.now(datetime.UTC) - now) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize(
    "at", ["2026-11-22T09:00:00", "2026-11-22", "2026-02-30T09:00:00Z", "1999-11-22T09:00:00Z", "now", "", 5]
)
async def test_an_instant_needs_an_offset_and_a_day_that_exists(client: httpx.AsyncClient, at: object) -> None:
    response = await client.post(RECOMMEND, json={"facts": {}, "at": at})
    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/at"


async def test_asked_with_says_which_questions_a_complete_list_has_answered(client: httpx.AsyncClient) -> None:
    flag = (
        "fact symptom many of leg_sparks red flag\n"
        'rule cauda: refer emergency when symptom=leg_sparks say "Go to an emergency department."\n'
    )
    assert (await client.post("/v1/rulesets/small/releases", json=files(RULES + flag))).status_code == 201
    path = "/v1/rulesets/small/releases/2/recommendations"
    body: dict[str, object] = {"facts": {"symptom": [], "condition": []}, "exercises": ["glute bridge"]}
    unasked = await ask(client, path, **body)
    assert (unasked["disposition"], unasked["exercises"][0]["go"]) == ("screen", False)
    assert unasked["questions"][0]["red_flag"] is True
    before_the_flag = await ask(client, path, **body, asked_with=1)
    assert before_the_flag["disposition"] == "screen"
    asked = await ask(client, path, **body, asked_with=2)
    assert (asked["disposition"], asked["exercises"][0]["go"]) == ("proceed", True)
    found = await ask(client, path, facts={"symptom": ["leg_sparks"]}, exercises=["glute bridge"])
    assert (found["disposition"], found["exercises"][0]["verdict"]) == ("emergency", "avoid")
    assert found["referrals"][0]["text"] == "Go to an emergency department."


async def test_asked_with_an_unknown_release_is_a_problem(client: httpx.AsyncClient) -> None:
    response = await client.post(RECOMMEND, json={"facts": {}, "asked_with": 7})
    assert response.status_code == 422
    assert response.json()["type"] == "urn:spotter:problem:unknown-questionnaire"
    assert response.json()["errors"] == [{"detail": "small has no release 7", "pointer": "/asked_with"}]


async def test_a_pinned_release_answers_whatever_the_channel_says(client: httpx.AsyncClient) -> None:
    allowing = RULES + "avoid glute_bridge when always\n"
    assert (await client.post("/v1/rulesets/small/releases", json=files(allowing))).status_code == 201
    body: dict[str, object] = {"facts": ACUTE_DISC, "exercises": ["glute_bridge"]}
    stable = await ask(client, RECOMMEND, **body)
    pinned = await ask(client, "/v1/rulesets/small/releases/2/recommendations", **body)
    assert (stable["release"], pinned["release"]) == (1, 2)
    assert stable["exercises"][0]["verdict"] == "allowed"
    assert pinned["exercises"][0]["verdict"] == "avoid"


async def test_one_release_gives_one_answer_for_one_instant(client: httpx.AsyncClient) -> None:
    body: dict[str, object] = {"facts": ACUTE_DISC, "at": "2026-11-22T09:00:00Z", "asked_with": 1}
    first = await ask(client, "/v1/rulesets/small/releases/1/recommendations", **body)
    again = await ask(client, RECOMMEND, **body)
    assert first.pop("decision") != again.pop("decision")
    assert first == again


@pytest.mark.parametrize(
    ("facts", "pointer", "near"),
    [
        ({"conditon": ["disc_herniation"]}, "/facts/conditon", "condition"),
        ({"condition": ["disc_hernation"]}, "/facts/condition/0", "disc_herniation"),
        ({"pain": "acuet"}, "/facts/pain", "acute"),
    ],
)
async def test_a_misspelt_fact_is_refused_with_the_nearest_name(
    client: httpx.AsyncClient, facts: dict[str, Any], pointer: str, near: str
) -> None:
    response = await client.post(RECOMMEND, json={"facts": facts})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "urn:spotter:problem:invalid-facts"
    assert (problem["errors"][0]["pointer"], problem["errors"][0]["did_you_mean"][0]) == (pointer, near)


async def test_a_rule_set_without_a_promoted_release_says_so(client: httpx.AsyncClient) -> None:
    await client.post("/v1/rulesets", json={"name": "empty", "title": "Empty"})
    for response in (
        await client.post("/v1/rulesets/empty/recommendations", json={}),
        await client.get("/v1/rulesets/empty/facts"),
        await client.get("/v1/rulesets/empty/exercises"),
    ):
        assert response.status_code == 409
        assert response.json()["type"] == "urn:spotter:problem:channel-empty"


async def test_an_unknown_rule_set_or_release_is_not_found(client: httpx.AsyncClient) -> None:
    absent = await client.post("/v1/rulesets/absent/recommendations", json={})
    assert (absent.status_code, absent.json()["type"]) == (404, "urn:spotter:problem:ruleset-not-found")
    unnumbered = await client.post("/v1/rulesets/small/releases/9/recommendations", json={})
    assert (unnumbered.status_code, unnumbered.json()["type"]) == (404, "urn:spotter:problem:release-not-found")
