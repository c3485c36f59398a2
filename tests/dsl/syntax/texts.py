"""Rule text to test with: the sample of the language page, and the shipped packs."""

from __future__ import annotations

from pathlib import Path

from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile

SAMPLE = Path(__file__).with_name("sample.rules").read_text(encoding="utf-8")
NAMED = "avoid deadlift when condition=disc_herniation and pain=acute"
SHIPPED = {
    path.name: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parents[3].glob("rules/**/*.rules"))
}


def parsed(text: str) -> tuple[ast.File, list[Diagnostic]]:
    """Return what `text` parses to."""
    return parse(SourceFile("test.rules", text))


def statements(text: str) -> tuple[ast.Statement, ...]:
    """Return the statements of `text`, which must be without fault."""
    file, found = parsed(text)
    assert found == []
    return file.statements


def statement(text: str) -> ast.Statement:
    """Return the one statement of `text`."""
    (only,) = statements(text)
    return only


def codes(text: str) -> list[str]:
    """Return the codes of what is found in `text`."""
    return [found.code for found in parsed(text)[1]]
