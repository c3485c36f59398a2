"""Publishing while others do."""

from __future__ import annotations

from typing import Any, Never

import pytest

from dsl.tools.findings import Finding
from service.api.edge import Edge
from service.operations.compilation import Compiled
from service.operations.context import Context
from service.operations.publish_release import publish_release, store_release
from service.problems import INVALID_RULES, PUBLISH_CONFLICT, ProblemError
from service.records import NewRelease, ReleaseHead, Ruleset
from service.settings import Settings
from service.store.repositories import ReleaseRepository, TakenError
from tests.service.support import dump

pytestmark = pytest.mark.anyio


@pytest.fixture
def context(app: Edge) -> Context:
    litestar: Any = app.app
    found: Context = litestar.state.context
    return found


async def _new(context: Context) -> NewRelease:
    async with context.store.reading() as work:
        ruleset = await work.rulesets.find("small")
        assert ruleset is not None
        found = await work.releases.artifact(ruleset, 1)
    assert found is not None
    head, artifact = found
    return NewRelease(head.digest, artifact, "sha256:" + "1" * 64, b"[]", head.published_at)


async def test_a_number_that_others_took_is_tried_again(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = ReleaseRepository.add, 0

    async def taken_twice(releases: ReleaseRepository, ruleset: Ruleset, new: NewRelease) -> ReleaseHead:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise TakenError
        return await real(releases, ruleset, new)

    monkeypatch.setattr(ReleaseRepository, "add", taken_twice)
    head, created = await store_release(context, "small", await _new(context))
    assert (head.number, created, calls) == (2, True, 3)


async def test_a_number_that_others_keep_taking_is_a_conflict(
    context: Context, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def taken(*_: object) -> Never:
        raise TakenError

    before = dump(settings.database)
    monkeypatch.setattr(ReleaseRepository, "add", taken)
    with pytest.raises(ProblemError) as caught:
        await store_release(context, "small", await _new(context))
    assert caught.value.kind is PUBLISH_CONFLICT
    assert dump(settings.database) == before


async def test_a_fault_of_no_file_that_was_sent_points_at_them_all(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Finding("E130", "error", "too large", None, None, "", 1, 1, 1, 1, "too large")

    async def compile_to_nothing(*_: object) -> Compiled:
        return Compiled((found,), ())

    monkeypatch.setattr("service.operations.worker.Worker.compile", compile_to_nothing)
    with pytest.raises(ProblemError) as caught:
        await publish_release(context, "small", [])
    assert caught.value.kind is INVALID_RULES
    assert [fault.pointer for fault in caught.value.faults] == ["/files"]
