"""The parse table as it is run here, held to lark, which made it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import Token as LarkToken
from lark import Tree, UnexpectedToken

from dsl.syntax import ast
from dsl.syntax.formatter import format_statement
from dsl.syntax.grammar import grammar
from dsl.syntax.tree import Child, Node
from tests.dsl.syntax import strategies as trees
from tests.dsl.syntax.texts import SHIPPED, statements

KINDS = [*sorted(grammar().symbols), "NAME", "STRING", "DECIMAL", "DATE", "$END"]
OPENERS = sorted(grammar().keywords[word] for word in grammar().openers)

Shape = tuple[str, object]
"""The name of a rule and the shapes below it, or the name of a terminal and what it matched."""


def of_lark(part: Tree[LarkToken] | LarkToken) -> Shape:
    if isinstance(part, LarkToken):
        return part.type, str(part)
    return str(part.data), [of_lark(child) for child in part.children]


def of_ours(part: Child) -> Shape:
    return part.kind, [of_ours(child) for child in part.children] if isinstance(part, Node) else str(part)


def tree(text: str) -> Node | None:
    parser, last = grammar().statement(), None
    for last in grammar().tokens(text, 0, len(text)):
        assert parser.feed(last)
    assert last is not None
    return parser.finish(last)


def assert_tree_of_lark(text: str) -> None:
    read = tree(text)
    assert read is not None
    assert of_ours(read) == of_lark(grammar().lark.parse(text, start="statement"))


@given(trees.statements)
def test_trees_are_those_of_lark(statement: ast.Statement) -> None:
    assert_tree_of_lark(format_statement(statement))


@pytest.mark.parametrize("text", SHIPPED.values(), ids=SHIPPED)
def test_trees_of_the_shipped_rules_are_those_of_lark(text: str) -> None:
    for node in statements(text):
        written = text[node.span.start : node.span.end]
        if "#" not in written:
            assert_tree_of_lark(written)


def by_lark(kinds: list[str]) -> tuple[int, frozenset[str]]:
    """Return how many of `kinds` fit one after the other, and which kinds could follow them."""
    lark = grammar().lark.parse_interactive(start="statement")
    for count, kind in enumerate(kinds):
        before = frozenset(lark.accepts())  # type: ignore[no-untyped-call]  # lark leaves it without types
        try:
            lark.feed_token(LarkToken(kind, ""))
        except UnexpectedToken:
            return count, before
    return len(kinds), frozenset(lark.accepts())  # type: ignore[no-untyped-call]  # as above


@st.composite
def kinds_that_often_fit(draw: st.DrawFn) -> list[str]:
    """Return kinds of tokens, each of them most often one that fits after those before it."""
    kinds = [draw(st.sampled_from(OPENERS))]
    for _ in range(draw(st.integers(0, 12))):
        parser = grammar().statement()
        if parser.fitting(kinds) < len(kinds):
            break
        fitting = sorted(by_lark(kinds)[1])
        kinds.append(
            draw(st.sampled_from(fitting) | st.sampled_from(KINDS)) if fitting else draw(st.sampled_from(KINDS))
        )
    return kinds


@given(kinds_that_often_fit())
def test_what_fits_is_what_fits_in_lark(kinds: list[str]) -> None:
    count, following = by_lark(kinds)
    assert grammar().statement().fitting(kinds) == count
    parser = grammar().statement()
    for kind in kinds[:count]:
        assert parser.feed(next(grammar().tokens("a", 0, 1)).read_as(kind, ""))
    assert parser.accepted() == following
