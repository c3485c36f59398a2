"""Writes the tree back as text: one statement in canonical form, or a whole file with its comments."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dsl.syntax import ast, phrases
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.layout import WIDTH, Layout, Line, described_until, lay_out
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile

_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


class FormatError(Exception):
    """A file that cannot be formatted, for it has syntax errors."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(found.message for found in diagnostics))
        self.diagnostics = tuple(diagnostics)


def format_statement(node: ast.Statement) -> str:
    """Return the canonical text of a statement, on one line: equal trees give equal texts."""
    return lay_out(node).text


def format_guard(node: ast.Guard) -> str:
    """Return the canonical text of a guard, on one line."""
    return " ".join(phrases.guard(node))


def format_file(source: SourceFile) -> str:
    """Return a file as it should be written: one clause a line, comments and single blank lines kept.

    Raises:
        FormatError: the file has syntax errors.
    """
    file, found = parse(source)
    if found:
        raise FormatError(found)
    return "".join(f"{row}\n" for row in _rows(source, file))


@dataclass(frozen=True, slots=True)
class _Block:
    """What keeps its place among its neighbours: a statement, or a comment between statements."""

    start: int
    end: int
    rows: list[str]


def _rows(source: SourceFile, file: ast.File) -> Iterator[str]:
    """Yield the lines of the formatted file, a blank one between blocks that were apart."""
    previous: _Block | None = None
    for block in _blocks(source, file):
        if previous is not None and _BLANK_LINE.search(source.text, previous.end, block.start):
            yield ""
        yield from block.rows
        previous = block


def _blocks(source: SourceFile, file: ast.File) -> Iterator[_Block]:
    """Yield statements and the comments between them, in the order of the text."""
    comments = deque(sorted(file.comments, key=lambda comment: comment.span.start))
    followers = [*(node.span.start for node in file.statements[1:]), len(source.text)]
    for node, following in zip(file.statements, followers, strict=True):
        margin = _margin(source, node.span.start)
        while comments and comments[0].span.start < node.span.start:
            yield _apart(source, comments.popleft(), margin)
        inner: list[ast.Comment] = []
        while comments and _belongs(comments[0], node, following):
            inner.append(comments.popleft())
        yield _statement(node, inner)
    margin = _margin(source, file.statements[-1].span.start)
    yield from (_apart(source, comment, margin) for comment in comments)


def _margin(source: SourceFile, offset: int) -> int:
    """Return the column of a character; a byte order mark before it takes none."""
    line, column = source.position(offset)
    return column - 1 if line == 1 and source.text.startswith("\ufeff") else column


def _belongs(comment: ast.Comment, node: ast.Statement, following: int) -> bool:
    """Return whether a comment stands within a statement, or behind it on its last line."""
    at = comment.span.start
    return at < node.span.end or (comment.trailing and at < following)


def _apart(source: SourceFile, comment: ast.Comment, margin: int) -> _Block:
    """Return a comment on a line of its own; one further in than the statement after it stays indented."""
    indent = "  " if _margin(source, comment.span.start) > margin else ""
    return _Block(comment.span.start, comment.span.end, [f"{indent}#{comment.text}"])


# --- one statement with its comments ----------------------------------------------------------


def _statement(node: ast.Statement, comments: Sequence[ast.Comment]) -> _Block:
    """Return a statement, each of its comments at the clause that it stood at."""
    layout = lay_out(node, spread=_between_terms(node, comments))
    end = max([node.span.end, *(comment.span.end for comment in comments)])
    above, others = _above(layout, comments)
    outside = all(comment.span.start >= node.span.end for comment in others)
    if layout.compact and outside and len(layout.text) <= WIDTH:
        behind = "".join(f"  #{comment.text}" for comment in others)
        rows = [*(f"#{comment.text}" for comment in above), f"{layout.text}{behind}"]
    else:
        rows = list(_clauses(layout, comments))
    return _Block(node.span.start, end, rows)


def _above(layout: Layout, comments: Iterable[ast.Comment]) -> tuple[list[ast.Comment], list[ast.Comment]]:
    """Return the comments that go above the statement in any case, and the others."""
    above: list[ast.Comment] = []
    others: list[ast.Comment] = []
    for comment in comments:
        first = not comment.trailing and _clause_of(layout.lines, comment) == 0
        (above if first else others).append(comment)
    return above, others


def _between_terms(node: ast.Statement, comments: Iterable[ast.Comment]) -> bool:
    """Return whether a comment stands before a term of a fact; the terms then keep lines of their own."""
    if not isinstance(node, ast.Fact) or not isinstance(node.kind, ast.OneOf | ast.ManyOf):
        return False
    start, end = described_until(node).end, node.kind.terms[-1].span.start
    return any(start < comment.span.start < end for comment in comments)


def _clauses(layout: Layout, comments: Sequence[ast.Comment]) -> Iterator[str]:
    """Yield the lines of a statement: own comments above their clause, the last trailing one behind it."""
    placed: dict[int, list[ast.Comment]] = {}
    for comment in comments:
        placed.setdefault(_clause_of(layout.lines, comment), []).append(comment)
    for number, line in enumerate(layout.lines):
        indent = 0 if number == 0 else 2
        above = placed.get(number, [])
        behind = next((comment for comment in reversed(above) if comment.trailing), None)
        yield from (f"{' ' * indent}#{comment.text}" for comment in above if comment is not behind)
        *rows, last = line.wrapped(indent)
        yield from rows
        yield last if behind is None else f"{last}  #{behind.text}"


def _clause_of(lines: Sequence[Line], comment: ast.Comment) -> int:
    """Return the number of the clause before a trailing comment, or after one on its own line."""
    at = comment.span.start
    numbered = [(line.place.end, number) for number, line in enumerate(lines) if line.place is not None]
    if comment.trailing:
        before = [one for one in numbered if one[0] <= at]
        return max(before, key=lambda one: one[0])[1] if before else 0
    behind = [one for one in numbered if one[0] > at]
    return min(behind)[1] if behind else len(lines) - 1
