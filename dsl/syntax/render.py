"""Writes diagnostics as plain text, in the manner of compilers, safe to print on any terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.source import SourceFile, Span

_TAB = "    "
_WIDEST = 120
_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;36m"}
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e0fff]"
)


def render(diagnostic: Diagnostic, sources: Mapping[str, SourceFile], color: bool = False) -> str:
    """Return a diagnostic as text: place, code and message, the line with its fault underlined, help, example.

    Control and direction-changing characters of the author's text are shown by their numbers. A diagnostic whose
    file is not among `sources` goes without place and line.
    """
    paint = _Paint(diagnostic.severity, color)
    source = sources.get(diagnostic.span.source)
    title = paint.severe(f"{diagnostic.severity.value} {diagnostic.code}:")
    rows = [f"{_place(diagnostic.span, source)}{title} {paint.bold(printable(diagnostic.message))}"]
    if source is not None:
        rows += _excerpt(diagnostic.span, source, paint)
    if diagnostic.help is not None:
        rows.append(f"  {paint.bold('help:')} {printable(diagnostic.help)}")
    if diagnostic.example is not None:
        rows.append(f"  {paint.bold('example:')}")
        rows += [f"    {printable(row)}" for row in diagnostic.example.split("\n")]
    return "\n".join(rows)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many errors and warnings there are in how many files, as one line."""
    found = list(diagnostics)
    counts = {severity: sum(one.severity is severity for one in found) for severity in Severity}
    parts = [_counted(count, severity.value) for severity, count in counts.items() if count]
    if not parts:
        return "no errors"
    return f"{', '.join(parts)} in {_counted(len({one.span.source for one in found}), 'file')}"


def printable(text: str) -> str:
    """Return text with every character that could steer a terminal, or hide, shown by its number."""
    return _UNSAFE.sub(lambda match: f"<U+{ord(match.group()):04X}>", text.replace("\t", _TAB))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


class _Paint:
    """Colours, where they are wanted."""

    def __init__(self, severity: Severity, color: bool) -> None:
        self._colour = _COLOURS[severity]
        self._on = color

    def severe(self, text: str) -> str:
        return f"{self._colour}{text}{_RESET}" if self._on else text

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self._on else text


def _place(span: Span, source: SourceFile | None) -> str:
    if source is None:
        return f"{printable(span.source)}: " if span.source else ""
    line, column = source.position(_within(span.start, source))
    return f"{printable(source.name)}:{line}:{column}: "


def _within(offset: int, source: SourceFile) -> int:
    return max(0, min(offset, len(source.text)))


def _excerpt(span: Span, source: SourceFile, paint: _Paint) -> list[str]:
    """Return the line that the span starts on, and carets below the part that lies in the span."""
    number, column = source.position(_within(span.start, source))
    text = source.line(number)
    if not text.strip():
        return []
    begin = min(column - 1, len(text))
    end = max(begin + 1, min(begin + span.end - span.start, len(text)))
    left, faulty, right = (_shown(text[a:b]) for a, b in ((0, begin), (begin, end), (end, len(text))))
    left, faulty, right = _cut(left, faulty, right)
    gutter = f"{number:5} | "
    carets = "^" * max(1, _width(faulty))
    return [f"{gutter}{left}{faulty}{right}".rstrip(), f"{' ' * 5} | {' ' * _width(left)}{paint.severe(carets)}"]


def _shown(text: str) -> str:
    return printable(text.removeprefix("\ufeff"))


def _cut(left: str, faulty: str, right: str) -> tuple[str, str, str]:
    """Return the three parts of a long line shortened around the middle one."""
    if len(left) + len(faulty) + len(right) <= _WIDEST:
        return left, faulty, right
    half = _WIDEST // 3
    left = left if len(left) <= half else "…" + left[-half:]
    faulty = faulty if len(faulty) <= half else faulty[:half] + "…"
    return left, faulty, right if len(right) <= half else right[:half] + "…"


def _width(text: str) -> int:
    """Return how many columns a terminal gives to `text`."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
