"""The grammar, loaded once: its lexer, its parse table and the words that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lark import Lark, TextSlice, Token, UnexpectedToken
from lark.lexer import BasicLexer, LexerState, LineCounter, PatternStr
from lark.parsers.lalr_interactive_parser import InteractiveParser as Parser

from dsl.syntax.tree import Node


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
        counter = LineCounter("\n")  # type: ignore[no-untyped-call]  # lark leaves it without types
        counter.char_pos = counter.line_start_pos = start
        lexer: BasicLexer = self.lark.parser.lexer
        return lexer.lex(LexerState(TextSlice(text, start, end), counter), None)

    def statement(self) -> Parser:
        """Return a parser that awaits one statement."""
        return self.lark.parse_interactive(start="statement")


def takes(parser: Parser, kind: str) -> bool:
    """Return whether `parser` accepts a token of that type next; it is left as it is."""
    trial = parser.copy(deepcopy_values=False)
    try:
        trial.feed_token(Token(kind, "", 0, end_pos=0))
    except UnexpectedToken:
        return False
    return True


def accepted_by(parser: Parser) -> frozenset[str]:
    """Return the token types that `parser` really accepts next: its table alone promises too many."""
    return frozenset(parser.accepts())  # type: ignore[no-untyped-call]  # as above


def grammar_text() -> str:
    """Return the text of `grammar.lark`."""
    return files("dsl.syntax").joinpath("grammar.lark").read_text(encoding="utf-8")


@cache
def grammar() -> Grammar:
    """Return the grammar; the first call builds its tables, which takes some 0.2 seconds."""
    lark = Lark(
        grammar_text(), parser="lalr", lexer="basic", start=["statement", "refused"],
        keep_all_tokens=True, maybe_placeholders=False, tree_class=Node,
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
    accepted = accepted_by(lark.parse_interactive(start="statement"))
    return frozenset(word for word, name in words.items() if name in accepted)
