"""The command `sources`: what it prints and how it ends."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click
import pytest

from dsl.tools.exits import Exit
from dsl.tools.sources import sources
from dsl.tools.terminal import run

RULES = """\
pack club review by 2027-05-01
source manual "Manual of the club"
source book "Book"
fact sore yes or no
rule a: avoid deadlift when sore=yes from manual section "Hinges" quote "bar close" from book
rule b: allow deadlift when sore=no
"""
MANUAL = "# Hinges\n\nKeep the bar close.\n\n# Squats\n\nSit back.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(RULES)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "manual.md").write_text(MANUAL)
    return tmp_path


@click.group()
@click.pass_context
def dated(context: click.Context) -> None:
    """Tell commands that today is the second of May 2027."""
    context.obj = datetime.date(2027, 5, 2)


dated.add_command(sources)
undated = click.Group(commands={"sources": sources})


def said(capsys: pytest.CaptureFixture[str], *arguments: str, by: click.Group = undated) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(by, ("sources", *arguments))
    out, err = capsys.readouterr()
    return code, " ".join(out.split()), err


def test_what_is_cited_and_what_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "a.rules")
    assert code == Exit.FINE
    assert "manual: Manual of the club cited by 1 rule of club; checked against sources/manual.md" in out
    assert "1 of 2 sections that no rule cites: line 5: Squats" in out
    assert "book: Book cited by 1 rule of club; no text at hand, so nothing is checked" in out
    assert "A text is found as sources/NAME.md" in out
    assert "1 rule without a source: club/b" in out
    assert "club: review by 2027-05-01; whether that is overdue is not known without --at" in out


def test_every_section_cited(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.rules").write_text(
        RULES.replace("from book", 'from manual section "Squats"')
        .replace('source book "Book"\n', "")
        .partition("rule b")[0]
    )
    _, out, _ = said(capsys, "a.rules")
    assert "that no rule cites" not in out
    assert "without a source" not in out
    assert "A text is found as" not in out


def test_rules_that_name_no_source(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.rules").write_text("allow deadlift when always\n")
    assert said(capsys, "b.rules")[1].startswith("These rules name no source. 1 rule without a source: main/allow")


@pytest.mark.parametrize(
    ("arguments", "by", "code", "words"),
    [
        (("--at", "2027-04-30"), dated, Exit.FINE, "review by 2027-05-01, in 1 day"),
        (("--at", "2027-05-01"), undated, Exit.FINE, "review by 2027-05-01, in 0 days"),
        ((), dated, Exit.FINDINGS, "review by 2027-05-01, overdue for 1 day"),
    ],
)
def test_reviews(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], by: click.Group, code: Exit, words: str
) -> None:
    ended, out, _ = said(capsys, "a.rules", *arguments, by=by)
    assert ended == code
    assert words in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(said(capsys, "a.rules", "--json", "--at", "2027-05-04")[1])
    assert told["reviews"] == [{"pack": "club", "review_by": "2027-05-01", "overdue_days": 3}]
    assert told["uncited_rules"] == ["club/b"]


def test_a_quote_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sources/manual.md").write_text("# Hinges\n\nNothing of the kind.\n")
    code, out, err = said(capsys, "a.rules")
    assert (code, out) == (Exit.FINDINGS, "")
    assert "E407" in err


def test_a_text_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sources/manual.md").write_bytes(b"caf\xe9")
    assert said(capsys, "a.rules")[0] == Exit.UNUSABLE
