"""Every sample of the language compiles, alone, and every wrong one is wrong in the way its page says."""

from __future__ import annotations

import pytest

from dsl.semantics.compiler import read_paths
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from tests.docs.building import reported
from tests.docs.fences import ROOT, Fence, every_fence, fences, with_characters

RIGHT = every_fence("rules")
WRONG = every_fence("rules-wrong")


def _beside(fence: Fence) -> tuple[list[SourceFile], list[SourceFile]]:
    """Return the rules and the texts of works that a sample is compiled with."""
    name = fence.options.get("with")
    if name is None:
        return [], []
    if (ROOT / name).exists():
        return read_paths([ROOT / name], Limits())[0], []
    named = next(other for other in fences(fence.page) if other.options.get("file") == name)
    files = [SourceFile(name, named.text)]
    return ([], files) if named.kind == "work" else (files, [])


def _reported(fence: Fence) -> list[Diagnostic]:
    """Return what is wrong with the sample itself; overriding a pack's rule rightly fails that pack's examples."""
    own = SourceFile(fence.options.get("file", "sample.rules"), with_characters(fence.text))
    rules, texts = _beside(fence)
    found = [
        one for one in reported(own, *rules, texts=tuple(texts)) if one.span.source in ("", own.name, *_works(texts))
    ]
    return [one for one in found if one.severity is not Severity.NOTE or one.code in fence.words]


def _works(texts: list[SourceFile]) -> list[str]:
    return [text.name for text in texts]


def test_there_are_samples() -> None:
    assert len(RIGHT) > 30
    assert len(WRONG) > 5


@pytest.mark.parametrize("fence", RIGHT, ids=lambda fence: fence.place)
def test_a_sample_compiles(fence: Fence) -> None:
    assert [f"{found.code} {found.message} ({found.help})" for found in _reported(fence)] == []


@pytest.mark.parametrize("fence", WRONG, ids=lambda fence: fence.place)
def test_a_wrong_sample_is_wrong_as_said(fence: Fence) -> None:
    assert sorted(found.code for found in _reported(fence)) == sorted(fence.words)
