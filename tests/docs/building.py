"""What rules on a page compile to, each set of them once: the same samples stand on pages and in what makes them."""

from __future__ import annotations

from functools import cache

from dsl.analysis.build import build
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.source import SourceFile


@cache
def reported(*sources: SourceFile) -> tuple[Diagnostic, ...]:
    """Return what is wrong with rules, notes left out."""
    return tuple(one for one in build(list(sources)).diagnostics if one.severity is not Severity.NOTE)
