"""The Makefile finds a Python that will do, says so where there is none, and stops at the first failing check."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTERS = ["ruff check", "ruff format --check", "mypy", "lint-imports", "hadolint Dockerfile"]


def make(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = [shutil.which("make") or "make", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**inherited, **(env or {})}, capture_output=True, text=True, check=False
    )


def planned(*arguments: str) -> list[str]:
    result = make(ROOT, "--dry-run", *arguments)
    assert result.returncode == 0, result.stderr
    return [line.removeprefix(".venv/bin/") for line in result.stdout.splitlines() if line.startswith(".venv/bin/")]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the Makefile and the lock, and tools for no more than finding a Python."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("sh", "sed", "mkdir", "rm"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    return tmp_path


def install_python(checkout: Path, name: str, probe: str) -> None:
    """Put a stand-in for a Python on the path: answers the Makefile's question with `probe`, makes a .venv."""
    script = checkout / "tools" / name
    made = f'"{shutil.which("mkdir")}" -p .venv/bin && echo {name} > .venv/bin/python'
    script.write_text(
        f"#!/bin/sh\nif [ \"$1\" = -c ]; then echo '{probe}'; exit; fi\n{made}\n",
        encoding="utf-8",
    )
    script.chmod(0o755)


def environment(checkout: Path) -> dict[str, str]:
    return {"PATH": str(checkout / "tools")}


def test_everything_runs_in_order_and_the_tests_come_last() -> None:
    commands = planned("test")
    assert [command for command in commands if command in LINTERS] == LINTERS
    assert commands[-1].startswith("pytest ")
    assert "--cov" in commands[-1].split()
    assert "not slow" not in commands[-1]


def test_the_fast_part_leaves_out_the_slow_tests_only() -> None:
    commands = planned("check")
    assert [command for command in commands if command in LINTERS] == LINTERS
    assert '-m "not slow"' in commands[-1]


def test_the_port_is_passed_on() -> None:
    result = make(ROOT, "--dry-run", "run", "PORT=9123")
    assert result.stdout.splitlines()[-1] == "exec .venv/bin/spotter serve --port 9123"


def test_running_installs_from_the_lock_by_hash_and_leaves_the_tests_out(checkout: Path) -> None:
    plan = make(checkout, "--dry-run", "run").stdout
    assert "--require-hashes --only-binary=:all: --no-deps -r .venv/run.lock" in plan
    cut = next(line for line in plan.splitlines() if line.startswith("sed '/^# ---- to test"))
    subprocess.run(["sh", "-c", cut.replace(".venv/", "")], cwd=checkout, check=True)
    kept = (checkout / "run.lock").read_text(encoding="utf-8")
    assert "\nlitestar==" in kept
    assert "\nhatchling==" in kept
    assert "\npytest==" not in kept


def test_what_is_compared_with_is_installed_for_benchmarks_only(checkout: Path) -> None:
    whole = make(checkout, "--dry-run", "bench").stdout
    testing, benchmarking = [line for line in whole.splitlines() if line.startswith("sed ") and "to benchmark" in line]
    assert benchmarking not in make(checkout, "--dry-run", "test").stdout
    for cut in (testing, benchmarking):
        subprocess.run(["sh", "-c", cut.replace(".venv/", "")], cwd=checkout, check=True)
    assert "\nzen-engine==" not in (checkout / "all.lock").read_text(encoding="utf-8")
    assert "\nzen-engine==" in (checkout / "bench.lock").read_text(encoding="utf-8")
    assert "\npytest==" not in (checkout / "bench.lock").read_text(encoding="utf-8")


def test_benchmarks_can_be_named() -> None:
    plan = make(ROOT, "--dry-run", "bench", "BENCH=engines growth").stdout
    assert plan.splitlines()[-1] == "exec .venv/bin/python -m tests.benchmarks engines growth"


def test_the_callers_own_python_comes_first(checkout: Path) -> None:
    install_python(checkout, "python3", "tested")
    install_python(checkout, "python3.13", "tested")
    result = make(checkout, ".venv/bin/python", env=environment(checkout))
    assert result.returncode == 0, result.stderr
    assert (checkout / ".venv/bin/python").read_text(encoding="utf-8") == "python3\n"


def test_an_old_python3_is_passed_over(checkout: Path) -> None:
    install_python(checkout, "python3", "")
    install_python(checkout, "python3.12", "tested")
    assert make(checkout, ".venv/bin/python", env=environment(checkout)).returncode == 0
    assert (checkout / ".venv/bin/python").read_text(encoding="utf-8") == "python3.12\n"


def test_an_untested_python_is_the_last_resort(checkout: Path) -> None:
    install_python(checkout, "python3", "usable")
    install_python(checkout, "python3.11", "tested")
    assert make(checkout, ".venv/bin/python", env=environment(checkout)).returncode == 0
    assert (checkout / ".venv/bin/python").read_text(encoding="utf-8") == "python3.11\n"


def test_a_named_python_is_the_only_one_tried(checkout: Path) -> None:
    install_python(checkout, "python3", "tested")
    install_python(checkout, "mine", "usable")
    assert make(checkout, ".venv/bin/python", "PYTHON=mine", env=environment(checkout)).returncode == 0
    assert (checkout / ".venv/bin/python").read_text(encoding="utf-8") == "mine\n"


def test_no_python_is_said_in_one_line(checkout: Path) -> None:
    install_python(checkout, "python3", "")
    result = make(checkout, "run", env=environment(checkout))
    assert result.returncode == 2
    assert result.stderr.splitlines()[0].startswith("Spotter needs Python 3.11 or newer.")


def test_a_python_without_venv_and_pip_is_told_what_to_install(checkout: Path) -> None:
    install_python(checkout, "python3", "usable")
    script = checkout / "tools" / "python3"
    script.write_text('#!/bin/sh\n[ "$1" = -c ] && echo usable && exit\nexit 1\n', encoding="utf-8")
    result = make(checkout, "install", env=environment(checkout))
    assert result.returncode == 2
    assert "install python3-venv" in result.stderr.splitlines()[0]
    assert not (checkout / ".venv").exists()


def test_pip_alone_is_taken_from_the_lock_for_a_python_that_lacks_it() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    (expression,) = {line.split("'")[1] for line in recipe.splitlines() if "/^pip==/" in line}
    cut = subprocess.run(
        ["sed", "-n", expression.replace("$$", "$"), ROOT / "requirements.lock"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert cut[0].startswith("pip==")
    assert len(cut) > 1
    assert all(line.startswith("    --hash=sha256:") for line in cut[1:])
