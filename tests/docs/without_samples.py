"""Codes that no text on a page can show: why, and what gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from dsl.analysis.build import build
from dsl.analysis.formulas import Bounds
from dsl.analysis.remembered import Verdict
from dsl.semantics.compiler import read_paths
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile

_RULE = "avoid deadlift when pain=acute"
_CLAIM = 'prove "acute": deadlift at least avoid when pain=acute'


class Shown(NamedTuple):
    """Why there is no sample of a code, as its page says it, and what gives it: findings, made in an empty folder."""

    why: str
    found: Callable[[Path], Sequence[Diagnostic]]


def _built(text: str) -> Callable[[Path], Sequence[Diagnostic]]:
    return lambda _: build([SourceFile("sample.rules", text)]).diagnostics


def _read(name: str, content: bytes, limits: Limits | None = None) -> Callable[[Path], Sequence[Diagnostic]]:
    """Return what reads a file of that content; without a name, the folder that is there and empty."""

    def reading(folder: Path) -> Sequence[Diagnostic]:
        if content:
            (folder / name).write_bytes(content)
        return read_paths([folder / name], limits or Limits())[1]

    return reading


def _undecided(_: Path) -> Sequence[Diagnostic]:
    return build([SourceFile("sample.rules", f"{_RULE}\n{_CLAIM}\n")], bounds=Bounds(seconds_all=0)).diagnostics


def _disagreeing(_: Path) -> Sequence[Diagnostic]:
    """Return what is said where the solver's memory has been exchanged, so that it says what the reference does not."""
    held, failing = (f'prove "{title}": deadlift at least avoid when pain={pain}' for title, pain in _CLAIMED)
    memory: dict[str, Verdict] = {}
    build([SourceFile("sample.rules", f"{_RULE}\n{held}\n{failing}\n")], memory=memory)
    known = next(verdict for verdict in memory.values() if verdict.known is not None)
    exchanged = dict.fromkeys(memory, known)
    return build([SourceFile("sample.rules", f"{_RULE}\n{held}\n")], memory=exchanged).diagnostics


_CLAIMED = (("acute", "acute"), ("chronic", "chronic"))


def _many(folder: Path) -> Sequence[Diagnostic]:
    for number in range(3):
        (folder / f"{number}.rules").write_text(_RULE, encoding="utf-8")
    return read_paths([folder], Limits(files=2))[1]


def _values() -> str:
    terms = ", ".join(f"t{place}" for place in range(1_001))
    return f'fact many_things many of {terms}\nexample "all" given many_things=({terms}) expect deadlift unreviewed\n'


WITHOUT: dict[str, Shown] = {
    "E130": Shown("a sample would be a mebibyte long", _built(f"#{'x' * (1 << 20)}")),
    "E131": Shown("a sample would have 20,001 statements", _built("class a\n" * 20_001)),
    "E134": Shown("a sample would be 2,001 characters long", _built(f'{_RULE} because "{"x" * 2_001}"')),
    "E142": Shown(
        "a sample would have 20,001 words", _built(f"avoid {'deadlift, ' * 10_001} deadlift when pain=acute")
    ),
    "E291": Shown("it is about a name given to a command, not about text", _read("missing.rules", b"")),
    "E292": Shown("it is about a folder, not about text", _read("", b"")),
    "E293": Shown("a page is UTF-8 itself", _read("latin.rules", "# Schmerz überall".encode("latin-1"))),
    "E294": Shown("a sample would be mebibytes long", _read("a.rules", _RULE.encode(), Limits(total_bytes=20))),
    "E295": Shown("a sample would be hundreds of files", _many),
    "E451": Shown("a sample would list more than a thousand values", _built(_values())),
    "N141": Shown("a sample would have a hundred errors", _built("avoyd deadlift when pain=acute\n" * 101)),
    "W562": Shown("what is not decided in time depends on the machine", _undecided),
    "W563": Shown("it is a fault of this program, and mended as soon as one is known", _disagreeing),
    "W560": Shown("what is not decided in time depends on the machine", _undecided),
}
