"""The fenced blocks of a documentation page: what each is, where it stands, and how to write one anew."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(
    path
    for path in (ROOT / "README.md", ROOT / "rules/README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if path.exists()
)
KINDS = {
    "rules": "compiles; file=NAME keeps it for the commands of the page, with=NAME adds that file or folder",
    "rules-wrong": "does not compile, and gives exactly the codes named; with=NAME as above",
    "work": "the text of a work that rules cite; file=NAME, which rules name by with=NAME",
    "console": "commands after `$ `, each followed by what it prints; `…` alone on a line stands for any lines",
    "json": "`json request METHOD PATH` then `json answer STATUS`; or `json file=NAME` for a file that commands read",
    "python": "runs as it stands",
}
"""What a fence may be. The tests refuse any other: a block that nothing runs goes stale."""

_OPENING = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """One fenced block. `line` is that of its opening fence, from 1; `words` and `options` follow the kind."""

    page: Path
    line: int
    kind: str
    words: tuple[str, ...]
    options: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """Return where the block stands, as test names and messages say it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def fences(page: Path) -> tuple[Fence, ...]:
    """Return the fenced blocks of `page` in order."""
    return tuple(_fences(page))


def every_fence(*kinds: str) -> tuple[Fence, ...]:
    """Return the blocks of these kinds on all pages."""
    return tuple(fence for page in PAGES for fence in fences(page) if fence.kind in kinds)


def _fences(page: Path) -> Iterator[Fence]:
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        opening = _OPENING.match(lines[number])
        number += 1
        if opening is None:
            continue
        start = number
        while not lines[number].lstrip().startswith(opening[2]):
            number += 1
        text = "\n".join(line.removeprefix(opening[1]) for line in lines[start:number])
        yield _fence(page, start, shlex.split(opening[3]), text)
        number += 1


def _fence(page: Path, line: int, info: list[str], text: str) -> Fence:
    kind, *rest = info or [""]
    options = dict(word.split("=", 1) for word in rest if re.match(r"(file|with)=", word))
    words = tuple(word for word in rest if not re.match(r"(file|with)=", word))
    return Fence(page, line, kind, words, options, f"{text}\n" if text else "")


def with_characters(text: str) -> str:
    """Return rule text with the characters that it names by number, as `<U+200B>`: those that nobody can see."""
    return re.sub(r"<U\+([0-9A-F]{4})>", lambda match: chr(int(match[1], 16)), text)


def replace(fence: Fence, text: str) -> None:
    """Write `text` into the page in place of what stands in `fence`; the number of lines may change."""
    lines = fence.page.read_text(encoding="utf-8").splitlines()
    end = fence.line + len(fence.text.splitlines())
    lines[fence.line : end] = text.rstrip("\n").splitlines()
    fence.page.write_text("\n".join(lines) + "\n", encoding="utf-8")
