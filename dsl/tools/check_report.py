"""What a check of rule files found: every diagnostic with its place, then what the files hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.table import Table
from rich.text import Text

from dsl.evaluation.build import Build
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.render import render
from dsl.syntax.source import SourceFile
from dsl.tools.terminal import visible
from dsl.tools.wording import counted, listed

if TYPE_CHECKING:
    from rich.console import Console

_FAILED_EXAMPLES = ("E450", "E451")


class Finding(msgspec.Struct, frozen=True):
    """One diagnostic as a program reads it; lines and columns count from 1, the end is exclusive."""

    code: str
    severity: str
    message: str
    help: str | None
    example: str | None
    file: str
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


class Contents(msgspec.Struct, frozen=True):
    """What the rules hold, the shipped prelude included."""

    digest: str
    packs: tuple[str, ...]
    rules: int
    facts: int
    exercises: int


class Examples(msgspec.Struct, frozen=True):
    """How many examples were run; none is where errors leave nothing to run them against."""

    run: int
    failed: int


class Proofs(msgspec.Struct, frozen=True):
    """How many proofs the rules hold, and how many of them this version has checked."""

    found: int
    checked: int = 0


class Report(msgspec.Struct, frozen=True):
    """A whole check as a program reads it; `contents` is null where errors leave no release."""

    ok: bool
    diagnostics: tuple[Finding, ...]
    contents: Contents | None
    examples: Examples
    proofs: Proofs


def report(built: Build) -> Report:
    """Return what `built` found, for a program."""
    return Report(
        ok=built.release is not None,
        diagnostics=tuple(finding(found, built.sources) for found in built.diagnostics),
        contents=_contents(built.release),
        examples=Examples(built.examples, _failed(built)),
        proofs=Proofs(built.proofs),
    )


def finding(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> Finding:
    """Return `diagnostic` with its place in lines and columns; without them where it is about no text."""
    source = sources.get(diagnostic.span.source)
    line, column = source.position(diagnostic.span.start) if source else (None, None)
    end_line, end_column = source.position(diagnostic.span.end) if source else (None, None)
    return Finding(
        code=diagnostic.code,
        severity=diagnostic.severity.value,
        message=diagnostic.message,
        help=diagnostic.help,
        example=diagnostic.example,
        file=diagnostic.span.source,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
    )


def print_check(console: Console, built: Build) -> None:
    """Print every diagnostic of `built`, and a summary."""
    print_diagnostics(console, built.diagnostics, built.sources)
    console.print(_verdict(built.diagnostics))
    if built.release is not None:
        console.print(_summary(built, built.release))


def print_diagnostics(console: Console, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
    """Print each of `diagnostics` with the line that it is about and a caret under it."""
    for found in diagnostics:
        console.file.write(render(found, sources, color=console.is_terminal and not console.no_color).rstrip("\n"))
        console.file.write("\n\n")


def _verdict(diagnostics: Sequence[Diagnostic]) -> Text:
    count = {weight: sum(found.severity is weight for found in diagnostics) for weight in Severity}
    parts = [counted(number, weight.value) for weight, number in count.items() if number]
    said = ", ".join(parts) or "nothing wrong"
    colour = "red" if count[Severity.ERROR] else "yellow" if count[Severity.WARNING] else "green"
    return Text(f"{said[0].upper()}{said[1:]}.", style=f"bold {colour}")


def _summary(built: Build, release: Release) -> Table:
    contents = _contents_of(release)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(str(len(contents.packs)), f"{_noun(len(contents.packs), 'pack')}: {visible(listed(contents.packs))}")
    for number, one in ((contents.rules, "rule"), (contents.facts, "fact"), (contents.exercises, "exercise")):
        table.add_row(str(number), _noun(number, one))
    table.add_row(str(built.examples), f"{_noun(built.examples, 'example')}{_passed(built)}")
    if built.proofs:
        table.add_row(str(built.proofs), f"{_noun(built.proofs, 'proof')}, not checked by this version")
    return table


def _passed(built: Build) -> str:
    return ", all run and passed" if built.examples else ": the rules are untested"


def _noun(count: int, one: str) -> str:
    return one if count == 1 else f"{one}s"


def _failed(built: Build) -> int:
    return len({found.span.start for found in built.diagnostics if found.code in _FAILED_EXAMPLES})


def _contents(release: Release | None) -> Contents | None:
    return _contents_of(release) if release else None


def _contents_of(release: Release) -> Contents:
    artifact = release.artifact
    return Contents(
        digest=release.digest,
        packs=tuple(pack.name for pack in artifact.packs),
        rules=len(artifact.rules),
        facts=len(artifact.vocabulary.facts),
        exercises=len(artifact.vocabulary.exercises),
    )
