"""Text in, syntax tree out: parses a file statement by statement and never raises."""

from __future__ import annotations

from bisect import bisect_left

from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.hostile import hostile_characters
from dsl.syntax.lexing import Lexing
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile, Span
from dsl.syntax.statement import StatementParsing
from dsl.syntax.uncollected import collection_paused

_DEFAULT_LIMITS = Limits()


def parse(source: SourceFile, limits: Limits = _DEFAULT_LIMITS) -> tuple[ast.File, list[Diagnostic]]:
    """Return the statements of a file and everything that is wrong with its syntax.

    Whatever the text, nothing is raised. A statement that does not parse gives one diagnostic about its structure
    and is left out of the tree; those around it are kept.
    """
    with collection_paused():
        return _FileParsing(source, limits).run()


class _FileParsing:
    """One file on its way from text to tree."""

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._lexing = Lexing(source, limits)
        self._statements: list[ast.Statement] = []
        self._found: list[Diagnostic] = []

    def run(self) -> tuple[ast.File, list[Diagnostic]]:
        """Return the tree and the findings, both in the order of the text."""
        too_large = self._too_large()
        if too_large is None:
            self._read()
        else:
            self._found.append(too_large)
        whole = Span(self._source.name, 0, len(self._source.text))
        return ast.File(tuple(self._statements), tuple(self._lexing.comments), whole), self._shown()

    def _too_large(self) -> Diagnostic | None:
        """Return the finding about a file past the bound on its size, which is then not read at all."""
        most, text = self._limits.file_bytes, self._source.text
        if len(text) <= most and len(text.encode("utf-8", "surrogatepass")) <= most:
            return None
        return Diagnostic(
            "E130",
            Span(self._source.name, 0, 0),
            f"the file is larger than {most:,} bytes",
            "split it into several files",
        )

    def _read(self) -> None:
        """Read statement by statement, until the file or the patience with it ends."""
        hostile = hostile_characters(self._source, self._limits.diagnostics + 1)
        self._found.extend(hostile)
        stretches = self._lexing.stretches()
        at = 0
        while at < len(stretches) and len(self._found) <= self._limits.diagnostics:
            if len(self._statements) >= self._limits.statements:
                self._too_many(stretches[at])
                return
            if self._is_hostile(hostile, *stretches[at]):
                at += 1
                continue
            statement = StatementParsing(self._source, self._lexing, self._limits, stretches, at)
            at = statement.parse()
            self._found.extend(statement.found)
            if statement.result is not None:
                self._accept(statement.result)
        if not self._found and not self._statements:
            self._nothing()

    @staticmethod
    def _is_hostile(hostile: list[Diagnostic], start: int, end: int) -> bool:
        """Return whether a stretch holds a character that has been reported already."""
        at = bisect_left(hostile, start, key=lambda found: found.span.start)
        return at < len(hostile) and hostile[at].span.start < end

    def _accept(self, statement: ast.Statement) -> None:
        """Keep a statement; a header that does not come first is reported."""
        if isinstance(statement, ast.Pack) and self._statements:
            again = any(isinstance(other, ast.Pack) for other in self._statements)
            message = "the file opens a second pack" if again else "`pack` comes after other statements"
            advice = "put each pack into a file of its own" if again else "move it to the top of the file"
            self._found.append(Diagnostic("E136", statement.name.span, message, advice))
        self._statements.append(statement)

    def _too_many(self, stretch: tuple[int, int]) -> None:
        place = Span(self._source.name, stretch[0], stretch[0])
        message = f"the file has more than {self._limits.statements:,} statements"
        self._found.append(Diagnostic("E131", place, message, "split it into several files"))

    def _nothing(self) -> None:
        place = Span(self._source.name, 0, 0)
        example = "avoid deadlift when condition=disc_herniation and pain=acute"
        self._found.append(Diagnostic("E135", place, "the file has no statement", "write a first rule", example))

    def _shown(self) -> list[Diagnostic]:
        """Return the findings in reading order, at most as many as anybody reads."""
        most = self._limits.diagnostics
        found = sorted(self._found, key=lambda one: one.span.start)
        if len(found) <= most:
            return found
        place = Span(self._source.name, found[most].span.start, found[most].span.end)
        note = Diagnostic("N141", place, f"only the first {most} errors are shown", "mend these first")
        return [*found[:most], note]
