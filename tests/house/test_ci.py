"""CI runs what the README tells a newcomer to run, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "run"


def fake_make(folder: Path, exit_code: int) -> dict[str, str]:
    make = folder / "make"
    make.write_text(f'#!/bin/sh\necho "make $*"; pwd; cat; exit {exit_code}\n', encoding="utf-8")
    make.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def ci(folder: Path, exit_code: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", SCRIPT],
        cwd=folder,
        env=fake_make(folder, exit_code),
        input="what CI does not have\n",
        capture_output=True,
        text=True,
        check=False,
    )


def test_ci_runs_the_readmes_test_command_in_the_checkout_without_input(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = "make test"
    assert re.search(rf"(?m)^(?:\$ )?{command}(?:\s|$)", readme)
    assert ci(tmp_path).stdout.splitlines() == [command, str(ROOT)]


def test_ci_fails_where_the_tests_fail(tmp_path: Path) -> None:
    assert ci(tmp_path, exit_code=3).returncode == 3


def test_ci_can_be_executed() -> None:
    assert os.access(SCRIPT, os.X_OK)
