"""Schemathesis against the running service: every operation, every check."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.support import served

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
OPERATIONS = 21


@pytest.mark.slow
def test_the_service_keeps_its_contract(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with served(tmp_path / "data") as server:
        told = _schemathesis(tmp_path, f"{server.url}/schema/openapi.json")
        log = server.log
    with capfd.disabled():
        sys.stderr.write(f"\n{told.stdout[told.stdout.rfind('=== SUMMARY') :]}")
    assert told.returncode == 0, told.stdout[-20_000:]
    assert f"Tested: {OPERATIONS}" in told.stdout
    assert f"Selected: {OPERATIONS}/{OPERATIONS}" in told.stdout
    assert [
        phase for phase in ("Examples", "Coverage", "Fuzzing", "Stateful") if f"✅ {phase}" not in told.stdout
    ] == []
    generated, passed = (int(number) for number in re.findall(r"(\d+) (?:generated|passed)", told.stdout)[-2:])
    assert generated == passed > 1_000
    assert "failure" not in log


def _schemathesis(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "st"), "--no-color", "--config-file", str(HERE / "schemathesis.toml")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.run(
        [*command, "run", url], cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=580
    )
