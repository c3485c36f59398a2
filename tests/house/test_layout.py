"""The rooms of the house, and the contracts that keep them apart."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TOP = {
    *("dsl", "service", "rules", "openapi", "tests", "docs"),
    *("pyproject.toml", "requirements.lock", "Makefile", "Dockerfile", "README.md", "CHANGELOG.md", "LICENSE"),
}
GENERATED = {"build", "dist"}
VAGUE = {"data", "engine", "helpers", "manager", "utils"}
SETTINGS = (
    ".ci/run",
    ".pre-commit-config.yaml",
    "Dockerfile",
    "Makefile",
    "pyproject.toml",
    "requirements.lock",
)


def modules() -> list[Path]:
    return [path for package in ("dsl", "service") for path in (ROOT / package).rglob("*.py")]


def test_the_top_level_stays() -> None:
    here = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert here - GENERATED == TOP


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert len(modules()) > 20
    assert [path for path in modules() if path.stem in VAGUE or path.parent.name in VAGUE] == []


def test_every_package_says_that_it_is_typed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in ("dsl", "service"))


@pytest.mark.parametrize("name", SETTINGS)
def test_no_registry_and_no_folder_of_one_machine_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert (
        re.findall(r"://[^\s/]*(?:pypi|pythonhosted|npmjs|registry)|/(?:root|home|Users)/|--(?:extra-)?index-url", text)
        == []
    )


def test_the_version_is_the_changelogs_newest_and_the_pythons_are_the_locks() -> None:
    project = PROJECT["project"]
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", changelog)
    assert released[0] == project["version"]
    pythons = {line.rpartition(" ")[2] for line in project["classifiers"] if " :: 3." in line}
    assert pythons == {"3.11", "3.12", "3.13"}
    assert project["requires-python"] == ">=3.11"


def test_every_exemption_of_the_linter_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    exempt = re.search(r"(?ms)^ignore = \[\n(.*?)^\]", text)
    per_file = re.search(r"(?ms)^\[tool\.ruff\.lint\.per-file-ignores\]\n(.*?)^\[", text)
    assert exempt
    assert per_file
    codes = [line for line in f"{exempt[1]}{per_file[1]}".splitlines() if re.match(r'  "[A-Z]+\d', line)]
    assert len(codes) > 10
    assert [line for line in codes if not re.search(r'", +# \S', line)] == []


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code with its contracts, free to be broken."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("dsl", "service"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_layers_hold(copy: Path) -> None:
    result = contracts(copy)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("dsl/syntax/intruder.py", "dsl.semantics.ir", "syntax <- semantics"),
        ("dsl/semantics/intruder.py", "dsl.evaluation.evaluator", "syntax <- semantics"),
        ("dsl/unplaced.py", "dsl.syntax.ast", "syntax <- semantics"),
        ("dsl/tools/intruder.py", "service.settings", "knows nothing of the service"),
        ("dsl/evaluation/intruder.py", "random", "no clock, no randomness"),
        ("dsl/evaluation/intruder.py", "time", "no clock, no randomness"),
        ("service/store/intruder.py", "service.operations", "cli -> asgi -> app"),
        ("service/operations/intruder.py", "service.api", "cli -> asgi -> app"),
        ("service/api/intruder.py", "service.store.models", "through operations only"),
        ("service/api/intruder.py", "sqlalchemy", "through operations only"),
        ("service/operations/intruder.py", "litestar", "know no web framework"),
    ],
)
def test_an_import_against_the_layers_is_found(copy: Path, module: str, imported: str, contract: str) -> None:
    intruder = copy / module
    intruder.write_text(f"import {imported}\n", encoding="utf-8")
    try:
        result = contracts(copy)
    finally:
        intruder.unlink()
    assert result.returncode == 1, result.stderr
    assert any(contract in line and "BROKEN" in line for line in result.stdout.splitlines()), result.stdout
