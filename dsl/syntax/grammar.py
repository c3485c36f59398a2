"""The grammar, loaded once: its lexer, its parse table and the words that it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lark import Lark
from lark.lexer import BasicLexer, PatternStr

from dsl.syntax.automaton import Parser, State, automaton
from dsl.syntax.scanner import Scanner
from dsl.syntax.tree import Token


@dataclass(frozen=True)
class Grammar:
    """What the parser needs to know of `grammar.lark`, which lark turns into terminals and a parse table.

    `keywords` leads from each word to its kind of token, `symbols` back; `soft` are the kinds that may be names as
    well; `openers` the words that open a statement; `refused` the kinds that no statement accepts. `start` is the
    state of the table that awaits a statement.
    """

    lark: Lark
    keywords: dict[str, str]
    symbols: dict[str, str]
    soft: frozenset[str]
    openers: frozenset[str]
    refused: frozenset[str]
    scanner: Scanner
    start: State

    def tokens(self, text: str, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of `text[start:end]`; positions count from the start of `text`, lines from `start`."""
        return self.scanner.tokens(text, start, end)

    def statement(self) -> Parser:
        """Return a parser that awaits one statement."""
        return Parser(self.start)


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
    )
    fixed = {t.pattern.value: t.name for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    words = {value: name for value, name in fixed.items() if value.isalpha()}
    symbols = {name: value for value, name in fixed.items()}
    soft = _single(lark, "name") - {"NAME"}
    lexer: BasicLexer = lark.parser.lexer
    scanner = Scanner(list(lexer.terminals), lexer.ignore_types, words)
    start = automaton(lark.parser.parser.parser.parse_table, "statement")
    return Grammar(lark, words, symbols, soft, _openers(start, words), _single(lark, "refused"), scanner, start)


def _single(lark: Lark, rule: str) -> frozenset[str]:
    """Return the kinds of tokens that alone make up `rule`."""
    return frozenset(r.expansion[0].name for r in lark.rules if r.origin.name == rule)


def _openers(start: State, words: dict[str, str]) -> frozenset[str]:
    """Return the words that can open a statement, asked of the parse table itself."""
    accepted = Parser(start).accepted()
    return frozenset(word for word, name in words.items() if name in accepted)
