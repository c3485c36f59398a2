"""Whether repeated declarations agree, and what is told to the author where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile, Span


class Placed(Protocol):
    """A node of the syntax tree."""

    @property
    def span(self) -> Span:
        """Return its place."""


_AGREE = "say the same in both places, or say it in one only"
_SHIPPED = "choose another name: this one is of the vocabulary that comes with Spotter; or say the same as it does"
_PRELUDE = "prelude/"
"""Where the files of the shipped vocabulary lie."""

_Node = TypeVar("_Node", bound=Placed)
_Value = TypeVar("_Value")


class Agreement:
    """Compares what is said twice; `found` collects the disagreements."""

    def __init__(self, sources: Mapping[str, SourceFile]) -> None:
        """Start without a disagreement; `sources` turn places into file names and lines."""
        self._sources = sources
        self.found: list[Diagnostic] = []

    def on(self, what: str, nodes: Iterable[_Node | None]) -> _Node | None:
        """Return the first of `nodes` that is given, having reported each that says something else."""
        return self.on_values(what, ((node, node.span) for node in nodes if node is not None))

    def on_values(self, what: str, values: Iterable[tuple[_Value, Span]]) -> _Value | None:
        """Return the first of `values`, having reported each that differs from it at its place."""
        given = list(values)
        for value, span in given[1:]:
            if value != given[0][0]:
                first = given[0][1]
                help_ = _SHIPPED if first.source.startswith(_PRELUDE) else _AGREE
                self.report("E220", span, f"{what} differs from what {self.place(first)} says", help_)
        return given[0][0] if given else None

    def report(self, code: str, span: Span, message: str, help_: str | None = None) -> None:
        """Note one finding."""
        self.found.append(Diagnostic(code, span, message, help_))

    def place(self, span: Span) -> str:
        """Return `span` as an author looks it up: file and line."""
        source = self._sources.get(span.source)
        return f"{span.source}:{source.position(span.start)[0]}" if source else "another place"
