"""What stands before the cursor: the words of the statement so far, and what the parser would take next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from dsl.syntax.automaton import END, Parser
from dsl.syntax.grammar import grammar
from dsl.syntax.lexing import Lexing
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.syntax.tree import Token

_WORD_BEFORE = re.compile(r"[A-Za-z_][\w.]*\Z")
_GOES_ON = frozenset({"EXAMPLE", "PROVE"})
_FREE = frozenset({"COMMENT", "OPEN_STRING", "OTHER_QUOTES"})


@dataclass(frozen=True)
class Context:
    """A place where somebody types. `tokens` are those of the statement before the word that is being typed."""

    source: SourceFile
    cursor: int
    start: int
    tokens: tuple[Token, ...]

    @cached_property
    def accepted(self) -> frozenset[str]:
        """Return the kinds of tokens that fit next; none where the statement is broken already."""
        parser = _parser(self.tokens)
        return parser.accepted() if parser else frozenset()

    @property
    def complete(self) -> bool:
        """Return whether the statement could end here."""
        return not self.tokens or END in self.accepted

    @property
    def opens_line(self) -> bool:
        """Return whether nothing stands before the word in its line."""
        line = self.source.text.rfind("\n", 0, self.start) + 1
        return not self.source.text[line : self.start].strip(" \t\r\ufeff")

    @property
    def indented(self) -> bool:
        """Return whether the word stands further in than the statement before it."""
        line = self.source.text.rfind("\n", 0, self.start) + 1
        return bool(self.tokens) and self.start - line + 1 > self.tokens[0].column

    def kind(self, back: int = 1) -> str:
        """Return the kind of the token that stands `back` words before the cursor; empty where there is none."""
        return self.tokens[-back].kind if back <= len(self.tokens) else ""

    def word(self, back: int) -> str:
        """Return that token itself."""
        return str(self.tokens[-back]) if back <= len(self.tokens) else ""


def context_at(source: SourceFile, cursor: int) -> Context | None:
    """Return what stands before `cursor`; None within a text in quotes or a comment, where all is free."""
    if _is_free(source.text, cursor):
        return None
    word = _WORD_BEFORE.search(source.text, max(0, cursor - Limits().identifier), cursor)
    start = word.start() if word else cursor
    return Context(source, cursor, start, _statement_before(SourceFile(source.name, source.text[:start])))


def _is_free(text: str, cursor: int) -> bool:
    """Return whether a comment or a text in quotes goes on at `cursor`."""
    line = text.rfind("\n", 0, cursor) + 1
    tokens = list(grammar().tokens(text, line, cursor))
    if not tokens or tokens[-1].end != cursor:
        return False
    return tokens[-1].kind in _FREE


def _statement_before(source: SourceFile) -> tuple[Token, ...]:
    """Return the words of the statement that `source` ends in."""
    stretches = Lexing(source, Limits()).stretches()
    at = len(stretches) - 1
    start, end = stretches[at]
    tokens = _read(source, start, end)
    while at > 0:
        at -= 1
        longer = _read(source, stretches[at][0], end)
        before = longer[: len(longer) - len(tokens)]
        if not _announces(before, tokens) or _parser(longer) is None:
            break
        tokens = longer
    return tokens


def _read(source: SourceFile, start: int, end: int) -> tuple[Token, ...]:
    return tuple(token for token in grammar().tokens(source.text, start, end) if token.kind != "COMMENT")


def _announces(before: tuple[Token, ...], following: tuple[Token, ...]) -> bool:
    """Return whether a statement may go on with a line that opens with the word of another: `rule x:`, `expect …`."""
    if not before or before[-1].kind == "COLON":
        return bool(before)
    deeper = not following or following[0].column > before[0].column
    return before[0].kind in _GOES_ON and deeper


def _parser(tokens: tuple[Token, ...]) -> Parser | None:
    """Return a parser that has read `tokens`; None where they do not fit."""
    parser = grammar().statement()
    return parser if all(parser.feed(token) for token in tokens) else None
