"""The shipped examples notice every planted fault but those of which `rules/README.md` says why nothing changes."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from dsl.analysis.faults import Mutation
from tests.rules.shipped import PACK, RULES


def justified() -> list[tuple[str, str]]:
    """Return rule and fault of each row of the table; each row has a reason."""
    text = (RULES / "README.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| Rule | Fault | Why nobody's answer changes |\n|---|---|---|\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n\n")[0].splitlines()]
    assert rows
    assert all(reason for _, _, reason in rows)
    return [(PACK if rule == "`covers`" else f"{PACK}/{rule.strip('`')}", fault) for rule, fault, _ in rows]


@pytest.mark.slow
def test_every_fault_is_noticed_or_justified() -> None:
    # A process of its own: with every line of it counted by coverage it would take four times as long.
    command = [sys.executable, "-m", "service.cli", "mutate", str(RULES), "--json"]
    ran = subprocess.run(command, capture_output=True, check=True, text=True)
    found = msgspec.json.decode(ran.stdout, type=Mutation)
    assert [(one.rule, one.what, one.example) for one in found.survivors] == []
    assert sorted((one.rule, one.what) for one in found.harmless) == sorted(justified())
    assert found.noticed > 1_000
