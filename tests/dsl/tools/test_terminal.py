"""Every end of a command has its code, and nothing foreign steers the terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import click
import pytest

from dsl.tools.exits import Exit
from dsl.tools.terminal import WIDEST, Failure, output, run, visible, write

ROOT = Path(__file__).resolve().parents[3]


def _ending(end: BaseException | Exit | None) -> click.Command:
    @click.command()
    def command() -> Exit | None:
        if isinstance(end, BaseException):
            raise end
        return end

    return command


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (None, 0),
        (Exit.FINE, 0),
        (Exit.FINDINGS, 1),
        (Failure("cannot go on"), 2),
        (Failure("nobody there", Exit.UNREACHABLE), 3),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("no such option"), 2),
        (BrokenPipeError(), 141),
    ],
)
def test_every_end_has_its_code(
    end: BaseException | Exit | None, code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert run(_ending(end), []) == code


def test_a_failure_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    run(_ending(Failure("x.rules: cannot be\x1b[31m read")), [])
    assert capsys.readouterr() == ("", "spotter: x.rules: cannot be\\x1b[31m read\n")


def test_an_unknown_option_is_said_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_ending(None), ["--colour"]) == Exit.UNUSABLE
    assert "No such option '--colour'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, with an é and a 膝", "plain, with an é and a 膝"),
        ("two\nlines", "two\nlines"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\x00b\tc\r", "a\\x00b\\x09c\\x0d"),
        ("left \u202e right", "left \\u202e right"),
        ("half \ud800", "half \\ud800"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
    ],
)
def test_what_steers_or_hides_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_what_is_no_terminal_gets_no_colour_and_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    console = output()
    console.print("word", style="bold red")
    assert capsys.readouterr().out == "word\n"
    assert console.width == 80


def test_text_is_never_spread_wider_than_it_reads_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert output().width == WIDEST


def test_a_terminal_that_is_not_utf_8_gets_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))

    @click.command()
    def speak() -> None:
        write("load ≤ 50 % — ask… 膝\n")

    assert run(speak, []) == Exit.FINE
    assert buffer.getvalue() == b"load <= 50 % - ask... ?\n"


def test_a_reader_that_goes_away_ends_the_command_quietly() -> None:
    program = (
        "import click, sys\n"
        "from dsl.tools.terminal import run, write\n"
        "@click.command()\n"
        "def speak():\n"
        "    for _ in range(100_000): write('a line of text\\n')\n"
        "sys.exit(run(speak, []))\n"
    )
    speaker = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )  # our own text
    assert speaker.stdout is not None
    assert speaker.stderr is not None
    speaker.stdout.readline()
    speaker.stdout.close()
    complaint = speaker.stderr.read()
    speaker.stderr.close()
    assert (speaker.wait(timeout=30), complaint) == (Exit.NOBODY_READS, b"")


def test_closed_streams_are_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert run(_ending(Exit.FINDINGS), []) == Exit.FINDINGS


def test_a_full_disk_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with (tmp_path / "out").open("w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert run(_ending(OSError(28, "No space left on device")), []) == Exit.UNUSABLE
    assert capsys.readouterr().err == "spotter: cannot go on: no space left on device\n"
