"""Statements that can be run where they stand: examples. Proofs join them in `runnable` and `run`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.evaluation.examples import run_examples
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic, Severity, errors
from dsl.syntax.source import Span
from dsl.tools.editor.project import Project, parsed


@dataclass(frozen=True, slots=True)
class Runnable:
    """A statement that can be run; `what` is the word for it, `title` what its author called it."""

    what: str
    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of running a statement: whether it holds, one sentence, and what was found."""

    holds: bool
    message: str
    found: tuple[Diagnostic, ...] = ()


def runnable(project: Project, name: str) -> Iterator[Runnable]:
    """Yield the statements of a file that can be run, in order."""
    if name not in project.own:
        return
    for statement in parsed(project.own[name]).file.statements:
        if isinstance(statement, ast.Example):
            yield Runnable("example", statement.title.value, statement.span)


def run(project: Project, name: str, start: int) -> Ran:
    """Return what comes of the statement that begins at `start` of a file."""
    one = next((one for one in runnable(project, name) if one.span.start == start), None)
    if one is None:
        return Ran(holds=False, message="The text has changed; run it again.")
    release = project.compilation.release
    if release is None:
        count = len(errors(project.compilation.diagnostics))
        return Ran(holds=False, message=f"Mend the {count} error{'' if count == 1 else 's'} first, then run it again.")
    examples = [example for example in project.compilation.examples if example.title == one.title]
    examples = [example for example in examples if example.span == one.span] or examples  # a copy elsewhere ran for it
    found = tuple(run_examples(release.artifact, examples))
    wrong = [finding for finding in found if finding.severity is not Severity.NOTE]
    return Ran(not wrong, _told(one, wrong), found)


def _told(one: Runnable, wrong: list[Diagnostic]) -> str:
    if not wrong:
        return f"The {one.what} “{one.title}” holds."
    return "\n".join(f"{found.message}{f' ({found.help})' if found.help else ''}" for found in wrong)
