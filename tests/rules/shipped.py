"""What the tests of the shipped rules look at: the files, their statements, the article."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dsl.syntax import ast
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
PACK = "back_pain.legs"
SHARED = ROOT.parent / "shared"
ARTICLE = SHARED / "seeds" / "leg-training-with-back-pain.txt"
TERMINOLOGY = SHARED / "data" / "terminology"


@cache
def statements(folder: str) -> tuple[ast.Statement, ...]:
    """Return every statement of the rule files in `rules/<folder>`."""
    found: list[ast.Statement] = []
    for path in sorted((RULES / folder).glob("*.rules")):
        file, diagnostics = parse(SourceFile(path.name, path.read_text(encoding="utf-8")))
        assert not diagnostics, path.name
        found.extend(file.statements)
    return tuple(found)


def rules() -> Iterator[ast.Rule]:
    """Yield the rules of the back pain pack as they are written."""
    yield from (node for node in statements("back_pain") if isinstance(node, ast.Rule))


def rule_names() -> set[str]:
    """Return the names of the pack's rules."""
    return {rule.name.text for rule in rules() if rule.name is not None}


def examples() -> Iterator[ast.Example]:
    """Yield the examples of the back pain pack as they are written."""
    yield from (node for node in statements("back_pain") if isinstance(node, ast.Example))


def red_flag_terms() -> dict[str, str]:
    """Return the label of each red-flag term of `symptom`, by its name."""
    return {
        term.name.text: term.label.value if term.label else ""
        for node in statements("back_pain")
        if isinstance(node, ast.Fact) and isinstance(node.kind, ast.ManyOf)
        for term in node.kind.terms
        if term.red_flag
    }
