"""Parses one statement and, where it breaks, gathers what its author needs to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from lark import Token, UnexpectedToken

from dsl.syntax import ast
from dsl.syntax.building.statements import build_statement
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.words import Site
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import Parser, grammar, takes
from dsl.syntax.lexing import Lexing
from dsl.syntax.limits import Limits
from dsl.syntax.mistakes import explain, unknown_opening
from dsl.syntax.nesting import Nesting
from dsl.syntax.source import SourceFile
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Node

_GOES_ON_AFTER = frozenset({"EXAMPLE", "PROVE"})
_LOOK_AHEAD = 200


class _StuckError(Exception):
    """The statement cannot go on at this token; at None it ends too early."""

    def __init__(self, token: Token | None, rest: Iterator[Token] = iter(())) -> None:
        super().__init__(token)
        self.token = token
        self.rest = rest


class StatementParsing:
    """The statement that begins with stretch number `at`.

    After `parse`, `result` is the statement or None, and `found` what is wrong with it.
    """

    def __init__(
        self, source: SourceFile, lexing: Lexing, limits: Limits, stretches: Sequence[tuple[int, int]], at: int
    ) -> None:
        self._source = source
        self._lexing = lexing
        self._stretches = stretches
        self._at = at
        self._parser: Parser = grammar().statement()
        self._read: list[Token] = []
        self._nesting = Nesting(source.name, limits.nesting)
        self._most = limits.tokens
        self._repaired: dict[int, Diagnostic] = {}
        self.result: ast.Statement | None = None
        self.found: list[Diagnostic] = []

    def parse(self) -> int:
        """Parse the statement; return the number of the stretch after it."""
        self._lexing.repaired = self._repaired
        try:
            self._stretch()
            while self._goes_on():
                self._stretch()
            self._finish()
        except BrokenError as broken:
            self.found.append(broken.diagnostic)
        except _StuckError as stuck:
            self._explain(stuck)
        self.found[:0] = self._repaired.values()
        return self._at

    def _stretch(self) -> None:
        """Feed the tokens of the next stretch to the parser."""
        start, end = self._stretches[self._at]
        self._at += 1
        feed, read = self._parser.feed_token, self._read
        rest = self._lexing.tokens(start, end)
        for token in rest:
            self._nesting.see(token)
            if self._strays(token):
                raise _StuckError(token, rest)
            try:
                feed(token)
            except UnexpectedToken:
                raise _StuckError(token, rest) from None
            read.append(token)
            if len(read) > self._most:
                raise BrokenError(self._too_long())

    def _too_long(self) -> Diagnostic:
        place = self._stuck(self._read[0]).span
        message = f"the statement has more than {self._most:,} words and signs"
        return Diagnostic("E142", place, message, "divide it into several statements")

    def _goes_on(self) -> bool:
        """Return whether the next stretch continues this statement: `rule x:` or `expect deadlift` before `avoid`."""
        if not self._read or self._at >= len(self._stretches):
            return False
        if self._read[-1].type != "COLON" and self._read[0].type not in _GOES_ON_AFTER:
            return False
        token = next(iter(self._lexing.tokens(*self._stretches[self._at])))
        deeper = token.column > self._read[0].column or self._read[-1].type == "COLON"
        return deeper and takes(self._parser, token.type)

    def _finish(self) -> None:
        """Build the statement that has been read, if one has."""
        if not self._read:
            return
        try:
            tree = self._parser.feed_eof(self._read[-1])
        except UnexpectedToken:
            raise _StuckError(None) from None
        assert isinstance(tree, Node)
        site = Site(self._source.name)
        try:
            self.result = build_statement(site, tree)
        finally:
            self.found.extend(site.found[:1])

    def _strays(self, token: Token) -> bool:
        """Return whether a word at the start of a line is a misspelt keyword rather than one more term of a list."""
        read = self._read
        if not read or token.type != "NAME" or token.line == read[-1].end_line or token.column > read[0].column:
            return False
        near = read[-1].type not in ("COMMA", "OF") and nearest(str(token), grammar().openers) is not None
        return near and self._stuck(token).complete

    def _explain(self, stuck: _StuckError) -> None:
        """Note what is wrong where the parser is stuck; keep the statement if it was whole before."""
        token = stuck.token
        state = self._stuck(token, stuck.rest)
        opens_line = token is not None and bool(self._read) and token.line != self._read[-1].end_line
        if token is not None and opens_line and token.column <= self._read[0].column and state.complete:
            self._repaired.pop(token.start_pos or 0, None)
            self._parser = state.replayed()
            try:
                self._finish()
            except BrokenError as broken:
                self.found.append(broken.diagnostic)
            self.found.append(unknown_opening(state))
            return
        if token is not None:
            self._repaired.pop(token.start_pos or 0, None)
        elif self._read and self._read[-1].start_pos in self._repaired:
            return  # the statement ends with the word that has been reported
        self.found.append(explain(state))

    def _stuck(self, token: Token | None, rest: Iterator[Token] = iter(())) -> Stuck:
        return Stuck(self._source, self._read, token, self._ahead(rest))

    def _ahead(self, rest: Iterator[Token]) -> tuple[Token, ...]:
        """Return the next tokens, up to the first that cannot be read; what is wrong with them is not reported."""
        following: list[Token] = []
        self._lexing.repaired = {}
        with suppress(BrokenError):
            for token in islice(rest, _LOOK_AHEAD):
                following.append(token)  # noqa: PERF402  # what was read before an error is kept
        return tuple(following)

