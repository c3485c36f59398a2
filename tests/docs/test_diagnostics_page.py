"""The page of diagnostics is made from the codes, from samples that are run, and from what is said of them.

`SPOTTER_UPDATE_DOCS=1` writes the page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pytest

from dsl.syntax.codes import CODES
from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.source import SourceFile
from tests.docs.building import reported
from tests.docs.fences import ROOT, with_characters
from tests.docs.without_samples import WITHOUT

PAGE = ROOT / "docs/diagnostics.md"
_OPENING = Path(__file__).with_name("diagnostics_opening.md")
_TOLD = Path(__file__).with_name("diagnostic_samples.txt")
_LAYERS = {
    "E1": "Spelling and grammar",
    "N1": "Spelling and grammar",
    "E2": "Names",
    "E3": "Kinds, ranges and units",
    "E4": "Contradictions, failed examples and proofs",
    "W5": "Suspicious",
    "N6": "Notes",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A wrong file and a right one, and the file beside both, if there is one."""

    bad: str
    good: str
    beside: str | None = None
    named: str = ""

    def found(self, text: str) -> list[Diagnostic]:
        """Return what is found in `text`, as one of the two."""
        files = [SourceFile("sample.rules", with_characters(text) + "\n")]
        others = [SourceFile(self.named, self.beside + "\n")] if self.beside is not None else []
        rules = [*files, *(one for one in others if one.name.endswith(".rules"))]
        return list(reported(*rules, texts=tuple(one for one in others if one not in rules)))


def _told() -> dict[str, str]:
    """Return what is told of each code: two samples with `-- right` between them, or words."""
    _, *parts = _TOLD.read_text(encoding="utf-8").split("== ")
    return {code: text.strip() for code, _, text in (part.partition("\n") for part in parts)}


def _sample(text: str) -> Sample | None:
    parts = re.split(r"^-- (right|beside [\w./]+)\n", text, flags=re.MULTILINE)
    behind = dict(zip(parts[1::2], (part.strip("\n") for part in parts[2::2]), strict=True))
    if "right" not in behind:
        return None
    named = next((name for name in behind if name != "right"), None)
    beside = None if named is None else behind[named]
    return Sample(parts[0].strip("\n"), behind["right"], beside, (named or "").removeprefix("beside "))


TOLD = _told()
SAMPLES = {code: sample for code, text in TOLD.items() if (sample := _sample(text)) is not None}


def _of_its_kind(code: str, found: list[Diagnostic]) -> list[Diagnostic]:
    """Return the errors and warnings; of a note's sample, the notes, which stand beside an error."""
    return [one for one in found if (one.severity is Severity.NOTE) == code.startswith("N")]


def page() -> str:
    """Return the page as it should be."""
    return _OPENING.read_text(encoding="utf-8") + "".join(_parts())


def _parts() -> Iterator[str]:
    for title, codes in groupby(sorted(CODES, key=_place), key=_title):
        yield f"\n## {title}\n"
        for code in codes:
            yield f"\n### {code}: {CODES[code].replace('`', '')}\n\n"
            yield from _sampled(code) if code in SAMPLES else _unsampled(code)


def _title(code: str) -> str:
    return _LAYERS[code[:2]]


def _place(code: str) -> tuple[int, str]:
    return list(_LAYERS.values()).index(_title(code)), code[1:]


def _sampled(code: str) -> Iterator[str]:
    sample = SAMPLES[code]
    found = _of_its_kind(code, sample.found(sample.bad))[0]
    others = "" if found.severity is not Severity.NOTE else " ".join(_others(sample)) + " "
    beside = f" with={sample.named}" if sample.beside is not None else ""
    help_ = f" Help: {found.help}{'' if found.help.endswith('?') else '.'}" if found.help else ""
    yield f"```rules-wrong {others}{code}{beside}\n{sample.bad}\n```\n\n"
    if sample.beside is not None:
        kind = "rules" if sample.named.endswith(".rules") else "work"
        away = " with=club.rules" if kind == "rules" else ""
        yield f"Beside it lies `{sample.named}`:\n\n```{kind} file={sample.named}{away}\n{sample.beside}\n```\n\n"
    yield f"{_wrapped(f'Spotter says: {found.message}.{help_}')}\n\n"
    right = " file=club.rules" if sample.named.endswith(".rules") else ""
    yield f"```rules{beside}{right}\n{sample.good}\n```\n"


def _others(sample: Sample) -> list[str]:
    return [one.code for one in sample.found(sample.bad) if one.severity is not Severity.NOTE]


def _unsampled(code: str) -> Iterator[str]:
    yield f"{_wrapped(f'{TOLD[code]} There is no sample here: {WITHOUT[code].why}.')}\n"


def _wrapped(text: str, width: int = 112) -> str:
    """Return `text` in lines that break between words, never inside of what stands in backquotes."""
    lines = [""]
    for word in text.split(" "):
        fits = not lines[-1] or lines[-1].count("`") % 2 == 1 or len(lines[-1]) + len(word) < width
        if fits:
            lines[-1] += f" {word}" if lines[-1] else word
        else:
            lines.append(word)
    return "\n".join(lines)


def test_every_code_is_explained_once() -> None:
    assert sorted(TOLD) == sorted(CODES)
    assert _TOLD.read_text(encoding="utf-8").count("== ") == len(CODES)


def test_every_code_has_a_sample_or_a_reason_why_not() -> None:
    assert sorted([*SAMPLES, *WITHOUT]) == sorted(CODES)


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_the_bad_sample_gives_its_code_and_the_good_one_gives_none(code: str) -> None:
    sample = SAMPLES[code]
    assert [found.code for found in _of_its_kind(code, sample.found(sample.bad))] == [code]
    assert [f"{found.code} {found.message}" for found in sample.found(sample.good)] == []


@pytest.mark.parametrize("code", sorted(WITHOUT))
def test_what_no_text_can_show_is_given_all_the_same(code: str, tmp_path: Path) -> None:
    assert code in {found.code for found in WITHOUT[code].found(tmp_path)}


def test_the_page_is_what_the_codes_and_samples_make() -> None:
    made = page()
    if os.environ.get("SPOTTER_UPDATE_DOCS") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "SPOTTER_UPDATE_DOCS=1 pytest tests/docs/test_diagnostics_page.py"
