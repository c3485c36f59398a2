"""Parses one statement and, where it breaks, gathers what its author needs to be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from dsl.syntax import ast
from dsl.syntax.automaton import Parser
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.building.statements import build_statement
from dsl.syntax.building.words import Site
from dsl.syntax.condition_first import CONDITIONS
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.lexing import Lexing
from dsl.syntax.limits import Limits
from dsl.syntax.load_mistakes import share_as_fraction
from dsl.syntax.mistakes import explain, may_open, meant_to_open, unknown_opening
from dsl.syntax.nesting import Nesting
from dsl.syntax.source import SourceFile, Span
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_OPENS = frozenset({"NAME", "DECIMAL", "STRING"})
_GOES_ON_AFTER = frozenset({"EXAMPLE", "PROVE"})
_VERDICTS = frozenset({"AVOID", "CAUTION", "MODIFY"})
"""Words that open a rule, and are verdicts in an example: behind a comma a slip, not the next rule."""
_BEFORE_COLONS = frozenset(
    {
        *("ASK", "AUTHOR", "BECAUSE", "BY", "COVERS", "EVIDENCE", "EXPECT", "FROM", "GIVEN", "INSTEAD", "LIMIT"),
        *("NEEDS", "OF", "QUOTE", "SAY", "SECTION", "TITLE", "URL", "WHEN"),
    }
)
"""Words behind which people put a colon, as in a form."""
_ODD_QUOTES = "E111"
_NO_SHARE = "E114"
_LOOK_AHEAD = 200
_LINES_AHEAD = 50
_FIRST_WORD = re.compile(r"^([ \t]*)([A-Za-z]\w*)([^\n]*)", re.MULTILINE | re.ASCII)
_has_guard = re.compile(r"\bwhen\b").search


class _StuckError(Exception):
    """The statement cannot go on at this token; at None it ends too early."""

    def __init__(self, token: Token | None, rest: Iterable[Token] = ()) -> None:
        super().__init__(token)
        self.token = token
        self.rest = rest


class StatementParsing:
    """The statement that begins with stretch number `at`.

    After `parse`, `result` is the statement or None, and `found` what is wrong with it.
    """

    def __init__(
        self, source: SourceFile, lexing: Lexing, limits: Limits, stretches: list[tuple[int, int]], at: int
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
            self._resume(broken.diagnostic.span.end)
        except _StuckError as stuck:
            self._explain(stuck)
        self.found[:0] = self._repaired.values()
        if self.result is None:
            self.found = [one for one in self.found if not self._echoes(one)]
        return self._at

    def _echoes(self, found: Diagnostic) -> bool:
        """Return whether a finding stands behind odd quotes on their line: where that string ends was a guess."""
        guessed = (one.span for one in self.found if one.code == _ODD_QUOTES)
        text = self._source.text
        return any(
            span.start < found.span.start and "\n" not in text[span.start : found.span.start] for span in guessed
        )

    def _stretch(self) -> None:
        """Feed the tokens of the next stretch to the parser."""
        rest = self._lexing.tokens(*self._stretches[self._at])
        self._at += 1
        feed, read, see = self._parser.feed, self._read, self._nesting.see
        for token in rest:
            see(token)
            if token.kind == "COLON" and self._needless(token):
                continue
            if token.kind == "NAME" and self._strays(token):
                raise _StuckError(token, rest)
            if not feed(token):
                raise _StuckError(token, rest)
            read.append(token)
            if len(read) > self._most:
                raise BrokenError(self._too_long())

    def _needless(self, colon: Token) -> bool:
        """Return whether a colon stands behind a word that has none: it is reported, and passed over."""
        before = self._read[-1].kind if self._read else "RULE"
        if before not in _BEFORE_COLONS or self._parser.fitting([colon.kind]):
            return False
        told, advice = "`:` is not needed here", "leave `:` out"
        self._repaired[colon.start] = Diagnostic("E101", Span(self._source.name, colon.start, colon.end), told, advice)
        return True

    def _too_long(self) -> Diagnostic:
        message = f"the statement has more than {self._most:,} words and signs"
        return Stuck(self._source, [], self._read[0]).found("E142", message, "divide it into several statements")

    def _goes_on(self) -> bool:
        """Return whether the next stretch continues this statement: `rule x:` or `expect deadlift` before `avoid`."""
        if not self._read or self._at >= len(self._stretches):
            return False
        announced = self._read[-1].kind == "COLON"
        if not announced and self._read[0].kind not in _GOES_ON_AFTER:
            return False
        token = next(grammar().tokens(self._source.text, *self._stretches[self._at]))
        deeper = announced or _column(token) > _column(self._read[0])
        fits = self._parser.fitting([token.kind]) == 1
        return deeper and (fits or (self._read[-1].kind == "COMMA" and token.kind in _VERDICTS))

    def _finish(self) -> None:
        """Build the statement that has been read, if one has."""
        if not self._read:
            return
        tree = self._parser.finish(self._read[-1])
        if tree is None:
            raise _StuckError(None)
        site = Site(self._source.name)
        try:
            self.result = build_statement(site, tree)
        finally:
            self.found.extend(self._with_fraction(one) for one in site.found[:1])

    def _with_fraction(self, found: Diagnostic) -> Diagnostic:
        """Return a finding about a share; where that is written as a fraction, the one finding about it."""
        place = found.span
        if found.code != _NO_SHARE or place.start not in self._repaired:
            return found
        text = self._source.text[place.start : self._repaired[place.start].span.end]
        told = share_as_fraction(found, text, raises=any(token.kind == "PROGRESS" for token in self._read))
        if told is not found:
            del self._repaired[place.start]
        return told

    def _strays(self, token: Token) -> bool:
        """Return whether a name that opens a line is a misspelt keyword rather than one more term of a list."""
        if not self._read or not self._opens_line(token) or self._read[-1].kind in ("COMMA", "OF"):
            return False
        among_values = self._read[0].kind == "FACT"
        return meant_to_open(str(token), among_values=among_values) and Stuck(self._source, self._read, token).complete

    def _opens_line(self, token: Token) -> bool:
        """Return whether a token stands first in a line, no further in than the statement itself."""
        return token.line != self._read[-1].line and _column(token) <= _column(self._read[0])

    # --- where it breaks ------------------------------------------------------------------------

    def _explain(self, error: _StuckError) -> None:
        """Note what is wrong where the parser is stuck."""
        token = error.token
        ahead = self._ahead(error.rest)
        behind = self._action_behind(token, ahead)
        stuck = Stuck(self._source, self._read, token, (*ahead, *behind))
        if token is None:
            if self._read[-1].start not in self._repaired:  # else its last word has been reported already
                self._note(explain(stuck))
            return
        self._repaired.pop(token.start, None)
        apart = bool(self._read) and self._opens_line(token) and stuck.complete
        if apart:
            self._finish_before(stuck)
        if apart and (token.kind in _OPENS or token in CONDITIONS):
            self._note(unknown_opening(stuck))
        else:
            mended = bool(self._read) and self._read[-1].start in self._repaired
            self._note(explain(stuck, self._lexing.unread.get(token.start), mended=mended))
        self._resume([token, *behind[:1]][-1].end)

    def _action_behind(self, opening: Token | None, ahead: Iterable[Token]) -> tuple[Token, ...]:
        """Return the stretch behind, taken with this one, where it is the action of a condition that comes first."""
        acts = any(token in ACTIONS for token in ahead)
        if opening is None or opening not in CONDITIONS or acts or self._at >= len(self._stretches):
            return ()
        if self._read and not self._opens_line(opening):
            return ()
        behind = self._ahead(self._lexing.tokens(*self._stretches[self._at]))
        if not behind or behind[0] not in ACTIONS or any(token.kind == "WHEN" for token in behind):
            return ()
        self._at += 1
        return behind

    def _note(self, found: Diagnostic | None) -> None:
        """Keep a finding; it speaks for the words in its place that were reported by themselves."""
        if found is not None:
            place = found.span
            self._repaired = {at: one for at, one in self._repaired.items() if not place.start <= at < place.end}
            self.found.append(found)

    def _resume(self, after: int) -> None:
        """Cut what is left of a broken stretch at the next line that was probably meant to open a statement."""
        start, end = self._stretches[self._at - 1]
        text, margin = self._source.text, _column(self._read[0]) if self._read else 1
        line = text.rfind("\n", 0, after) + 1
        for match in islice(_FIRST_WORD.finditer(text, max(after, start), end), _LINES_AHEAD):
            indent, word, behind = match.groups()
            again = may_open(word.lower()) and _has_guard(text[line : match.start()]) and _has_guard(behind)
            if len(indent) < margin and (again or meant_to_open(word.lower())):
                self._stretches.insert(self._at, (match.start(), end))
                return

    def _finish_before(self, stuck: Stuck) -> None:
        """Keep the statement that was whole before a line that belongs to no statement."""
        self._parser = stuck.replayed()
        try:
            self._finish()
        except BrokenError as broken:
            self.found.append(broken.diagnostic)

    def _ahead(self, rest: Iterable[Token]) -> tuple[Token, ...]:
        """Return the next tokens, up to the first that cannot be read; what is wrong with them is not reported."""
        following: list[Token] = []
        self._lexing.repaired = {}
        with suppress(BrokenError):
            for token in islice(rest, _LOOK_AHEAD):
                following.append(token)  # noqa: PERF402  # what was read before an error is kept
        return tuple(following)


def _column(token: Token) -> int:
    return token.column
