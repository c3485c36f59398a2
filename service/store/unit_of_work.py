"""One transaction over the repositories, and the store that opens them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from service.store import database
from service.store.repositories import ChannelRepository, ReleaseRepository, RulesetRepository


class UnitOfWork:
    """The repositories, sharing one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        """Work within `session`."""
        self.rulesets = RulesetRepository(session)
        self.releases = ReleaseRepository(session)
        self.channels = ChannelRepository(session)


class Store:
    """The store of one data folder, held by this process until closed."""

    def __init__(self, folder: Path, file: Path) -> None:
        """Describe the store in `folder`; it is opened by `open`."""
        self._lock = database.lock(folder)
        try:
            database.migrate(file)
        except BaseException:
            self._lock.close()
            raise
        self._engine: AsyncEngine = database.open_engine(file)
        self._writers = asyncio.Lock()

    @classmethod
    async def open(cls, folder: Path, file: Path) -> Self:
        """Return the store in `folder`, migrated to the current schema.

        Raises:
            StoreError: it cannot be used.
        """
        return await asyncio.to_thread(cls, folder, file)

    async def close(self) -> None:
        """Close the file and let another process have it."""
        await self._engine.dispose()
        self._lock.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that sees one state of the store and changes nothing."""
        async with AsyncSession(self._engine) as session, session.begin():
            yield UnitOfWork(session)
            await session.rollback()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        """Open a transaction that is committed as a whole on leaving, or not at all after an exception."""
        async with self._writers, AsyncSession(self._engine, expire_on_commit=False) as session:
            await session.connection(execution_options={database.WRITING: True})
            yield UnitOfWork(session)
            await session.commit()
