"""Diagnostics and checks as a program reads them: the same fields on the command line and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from dsl.evaluation.build import PROOF_OUTCOMES, Build, ProofOutcome
from dsl.semantics.compiler import UNCHECKED
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.render import render
from dsl.syntax.source import SourceFile, Span

Outcome = Literal["holds", "not_checked"] | ProofOutcome

_FAILED_EXAMPLES = ("E450", "E451")


class Finding(msgspec.Struct, frozen=True):
    """A diagnostic with its place spelled out: lines and columns count from 1, the end is exclusive.

    `rendered` is the diagnostic as a terminal shows it, with the line and a caret.
    """

    code: str
    severity: str
    message: str
    help: str | None
    example: str | None
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    rendered: str


class Proof(msgspec.Struct, frozen=True):
    """What came of one `prove`, by its title and its place; a diagnostic there says why it fails.

    `undecided`: not in the time there is. `not_checked`: nobody tried to decide it.
    """

    title: str
    pack: str
    outcome: Outcome
    file: str
    line: int


class Check(msgspec.Struct, frozen=True):
    """What came of rule files. `digest` is null, and nothing counted, where errors leave no release.

    Packs, rules, facts and exercises are counted with those of the shipped prelude. `proofs` are those of text without
    errors; of other text they are only counted, as not checked.
    """

    ok: bool
    digest: str | None
    diagnostics: tuple[Finding, ...]
    packs: tuple[str, ...]
    rules: int
    facts: int
    exercises: int
    examples_run: int
    examples_failed: int
    proofs_held: int
    proofs_failed: int
    proofs_not_checked: int
    proofs: tuple[Proof, ...]


def finding(diagnostic: Diagnostic, sources: Mapping[str, SourceFile]) -> Finding:
    """Return `diagnostic` with its place; the first character where it is about no text."""
    source = sources.get(diagnostic.span.source)
    line, column = source.position(diagnostic.span.start) if source else (1, 1)
    end_line, end_column = source.position(diagnostic.span.end) if source else (1, 1)
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
        rendered=render(diagnostic, sources),
    )


def summary(built: Build) -> Check:
    """Return what came of `built`."""
    artifact = built.release.artifact if built.release else None
    return Check(
        ok=built.release is not None,
        digest=built.release.digest if built.release else None,
        diagnostics=tuple(finding(found, built.sources) for found in built.diagnostics),
        packs=tuple(pack.name for pack in artifact.packs) if artifact else (),
        rules=len(artifact.rules) if artifact else 0,
        facts=len(artifact.vocabulary.facts) if artifact else 0,
        exercises=len(artifact.vocabulary.exercises) if artifact else 0,
        examples_run=built.examples,
        examples_failed=_examples_failed(built),
        proofs_held=built.proofs_held,
        proofs_failed=built.proofs_failed,
        proofs_not_checked=built.proofs - built.proofs_held - built.proofs_failed,
        proofs=tuple(_proofs(built)),
    )


def _examples_failed(built: Build) -> int:
    """Return how many examples fail, however much of each is not met."""
    unmet = {found.span for found in built.diagnostics if found.code in _FAILED_EXAMPLES}
    parts = ({example.span, *(expected.span for expected in example.expected)} for example in built.checked)
    return sum(not unmet.isdisjoint(spans) for spans in parts)


def _proofs(built: Build) -> Iterator[Proof]:
    tried = not any(found.code == UNCHECKED for found in built.diagnostics)
    found_wrong: dict[Span, Outcome] = {
        found.span: PROOF_OUTCOMES[found.code] for found in built.diagnostics if found.code in PROOF_OUTCOMES
    }
    for claim in built.claims:
        outcome = found_wrong.get(claim.span, "holds") if tried else "not_checked"
        line, _ = built.sources[claim.span.source].position(claim.span.start)
        yield Proof(claim.title, claim.pack, outcome, claim.span.source, line)
