"""The wheel carries all that the installed service reads: the grammar, the migrations, the shipped packs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, *options, str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    assert built.name == "spotter_service-0.1.0-py3-none-any.whl"
    return zipfile.ZipFile(built)


def names_below(folder: str) -> set[str]:
    made = {"__pycache__", "precompiled"}
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file() and made.isdisjoint(path.parts))
    return {path.relative_to(ROOT).as_posix() for path in files}


@pytest.mark.slow
def test_all_of_the_packages_and_packs_is_in_it_and_no_more(wheel: zipfile.ZipFile) -> None:
    shipped = {f"dsl/shipped_{name}" for name in names_below("rules")}
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert inside == names_below("dsl") | names_below("service") | shipped
    assert {"dsl/syntax/grammar.lark", "dsl/py.typed"} <= inside
    assert any(name.endswith(".rules") for name in shipped)
    assert any(name.startswith("service/store/migrations/") for name in inside)


def test_an_installed_checkout_holds_no_second_copy_of_anything() -> None:
    installed = metadata.files("spotter-service")
    assert installed
    assert {path.parts[0] for path in installed}.isdisjoint({"dsl", "service", "rules"})


@pytest.mark.slow
def test_it_gives_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    info = "spotter_service-0.1.0.dist-info"
    assert "spotter = service.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()
    assert "Apache License" in wheel.read(f"{info}/licenses/LICENSE").decode()
