"""Comparing releases over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from service.operations.jobs import Compared
from service.operations.worker import Worker, WorkerError
from tests.service.support import GRANT, RULE, RULES, files

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio

RELEASES = "/v1/rulesets/small/releases"
LAXER = RULES.replace(" and pain=acute", " and pain=acute and pain_level > 5")


async def publish(client: httpx.AsyncClient, text: str) -> int:
    response = await client.post(RELEASES, json=files(text))
    assert response.status_code == 201, response.text
    number: int = response.json()["number"]
    return number


async def compared(client: httpx.AsyncClient, number: int, against: int) -> dict[str, Any]:
    response = await client.get(f"{RELEASES}/{number}/diff?against={against}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def ask(client: httpx.AsyncClient, number: int, facts: dict[str, Any], exercise: str) -> dict[str, Any]:
    response = await client.post(f"{RELEASES}/{number}/recommendations", json={"facts": facts, "exercises": [exercise]})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def test_whose_answer_becomes_less_restrictive_is_told_with_a_member_to_ask_about(
    client: httpx.AsyncClient,
) -> None:
    number = await publish(client, LAXER)
    answer = await compared(client, number, 1)
    assert (answer["ruleset"], answer["release"], answer["against"]) == ("small", 2, 1)
    assert answer["digest"] == (await client.get(f"{RELEASES}/2")).json()["digest"]
    assert answer["against_digest"] == (await client.get(f"{RELEASES}/1")).json()["digest"]
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (False, True, False)
    change = next(change for change in answer["changes"] if "deadlift" in change["exercises"])
    assert (change["about"], change["part"], change["direction"]) == ("exercises", "verdict", "less_restrictive")
    named, sample = change["exercises"][0], change["sample"]
    was = await ask(client, 1, sample["facts_before"], named)
    becomes = await ask(client, number, sample["facts"], named)
    assert was["exercises"][0]["verdict"] == change["was"]
    assert becomes["exercises"][0]["verdict"] == change["becomes"]
    pasted = f"{LAXER}\n{sample['example']}\n"
    assert (await client.post("/v1/checks", json=files(pasted))).json()["ok"]


async def test_the_other_way_round_it_is_more_restrictive(client: httpx.AsyncClient) -> None:
    number = await publish(client, LAXER)
    answer = await compared(client, 1, number)
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (False, False, True)


async def test_the_session_is_told_of_as_such(client: httpx.AsyncClient) -> None:
    number = await publish(client, RULES + 'stop session when pain_level > 9 say "Stop."\n')
    changes = (await compared(client, number, 1))["changes"]
    session = next(change for change in changes if change["about"] == "session")
    assert (session["exercises"], session["part"], session["direction"]) == ([], "disposition", "more_restrictive")
    answer = await ask(client, number, session["sample"]["facts"], "deadlift")
    assert answer["disposition"] == session["becomes"]


async def test_that_nobodys_answer_changes_is_proved(client: httpx.AsyncClient) -> None:
    number = await publish(client, f"# the other way round\n{GRANT}{RULE}")
    answer = await compared(client, number, 1)
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (True, False, False)
    assert answer["changes"] == answer["other_reasons"] == answer["undecided"] == []


async def test_other_reasons_are_told_with_the_rules_and_a_member(client: httpx.AsyncClient) -> None:
    number = await publish(client, RULES + "rule twice: avoid deadlift when condition=disc_herniation and pain=acute\n")
    answer = await compared(client, number, 1)
    assert answer["unchanged"]
    (reworked,) = [one for one in answer["other_reasons"] if "deadlift" in one["exercises"]]
    assert reworked["rules"] == ["main/twice"]
    entry = (await ask(client, number, reworked["sample"]["facts"], reworked["exercises"][0]))["exercises"][0]
    assert "main/twice" in [applied["rule"] for applied in entry["applied"]]


LIMITED = (
    f"measure load number 0 to 100 %\n{RULES}rule light: caution deadlift when pain_level > 3 limit load <= 50 %\n"
)


async def test_a_limit_that_is_loosened_is_less_restrictive(client: httpx.AsyncClient) -> None:
    number = await publish(client, LIMITED)
    laxer = await publish(client, LIMITED.replace("50 %", "80 %"))
    answer = await compared(client, laxer, number)
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (False, True, False)
    (change,) = answer["changes"]
    assert (change["about"], change["part"], change["measure"]) == ("exercises", "limit", "load")
    assert (change["was"], change["becomes"]) == ("load at most 50 %", "load at most 80 %")
    named, sample = change["exercises"][0], change["sample"]
    asked = ((number, sample["facts_before"]), (laxer, sample["facts"]))
    answers = [(await ask(client, one, facts, named))["exercises"][0] for one, facts in asked]
    assert [(entry["go"], entry["limits"][0]["max"]) for entry in answers] == [(True, 50), (True, 80)]
    assert not any("deadlift" in one["exercises"] for one in answer["other_reasons"])


async def test_a_word_that_means_something_else_is_told_and_leaves_both_directions_open(
    client: httpx.AsyncClient,
) -> None:
    one = 'fact mood "Mood" one of fine also "so so", low\n'
    numbers = [
        await publish(client, text + RULES)
        for text in (one, one.replace(' also "so so"', "").replace("low", 'low also "so so"'))
    ]
    answer = await compared(client, numbers[1], numbers[0])
    assert answer["meanings"] == [{"text": "`so so` of mood meant fine and means low", "direction": None}]
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (False, None, None)
    assert (answer["changes"], answer["redeclared"]) == ([], ["fact mood"])


async def test_it_never_changes_and_is_cached_for_ever(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await client.get(f"{RELEASES}/1/diff?against=1")
    assert "immutable" in first.headers["Cache-Control"]
    assert first.headers["Spotter-Release"] == "1"

    async def refuse(*_: object) -> Compared:
        raise AssertionError("it was compared again")

    monkeypatch.setattr(Worker, "compare", refuse)
    tag = first.headers["ETag"]
    again = await client.get(f"{RELEASES}/1/diff?against=1", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


async def test_each_pair_has_a_tag_of_its_own(client: httpx.AsyncClient) -> None:
    number = await publish(client, LAXER)
    pairs = [(1, 1), (1, number), (number, 1), (number, number)]
    tags = [(await client.get(f"{RELEASES}/{one}/diff?against={other}")).headers["ETag"] for one, other in pairs]
    assert len(set(tags)) == len(pairs)


async def test_what_is_not_decided_is_said_and_not_kept_for_ever(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.operations.worker._SOLVERS_SHARE", 0.0)
    number = await publish(client, LAXER)
    response = await client.get(f"{RELEASES}/{number}/diff?against=1")
    answer = response.json()
    assert (answer["unchanged"], answer["less_restrictive"], answer["more_restrictive"]) == (False, None, None)
    assert any("deadlift" in told and "undecided" in told for told in answer["undecided"])
    assert response.headers["Cache-Control"] == "no-cache"


async def test_releases_that_take_a_fact_differently_are_not_compared(client: httpx.AsyncClient) -> None:
    numbers = [
        await publish(client, f"fact mood {kind}\n{RULES}") for kind in ("yes or no", "number 0 to 10", "yes or no ")
    ]
    response = await client.get(f"{RELEASES}/{numbers[1]}/diff?against={numbers[0]}")
    assert (response.status_code, response.json()["type"]) == (422, "urn:spotter:problem:incomparable-releases")
    assert [fault["detail"] for fault in response.json()["errors"]] == [
        f"`mood`: release {numbers[1]} declares it in another way than release {numbers[0]}"
    ]


@pytest.mark.parametrize(
    ("path", "status", "slug"),
    [
        (f"{RELEASES}/7/diff?against=1", 404, "release-not-found"),
        (f"{RELEASES}/1/diff?against=7", 404, "release-not-found"),
        ("/v1/rulesets/absent/releases/1/diff?against=1", 404, "ruleset-not-found"),
        (f"{RELEASES}/1/diff", 400, "invalid-parameter"),
        (f"{RELEASES}/1/diff?against=0", 400, "invalid-parameter"),
        (f"{RELEASES}/1/diff?against=first", 400, "invalid-parameter"),
        (f"{RELEASES}/1/diff?agianst=1", 400, "invalid-parameter"),
    ],
)
async def test_what_is_missing_or_misspelt_is_a_problem(
    client: httpx.AsyncClient, path: str, status: int, slug: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.json()["type"]) == (status, f"urn:spotter:problem:{slug}")


async def test_a_parameter_that_is_missing_is_named(client: httpx.AsyncClient) -> None:
    response = await client.get(f"{RELEASES}/1/diff")
    assert response.json()["errors"] == [{"detail": "it is required", "parameter": "against"}]


async def test_a_fault_of_the_worker_is_told_with_the_id_that_it_was_logged_under(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> Compared:
        raise WorkerError("6fa459ea-ee8a-3ca4-894e-db77e160355e")

    number = await publish(client, RULES)
    monkeypatch.setattr(Worker, "compare", fail)
    response = await client.get(f"{RELEASES}/{number}/diff?against=1")
    assert (response.status_code, response.json()["type"]) == (500, "urn:spotter:problem:internal-error")
    assert response.json()["instance"] == "urn:uuid:6fa459ea-ee8a-3ca4-894e-db77e160355e"
