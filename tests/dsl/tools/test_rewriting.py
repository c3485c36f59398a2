"""A file is rewritten as a whole or stays as it was, and never says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.syntax.source import SourceFile
from dsl.tools import rewriting
from dsl.tools.exits import Exit
from dsl.tools.rewriting import formatted, replace
from dsl.tools.terminal import Failure

UNTIDY = "avoid   deadlift when pain = acute\n"


def test_a_write_that_fails_leaves_the_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.rules"
    path.write_text(UNTIDY)

    def no_space(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", no_space)
    with pytest.raises(Failure, match="cannot be written: no space left on device") as refused:
        replace(path, "avoid deadlift when pain=acute\n")
    assert refused.value.exit_code == Exit.UNUSABLE
    assert path.read_text() == UNTIDY
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_takes_no_file(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="cannot be written"):
        replace(tmp_path / "gone" / "a.rules", "")


def test_a_layout_that_would_say_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "format_file", lambda _source: "allow deadlift when pain=acute\n")
    with pytest.raises(Failure, match="its usual layout would say something else"):
        formatted(SourceFile("a.rules", UNTIDY))


def test_comments_and_meaning_stay() -> None:
    text = "# why\navoid   deadlift when pain = acute # always\n"
    done = formatted(SourceFile("a.rules", text))
    assert done.changes
    assert done.text == "# why\navoid deadlift when pain=acute  # always\n"
    assert formatted(SourceFile("a.rules", done.text)).changes is False
