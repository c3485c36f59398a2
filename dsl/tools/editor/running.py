"""Statements that can be run where they stand: examples and proofs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from dsl.analysis.proofs import decide
from dsl.evaluation.examples import run_examples
from dsl.semantics.release import Artifact
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic, errors
from dsl.tools.editor.project import Project, parsed


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of running a statement: whether it holds, what to tell its author, and what was found."""

    holds: bool
    message: str
    found: tuple[Diagnostic, ...] = ()


def runnable(project: Project, name: str) -> Iterator[ast.Example | ast.Proof]:
    """Yield the statements of a file that can be run, in order."""
    if name in project.own:
        statements = parsed(project.own[name]).file.statements
        yield from (one for one in statements if isinstance(one, ast.Example | ast.Proof))


def word_for(statement: ast.Example | ast.Proof) -> str:
    """Return how an author calls a statement that can be run."""
    match statement:
        case ast.Example():
            return "example"
        case ast.Proof():
            return "proof"
        case _:
            assert_never(statement)


def run(project: Project, name: str, start: int) -> Ran:
    """Return what comes of the statement that begins at `start` of a file."""
    one = next((one for one in runnable(project, name) if one.span.start == start), None)
    if one is None:
        return Ran(holds=False, message="The text has changed; run it again.")
    release = project.compilation.release
    if release is None:
        count = len(errors(project.compilation.diagnostics))
        return Ran(holds=False, message=f"Mend the {count} error{'' if count == 1 else 's'} first, then run it again.")
    found = tuple(_found(project, release.artifact, one))
    return Ran(not found, _told(one, found), found)


def _found(project: Project, artifact: Artifact, one: ast.Example | ast.Proof) -> Iterator[Diagnostic]:
    """Yield what is wrong with a statement; an identical one elsewhere may have been compiled in its place."""
    compiled = project.compilation
    if isinstance(one, ast.Example):
        named = [example for example in compiled.examples if example.title == one.title.value]
        yield from run_examples(artifact, [example for example in named if example.span == one.span] or named)
    else:
        titled = [claim for claim in compiled.claims if claim.title == one.title.value]
        yield from decide(artifact, [claim for claim in titled if claim.span == one.span] or titled).diagnostics


def _told(one: ast.Example | ast.Proof, found: tuple[Diagnostic, ...]) -> str:
    if not found:
        return f"The {word_for(one)} “{one.title.value}” holds."
    return "\n".join(f"{_short(one, problem)}{f' ({problem.help})' if problem.help else ''}" for problem in found)


def _short(one: ast.Example | ast.Proof, problem: Diagnostic) -> str:
    """Return what was found, the title left out: an editor shows one line, and the author knows what was run."""
    said = problem.message.removeprefix(f"example “{one.title.value}”: ")
    return said if said == problem.message else f"Does not hold: {said}"
