"""The matrix, its gaps and what the examples exercise, for a terminal: exercises that never differ share a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

from rich.table import Table
from rich.text import Text

from dsl.analysis.example_coverage import ExampleCoverage
from dsl.analysis.matrix import Matrix, Row
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary
from dsl.tools.matrix_page import unseen
from dsl.tools.matrix_words import Labels, legend, sign
from dsl.tools.terminal import visible
from dsl.tools.wording import VERDICTS, counted

if TYPE_CHECKING:
    from rich.console import Console

_WIDEST_LABEL = 36
_MOST_MISSING = 40
_LETTERS = ascii_uppercase + ascii_lowercase


class _Column(NamedTuple):
    """Exercises whose cells show the same in every row: the name of their column, and their places."""

    name: str
    places: tuple[int, ...]


def print_coverage(console: Console, matrix: Matrix, vocabulary: Vocabulary, coverage: ExampleCoverage) -> None:
    """Print the matrix, its gaps, and what the examples exercise."""
    labels = Labels(matrix, vocabulary)
    _print_matrix(console, matrix, labels)
    _print_gaps(console, matrix, labels)
    print_examples(console, coverage)


# --- the matrix ---------------------------------------------------------------------------------


def _print_matrix(console: Console, matrix: Matrix, labels: Labels) -> None:
    console.print(Text("Who may do what", style="bold"))
    if matrix.assumed:
        console.print(Text(f"Known of everybody: {labels.known(matrix.assumed)}."))
    console.print(Text(f"Answered with no, or with none: {labels.denied or 'nothing'}."))
    console.print(Text("Of numbers, those that speak least against training are assumed."))
    console.print()
    columns = _columns(matrix)
    for block in _blocks(columns, console.width):
        console.print(_table(matrix, labels, block))
        console.print()
    console.print(_legend())
    console.print()
    listing = Table.grid(padding=(0, 2, 0, 0))
    for column in columns:
        names = ", ".join(labels.exercise(matrix.exercises[place]) for place in column.places)
        listing.add_row(Text(column.name, style="bold"), names)
    console.print(listing)
    console.print()


def _columns(matrix: Matrix) -> list[_Column]:
    alike: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(matrix.exercises)):
        shown = tuple(sign(matrix.reasons[row.cells[place]]) for row in matrix.rows)
        alike.setdefault(shown, []).append(place)
    return [_Column(_letters(number), tuple(places)) for number, places in enumerate(alike.values())]


def _letters(number: int) -> str:
    before, last = divmod(number, len(_LETTERS))
    return (_LETTERS[before - 1] if before else "") + _LETTERS[last]


def _blocks(columns: Sequence[_Column], width: int) -> Iterator[Sequence[_Column]]:
    """Yield as many columns at a time as fit beside the rows."""
    fitting = max(1, (width - _WIDEST_LABEL) // (1 + max((len(column.name) for column in columns), default=1)))
    yield from (columns[start : start + fitting] for start in range(0, len(columns), fitting))


def _table(matrix: Matrix, labels: Labels, columns: Sequence[_Column]) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=_WIDEST_LABEL - 1, no_wrap=True, overflow="ellipsis")
    for _ in columns:
        table.add_column()
    table.add_row(Text(labels.subject, style="bold"), *(Text(column.name, style="bold") for column in columns))
    before: tuple[str | None, ...] = ()
    for row in matrix.rows:
        *group, last = labels.parts(row)
        if group and row.about[:-1] != before:
            table.add_row(Text(", ".join(group)))
        before = row.about[:-1]
        table.add_row(Text(f"  {last}" if group else last), *(_cell(matrix, row, column) for column in columns))
    return table


def _cell(matrix: Matrix, row: Row, column: _Column) -> Text:
    reason = matrix.reasons[row.cells[column.places[0]]]
    return Text(sign(reason), style=VERDICTS[Verdict(reason.verdict)][1])


def _legend() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for mark, verdict, name, meaning in legend():
        table.add_row(Text(mark, style=VERDICTS[verdict][1]), name, meaning)
    return table


def _print_gaps(console: Console, matrix: Matrix, labels: Labels) -> None:
    gaps = matrix.gaps
    if not gaps:
        console.print("No gaps: of every exercise some rule speaks, for every member above.")
    else:
        console.print(Text(f"{counted(sum(map(len, gaps.values())), 'gap')}:", style="bold"))
    for name, rows in gaps.items():
        whom = "everybody" if len(rows) == len(matrix.rows) else "; ".join(labels.row(row) for row in rows)
        console.print(Text(f"  {labels.exercise(name)}: {whom}"))
    console.print()


# --- examples -----------------------------------------------------------------------------------


def print_examples(console: Console, coverage: ExampleCoverage) -> None:
    """Print which rules and clauses the examples exercise, and what is missing."""
    console.print(Text(f"What {counted(coverage.examples, 'example')} exercise", style="bold"))
    shares = Table.grid(padding=(0, 2, 0, 0))
    shares.add_row("Rules in some answer", f"{coverage.fired} of {len(coverage.rules)}", f"{coverage.rule_share} %")
    shares.add_row("Clauses seen both ways", f"{coverage.ways_seen} of {coverage.ways}", f"{coverage.clause_share} %")
    console.print(shares)
    missing = [(one, line) for one in coverage.statements for line in unseen(one)]
    for one, line in missing[:_MOST_MISSING]:
        console.print(Text(f"  {visible(one.file)}:{one.line}: {one.what} {visible(one.name)}: {visible(line)}"))
    if len(missing) > _MOST_MISSING:
        console.print(f"  and {len(missing) - _MOST_MISSING} more; --html and --json list all of them")
