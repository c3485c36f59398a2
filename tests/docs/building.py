"""What rules on a page compile to, each set of them once: the same samples stand on pages and in what makes them."""

from __future__ import annotations

from functools import cache

from dsl.analysis.build import build
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile


@cache
def reported(*sources: SourceFile, texts: tuple[SourceFile, ...] = ()) -> tuple[Diagnostic, ...]:
    """Return what is found in rules, whose quotes are held against `texts`."""
    return tuple(build(list(sources), texts=texts).diagnostics)
