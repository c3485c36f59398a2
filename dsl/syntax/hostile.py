"""Finds characters that an author cannot see or that no text has: control characters, bidi, broken ones."""

from __future__ import annotations

import re
import unicodedata

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile, Span

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd\ufffe\uffff"
_HOSTILE = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}{_SPACES}]|\r(?!\n)")
_BIDI_ONLY = re.compile(f"[{_BIDI}]")
_INVISIBLE_ONLY = re.compile(f"[{_INVISIBLE}]")
_SPACES_ONLY = re.compile(f"[{_SPACES}]")
_BINARY = 20


def hostile_characters(source: SourceFile, most: int) -> list[Diagnostic]:
    """Return one finding for each line that holds such a character, at most `most`.

    A NUL, or a great many such characters among few others, is one finding: a binary file.
    """
    if "\0" in source.text:
        return [_binary(source, source.text.index("\0"))]
    found: list[Diagnostic] = []
    at = 1 if source.text.startswith("\ufeff") else 0
    while len(found) < most and (match := _HOSTILE.search(source.text, at)) is not None:
        found.append(_named(source, match.start()))
        line_end = source.text.find("\n", match.start())
        at = len(source.text) if line_end < 0 else line_end + 1
    controls = sum(one.code == "E122" for one in found)
    dense = controls >= _BINARY and len(_HOSTILE.findall(source.text)) * 10 > len(source.text)
    return [_binary(source, found[0].span.start)] if dense else found


def _binary(source: SourceFile, at: int) -> Diagnostic:
    return Diagnostic(
        "E122", Span(source.name, at, at + 1), "this is not a text file", "rule files are plain text in UTF-8"
    )


def _named(source: SourceFile, at: int) -> Diagnostic:
    """Return the finding about the character at `at`."""
    char, span = source.text[at], Span(source.name, at, at + 1)
    shown = f"U+{ord(char):04X}"
    if _BIDI_ONLY.match(char):
        return Diagnostic(
            "E123",
            span,
            f"{shown} changes the direction of the text, so that it reads otherwise than it runs",
            "delete it",
        )
    if _INVISIBLE_ONLY.match(char):
        return Diagnostic("E123", span, f"{shown} ({_title(char)}) cannot be seen", "delete it")
    if _SPACES_ONLY.match(char):
        return Diagnostic(
            "E123", span, f"{shown} ({_title(char)}) looks like a space and is none", "write an ordinary space"
        )
    if char == "\r":
        return Diagnostic("E122", span, "a line ends with a carriage return alone", "end lines with a line feed")
    if "\ud800" <= char <= "\udfff" or char == "\ufffd":
        return Diagnostic(
            "E122", span, f"{shown} is half a character, or one that could not be read", "save the file as UTF-8"
        )
    return Diagnostic("E122", span, f"{shown} is a control character", "delete it")


def _title(char: str) -> str:
    return unicodedata.name(char, "unnamed").lower()
