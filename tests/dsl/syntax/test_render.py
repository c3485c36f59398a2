"""Diagnostics as text."""

from __future__ import annotations

import re

import pytest

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.render import printable, render, summary
from dsl.syntax.source import SourceFile, Span


def rendered(
    text: str, start: int, end: int, *, code: str = "E202", help_: str | None = None, color: bool = False
) -> str:
    source = SourceFile("legs.rules", text)
    return render(Diagnostic(code, Span("legs.rules", start, end), "told", help_), {"legs.rules": source}, color=color)


def test_place_line_caret_help_and_example() -> None:
    text = "class a\navoid deadlift when pain=akute\n"
    source = SourceFile("legs.rules", text)
    found = Diagnostic(
        "E202", Span("legs.rules", 33, 38), "`akute` is not a value", "did you mean `acute`?", "one\ntwo"
    )
    assert render(found, {"legs.rules": source}) == (
        "legs.rules:2:26: error E202: `akute` is not a value\n"
        "    2 | avoid deadlift when pain=akute\n"
        "      |                          ^^^^^\n"
        "  help: did you mean `acute`?\n"
        "  example:\n"
        "    one\n"
        "    two"
    )


@pytest.mark.parametrize(("code", "word"), [("E101", "error"), ("W501", "warning"), ("N601", "note")])
def test_severities(code: str, word: str) -> None:
    assert rendered("class a", 0, 5, code=code).startswith(f"legs.rules:1:1: {word} {code}: told")


def underlined(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the shown line and what stands below it."""
    _, line, carets = rendered(text, start, end).split("\n")
    return line[8:], carets[8:]


def test_tabs_and_wide_letters_keep_the_carets_in_place() -> None:
    assert underlined("\tclass a", 7, 8) == ("    class a", "          ^")
    assert underlined("# 硬举 x", 5, 6) == ("# 硬举 x", "       ^")
    assert underlined("# 硬举 x", 2, 4) == ("# 硬举 x", "  ^^^^")
    assert underlined("# e\u0301 x", 5, 6) == ("# e\u0301 x", "    ^")


def test_a_span_of_several_lines_underlines_the_first() -> None:
    assert underlined("avoid a\n  when b", 6, 16) == ("avoid a", "      ^")


def test_an_empty_span_and_one_past_the_end_get_a_caret() -> None:
    assert underlined("class a", 7, 7) == ("class a", "       ^")
    assert underlined("class a", 100, 120) == ("class a", "       ^")


def test_no_terminal_is_attacked() -> None:
    text = 'avoid "\x1b[31m\u202e\u2066\x07\x9b" \x00'
    source = SourceFile("\x1b]0;x.rules", text)
    span = Span(source.name, 6, 12)
    for color in (False, True):
        told = render(Diagnostic("E101", span, text, text, text), {source.name: source}, color=color)
        assert re.sub("\x1b\\[(0|1|1;3[136])m", "", told) == printable(told.replace("\n", "")) or not re.search(
            "[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202e\u2066]", told
        )
    assert "\x1b" not in render(Diagnostic("E101", span, text, text, text), {source.name: source})


def test_colours_only_on_demand() -> None:
    assert "\x1b" not in rendered("class a", 0, 5, help_="h")
    coloured = rendered("class a", 0, 5, help_="h", color=True)
    assert "\x1b[1;31merror E202:\x1b[0m" in coloured
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == rendered("class a", 0, 5, help_="h")


def test_long_lines_are_cut_around_the_fault() -> None:
    line, carets = underlined("x" * 500 + "FAULT" + "y" * 500, 500, 505)
    assert len(line) < 130
    assert line.startswith("…")
    assert line.endswith("…")
    assert line[carets.index("^") : carets.rindex("^") + 1] == "FAULT"
    assert len(underlined("y" * 5_000, 0, 5_000)[1]) < 60


def test_a_file_that_is_not_at_hand() -> None:
    assert render(Diagnostic("E291", Span("gone.rules", 0, 0), "told"), {}) == "gone.rules: error E291: told"
    assert render(Diagnostic("E291", Span("", 0, 0), "told"), {}) == "error E291: told"


def test_an_empty_line_is_not_shown() -> None:
    assert rendered("", 0, 0) == "legs.rules:1:1: error E202: told"


def test_summary() -> None:
    def found(code: str, source: str) -> Diagnostic:
        return Diagnostic(code, Span(source, 0, 0), "told")

    assert summary([]) == "no errors"
    assert summary([found("E101", "a")]) == "1 error in 1 file"
    several = [found("E101", "a"), found("E102", "b"), found("E103", "b"), found("W501", "a"), found("N601", "a")]
    assert summary(several) == "3 errors, 1 warning, 1 note in 2 files"
