"""Golden files: rule text whose expected diagnostics stand on the lines that they belong to.

`avoid deadlft when always  #~ E203 did you mean `deadlift`?` expects E203 on that line, with those words somewhere in
its message, help or example; several may follow each other on one line. A missing diagnostic fails, and so does an
extra one. Beside each `NAME.rules` stands `NAME.out`: everything that is rendered for it, so that whole messages, the
underlined text and the help are asserted too. `GOLDEN=write pytest tests/dsl/test_golden.py` writes the `.out` files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.render import render, summary
from dsl.syntax.source import SourceFile

FOLDER = Path(__file__).parent
Check = Callable[[Sequence[SourceFile]], Sequence[Diagnostic]]

_EXPECTATION = re.compile(r"#~ *([EWN]\d{3}) *([^\n]*?)(?=[ \t]*(?:#~|\r?$))", re.MULTILINE)
_FIRST = re.compile(r"[ \t]*#~ *[EWN]\d{3}.*$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Expectation:
    """A diagnostic that must be found: on which line, with which code, and words that it must say."""

    line: int
    code: str
    words: str


def golden_files(layer: str) -> list[Path]:
    """Return the golden files of a layer."""
    return sorted((FOLDER / layer).glob("*.rules"))


def read(path: Path) -> str:
    """Return the text of a golden file, to the character."""
    return path.read_bytes().decode("utf-8")


def expectations(text: str) -> list[Expectation]:
    """Return what a golden file expects."""
    return [
        Expectation(text.count("\n", 0, match.start()) + 1, match[1], match[2].strip())
        for match in _EXPECTATION.finditer(text)
    ]


def without_expectations(text: str) -> str:
    """Return rule text as its author would have it, each line as long as it was or shorter."""
    return _FIRST.sub("", text)


def differences(path: Path, check: Check) -> list[str]:
    """Return in what the findings of `check` differ from what a golden file expects; empty when it holds."""
    text = read(path)
    source = SourceFile(path.name, without_expectations(text))
    found = list(check([source]))
    expected = expectations(text)
    missing = [f"missing: {one}" for one in _unmatched(expected, found, source)]
    extra = [f"extra: {_line(one, source)} {one.code} {_told(one)}" for one in _surplus(expected, found, source)]
    return [*missing, *extra, *_out(path, found, source)]


def _unmatched(expected: list[Expectation], found: list[Diagnostic], source: SourceFile) -> list[Expectation]:
    left = list(found)
    unmatched: list[Expectation] = []
    for one in expected:
        match = next((other for other in left if _matches(one, other, source)), None)
        if match is None:
            unmatched.append(one)
        else:
            left.remove(match)
    return unmatched


def _surplus(expected: list[Expectation], found: list[Diagnostic], source: SourceFile) -> list[Diagnostic]:
    left = list(expected)
    surplus: list[Diagnostic] = []
    for one in found:
        match = next((other for other in left if _matches(other, one, source)), None)
        if match is None:
            surplus.append(one)
        else:
            left.remove(match)
    return surplus


def _matches(expected: Expectation, found: Diagnostic, source: SourceFile) -> bool:
    return (expected.line, expected.code) == (_line(found, source), found.code) and expected.words in _told(found)


def _line(found: Diagnostic, source: SourceFile) -> int:
    return source.position(found.span.start)[0]


def _told(found: Diagnostic) -> str:
    return " | ".join(part for part in (found.message, found.help, found.example) if part)


def _out(path: Path, found: list[Diagnostic], source: SourceFile) -> list[str]:
    """Return in what the rendered findings differ from the file beside the golden one."""
    rendered = [render(one, {source.name: source}) for one in found]
    text = "\n\n".join([*rendered, summary(found)]) + "\n"
    beside = path.with_suffix(".out")
    if os.environ.get("GOLDEN") == "write":
        beside.write_text(text, encoding="utf-8")
    if not beside.is_file():
        return [f"{beside.name} is missing: GOLDEN=write makes it"]
    return [] if beside.read_text(encoding="utf-8") == text else [f"{beside.name} differs:\n{text}"]
