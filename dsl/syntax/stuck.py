"""The place where a statement cannot go on, and what the parser would have accepted there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dsl.syntax.automaton import Parser
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.source import SourceFile, Span
from dsl.syntax.tree import Token

_SHOWN = 80


@dataclass(frozen=True)
class Stuck:
    """A statement cut in three: the tokens read, the one that does not fit, the next ones.

    The one that does not fit is None where the statement ends too early.
    """

    source: SourceFile
    read: list[Token]
    token: Token | None
    rest: tuple[Token, ...] = ()

    # --- where ----------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """Return the type of the token that does not fit; `$END` where the statement ends."""
        return "$END" if self.token is None else self.token.kind

    @property
    def word(self) -> str:
        """Return the token that does not fit as it is written, shortened; at the end, the last one read."""
        word = str(self.read[-1] if self.token is None else self.token)
        return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"

    @property
    def after(self) -> str:
        """Return the type of the last token that fits; empty at the start."""
        return self.read[-1].kind if self.read else ""

    @property
    def opener(self) -> str:
        """Return the type of the first token of the statement; empty at the start."""
        return self.read[0].kind if self.read else ""

    @property
    def span(self) -> Span:
        """Return the place of the token that does not fit; at the end, of the last one read."""
        return self.span_of(self.read[-1] if self.token is None else self.token)

    def span_of(self, first: Token, last: Token | None = None) -> Span:
        """Return the place of a token, or of a stretch of them."""
        return Span(self.source.name, first.start, (last or first).end)

    def replaceable(self, first: Token, last: Token) -> Span:
        """Return the place of a stretch of tokens, if what is written for them can take it; else that of the one here.

        Over several lines, or over a remark, it could not: something of it would be lost.
        """
        text = self.source.text[first.start : last.end]
        return self.span if "\n" in text or "#" in text else self.span_of(first, last)

    @cached_property
    def tokens(self) -> list[Token]:
        """Return all tokens of the statement that are known, those that fit first."""
        return [*self.read, *([] if self.token is None else [self.token]), *self.rest]

    @cached_property
    def unclosed(self) -> tuple[Token, ...]:
        """Return the opening parentheses that wait to be closed."""
        still_open: list[Token] = []
        for token in self.read:
            if token.kind == "LPAR":
                still_open.append(token)
            elif token.kind == "RPAR" and still_open:
                still_open.pop()
        return tuple(still_open)

    # --- what would fit -------------------------------------------------------------------------

    @cached_property
    def accepted(self) -> frozenset[str]:
        """Return the token types that would fit."""
        return self._before.accepted()

    @property
    def complete(self) -> bool:
        """Return whether the statement could end here."""
        return "$END" in self.accepted

    @cached_property
    def _before(self) -> Parser:
        return self.replayed()

    def replayed(self, count: int | None = None) -> Parser:
        """Return a parser that has read the tokens that fit, or the first `count` of them.

        Not the one that met the token: a refused token may have moved it.
        """
        parser = grammar().statement()
        for token in self.read[:count]:
            parser.feed(token)
        return parser

    def fitting(self, *kinds: str) -> int:
        """Return how many tokens of these types would fit here, one after the other."""
        return self._before.fitting(kinds)

    def fits(self, *kinds: str) -> bool:
        """Return whether tokens of these types would fit here, one after the other."""
        return self.fitting(*kinds) == len(kinds)

    def following(self, most: int) -> tuple[str, ...]:
        """Return the types of the token that does not fit and of those after it, `$END` behind the last."""
        return (self.kind, *(token.kind for token in self.rest), "$END")[:most]

    def would_go_on(self, *instead: str) -> bool:
        """Return whether the statement goes on when these types take the place of the token that does not fit."""
        after = self.following(3)[1:2]
        return self.fits(*instead, *after)

    # --- saying so ------------------------------------------------------------------------------

    def found(
        self, code: str, message: str, help_: str | None = None, *, at: Span | None = None, example: str | None = None
    ) -> Diagnostic:
        """Return a finding about the token that does not fit, or about the place `at`."""
        return Diagnostic(code, at or self.span, message, help_, example)
