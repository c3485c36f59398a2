"""The one exception inside the parser: a statement that cannot be read further."""

from __future__ import annotations

from dsl.syntax.diagnostics import Diagnostic


class BrokenError(Exception):
    """A statement that cannot be read or built; carries what its author is told."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic
