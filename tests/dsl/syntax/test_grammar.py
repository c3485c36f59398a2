"""The grammar itself: no conflicts, no ambiguous or slow terminals, every character some token."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Lark, TextSlice, Token
from lark.lexer import BasicLexer, Lexer, LexerState, LineCounter, PatternRE

from dsl.syntax.grammar import grammar, grammar_text

SOFT = {
    *("load", "clearance", "emergency", "routine", "urgent", "screen", "ask", "allowed", "flag", "title", "number"),
    *("given", "one", "many", "least", "by"),
}
RESERVED = {"stop", "hold", "session", "source", "class", "code", "any", "always", "to"}
OPENERS = {
    *("pack", "source", "fact", "impossible", "class", "exercise", "measure", "parameter", "define", "rule", "avoid"),
    *("caution", "modify", "allow", "recommend", "require", "stop", "refer", "progress", "hold", "reduce", "advise"),
    *("override", "example", "prove"),
}


def texts_of_words() -> st.SearchStrategy[str]:
    """Return texts whose words are words of the language, or nearly so."""
    words = st.sampled_from(
        [*grammar().symbols.values(), "a", "A1", "7", "7-1", "2027-01-01", '"a"', "#", "“", "-", "."]
    )
    gaps = st.sampled_from(["", " ", "\n", "\r\n", "\n\n  ", "\t"])
    return st.lists(st.tuples(gaps, words), max_size=12).map(lambda pairs: "".join(map("".join, pairs)))


class NoLexer(Lexer):
    """Lets lark check the parse table alone: its own check of terminals needs a package that is not here."""

    def __init__(self, *_: object) -> None:
        pass

    def lex(self, *_: object) -> Iterator[Token]:
        return iter(())


def test_the_grammar_has_no_conflicts() -> None:
    lark = Lark(grammar_text(), parser="lalr", lexer=NoLexer, strict=True, start=["statement", "refused"])
    assert len(lark.rules) > 200


def test_no_two_patterns_compete() -> None:
    patterns = [terminal for terminal in grammar().lark.terminals if isinstance(terminal.pattern, PatternRE)]
    counts = Counter(terminal.priority for terminal in patterns)
    assert [priority for priority, count in counts.items() if count > 1] == []
    assert {terminal.priority for terminal in grammar().lark.terminals if terminal not in patterns} == {0}


def test_the_words_that_may_be_names() -> None:
    soft = {grammar().symbols[kind] for kind in grammar().soft}
    assert soft >= SOFT
    assert soft.isdisjoint(RESERVED)
    assert soft.isdisjoint(OPENERS)
    assert grammar().openers == OPENERS


@given(st.text(st.characters(categories=None), max_size=100))
def test_every_character_is_in_some_token(text: str) -> None:
    read = "".join(grammar().tokens(text, 0, len(text)))
    assert re.sub(r"[ \t\r\n]", "", text) == re.sub(r"[ \t\r\n]", "", read)


@given(st.one_of(st.text(st.characters(categories=None), max_size=60), texts_of_words()))
def test_tokens_are_those_of_lark(text: str) -> None:
    lexer: BasicLexer = grammar().lark.parser.lexer
    state = LexerState(TextSlice(text, 0, len(text)), LineCounter("\n"))  # type: ignore[no-untyped-call]  # lark's
    lark = [(str(one), one.type, one.start_pos, one.end_pos, one.line, one.column) for one in lexer.lex(state, None)]
    read = grammar().tokens(text, 0, len(text))
    assert [(str(one), one.kind, one.start, one.end, one.line, one.column) for one in read] == lark


@pytest.mark.parametrize(
    "unit",
    [
        '"',
        '"a',
        "'",
        "'a'",
        "“a",
        "a.",
        "a-",
        "1.",
        "-",
        "--",
        "1-",
        "\\",
        '"\\',
        "é",
        "(",
        "=",
        "A1",
        "%a",
        "2027-01-",
        "#",
    ],
)
def test_no_terminal_is_slow(unit: str) -> None:
    text = unit * 50_000
    started = time.process_time()
    count = sum(1 for _ in grammar().tokens(text, 0, len(text)))
    assert count <= len(text)
    assert (
        time.process_time() - started < 60
    )  # of the processor, whatever else runs: tenths; what backtracks takes hours


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("50%", "DECIMAL PERCENT"),
        ("50 %", "DECIMAL PERCENT"),
        ("M51.26", "ICD"),
        ("S39.012A", "ICD"),
        ("M54.3x", "ICD"),
        ("M21.37x", "ICD"),
        ("G83.4", "ICD"),
        ("R32", "ICD"),
        ("72514-3", "LOINC"),
        ("279039007", "DECIMAL"),
        ("-2.5", "DECIMAL"),
        ("2027-05-01", "DATE"),
        ("2027-05-011", "WORD"),
        ("7and", "WORD"),
        ("90deg", "WORD"),
        ('"x"because', "GLUED_STRING"),
        ('because"x"', "WORD STRING"),
        ("avoiddeadlift", "NAME"),
        ("a=b", "NAME EQUAL NAME"),
        ("squat.front", "NAME"),
        ("squat.", "NAME STRAY"),
        ("flare # said", "NAME COMMENT"),
        ("a<=5", "NAME AT_MOST DECIMAL"),
        ("a!=b", "NAME NOT_EQUAL NAME"),
        ("(a)and", "LPAR NAME RPAR AND"),
    ],
)
def test_where_tokens_end(text: str, kinds: str) -> None:
    assert [token.kind for token in grammar().tokens(text, 0, len(text))] == kinds.split()


def test_places_count_from_the_start_of_the_text() -> None:
    text = "class a\nclass b\n"
    (word, name) = grammar().tokens(text, 8, len(text))
    assert (word.start, name.start, name.end, word.line, word.column) == (8, 14, 15, 1, 1)
