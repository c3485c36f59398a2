"""Mending with one keystroke: what a diagnostic's help says, as edits that are tried before they are offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic, errors
from dsl.syntax.source import SourceFile, Span
from dsl.tools.editor.project import Project, parsed
from dsl.tools.editor.renaming import Edit

_NEAREST = re.compile(r"did you mean `([^`]+)`\?")
_WRITE = re.compile(r"write `([^`…]+)`")
_LEAVE_OUT = re.compile(r"leave `[^`]+` out")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to mend what `diagnostic` is about. `preferred` where it is what the author surely meant."""

    title: str
    edit: Edit
    diagnostic: Diagnostic
    preferred: bool = False


def suggestions(project: Project, found: Diagnostic) -> Iterator[Suggestion]:
    """Yield the edits that mend `found`; those that would leave the file no better are left out."""
    source = project.own.get(found.span.source)
    if source is None:
        return
    if nearest := _NEAREST.search(found.help or ""):
        yield Suggestion(f"Write `{nearest[1]}`", Edit(found.span, nearest[1]), found, preferred=True)
        return
    for text in _texts(found):
        edit = Edit(found.span, text)
        if _mends(source, edit):
            yield Suggestion(f"Write `{text}`" if text else "Leave it out", edit, found)
    yield from _added(source, found)


def _texts(found: Diagnostic) -> Iterator[str]:
    """Yield what may have to stand in the place of a syntax error: what the help says, each of the readings."""
    if found.code.startswith("E1"):
        yield from (match[1] for match in _WRITE.finditer(found.help or ""))
        yield from [""] if _LEAVE_OUT.match(found.help or "") else []
        yield from (found.example or "").splitlines()


def _mends(source: SourceFile, edit: Edit) -> bool:
    """Return whether less is wrong with the syntax of a file after the edit, and no statement is lost."""
    before, after = parsed(source), parsed(_edited(source, edit))
    return len(errors(after.diagnostics)) < len(errors(before.diagnostics)) and len(after.file.statements) >= len(
        before.file.statements
    )


def _edited(source: SourceFile, edit: Edit) -> SourceFile:
    return SourceFile(source.name, source.text[: edit.span.start] + edit.text + source.text[edit.span.end :])


def _added(source: SourceFile, found: Diagnostic) -> Iterator[Suggestion]:
    """Yield that the member which a finding shows is kept as an example, behind the statement that it is about."""
    if not found.example or not isinstance(_only_statement(found.example), ast.Example):
        return
    statements = parsed(source).file.statements
    statement = next((one for one in statements if one.span.start <= found.span.start <= one.span.end), None)
    if statement is not None:
        line_end = source.text.find("\n", statement.span.end)
        at = len(source.text) if line_end < 0 else line_end
        place = Span(source.name, at, at)
        apart = "\n" if source.text[at + 1 :].partition("\n")[0].strip() else ""
        yield Suggestion("Add this member as an example", Edit(place, f"\n\n{found.example.rstrip()}{apart}"), found)


def _only_statement(text: str) -> ast.Statement | None:
    """Return the one statement that `text` is; None where it is none, or more."""
    read = parsed(SourceFile("suggestion", text))
    return read.file.statements[0] if read.sound and len(read.file.statements) == 1 else None
