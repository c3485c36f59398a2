"""What holds of every tree and of every text."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.syntax import ast
from dsl.syntax.formatter import FormatError, format_file, format_guard, format_statement
from dsl.syntax.grammar import grammar
from dsl.syntax.render import render
from dsl.syntax.source import SourceFile, Span
from tests.dsl.syntax import strategies as trees
from tests.dsl.syntax.texts import SAMPLE, SHIPPED, parsed, statement, statements

REAL = [SAMPLE, *SHIPPED.values()]
JUNK = ["(", ")", '"', ",", ";", "\n", "\n\n  ", " when ", " and ", "#", "7", "é", "\u202e", "\0", "=", "X", "“", "-"]
GAPS = [" ", "  ", "\t", "\n  ", "\r\n    ", "  # said in between\n  ", "\n\n  "]
OWN_LINES = ["\n# below\n    ", "\n  # below\n    "]


def tokens(text: str) -> list[str]:
    """Return the words and signs of rule text."""
    return [str(token) for token in grammar().tokens(text, 0, len(text)) if token.kind != "COMMENT"]


def _formatted(text: str) -> str:
    return format_file(SourceFile("test.rules", text))


# --- trees and their text ---------------------------------------------------------------------


@given(trees.files)
def test_what_is_written_is_read_back(file: tuple[ast.Statement, ...]) -> None:
    assert statements("\n".join(format_statement(node) for node in file)) == file


@given(trees.guards)
def test_a_guard_is_read_back(guard: ast.Guard) -> None:
    node = statement(f"impossible when {format_guard(guard)}")
    assert isinstance(node, ast.Impossible)
    assert node.guard == guard


@given(trees.files)
def test_formatting_changes_no_meaning_and_settles_at_once(file: tuple[ast.Statement, ...]) -> None:
    once = _formatted("\n".join(format_statement(node) for node in file))
    assert statements(once) == file
    assert _formatted(once) == once


@given(trees.statements, st.data())
def test_the_canonical_text_depends_on_no_layout(node: ast.Statement, data: st.DataObject) -> None:
    canonical = format_statement(node)
    first, *others = tokens(canonical)
    gaps = data.draw(st.lists(st.sampled_from(GAPS), min_size=len(others), max_size=len(others)))
    spread = first + "".join(gap + word for gap, word in zip(gaps, others, strict=True))
    assert format_statement(statement(spread)) == canonical


@given(trees.statements, st.data())
def test_comments_between_any_two_words_survive_and_formatting_settles_at_once(
    node: ast.Statement, data: st.DataObject
) -> None:
    first, *others = tokens(format_statement(node))
    gaps = data.draw(st.lists(st.sampled_from([*GAPS, *OWN_LINES]), min_size=len(others), max_size=len(others)))
    spread = first + "".join(gap + word for gap, word in zip(gaps, others, strict=True))
    once = _formatted(spread)
    assert statements(once) == (node,)
    assert _comments(once) == _comments(spread)
    assert _formatted(once) == once


def _comments(text: str) -> Counter[str]:
    return Counter(comment.text for comment in parsed(text)[0].comments)


@given(trees.guards, st.integers(1, 3))
def test_needless_parentheses_change_nothing(guard: ast.Guard, count: int) -> None:
    enclosed = "(" * count + format_guard(guard) + ")" * count
    assert statement(f"define x when {enclosed}") == ast.Definition(ast.Name("x"), guard)


@given(trees.files, st.data())
def test_comments_survive_formatting(file: tuple[ast.Statement, ...], data: st.DataObject) -> None:
    lines = _formatted("\n".join(format_statement(node) for node in file)).splitlines()
    for number in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(lines) - 1))
        if data.draw(st.booleans()):
            lines[at] += f"  # behind {number}"
        else:
            lines.insert(at, data.draw(st.sampled_from(["", "  "])) + f"# above {number}")
    text = "\n".join(lines)
    before = parsed(text)[0]
    once = _formatted(text)
    after, found = parsed(once)
    assert found == []
    assert after == before
    assert Counter(comment.text for comment in after.comments) == Counter(comment.text for comment in before.comments)
    assert _formatted(once) == once


# --- every text -------------------------------------------------------------------------------


def _told(text: str) -> None:
    """Parse, render and format any text: findings lie in it, and nothing is raised but `FormatError`."""
    source = SourceFile("test.rules", text)
    file, found = parsed(text)
    for one in found:
        assert 0 <= one.span.start <= one.span.end <= len(text)
        assert "\x1b" not in render(one, {"test.rules": source})
    if found:
        with pytest.raises(FormatError):
            format_file(source)
    else:
        assert statements(format_file(source)) == file.statements


@given(st.text(st.characters(categories=None), max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    _told(text)


@given(st.lists(st.sampled_from([*sorted(grammar().symbols.values()), "x", '"s"', "7", "\n", *JUNK]), max_size=30))
def test_no_heap_of_words_is_too_strange(words: list[str]) -> None:
    _told(" ".join(words))


@given(st.sampled_from(REAL), st.data())
def test_no_slip_in_a_real_file_is_too_strange(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start : start + data.draw(st.integers(1, 2_000))]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(piece)))
        cut = data.draw(st.integers(0, 4))
        piece = piece[:at] + data.draw(st.sampled_from(["", *JUNK])) + piece[at + cut :]
    _told(piece)


SLIPS = ["-", "*", ",", ".", ":", ";", "(", ")", "“", "—", "=", "==", "%", "é", "if", "the", "and", "WHEN", "expect"]


@given(st.sampled_from(REAL), st.data())
def test_one_slip_is_told_once_or_twice(text: str, data: st.DataObject) -> None:
    read = [token for token in grammar().tokens(text, 0, len(text)) if token.kind != "COMMENT"]
    at = data.draw(st.integers(0, len(read) - 2))
    token, other = read[at : at + 2]
    slip = data.draw(
        st.one_of(
            st.just(""),
            st.just(f"{token} {token}"),
            st.just(f"{other} {token}"),
            st.sampled_from(SLIPS).map(lambda odd: f"{odd} {token}"),
        )
    )
    _, found = parsed(text[: token.start] + slip + text[token.end :])
    assert len(found) <= 2, [f"{one.code} {one.message}" for one in found]


@given(st.sampled_from(REAL), st.data())
def test_good_statements_outlive_a_broken_one(text: str, data: st.DataObject) -> None:
    file, _ = parsed(text)
    assert len(file.statements) > 1
    broken = data.draw(st.integers(1, len(file.statements) - 1))
    at = file.statements[broken].span.start
    damaged, found = parsed(text[:at] + "avoid when when\n" + text[at:])
    assert [one.code for one in found] == ["E103"] or len(found) == 1
    assert damaged.statements == file.statements


# --- words and places -------------------------------------------------------------------------


@given(trees.statements, st.data())
def test_words_run_together_are_never_read_apart(node: ast.Statement, data: st.DataObject) -> None:
    words = tokens(format_statement(node))
    close = [i for i in range(len(words) - 1) if re.search(r'[\w"]$', words[i]) and re.match(r'[\w"]', words[i + 1])]
    if not close:
        return
    at = data.draw(st.sampled_from(close))
    words[at : at + 2] = ["".join(words[at : at + 2])]
    file, found = parsed(" ".join(words))
    assert found or file.statements != (node,)


def _nodes(node: object) -> Iterator[tuple[object, Span]]:
    """Yield every node below `node` that has a place."""
    if isinstance(node, tuple):
        for one in node:
            yield from _nodes(one)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        span = getattr(node, "span", None)
        if isinstance(span, Span):
            yield node, span
        for field in dataclasses.fields(node):
            if field.name not in ("span", "review_place"):
                yield from _nodes(getattr(node, field.name))


@given(trees.files)
def test_places_lie_in_the_file_and_show_what_they_place(file: tuple[ast.Statement, ...]) -> None:
    text = "\n".join(format_statement(node) for node in file)
    for node in statements(text):
        for inner, span in _nodes(node):
            assert node.span.start <= span.start < span.end <= node.span.end
            written = text[span.start : span.end]
            if isinstance(inner, ast.Name):
                assert written == inner.text
            if isinstance(inner, ast.Text):
                assert written in (inner.value, f'"{inner.value}"') or "\\" in written
            if isinstance(inner, ast.Quantity):
                assert inner.unit is None or written.endswith(inner.unit.text)
