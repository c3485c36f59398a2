"""The driver of a whole build: compile, run the examples, decide the proofs, look for what nobody asked about.

Only what passes all of it is a release.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from dsl.evaluation.build import Build, examined, released
from dsl.semantics.compiler import UNCHECKED, Compilation, compile_sources, read_paths
from dsl.semantics.reading import read_texts
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import Diagnostic, errors, in_reading_order
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile

if TYPE_CHECKING:
    from dsl.analysis.formulas import Bounds
    from dsl.analysis.remembered import Verdict


def build(  # noqa: PLR0913 - one keyword for each thing that a build can be given
    sources: Iterable[SourceFile],
    *,
    before: Iterable[Diagnostic] = (),
    limits: Limits | None = None,
    with_prelude: bool = True,
    texts: Iterable[SourceFile] = (),
    bounds: Bounds | None = None,
    memory: MutableMapping[str, Verdict] | None = None,
) -> Build:
    """Return what comes of `sources`, whose quotes are held against `texts`. Never raises for any text.

    Args:
        sources: the rule files.
        before: findings made while reading them.
        limits: how much text is read at most.
        with_prelude: whether the shipped vocabulary belongs to them.
        texts: the works that rules cite.
        bounds: how long is searched for proofs, and with what they leave for what looks wrong.
        memory: what was found out before; a later build takes from it what still stands, and adds what it finds.
    """
    compilation = compile_sources(sources, limits=limits or Limits(), with_prelude=with_prelude, texts=texts)
    return proved(compilation, examined(compilation, before), bounds, memory)


def proved(
    compilation: Compilation,
    built: Build,
    bounds: Bounds | None = None,
    memory: MutableMapping[str, Verdict] | None = None,
) -> Build:
    """Return `built`, of `compilation`, once its proofs are decided, with what looks wrong though nobody asked."""
    if compilation.release is None:
        return built
    # Loading the solver takes memory and a tenth of a second, of which who only answers questions has no use.
    from dsl.analysis import formulas, proofs, suspicions  # noqa: PLC0415 - said above

    memory = {} if memory is None else memory
    artifact, claims = compilation.release.artifact, compilation.claims
    decided = proofs.decide(artifact, claims, bounds or formulas.DEFAULT_BOUNDS, memory)
    suspected = suspicions.suspicions(compilation, decided.left if bounds else suspicions.DEFAULT_BOUNDS, memory)
    found = [*decided.diagnostics, *chain.from_iterable(suspected)]
    known = [one for one in built.diagnostics if one.code != UNCHECKED]
    return replace(
        built,
        release=None if errors(found) else built.release,
        diagnostics=tuple(in_reading_order([*known, *found])),
        proofs_held=decided.held,
        proofs_failed=decided.failed,
    )


def build_paths(paths: Iterable[str | Path], *, limits: Limits | None = None) -> Build:
    """Return what comes of the rule files at `paths`: files of any name, or folders, of which `**/*.rules`.

    The texts of works in the folders `sources` beside them are read too.
    """
    bounds = limits or Limits()
    sources, unread = read_paths(paths, bounds)
    texts, unread_texts = read_texts(sources, bounds)
    return build(sources, before=[*unread, *unread_texts], limits=bounds, texts=texts)


def compile_paths(paths: Iterable[str | Path]) -> Release:
    """Return the release compiled from the rule files at `paths` and the shipped prelude.

    Its examples have passed, and its proofs hold or could not be decided.

    Raises:
        CompileError: something is wrong with the text; the error carries every diagnostic.
    """
    return released(build_paths(paths))


def compile_text(text: str, name: str = "text.rules") -> Release:
    """Return the release compiled from one file's `text` and the shipped prelude, as `compile_paths` does.

    Raises:
        CompileError: something is wrong with the text; the error carries every diagnostic.
    """
    return released(build([SourceFile(name, text)]))
