"""The driver up to the examples: compile, then run them. `analysis.build` goes on to what is to be proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from dsl.evaluation.examples import run_examples
from dsl.semantics.checked import CheckedExample, CheckedProof
from dsl.semantics.compiler import Compilation, CompileError, compile_sources, read_paths
from dsl.semantics.provenance import Bundled
from dsl.semantics.reading import read_texts
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import Diagnostic, errors, in_reading_order
from dsl.syntax.formatter import format_guard
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile

ProofOutcome = Literal["fails", "undecided"]
PROOF_OUTCOMES: Mapping[str, ProofOutcome] = {"E460": "fails", "W560": "undecided", "W563": "undecided"}
"""What a diagnostic about a proof says of it; a proof of which none is here holds, once it was looked at."""


@dataclass(frozen=True, slots=True)
class Build:
    """What came of rule text: a release, or why there is none, with what was looked at.

    `examples` and `proofs` count those of the text; `proofs_held` and `proofs_failed` those that were decided.
    `checked` are the examples themselves and `claims` what is to be proved, both of text without errors only; `bundled`
    are the texts of the works that rules cite, as far as they are at hand. `impossible` are the guards, as they are
    written, of what nobody can be by the given files; what comes with Spotter is not among them.
    """

    release: Release | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    examples: int = 0
    proofs: int = 0
    proofs_held: int = 0
    proofs_failed: int = 0
    checked: tuple[CheckedExample, ...] = ()
    claims: tuple[CheckedProof, ...] = ()
    bundled: Bundled = field(default_factory=Bundled)
    impossible: tuple[str, ...] = ()


def build(
    sources: Iterable[SourceFile],
    *,
    before: Iterable[Diagnostic] = (),
    limits: Limits | None = None,
    with_prelude: bool = True,
    texts: Iterable[SourceFile] = (),
) -> Build:
    """Return what comes of `sources`, whose quotes are held against `texts`, proofs apart. Never raises for any text.

    `before` are findings made while reading them.
    """
    compilation = compile_sources(sources, limits=limits or Limits(), with_prelude=with_prelude, texts=texts)
    return examined(compilation, before)


def examined(compilation: Compilation, before: Iterable[Diagnostic] = ()) -> Build:
    """Return what comes of `compilation` once its examples have been run; `before` are findings of earlier passes."""
    found = [*before, *compilation.diagnostics]
    release = compilation.release
    if release is not None:
        found.extend(run_examples(release.artifact, compilation.examples))
    return Build(
        release=None if errors(found) else release,
        diagnostics=tuple(in_reading_order(found)),
        sources=compilation.sources,
        examples=len(compilation.examples),
        proofs=compilation.proofs,
        checked=compilation.examples,
        claims=compilation.claims,
        bundled=compilation.bundled,
        impossible=tuple(_impossible(compilation)),
    )


def _impossible(compilation: Compilation) -> Iterator[str]:
    for node in compilation.impossible:
        if node.span.source not in compilation.prelude:
            yield format_guard(node.guard)


def build_paths(paths: Iterable[str | Path], *, limits: Limits | None = None) -> Build:
    """Return what comes of the rule files at `paths`: files of any name, or folders, of which `**/*.rules`.

    The texts of works in the folders `sources` beside them are read too.
    """
    bounds = limits or Limits()
    sources, unread = read_paths(paths, bounds)
    texts, unread_texts = read_texts(sources, bounds)
    return build(sources, before=[*unread, *unread_texts], limits=bounds, texts=texts)


def compile_paths(paths: Iterable[str | Path]) -> Release:
    """Return the release compiled from the rule files at `paths` and the shipped prelude, its examples passed.

    Raises:
        CompileError: something is wrong with the text; the error carries every diagnostic.
    """
    return released(build_paths(paths))


def compile_text(text: str, name: str = "text.rules") -> Release:
    """Return the release compiled from one file's `text` and the shipped prelude, its examples passed.

    Raises:
        CompileError: something is wrong with the text; the error carries every diagnostic.
    """
    return released(build([SourceFile(name, text)]))


def released(built: Build) -> Release:
    """Return the release of `built`.

    Raises:
        CompileError: there is none; the error carries every diagnostic.
    """
    if built.release is None:
        raise CompileError(built.diagnostics, built.sources)
    return built.release
