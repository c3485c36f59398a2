"""Reading and writing rule sets, releases and channels inside one unit of work."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import undefer

from service.records import STABLE, Channel, NewRelease, ReleaseHead, Ruleset
from service.store.models import ChannelRow, ReleaseRow, RulesetRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


class TakenError(Exception):
    """The name, or the number, was taken by somebody else."""


class RulesetRepository:
    """The rule sets."""

    def __init__(self, session: AsyncSession) -> None:
        """Work within `session`."""
        self._session = session

    async def add(self, name: str, title: str, created_at: datetime.datetime) -> Ruleset:
        """Store a rule set without releases.

        Raises:
            TakenError: there is one of this name.
        """
        row = RulesetRow(name=name, title=title, created_at=created_at)
        self._session.add(row)
        await _flush(self._session)
        return Ruleset(row.id, name, title, created_at, latest=None, stable=None)

    async def find(self, name: str) -> Ruleset | None:
        """Return the rule set called `name`."""
        found = (await self._session.execute(_rulesets().where(RulesetRow.name == name))).one_or_none()
        return Ruleset(*found) if found else None

    async def page(self, after: str | None, count: int) -> list[Ruleset]:
        """Return up to `count` rule sets by name, from the first one after `after`."""
        query = _rulesets().order_by(RulesetRow.name).limit(count)
        if after is not None:
            query = query.where(RulesetRow.name > after)
        return [Ruleset(*found) for found in await self._session.execute(query)]


def _rulesets() -> Select[int, str, str, datetime.datetime, int | None, int | None]:
    latest = (
        select(func.max(ReleaseRow.number))
        .where(ReleaseRow.ruleset_id == RulesetRow.id)
        .correlate(RulesetRow)
        .scalar_subquery()
    )
    stable = (
        select(ReleaseRow.number)
        .join(ChannelRow, ChannelRow.release_id == ReleaseRow.id)
        .where(ChannelRow.ruleset_id == RulesetRow.id, ChannelRow.name == STABLE)
        .correlate(RulesetRow)
        .scalar_subquery()
    )
    return select(RulesetRow.id, RulesetRow.name, RulesetRow.title, RulesetRow.created_at, latest, stable)


class ReleaseRepository:
    """The releases of rule sets."""

    def __init__(self, session: AsyncSession) -> None:
        """Work within `session`."""
        self._session = session

    async def add(self, ruleset: Ruleset, new: NewRelease) -> ReleaseHead:
        """Store `new` under the next number of `ruleset`.

        Raises:
            TakenError: another publisher took the number first.
        """
        number = 1 + (await self._latest_number(ruleset) or 0)
        row = ReleaseRow(
            ruleset_id=ruleset.id,
            number=number,
            digest=new.digest,
            source_digest=new.source_digest,
            published_at=new.published_at,
            artifact=new.artifact,
            source=new.source,
        )
        self._session.add(row)
        await _flush(self._session)
        return _head(ruleset, row)

    async def _latest_number(self, ruleset: Ruleset) -> int | None:
        query = select(func.max(ReleaseRow.number)).where(ReleaseRow.ruleset_id == ruleset.id)
        return await self._session.scalar(query)

    async def find(self, ruleset: Ruleset, number: int) -> ReleaseHead | None:
        """Return release `number` of `ruleset`."""
        row = await self._session.scalar(self._one(ruleset, number))
        return _head(ruleset, row) if row else None

    async def latest(self, ruleset: Ruleset) -> ReleaseHead | None:
        """Return the newest release of `ruleset`."""
        number = await self._latest_number(ruleset)
        return None if number is None else await self.find(ruleset, number)

    async def page(self, ruleset: Ruleset, before: int | None, count: int) -> list[ReleaseHead]:
        """Return up to `count` releases of `ruleset`, newest first, from the first one before `before`."""
        query = select(ReleaseRow).where(ReleaseRow.ruleset_id == ruleset.id)
        if before is not None:
            query = query.where(ReleaseRow.number < before)
        rows = await self._session.scalars(query.order_by(ReleaseRow.number.desc()).limit(count))
        return [_head(ruleset, row) for row in rows]

    async def artifact(self, ruleset: Ruleset, number: int) -> tuple[ReleaseHead, bytes] | None:
        """Return release `number` of `ruleset` with the canonical bytes of its artifact."""
        row = await self._session.scalar(self._one(ruleset, number).options(undefer(ReleaseRow.artifact)))
        return (_head(ruleset, row), row.artifact) if row else None

    async def source(self, ruleset: Ruleset, number: int) -> tuple[ReleaseHead, bytes] | None:
        """Return release `number` of `ruleset` with the bytes of its source."""
        row = await self._session.scalar(self._one(ruleset, number).options(undefer(ReleaseRow.source)))
        return (_head(ruleset, row), row.source) if row else None

    def _one(self, ruleset: Ruleset, number: int) -> Select[ReleaseRow]:
        return select(ReleaseRow).where(ReleaseRow.ruleset_id == ruleset.id, ReleaseRow.number == number)


def _head(ruleset: Ruleset, row: ReleaseRow) -> ReleaseHead:
    return ReleaseHead(row.id, ruleset.name, row.number, row.digest, row.source_digest, row.published_at)


class ChannelRepository:
    """The channels of rule sets."""

    def __init__(self, session: AsyncSession) -> None:
        """Work within `session`."""
        self._session = session

    async def read(self, ruleset: Ruleset, name: str) -> Channel:
        """Return the channel `name`; one that was never moved points nowhere."""
        query = (
            select(ChannelRow, ReleaseRow.number, ReleaseRow.digest)
            .join(ReleaseRow, ReleaseRow.id == ChannelRow.release_id)
            .where(ChannelRow.ruleset_id == ruleset.id, ChannelRow.name == name)
        )
        found = (await self._session.execute(query)).one_or_none()
        if found is None:
            return Channel(name)
        row, number, digest = found
        return Channel(name, number, digest, row.version, row.moved_at)

    async def move(self, ruleset: Ruleset, name: str, to: ReleaseHead, at: datetime.datetime) -> Channel:
        """Point the channel `name` at the release `to`.

        Raises:
            TakenError: it was moved for the first time by somebody else.
        """
        row = await self._session.get(ChannelRow, (ruleset.id, name))
        if row is None:
            row = ChannelRow(ruleset_id=ruleset.id, name=name, release_id=to.id, version=0, moved_at=at)
            self._session.add(row)
        row.release_id, row.version, row.moved_at = to.id, row.version + 1, at
        await _flush(self._session)
        return Channel(name, to.number, to.digest, row.version, at)


async def _flush(session: AsyncSession) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise TakenError from error
