"""The benchmark of the service, short of the load: its question, its peers, its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import msgspec
import pytest

from service.api.v1.recommendation_schemas import RecommendationRequestV1
from tests.benchmarks import service, service_peers
from tests.benchmarks.service import LITESTAR, NAMES, QUESTION, RATE, RAW, SPOTTER, TAIL, Load, rows_of

if TYPE_CHECKING:
    from service.api.interface import Application


def _loads(rates: dict[str, list[int]]) -> dict[str, list[Load]]:
    return {name: [Load(rate, 1.0, 0, 1_000 / rate, 2_000 / rate) for rate in rates[name]] for name in NAMES}


def test_the_question_has_about_a_kilobyte_and_fits_the_endpoint() -> None:
    body = msgspec.json.encode(QUESTION)
    assert 1_000 <= len(body) <= 1_100
    assert msgspec.json.decode(body, type=RecommendationRequestV1).exercises is None


def test_members_differ_and_their_questions_fit_too() -> None:
    asked = [msgspec.json.encode(question) for question in service.questions(50)]
    assert asked[0] == msgspec.json.encode(QUESTION)
    assert len(set(asked)) == 50
    assert all(msgspec.json.decode(body, type=RecommendationRequestV1).asked_with == 1 for body in asked)
    assert all(b"\n" not in body for body in asked)


def test_the_bars_are_on_one_question_at_full_load_with_one_worker_and_with_two() -> None:
    barred = [(workers, trial) for workers, trials in service.TRIALS.items() for trial in trials if trial.barred]
    assert [(workers, trial.connections, trial.members) for workers, trial in barred] == [(1, 8, 1), (2, 8, 1)]


def test_ratios_are_those_of_each_round_so_that_a_slow_spell_of_the_machine_weighs_on_both() -> None:
    loads = _loads({SPOTTER: [900, 90, 1_800], LITESTAR: [1_000, 100, 2_000], RAW: [2_000, 200, 4_000]})
    rows = rows_of(loads, "1 worker", barred=True)
    (rate,) = [row for row in rows if (row.peer, row.metric) == (LITESTAR, RATE)]
    (tail,) = [row for row in rows if (row.peer, row.metric) == (LITESTAR, TAIL)]
    assert (rate.value, rate.ratio, rate.bar, rate.holds) == (900, 0.9, 0.85, True)
    assert tail.ratio == pytest.approx(1 / 0.9)
    assert (tail.bar, tail.holds) == (1.5, True)


def test_a_service_that_is_slower_than_its_bars_misses_them() -> None:
    rows = rows_of(_loads({SPOTTER: [500], LITESTAR: [1_000], RAW: [2_000]}), "1 worker", barred=True)
    assert [row.holds for row in rows if row.bar is not None] == [False, False]
    assert [row.peer for row in rows if row.bar is not None] == [LITESTAR, LITESTAR]


def test_there_are_no_bars_where_the_load_is_light() -> None:
    rows = rows_of(_loads({SPOTTER: [500], LITESTAR: [1_000], RAW: [2_000]}), "1 worker", barred=False)
    assert all(row.bar is None for row in rows)
    assert {row.subject for row in rows if row.peer == ""} == {LITESTAR, RAW}


@pytest.mark.anyio
@pytest.mark.parametrize("app", [service_peers.litestar, service_peers.raw_asgi], ids=["litestar", "raw-asgi"])
async def test_a_peer_reads_the_question_and_sends_the_answer(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_peers, "_answer", b'{"answer":1}')
    monkeypatch.setattr(service_peers, "_headers", [(b"content-length", b"12")])
    transport = httpx.ASGITransport(cast("Any", cast("Application", app)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.post(service_peers.PATH, json=QUESTION)
        wrong = await client.post(service_peers.PATH, json={**QUESTION, "asked_with": "one"})
    assert (answer.status_code, answer.content) == (200, b'{"answer":1}')
    assert wrong.status_code >= 400


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def test_without_wrk_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(RuntimeError, match="wrk"):
        service.run()
