"""Refuses deep nesting while tokens are read, so that nothing behind the parser recurses far."""

from __future__ import annotations

from dsl.syntax.broken import BrokenError
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span
from dsl.syntax.tree import Token


class Nesting:
    """Counts the parentheses and the `not`s that enclose each token of a statement."""

    def __init__(self, source: str, most: int) -> None:
        self._source = source
        self._most = most
        self._open: list[int] = []
        self._nots = 0
        self._depth = 0

    def see(self, token: Token) -> None:
        """Count `token`.

        Raises:
            BrokenError: it is nested past the bound.
        """
        match token.kind:
            case "NOT":
                self._nots += 1
                self._depth += 1
            case "LPAR":
                self._open.append(self._nots)
                self._nots = 0
                self._depth += 1
            case "RPAR":
                self._depth -= self._nots
                self._nots = 0
                if self._open:
                    self._depth -= 1 + self._open.pop()
            case _:
                self._depth -= self._nots
                self._nots = 0
                return
        if self._depth > self._most:
            raise BrokenError(self._too_deep(token))

    def _too_deep(self, token: Token) -> Diagnostic:
        place = Span(self._source, token.start, token.end)
        message = f"parentheses and `not` are nested more than {self._most} deep"
        return Diagnostic("E132", place, message, "name a part of it with `define NAME when …`")
