"""The grammar, loaded once: its lexer, its parse table and the words that it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from lark import Lark, TextSlice, Token, UnexpectedToken
from lark.lexer import BasicLexer, LexerState, LineCounter, PatternStr

from dsl.syntax.tree import Node

if TYPE_CHECKING:
    from lark.parsers.lalr_interactive_parser import InteractiveParser


class Parser:
    """One statement on its way through the parse table, token by token.

    `feed` takes the next token and raises lark's `UnexpectedToken` for one that does not fit.
    """

    __slots__ = ("_lark", "feed")

    def __init__(self, lark: InteractiveParser) -> None:
        self._lark = lark
        self.feed: Callable[[Token], object] = lark.feed_token

    def finish(self, last: Token) -> Node:
        """Return the tree of the statement that `last` ends.

        Raises:
            UnexpectedToken: it is not whole.
        """
        tree = self._lark.feed_eof(last)  # type: ignore[no-untyped-call]  # lark leaves it without types
        return cast("Node", tree)

    def accepted(self) -> frozenset[str]:
        """Return the token types that fit next, each tried: the table alone promises too many."""
        return frozenset(self._lark.accepts())  # type: ignore[no-untyped-call]  # as above

    def fitting(self, kinds: Sequence[str]) -> int:
        """Return how many tokens of these types would fit next, one after the other; the parser stays as it is."""
        trial = self._lark.copy(deepcopy_values=False)  # type: ignore[no-untyped-call]  # as above
        for count, kind in enumerate(kinds):
            try:
                trial.feed_token(Token(kind, "", 0, end_pos=0))
            except UnexpectedToken:
                return count
        return len(kinds)


@dataclass(frozen=True)
class Grammar:
    """What the parser needs to know of `grammar.lark`.

    `keywords` leads from each word to its token type, `symbols` back; `soft` are the types that may be names as well;
    `openers` the words that open a statement; `refused` the types that no statement accepts.
    """

    lark: Lark
    keywords: dict[str, str]
    symbols: dict[str, str]
    soft: frozenset[str]
    openers: frozenset[str]
    refused: frozenset[str]

    def tokens(self, text: str, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of `text[start:end]`; positions count from the start of `text`, lines from `start`."""
        counter = LineCounter("\n")  # type: ignore[no-untyped-call]  # as above
        counter.char_pos = counter.line_start_pos = start
        lexer: BasicLexer = self.lark.parser.lexer
        return lexer.lex(LexerState(TextSlice(text, start, end), counter), None)

    def statement(self) -> Parser:
        """Return a parser that awaits one statement."""
        return Parser(self.lark.parse_interactive(start="statement"))


def grammar_text() -> str:
    """Return the text of `grammar.lark`."""
    return files("dsl.syntax").joinpath("grammar.lark").read_text(encoding="utf-8")


@cache
def grammar() -> Grammar:
    """Return the grammar; the first call builds its tables, which takes some 0.2 seconds."""
    lark = Lark(
        grammar_text(),
        parser="lalr",
        lexer="basic",
        start=["statement", "refused"],
        keep_all_tokens=True,
        maybe_placeholders=False,
        tree_class=Node,
    )
    fixed = {t.pattern.value: t.name for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    words = {value: name for value, name in fixed.items() if value.isalpha()}
    symbols = {name: value for value, name in fixed.items()}
    soft = _single(lark, "name") - {"NAME"}
    return Grammar(lark, words, symbols, soft, _openers(lark, words), _single(lark, "refused"))


def _single(lark: Lark, rule: str) -> frozenset[str]:
    """Return the token types that alone make up `rule`."""
    return frozenset(r.expansion[0].name for r in lark.rules if r.origin.name == rule)


def _openers(lark: Lark, words: dict[str, str]) -> frozenset[str]:
    """Return the words that can open a statement, asked of the parse table itself."""
    accepted = Parser(lark.parse_interactive(start="statement")).accepted()
    return frozenset(word for word, name in words.items() if name in accepted)
