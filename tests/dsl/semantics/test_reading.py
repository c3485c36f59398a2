"""Rule files from disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dsl.semantics.reading import read_paths, shipped_rules
from dsl.syntax.limits import Limits


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "b.rules").write_text("exercise b\n")
    (tmp_path / "deep" / "a.rules").write_text("exercise a\n")
    (tmp_path / "deep" / "deeper" / "c.rules").write_text("exercise c\n")
    (tmp_path / "deep" / "notes.txt").write_text("no rules\n")
    return tmp_path


def names(folder: Path, *paths: Path) -> list[str]:
    sources, found = read_paths(paths)
    assert found == []
    return [Path(source.name).relative_to(folder).as_posix() for source in sources]


def test_a_folder_gives_its_rule_files_sorted(folder: Path) -> None:
    assert names(folder, folder) == ["b.rules", "deep/a.rules", "deep/deeper/c.rules"]


def test_a_file_may_be_called_anything(folder: Path) -> None:
    assert names(folder, folder / "deep" / "notes.txt") == ["deep/notes.txt"]


def test_a_file_reached_twice_is_read_once(folder: Path) -> None:
    assert names(folder, folder / "b.rules", folder / "deep" / ".." / "b.rules", folder / "deep") == [
        "b.rules",
        "deep/../b.rules",
        "deep/a.rules",
        "deep/deeper/c.rules",
    ]
    assert names(folder, folder, folder / "b.rules") == ["b.rules", "deep/a.rules", "deep/deeper/c.rules"]


def test_folders_that_contain_themselves_end(folder: Path) -> None:
    (folder / "deep" / "loop").symlink_to(folder, target_is_directory=True)
    assert names(folder, folder) == ["b.rules", "deep/a.rules", "deep/deeper/c.rules"]


def found_at(*paths: Path, limits: Limits | None = None) -> list[tuple[str, str, str]]:
    _, found = read_paths(paths, limits or Limits())
    return [(one.code, one.span.source, one.message) for one in found]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    ((code, source, message),) = found_at(tmp_path / "nothing")
    assert (code, source) == ("E291", str(tmp_path / "nothing"))
    assert str(tmp_path / "nothing") in message


def test_a_link_to_nowhere_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.rules").symlink_to(tmp_path / "nowhere")
    assert [code for code, _, _ in found_at(tmp_path)] == ["E291"]


def test_a_folder_without_rule_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    assert [code for code, _, _ in found_at(tmp_path)] == ["E292"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_bytes(b"exercise \xff\n")
    ((code, _, message),) = found_at(tmp_path)
    assert code == "E293"
    assert "byte 9 is 0xff" in message


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_bytes(b"#" * 101)
    (tmp_path / "b.rules").write_bytes(b"#" * 100)
    sources, found = read_paths([tmp_path], Limits(file_bytes=100))
    assert [one.code for one in found] == ["E294"]
    assert [len(source.text) for source in sources] == [100]


def test_files_past_the_bounds_are_not_read(tmp_path: Path) -> None:
    for place in range(5):
        (tmp_path / f"{place}.rules").write_bytes(b"#" * 10)
    assert [code for code, _, _ in found_at(tmp_path, limits=Limits(files=3))] == ["E295"]
    assert [code for code, _, _ in found_at(tmp_path, limits=Limits(total_bytes=35))] == ["E294"]
    assert found_at(tmp_path, limits=Limits(files=5, total_bytes=50)) == []


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.rules")
    ((code, _, message),) = found_at(tmp_path)
    assert code == "E291"
    assert "not a file" in message


def test_a_file_that_may_not_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "a.rules").write_text("")
    monkeypatch.setattr(Path, "open", refuse)
    ((code, _, message),) = found_at(tmp_path)
    assert code == "E291"
    assert "Permission denied" in message


def test_a_path_with_a_zero_byte_is_missing() -> None:
    assert [code for code, _, _ in found_at(Path("a\0b"))] == ["E291"]


def test_the_shipped_rules_have_a_prelude() -> None:
    assert (shipped_rules() / "prelude").is_dir()


def test_an_installed_package_brings_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "shipped_rules").mkdir()
    monkeypatch.setattr("dsl.semantics.reading._PACKAGE", tmp_path)
    assert shipped_rules() == tmp_path / "shipped_rules"
