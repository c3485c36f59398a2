"""The shipped examples notice every planted fault but those of which `rules/README.md` says why nothing changes."""

from __future__ import annotations

import pytest

from dsl.analysis.mutation import mutate
from dsl.semantics.compiler import compile_sources
from dsl.semantics.reading import read_paths
from dsl.syntax.limits import Limits
from tests.rules.shipped import PACK, RULES


def justified() -> list[tuple[str, str]]:
    """Return rule and fault of each row of the table; each row has a reason."""
    text = (RULES / "README.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| Rule | Fault | Why nobody's answer changes |\n|---|---|---|\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n\n")[0].splitlines()]
    assert rows
    assert all(reason for _, _, reason in rows)
    return [(f"{PACK}/{rule.strip('`')}", fault) for rule, fault, _ in rows]


@pytest.mark.slow
def test_every_fault_is_noticed_or_justified() -> None:
    sources, _ = read_paths([RULES / "back_pain"], Limits())
    compilation = compile_sources(sources)
    assert compilation.release is not None
    found = mutate(compilation.release.artifact, compilation.examples)
    assert [(one.rule, one.what, one.example) for one in found.survivors] == []
    assert sorted((one.rule, one.what) for one in found.harmless) == sorted(justified())
    assert found.noticed > 1_000
