"""Cuts a file into stretches that hold one statement each, and reads their tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dsl.syntax import ast
from dsl.syntax.broken import BrokenError
from dsl.syntax.diagnostics import Diagnostic, shortened
from dsl.syntax.grammar import grammar
from dsl.syntax.limits import Limits
from dsl.syntax.refusals import refuse
from dsl.syntax.source import SourceFile, Span
from dsl.syntax.tree import Token

_REPAIRS = 5
_BOM = "\ufeff"
_IN_CODES = frozenset({"NAME", "COMMA", "STRING", "LOINC", "ICD", "DECIMAL"})
_ESCAPE = re.compile(r"\\.")
_ENDS = {".": "end a statement without a full stop", ";": "end a statement without a semicolon"}
_LINE_END = re.compile(r"[ \t\r]*(?:#.*)?$", re.MULTILINE)
_MARK = r"(?:[-*\u2022\u2013\u2014\u2023\u25aa\u25e6\u00b7]+|[0-9]{1,3}\.(?=[ \t]))"
_MARKED = re.compile(rf"^[ \t]*(?:{_MARK}|(?:[0-9]{{1,3}}|[a-zA-Z])[.)])", re.MULTILINE)
_BULLET = re.compile(rf"^[ \t]*({_MARK})[ \t]+(?=[a-zA-Z])", re.MULTILINE)
_BEFORE_OPENING = rf"(?:(?:{_MARK}|(?:[0-9]{{1,3}}|[a-zA-Z])[.)](?=[ \t]))[ \t]*)?"
_NUMBERING = re.compile(rf"[ \t]*({_BEFORE_OPENING})(?=[a-zA-Z])")


@cache
def _opening() -> re.Pattern[str]:
    """Return the pattern of a line that opens a statement, in whatever case it is typed, bulleted or not."""
    words = "|".join(sorted(grammar().openers))
    return re.compile(rf"^[ \t]*{_BEFORE_OPENING}(?:{words})(?!\w)", re.MULTILINE | re.IGNORECASE | re.ASCII)


class Lexing:
    """The tokens of one file; comments and what is wrong with single words are set aside.

    `repaired` maps the offset of a word that was reported, and then read as it was probably meant, to its report;
    `unread` that of a word that has no evident reading: no statement goes on there.
    """

    def __init__(self, source: SourceFile, limits: Limits) -> None:
        self._source = source
        self._limits = limits
        self._grammar = grammar()
        self._is_marked = _MARKED.search(source.text) is not None
        self.comments: list[ast.Comment] = []
        self.repaired: dict[int, Diagnostic] = {}
        self.unread: dict[int, Diagnostic] = {}

    def stretches(self) -> list[tuple[int, int]]:
        """Return the ranges of text from each line that opens a statement to the next one."""
        text = self._source.text
        starts = [match.start() for match in _opening().finditer(text)]
        first = 1 if text.startswith(_BOM) else 0
        if not starts or text[first : starts[0]].strip():
            starts.insert(0, first)
        return list(zip(starts, [*starts[1:], len(text)], strict=True))

    def tokens(self, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of a stretch.

        Raises:
            BrokenError: a word is too long, or too many cannot be read.
        """
        in_code = False
        for token in self._behind_bullets(start, end):
            kind = token.kind
            if in_code and kind == "WORD":
                yield self._unquoted(token)
                continue
            in_code = kind == "CODE" or (in_code and kind in _IN_CODES)
            if kind == "COMMENT":
                self._comment(token)
            elif kind in self._grammar.refused:
                yield from self._repair(token)
            else:
                if kind in ("STRING", "NAME", "DECIMAL"):
                    self._check(token)
                yield token

    def _behind_bullets(self, start: int, end: int) -> Iterator[Token]:
        """Yield the tokens of a stretch but those that are bullets; the first of these is reported for all."""
        text = self._source.text
        if not self._is_marked:
            return self._grammar.tokens(text, start, end)
        numbered = _NUMBERING.match(text, start, end)
        marks = [one.span(1) for one in (numbered, *_BULLET.finditer(text, start, end)) if one and one[1]]
        tokens = self._grammar.tokens(text, start, end)
        if not marks:
            return tokens
        place = Span(self._source.name, marks[0][0], marks[0][0] + len(text[slice(*marks[0])].rstrip()))
        mark = text[place.start : place.end]
        self.repaired[place.start] = Diagnostic(
            "E146", place, f"`{mark}` stands before a line, and lines have no bullets or numbers", f"leave `{mark}` out"
        )
        return (token for token in tokens if not any(first <= token.start < last for first, last in marks))

    def _unquoted(self, token: Token) -> Token:
        """Report a code that needs quotes, and read it as if it had them."""
        report = Diagnostic("E137", self._span(token), f"the code `{token}` needs quotes", f'write `"{token}"`')
        self.repaired[token.start] = report
        return token.read_as("STRING", f'"{token}"')

    def _comment(self, token: Token) -> None:
        if len(self.comments) >= 2 * self._limits.statements:
            most = 2 * self._limits.statements
            raise self._broken(
                "E131", token, f"the file has more than {most:,} comments", "split it into several files"
            )
        at = token.start
        line_start = self._source.text.rfind("\n", 0, at) + 1
        trailing = bool(self._source.text[line_start:at].strip(" \t\ufeff"))
        text = token.rstrip("\r ")
        self.comments.append(ast.Comment(text[1:], trailing, Span(self._source.name, at, at + len(text))))

    def _repair(self, token: Token) -> Iterator[Token]:
        """Report a word and yield what it was meant for."""
        if token.kind == "GLUED_STRING" and (inner := self._quotes_inside(token)) is not None:
            self.unread[token.start] = inner
            yield token
            return
        refusal = refuse(token)
        if token in _ENDS and self._ends_line(token):
            self.repaired[token.start] = Diagnostic(refusal.code, self._span(token), refusal.message, _ENDS[token])
            return
        report = Diagnostic(refusal.code, self._span(token), refusal.message, refusal.help)
        if refusal.reading is None or any(kind == "STRAY" for kind, _ in refusal.reading):
            self.unread[token.start] = report
            yield token
            return
        if len(self.repaired) >= _REPAIRS:
            raise BrokenError(report)
        self.repaired[token.start] = report
        for kind, text in refusal.reading:
            yield token.read_as(kind, text)

    def _quotes_inside(self, token: Token) -> Diagnostic | None:
        """Return the finding about a string in which words stand in quotes, as `"It says "stop" here."`."""
        text = self._source.text
        line_end = text.find("\n", token.end)
        rest = text[token.end : len(text) if line_end < 0 else line_end]
        word = token[token.rindex('"') + 1 :]
        if '"' not in rest or (word in self._grammar.keywords and rest[0] != '"'):
            return None
        place = Span(self._source.name, token.start, token.end + rest.rindex('"') + 1)
        written = text[place.start + 1 : place.end - 1].replace('"', '\\"')
        return Diagnostic(
            "E147", place, "quotes inside of a string end it", f'write `"{shortened(written)}"`, or other words'
        )

    def _ends_line(self, token: Token) -> bool:
        """Return whether nothing but a comment follows a token on its line."""
        return _LINE_END.match(self._source.text, token.end) is not None

    def _check(self, token: Token) -> None:
        """Refuse what is too long, and escapes that strings do not have."""
        limits = self._limits
        match token.kind:
            case "NAME" if len(token) > limits.identifier:
                raise self._broken(
                    "E133",
                    token,
                    f"the name has {len(token)} characters; {limits.identifier} are the most",
                    "choose a shorter name",
                )
            case "DECIMAL" if len(token) > limits.digits and sum(map(str.isdigit, token)) > limits.digits:
                raise self._broken(
                    "E126",
                    token,
                    f"the number has more than {limits.digits} digits",
                    "write fewer digits; a code of so many digits is quoted",
                )
            case "STRING":
                self._check_string(token)
            case _:
                pass

    def _check_string(self, token: Token) -> None:
        if len(token) - 2 > self._limits.string:
            raise self._broken(
                "E134",
                token,
                f"the string has {len(token) - 2} characters; {self._limits.string} are the most",
                "shorten it",
            )
        if "\\" in token:
            for match in _ESCAPE.finditer(token):
                if match.group() not in ('\\"', "\\\\"):
                    at = token.start + match.start()
                    place = Span(self._source.name, at, at + 2)
                    raise BrokenError(
                        Diagnostic(
                            "E113",
                            place,
                            f"strings have no escape `{match.group()}`",
                            'write `\\"` for a quote and `\\\\` for a backslash',
                        )
                    )

    def _broken(self, code: str, token: Token, message: str, help_: str) -> BrokenError:
        return BrokenError(Diagnostic(code, self._span(token), message, help_))

    def _span(self, token: Token) -> Span:
        return Span(self._source.name, token.start, token.end)
