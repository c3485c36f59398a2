"""Transactions over rule sets, releases and channels, on real SQLite."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from service.records import STABLE, Channel, NewRelease, Ruleset
from service.store.repositories import TakenError
from service.store.unit_of_work import Store
from tests.service.support import dump

pytestmark = pytest.mark.anyio

NOW = datetime.datetime(2026, 11, 22, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
DIGEST = "sha256:" + "0" * 64
NEW = NewRelease(DIGEST, b"artifact", DIGEST, b"source", NOW)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path, tmp_path / "store.db")
    yield opened
    await opened.close()


async def _ruleset(store: Store, name: str = "knees") -> Ruleset:
    async with store.writing() as work:
        return await work.rulesets.add(name, "Knees", NOW)


async def _publish_and_fail(store: Store, ruleset: Ruleset) -> None:
    async with store.writing() as work:
        await work.releases.add(ruleset, NEW)
        raise InterruptedError


async def test_what_is_written_is_read_back_with_its_instant(store: Store) -> None:
    made = await _ruleset(store)
    async with store.reading() as work:
        found = await work.rulesets.find("knees")
    assert found == made
    assert found is not None
    assert found.created_at == NOW


async def test_an_exception_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    ruleset = await _ruleset(store)
    before = dump(tmp_path / "store.db")
    with pytest.raises(InterruptedError):
        await _publish_and_fail(store, ruleset)
    assert dump(tmp_path / "store.db") == before


async def test_reading_changes_nothing(store: Store, tmp_path: Path) -> None:
    before = dump(tmp_path / "store.db")
    async with store.reading() as work:
        await work.rulesets.add("knees", "Knees", NOW)
    assert dump(tmp_path / "store.db") == before


async def test_a_name_is_taken_once(store: Store) -> None:
    await _ruleset(store)
    with pytest.raises(TakenError):
        await _ruleset(store)


async def test_publishers_at_the_same_time_leave_no_gap_and_no_duplicate(store: Store) -> None:
    knees, hips = await _ruleset(store), await _ruleset(store, "hips")

    async def publish(ruleset: Ruleset) -> int:
        async with store.writing() as work:
            return (await work.releases.add(ruleset, NEW)).number

    numbers = await asyncio.gather(*[publish(ruleset) for _ in range(32) for ruleset in (knees, hips)])
    assert sorted(numbers) == sorted([*range(1, 33), *range(1, 33)])


async def test_a_failed_publication_takes_no_number(store: Store) -> None:
    ruleset = await _ruleset(store)
    with pytest.raises(InterruptedError):
        await _publish_and_fail(store, ruleset)
    async with store.writing() as work:
        assert (await work.releases.add(ruleset, NEW)).number == 1


async def test_releases_are_paged_newest_first(store: Store) -> None:
    ruleset = await _ruleset(store)
    async with store.writing() as work:
        for _ in range(5):
            await work.releases.add(ruleset, NEW)
    async with store.reading() as work:
        assert [head.number for head in await work.releases.page(ruleset, None, 3)] == [5, 4, 3]
        assert [head.number for head in await work.releases.page(ruleset, 3, 3)] == [2, 1]
        assert await work.releases.page(ruleset, 1, 3) == []


async def test_a_release_is_kept_with_its_artifact_and_its_source(store: Store) -> None:
    ruleset = await _ruleset(store)
    async with store.writing() as work:
        head = await work.releases.add(ruleset, NEW)
    async with store.reading() as work:
        assert await work.releases.artifact(ruleset, 1) == (head, b"artifact")
        assert await work.releases.source(ruleset, 1) == (head, b"source")
        assert await work.releases.latest(ruleset) == head
        assert await work.releases.find(ruleset, 2) is None
        assert await work.releases.artifact(ruleset, 2) is None
        assert await work.releases.source(ruleset, 2) is None


async def test_a_channel_counts_its_moves(store: Store) -> None:
    ruleset = await _ruleset(store)
    async with store.writing() as work:
        first, second = [await work.releases.add(ruleset, NEW) for _ in range(2)]
    async with store.reading() as work:
        assert await work.channels.read(ruleset, STABLE) == Channel(STABLE)
    for version, head in enumerate((first, second, first), start=1):
        async with store.writing() as work:
            moved = await work.channels.move(ruleset, STABLE, head, NOW)
        assert moved == Channel(STABLE, head.number, DIGEST, version, NOW)
        async with store.reading() as work:
            assert await work.channels.read(ruleset, STABLE) == moved
            found = await work.rulesets.find("knees")
        assert found is not None
        assert (found.latest, found.stable) == (2, head.number)


async def test_foreign_keys_are_enforced_and_errors_carry_no_values(store: Store) -> None:
    ghost = Ruleset(99, "ghost", "Ghost", NOW, None, None)
    with pytest.raises(TakenError) as caught:
        async with store.writing() as work:
            await work.releases.add(ghost, NewRelease(DIGEST, b"saddle_numbness", DIGEST, b"", NOW))
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert "saddle_numbness" not in str(caught.value.__cause__)


async def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    first = await Store.open(tmp_path, tmp_path / "store.db")
    ruleset = await _ruleset(first)
    await first.close()
    again = await Store.open(tmp_path, tmp_path / "store.db")
    async with again.reading() as work:
        assert await work.rulesets.page(None, 10) == [ruleset]
        assert await work.rulesets.page("knees", 10) == []
    await again.close()
