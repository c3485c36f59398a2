"""`spotter mutate` as it is called."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsl.tools.exits import Exit
from dsl.tools.mutate import mutate
from dsl.tools.terminal import run

if TYPE_CHECKING:
    import pytest

commands = click.Group(commands={"mutate": mutate})

RULES = """\
pack mine
fact level number 0 to 10
exercise kick "Kick"
allow kick when level <= 10
rule tender: avoid kick when level > 5
"""
EXAMPLE = """
example "far above"
  given level=9
  expect kick avoid
"""


def ran(*arguments: str) -> int:
    return run(commands, ["mutate", *arguments])


def test_what_nothing_notices_is_told_with_an_example(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.rules"
    path.write_text(RULES + EXAMPLE, encoding="utf-8")
    assert ran(str(path)) == Exit.FINE
    told = capsys.readouterr().out
    assert "faults planted" in told
    assert "No example notices in mine/tender: level > 5 becomes level >= 5. This one would:" in told
    assert "given level=5" in told
    assert ran(str(path), "--all", "--least", "100") == Exit.FINDINGS
    capsys.readouterr()
    assert ran(str(path), "--json", "--least", "1") == Exit.FINE
    assert json.loads(capsys.readouterr().out)["noticed"] > 0


def test_past_the_first_few_it_says_that_all_shows_an_example_for_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.rules"
    path.write_text(RULES + "".join(f"rule r{n}: caution kick when level > {n}\n" for n in range(1, 5)), "utf-8")
    assert ran(str(path)) == Exit.FINE
    told = capsys.readouterr().out
    _, said, rest = told.partition(" more, with an example for each by --all:\n")
    assert said
    assert told.count("This one would:") == 5
    count = int(told.partition(" more, with an example")[0].split()[-1])
    assert count == len([line for line in rest.splitlines() if line.startswith("  mine/")]) > 1
    assert ran(str(path), "--all") == Exit.FINE
    everything = capsys.readouterr().out
    assert everything.count("This one would:") == 5 + count
    assert "by --all" not in everything


def test_a_fault_that_no_example_can_notice_is_told_as_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.rules"
    path.write_text(
        """pack mine
fact swollen yes or no
fact tired yes or no
measure load number 0 to 100 %
measure depth number 0 to 140 deg
exercise squat
allow squat when always
rule near: modify squat when swollen=yes and tired=yes limit load <= 50 %
modify squat when always limit depth <= 90 deg
""",
        encoding="utf-8",
    )
    assert ran(str(path), "--all") == Exit.FINE
    told = [line for line in capsys.readouterr().out.splitlines() if line.endswith("; none was found that would.")]
    assert [line for line in told if line.startswith("No example notices in mine/near: ")]


def test_rules_with_an_example_that_fails_end_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.rules"
    path.write_text(RULES + EXAMPLE.replace("avoid", "allowed"), encoding="utf-8")
    assert ran(str(path)) == Exit.FINDINGS
    told = capsys.readouterr()
    assert "`kick` is `avoid`" in told.err
    assert told.out == ""


def test_where_nothing_can_be_planted_no_score_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.rules"
    path.write_text("pack mine\n", encoding="utf-8")
    assert ran(str(path), "--least", "100") == Exit.FINE
    assert "%" not in capsys.readouterr().out


def test_rules_with_errors_end_with_1_and_a_missing_path_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.rules"
    path.write_text("avoid nothing when\n", encoding="utf-8")
    assert ran(str(path)) == Exit.FINDINGS
    assert ran(str(tmp_path / "none.rules")) == Exit.UNUSABLE
    assert capsys.readouterr().err
