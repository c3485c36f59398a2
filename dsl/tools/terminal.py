"""The terminal: a console safe for any encoding and any foreign text, and the way from an error to an exit code."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console

from dsl.tools.exits import Exit

WIDEST = 100
"""Columns that text is spread over at most: longer lines are hard to read."""

_PLAIN = {
    "…": "...", "—": "-", "–": "-", "≤": "<=", "≥": ">=", "≠": "!=", "×": "x", "·": "-", "•": "*", "→": "->",
    "✓": "ok", "★": "*", "‘": "'", "’": "'", "“": '"', "”": '"', "°": "deg", "─": "-", "│": "|", "━": "-",
}  # fmt: skip
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class ReaderGoneError(Exception):
    """Whoever read the output has gone away."""


class Failure(click.ClickException):
    """A command cannot go on; the message is one sentence for the person who called it."""

    def __init__(self, message: str, code: Exit = Exit.UNUSABLE) -> None:
        """Say `message` and end with `code`."""
        super().__init__(message)
        self.exit_code = int(code)  # type: ignore[misc]  # click reads it off the instance

    def show(self, file: TextIO | None = None) -> None:  # type: ignore[override]  # click's stub wants IO[Any]
        """Print the sentence to standard error."""
        print(f"spotter: {visible(self.message)}", file=file or sys.stderr)


class _Output(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGoneError


def visible(text: str) -> str:
    r"""Return `text` with characters that steer a terminal or hide from a reader written out (`\u202e`)."""
    return "".join(char if char == "\n" or _prints(char) else _written_out(char) for char in text)


def _prints(char: str) -> bool:
    return unicodedata.category(char) not in _UNPRINTABLE


def _written_out(char: str) -> str:
    return f"\\x{ord(char):02x}" if char <= "\xff" else f"\\u{ord(char):04x}"


def output(*, to_errors: bool = False) -> Console:
    """Return the console for standard output, or for standard error: coloured only on a terminal.

    `NO_COLOR` and `COLUMNS` are honoured; what is not a terminal gets 80 columns, and nothing is wider than `WIDEST`.
    """
    stream = sys.stderr if to_errors else sys.stdout
    console = _Output(file=stream, markup=False, highlight=False, emoji=False)
    console.width = min(console.width, WIDEST)
    return console


def write(text: str) -> None:
    """Write `text` to standard output as it is.

    Raises:
        ReaderGoneError: nobody reads it any more.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGoneError from error


def note(text: str) -> None:
    """Write one line to standard error: what a person should know and a program should not read."""
    print(f"spotter: {visible(text)}", file=sys.stderr)


def run(command: click.Command, arguments: Sequence[str] | None = None) -> int:
    """Return the exit code of `command` with `arguments` (those of the process when None).

    Every foreseen end is one line on standard error; no traceback reaches the person at the terminal.
    """
    _prepare_streams()
    try:
        code = command.main(args=arguments, prog_name="spotter", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        note("interrupted")
        return Exit.INTERRUPTED
    except (ReaderGoneError, BrokenPipeError):
        _close_quietly()
        return Exit.NOBODY_READS
    except OSError as error:
        _close_quietly()
        note(f"cannot go on: {(error.strerror or str(error)).lower()}")
        return Exit.UNUSABLE
    return int(code or Exit.FINE)


def _prepare_streams() -> None:
    """Let a terminal that is not UTF-8 show the nearest it can, and a closed stream be one that holds nothing."""
    codecs.register_error("spotter", _nearest)
    sys.stdin = sys.stdin or io.TextIOWrapper(io.BytesIO())
    sys.stdout = sys.stdout or io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stderr = sys.stderr or io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="spotter")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(char, "?") for char in error.object[error.start : error.end]), error.end


def _close_quietly() -> None:
    """Point standard output at nothing, so that the interpreter's own last flush cannot fail."""
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
