"""The SQLite file: its schema, its lock, its refusals."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from service.store import database
from service.store.models import Row
from tests.service.support import dump

MIGRATIONS = Path(database.__file__).parent / "migrations"


def _migrated(file: Path) -> Path:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = f"sqlite:///{file}"
    command.upgrade(config, "head")
    return file


def _schema(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {re.sub(r"\s+", "", sql) for (sql,) in rows}


def test_a_new_file_is_what_all_migrations_together_make(tmp_path: Path) -> None:
    database.migrate(tmp_path / "created")
    assert _schema(tmp_path / "created") == _schema(_migrated(tmp_path / "migrated"))


def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{_migrated(tmp_path / 'file')}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
    engine.dispose()


def test_the_migrations_can_be_taken_back(tmp_path: Path) -> None:
    file = _migrated(tmp_path / "file")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = f"sqlite:///{file}"
    command.downgrade(config, "base")
    assert {name for name in _schema(file) if "alembic_version" not in name} == set()


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == database.HEAD


def test_an_older_file_is_brought_up_to_date(tmp_path: Path) -> None:
    older = tmp_path / "older"
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.commit()
    database.migrate(older)
    database.migrate(tmp_path / "new")
    assert {line for line in _schema(tmp_path / "new") if "alembic_version" not in line} <= _schema(older)


def test_a_file_that_is_current_stays_as_it_is_and_needs_no_alembic(tmp_path: Path) -> None:
    file = tmp_path / "file"
    database.migrate(file)
    before = dump(file)
    script = (
        "import sys; from pathlib import Path; from service.store import database; "
        f"database.migrate(Path({str(file)!r})); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    assert dump(file) == before


@pytest.mark.parametrize("content", [b"this is no database, whatever it is called" * 100, b"\x00" * 4096])
def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(database.StoreError, match="file"):
        database.migrate(file)
    assert file.read_bytes() == content


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    database.migrate(file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(database.StoreError, match="another version"):
        database.migrate(file)


def test_an_interrupted_creation_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "file.new").write_bytes(b"half a file")
    database.migrate(tmp_path / "file.db")
    (tmp_path / "other.new").write_bytes(b"half a file")
    database.migrate(tmp_path / "other.db")
    assert dump(tmp_path / "other.db") == dump(tmp_path / "file.db")


def test_a_folder_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    held = database.lock(tmp_path)
    with pytest.raises(database.StoreError, match="another Spotter"):
        database.lock(tmp_path)
    held.close()
    database.lock(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(database.StoreError, match="cannot be used"):
        database.lock(tmp_path / "file" / "folder")
