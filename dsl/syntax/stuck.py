"""The place where a statement cannot go on, and what the parser would have accepted there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lark import Token, UnexpectedToken
from lark.parsers.lalr_interactive_parser import InteractiveParser

from dsl.syntax.grammar import grammar
from dsl.syntax.source import SourceFile, Span


@dataclass(frozen=True)
class Stuck:
    """A statement cut in three: the tokens read, the one that does not fit (None: the statement ends), the next ones."""

    source: SourceFile
    read: list[Token]
    token: Token | None
    rest: tuple[Token, ...] = ()

    @property
    def span(self) -> Span:
        """Return the place of the token that does not fit; at the end, of the last one read."""
        return self.span_of(self.read[-1] if self.token is None else self.token)

    def span_of(self, first: Token, last: Token | None = None) -> Span:
        """Return the place of a token, or of a stretch of them."""
        return Span(self.source.name, first.start_pos or 0, (last or first).end_pos or 0)

    @property
    def kind(self) -> str:
        """Return the type of the token that does not fit; `$END` where the statement ends."""
        return "$END" if self.token is None else self.token.type

    @property
    def after(self) -> str:
        """Return the type of the last token that fits; empty at the start."""
        return self.read[-1].type if self.read else ""

    @property
    def opener(self) -> str:
        """Return the type of the first token of the statement; empty at the start."""
        return self.read[0].type if self.read else ""

    @cached_property
    def accepted(self) -> frozenset[str]:
        """Return the token types that would fit."""
        return frozenset(self._before.accepts())

    @cached_property
    def _before(self) -> InteractiveParser:
        return self.replayed()

    def replayed(self) -> InteractiveParser:
        """Return a parser that has read just the tokens that fit: a refused token may have moved the first one."""
        parser = grammar().statement()
        for token in self.read:
            parser.feed_token(token)
        return parser

    def fits(self, *kinds: str) -> bool:
        """Return whether tokens of these types would fit here, one after the other."""
        return self.fitting(kinds) == len(kinds)

    def fitting(self, kinds: tuple[str, ...]) -> int:
        """Return how many tokens of these types would fit here, one after the other."""
        parser = self._before.copy(deepcopy_values=False)
        for count, kind in enumerate(kinds):
            try:
                parser.feed_token(Token(kind, ""))
            except UnexpectedToken:
                return count
        return len(kinds)

    def following(self, most: int) -> tuple[str, ...]:
        """Return the types of the token that does not fit and of those after it, `$END` behind the last."""
        if self.token is None:
            return ("$END",)
        kinds = (self.token.type, *(token.type for token in self.rest), "$END")
        return kinds[:most]
