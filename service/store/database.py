"""The SQLite file: brought to the current schema, held by one process, opened for asynchronous use."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from service.store.models import Row

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

HEAD = "0001"
"""The newest migration. A file that is there already is opened without loading Alembic."""

WRITING = "spotter_writing"
"""Execution option of connections that are going to write."""

_BUSY_MILLISECONDS = 10_000
_MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(Exception):
    """The store cannot be used; the message is for the operator."""


def lock(folder: Path) -> IO[str]:
    """Return the lock of the data folder, held until closed.

    Answers come from memory, so a second process that moved a channel in the same file would go unnoticed.

    Raises:
        StoreError: another process holds it, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / "lock").open("w")
    except OSError as error:
        raise StoreError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        raise StoreError(f"another Spotter is using the data folder {folder}") from error
    return held


def migrate(file: Path) -> None:
    """Bring the SQLite file to the current schema, creating it if there is none.

    Raises:
        StoreError: the file is no Spotter store, or a newer version has written it.
    """
    try:
        if not file.exists():
            _create(file)
        elif _revision(file) != HEAD:
            _upgrade(file)
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{file} is not a store that can be opened: {error}") from error


def _revision(file: Path) -> str | None:
    with closing(sqlite3.connect(file)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return found[0] if found else None


def _create(file: Path) -> None:
    """Make a new file with the current schema, which is what all migrations together make."""
    unfinished = file.with_suffix(".new")  # becomes the file only when it is whole
    unfinished.unlink(missing_ok=True)
    engine = create_engine(_url(unfinished, "sqlite"), hide_parameters=True)
    with engine.begin() as connection:
        Row.metadata.create_all(connection)
        connection.exec_driver_sql(
            "CREATE TABLE alembic_version "
            "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))
    engine.dispose()
    unfinished.rename(file)


def _upgrade(file: Path) -> None:
    # Alembic takes a quarter of a second to import and run, which only the first start after an upgrade should pay.
    from alembic import command, util  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = _url(file, "sqlite")
    try:
        command.upgrade(config, HEAD)
    except util.CommandError as error:
        raise StoreError(f"{file} was written by another version of Spotter: {error}") from error


def open_engine(file: Path) -> AsyncEngine:
    """Return an engine on the SQLite file; parameters never appear in its errors or logs."""
    engine = create_async_engine(
        _url(file, "sqlite+aiosqlite"),
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": _BUSY_MILLISECONDS / 1000},
    )
    event.listen(engine.sync_engine, "connect", _configure)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _url(file: Path, driver: str) -> URL:
    return URL.create(driver, database=str(file))


def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that begins by reading cannot become a writing one once somebody else has written.
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
