"""The statements of a file at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsl.syntax import ast
from dsl.syntax.source import Span
from dsl.tools.editor.declaring import named_by, pack_of
from dsl.tools.editor.project import Project, parsed
from dsl.tools.editor.symbols import Sort


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement: what it is called, what it says of itself, where it stands and where its name does.

    `sort` is None for examples and proofs.
    """

    name: str
    detail: str
    sort: Sort | None
    span: Span
    place: Span


def outline(project: Project, name: str) -> Iterator[Entry]:
    """Yield the statements of a file that have a name or a title, and its rules without a name by what they do."""
    source = project.sources.get(name)
    if source is None:
        return
    file = parsed(source).file
    pack = pack_of(file)
    for statement in file.statements:
        entry = _entry(statement, pack)
        if entry is not None:
            yield entry


def _entry(statement: ast.Statement, pack: str) -> Entry | None:
    named = next(named_by(statement, pack), None)
    if named is not None:
        name, symbol, _ = named
        return Entry(name.text, symbol.sort.value, symbol.sort, statement.span, name.span)
    match statement:
        case ast.Rule():
            about = ", ".join(name.text for target in statement.action.targets for name in target.names)
            title = f"{statement.action.kind.value} {about}".strip()
            return Entry(title, "rule", Sort.RULE, statement.span, statement.action.span)
        case ast.Example() | ast.Proof():
            what = "example" if isinstance(statement, ast.Example) else "proof"
            return Entry(statement.title.value or what, what, None, statement.span, statement.title.span)
        case _:
            return None
