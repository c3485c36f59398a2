"""Every sample of the language compiles, alone, and every wrong one is wrong in the way its page says."""

from __future__ import annotations

import pytest

from dsl.evaluation.build import build
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.source import SourceFile
from tests.docs.fences import Fence, every_fence, fences

RIGHT = every_fence("rules")
WRONG = every_fence("rules-wrong")


def _sources(fence: Fence) -> list[SourceFile]:
    own = SourceFile(fence.options.get("file", "sample.rules"), fence.text)
    if "with" not in fence.options:
        return [own]
    named = next(other for other in fences(fence.page) if other.options.get("file") == fence.options["with"])
    return [own, SourceFile(named.options["file"], named.text)]


def _reported(fence: Fence) -> list[Diagnostic]:
    return [found for found in build(_sources(fence)).diagnostics if found.severity is not Severity.NOTE]


def test_there_are_samples() -> None:
    assert len(RIGHT) > 30
    assert len(WRONG) > 5


@pytest.mark.parametrize("fence", RIGHT, ids=lambda fence: fence.place)
def test_a_sample_compiles(fence: Fence) -> None:
    assert [f"{found.code} {found.message} ({found.help})" for found in _reported(fence)] == []


@pytest.mark.parametrize("fence", WRONG, ids=lambda fence: fence.place)
def test_a_wrong_sample_is_wrong_as_said(fence: Fence) -> None:
    assert sorted(found.code for found in _reported(fence)) == sorted(fence.words)
