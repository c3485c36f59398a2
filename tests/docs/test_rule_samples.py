"""Every sample of the language compiles, alone, and every wrong one is wrong in the way its page says."""

from __future__ import annotations

import pytest

from dsl.semantics.compiler import read_paths
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from tests.docs.building import reported
from tests.docs.fences import ROOT, Fence, every_fence, fences

RIGHT = every_fence("rules")
WRONG = every_fence("rules-wrong")


def _sources(fence: Fence) -> list[SourceFile]:
    own = SourceFile(fence.options.get("file", "sample.rules"), fence.text)
    if "with" not in fence.options:
        return [own]
    name = fence.options["with"]
    if (ROOT / name).exists():
        return [own, *read_paths([ROOT / name], Limits())[0]]
    named = next(other for other in fences(fence.page) if other.options.get("file") == name)
    return [own, SourceFile(name, named.text)]


def _reported(fence: Fence) -> list[Diagnostic]:
    """Return what is wrong with the sample itself; overriding a pack's rule rightly fails that pack's examples."""
    own, *others = _sources(fence)
    return [one for one in reported(own, *others) if one.span.source == own.name]


def test_there_are_samples() -> None:
    assert len(RIGHT) > 30
    assert len(WRONG) > 5


@pytest.mark.parametrize("fence", RIGHT, ids=lambda fence: fence.place)
def test_a_sample_compiles(fence: Fence) -> None:
    assert [f"{found.code} {found.message} ({found.help})" for found in _reported(fence)] == []


@pytest.mark.parametrize("fence", WRONG, ids=lambda fence: fence.place)
def test_a_wrong_sample_is_wrong_as_said(fence: Fence) -> None:
    assert sorted(found.code for found in _reported(fence)) == sorted(fence.words)
