"""Places as an editor counts them: lines from 0, and in a line not characters but units of an encoding."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n|\n|\r")


class Position(NamedTuple):
    """A place between two characters: the line, and the units of its line before it, both from 0."""

    line: int
    character: int


def _utf8(char: str) -> int:
    return 1 if char < "\x80" else 2 if char < "\u0800" else 3 if char < "\U00010000" else 4


def _utf16(char: str) -> int:
    return 1 if char < "\U00010000" else 2


def _utf32(_: str) -> int:
    return 1


_WIDTHS: dict[str, Callable[[str], int]] = {"utf-8": _utf8, "utf-16": _utf16, "utf-32": _utf32}


@dataclass(frozen=True)
class Places:
    """The way from offsets of `text` to positions and back; `encoding` is what the editor counts in."""

    text: str = field(repr=False)
    encoding: str = "utf-16"

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> Position:
        """Return the position of an offset; past the end of the text, that of its end."""
        at = max(0, min(offset, len(self.text)))
        line = bisect_right(self._starts, at) - 1
        return Position(line, self.units(self.text[self._starts[line] : at]))

    def offset(self, position: Position) -> int:
        """Return the offset of a position; past its line that of the line's end, within a character the one before."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[max(0, position.line)]
        width, left = _WIDTHS[self.encoding], position.character
        for at in range(start, len(self.text)):
            char = self.text[at]
            left -= width(char)
            if left < 0 or char in "\r\n":
                return at
        return len(self.text)

    def units(self, text: str) -> int:
        """Return how many units of the encoding `text` is long."""
        if text.isascii():
            return len(text)
        return sum(map(_WIDTHS[self.encoding], text))
