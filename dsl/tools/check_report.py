"""What a check of rule files found, for the author: every diagnostic with its place, then what the files hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from dsl.evaluation.build import Build
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.render import render
from dsl.syntax.source import SourceFile
from dsl.tools.findings import Check, summary
from dsl.tools.terminal import visible
from dsl.tools.wording import counted, listed

if TYPE_CHECKING:
    from rich.console import Console


def print_check(console: Console, built: Build) -> None:
    """Print every diagnostic of `built`, and a summary."""
    print_diagnostics(console, built.diagnostics, built.sources)
    console.print(_outcome(built.diagnostics))
    if built.release is not None:
        console.print(_contents(summary(built)))


def print_diagnostics(console: Console, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
    """Print each of `diagnostics` with the line that it is about and a caret under it."""
    colour = console.is_terminal and not console.no_color
    for found in diagnostics:
        text = render(found, sources, color=colour).rstrip("\n")
        console.print(Text.from_ansi(text) if colour else Text(text), soft_wrap=True)
        console.print()


def _outcome(diagnostics: Sequence[Diagnostic]) -> Text:
    count = {weight: sum(found.severity is weight for found in diagnostics) for weight in Severity}
    wrong = [Severity.ERROR, Severity.WARNING]
    parts = [counted(count[weight], weight.value) for weight in wrong if count[weight]]
    colour = "red" if count[Severity.ERROR] else "yellow" if count[Severity.WARNING] else "green"
    return Text(f"{listed(parts) or 'Nothing wrong'}.", style=f"bold {colour}")


def _contents(check: Check) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    for number, what in _counts(check):
        table.add_row(str(number), what)
    return table


def _counts(check: Check) -> Iterator[tuple[int, str]]:
    for number, one in ((check.rules, "rule"), (check.facts, "fact"), (check.exercises, "exercise")):
        yield number, one if number == 1 else f"{one}s"
    yield len(check.packs), f"{'pack' if len(check.packs) == 1 else 'packs'}: {visible(listed(check.packs))}"
    run = check.examples_run
    yield run, "example, run and passed" if run == 1 else "examples, all run and passed" if run else "examples"
    held = check.proofs_held
    if held:
        yield held, "proof, which holds for everybody" if held == 1 else "proofs, all of which hold for everybody"
    undecided = check.proofs_not_checked
    if undecided:
        yield undecided, "proof that could not be decided" if undecided == 1 else "proofs that could not be decided"
