"""The lock holds every package by hash, names no registry, and says what running, building, testing, measuring need."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TO_BUILD, TO_TEST, TO_BENCH = "# ---- to build ----", "# ---- to test ----", "# ---- to benchmark ----"
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One package of the lock."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)


def entries(text: str) -> list[Entry]:
    logical = re.sub(r" \\\n", "\n", text)
    found: list[tuple[str, list[str]]] = []
    for line in logical.splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("    "):
            found[-1][1].append(line)
        else:
            found.append((line, []))
    return [Entry(Requirement(head), tuple(hashes)) for head, hashes in found]


RUN, REST = LOCK.split(f"{TO_BUILD}\n")
BUILD, REST = REST.split(f"{TO_TEST}\n")
TEST, BENCH = REST.split(f"{TO_BENCH}\n")
PARTS = {"run": entries(RUN), "build": entries(BUILD), "test": entries(TEST), "bench": entries(BENCH)}
ALL = [entry for part in PARTS.values() for entry in part]


def asked_for(*parts: str) -> list[Requirement]:
    asked = {
        "run": PROJECT["project"]["dependencies"],
        "build": PROJECT["dependency-groups"]["build"] + PROJECT["build-system"]["requires"],
        "test": PROJECT["dependency-groups"]["dev"],
        "bench": PROJECT["dependency-groups"]["bench"],
    }
    return [Requirement(text) for part in parts for text in asked[part]]


def test_every_entry_is_pinned_and_hashed() -> None:
    assert len(ALL) > 60
    for entry in ALL:
        assert [specifier.operator for specifier in entry.requirement.specifier] == ["=="], entry.name
        assert entry.requirement.url is None, entry.name
        assert entry.hashes, entry.name
        assert all(HASH.fullmatch(line) for line in entry.hashes), entry.name


def test_no_package_is_named_twice() -> None:
    names = [entry.name for entry in ALL]
    assert sorted(set(names)) == sorted(names)


def test_compiled_packages_are_locked_for_more_than_one_platform() -> None:
    # Two Linux C libraries on two processors for three Pythons, macOS and Windows: far more files than two.
    hashes = {entry.name: len(set(entry.hashes)) for entry in ALL}
    for compiled in ("granian", "greenlet", "msgspec", "numpy", "sqlalchemy", "uvloop"):
        assert hashes[compiled] >= 30, compiled


def test_no_address_and_no_option_but_hashes() -> None:
    assert "://" not in LOCK
    assert set(re.findall(r"(?m)(?:^| )(--?[a-z][a-z-]*)", LOCK)) == {"--hash"}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_holds_what_the_project_asks_for(part: str) -> None:
    reach = list(PARTS)[: list(PARTS).index(part) + 1]
    locked = {entry.name: entry for name in reach for entry in PARTS[name]}
    for asked in asked_for(part):
        entry = locked[canonicalize_name(asked.name)]
        version = next(iter(entry.requirement.specifier)).version
        assert asked.specifier.contains(version), f"{asked} is locked as {version}: run `make lock`"
        assert str(entry.requirement.marker or "") == str(asked.marker or ""), asked.name


def test_running_installs_no_tool_of_the_tests() -> None:
    assert {entry.name for entry in PARTS["run"]}.isdisjoint(
        {canonicalize_name(asked.name) for asked in asked_for("build", "test")} - {"httpx"}  # Litestar asks for it too
    )


def test_testing_installs_nothing_that_only_benchmarks_need() -> None:
    needed = {entry.name for name in ("run", "build", "test") for entry in PARTS[name]}
    assert needed.isdisjoint(canonicalize_name(asked.name) for asked in asked_for("bench"))


def test_these_tests_run_against_what_is_locked() -> None:
    needed = [entry for name in ("run", "build", "test") for entry in PARTS[name]]
    here = [entry for entry in needed if entry.requirement.marker is None or entry.requirement.marker.evaluate()]
    differing = {
        entry.name: installed
        for entry in here
        if (installed := metadata.version(entry.name)) not in entry.requirement.specifier
    }
    assert len(here) > 60
    assert not differing, "run `make install`"
