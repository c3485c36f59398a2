"""The tables of the guides name exactly what the program has: nothing more, nothing less, nothing else."""

from __future__ import annotations

import re

import click

from dsl.semantics.resolver import EVIDENCE
from dsl.semantics.units import UNITS
from dsl.semantics.verdict import Disposition, Verdict
from dsl.tools.exits import Exit
from service.cli import spotter
from service.problems import PROBLEM_TYPES
from service.settings import Settings
from tests.docs.fences import ROOT

_CODE = re.compile(r"`([^`]+)`")


def _rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table under `heading`, its head left out."""
    text = (ROOT / page).read_text(encoding="utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}$", text, maxsplit=1, flags=re.MULTILINE)[1]
    table = re.search(r"^\|.*(?:\n\|.*)*", section, re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table[0].splitlines()[2:]]


def _names(page: str, heading: str, column: int = 0) -> list[str]:
    return [name for row in _rows(page, heading) for name in _CODE.findall(row[column])]


def test_evidence_levels() -> None:
    assert _names("docs/language.md", "Evidence") == list(EVIDENCE)


def test_units() -> None:
    assert sorted(_names("docs/language.md", "Units", column=1)) == sorted(UNITS)


def test_verdicts_in_their_order() -> None:
    in_order = [verdict.value for verdict in Verdict]
    assert [row[0].strip("`") for row in _rows("docs/language.md", "Verdicts")] == in_order
    assert [row[0].strip("`") for row in _rows("docs/api.md", "Verdicts")] == in_order


def test_a_go_is_what_the_program_calls_one() -> None:
    for row in _rows("docs/api.md", "Verdicts"):
        assert row[1] == str(Verdict(row[0].strip("`")).go).lower()
    for row in _rows("docs/language.md", "Verdicts"):
        assert (row[1] == "go") is Verdict(row[0].strip("`")).go


def test_dispositions_in_their_order() -> None:
    in_order = [disposition.value for disposition in Disposition]
    assert _names("docs/language.md", "Ending a session: red flags and referrals") == in_order
    assert _names("docs/api.md", "What your client must do") == in_order


def test_exit_codes() -> None:
    assert [int(row[0]) for row in _rows("docs/language.md", "Exit codes")] == sorted(Exit)


def test_commands() -> None:
    named = [name.split()[1] for row in _rows("docs/language.md", "Commands") for name in _CODE.findall(row[0])]
    assert sorted(named) == sorted(spotter.list_commands(click.Context(spotter)))


def test_options_of_commands_exist() -> None:
    for row in _rows("docs/language.md", "Commands"):
        command = spotter.get_command(click.Context(spotter), row[0].strip("`").split()[1])
        assert command is not None
        known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", "".join(row))) == {option for option in known if option.startswith("--")}


def test_problem_types() -> None:
    found = {row[0].strip("`"): int(row[1]) for row in _rows("docs/api.md", "Every type of problem")}
    assert found == {slug: int(kind.status) for slug, kind in PROBLEM_TYPES.items()}


def test_settings() -> None:
    assert sorted(_names("docs/api.md", "Settings")) == sorted(Settings().to_env())
