"""Compiling the shipped packs once after installing."""

from __future__ import annotations

from pathlib import Path

import pytest

from service import precompile
from service.operations.shipped import Packs
from tests.service.support import RULES


def _pack(folder: Path, text: str) -> Path:
    (folder / "rules" / "small").mkdir(parents=True)
    (folder / "rules" / "small" / "a.rules").write_text(text, "utf-8")
    return folder / "rules"


def _run(monkeypatch: pytest.MonkeyPatch, folder: Path, rules: Path) -> int:
    monkeypatch.setattr(precompile, "shipped_rules", lambda: rules)
    monkeypatch.setattr(precompile, "Packs", lambda found: Packs(found, folder / "precompiled"))
    return precompile.main()


def test_what_is_compiled_beforehand_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = _pack(tmp_path, RULES)
    assert _run(monkeypatch, tmp_path, rules) == 0
    packs = Packs(rules, tmp_path / "precompiled")
    found = packs.compiled(rules / "small")
    monkeypatch.setattr("service.operations.shipped.compile_files", None)
    assert packs.compiled(rules / "small") == found


def test_errors_are_shown_and_end_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, tmp_path, _pack(tmp_path, "avoid deadlift when pain=acuet\n")) == 1
    assert "small/a.rules:1:26" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff"])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    rules = _pack(tmp_path, RULES)
    (tmp_path / "precompiled").mkdir()
    (tmp_path / "precompiled" / "small.json").write_bytes(content)
    assert Packs(rules, tmp_path / "precompiled").compiled(rules / "small").artifact is not None
