"""Compilations of short texts, without the prelude unless a test asks for it."""

from __future__ import annotations

from dsl.semantics import ir
from dsl.semantics.compiler import Compilation, compile_sources
from dsl.semantics.release import Artifact
from dsl.syntax.diagnostics import errors
from dsl.syntax.source import SourceFile

Found = tuple[str, int, str]
"""Code, line and the whole of message and help."""


def compiled(*texts: str) -> Compilation:
    """Return what `texts` compile to, one file each."""
    sources = [SourceFile(f"{place}.rules", text) for place, text in enumerate(texts)]
    return compile_sources(sources, with_prelude=False)


def artifact(*texts: str) -> Artifact:
    """Return the artifact of `texts`, which must compile."""
    compilation = compiled(*texts)
    assert compilation.release is not None, [found.message for found in errors(compilation.diagnostics)]
    return compilation.release.artifact


def rules(*texts: str) -> dict[str, ir.Rule]:
    """Return the rules of `texts` by the part of their id after the pack."""
    return {rule.id.split("/", 1)[1]: rule for rule in artifact(*texts).rules}


def findings(*texts: str) -> list[Found]:
    """Return what is found in `texts`, in reading order."""
    compilation = compiled(*texts)
    return [
        (
            found.code,
            compilation.sources[found.span.source].position(found.span.start)[0],
            f"{found.message} | {found.help}",
        )
        for found in compilation.diagnostics
    ]


def codes(*texts: str) -> list[str]:
    """Return the codes of what is found in `texts`, in reading order."""
    return [code for code, _, _ in findings(*texts)]
