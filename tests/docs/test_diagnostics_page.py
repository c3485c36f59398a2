"""The page of diagnostics is made from the codes, from samples that are run, and from what is said of them.

`SPOTTER_UPDATE_DOCS=1` writes the page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from dsl.syntax.codes import CODES
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile
from tests.docs.building import reported
from tests.docs.fences import ROOT

PAGE = ROOT / "docs/diagnostics.md"
_OPENING = Path(__file__).with_name("diagnostics_opening.md")
_TOLD = Path(__file__).with_name("diagnostic_samples.txt")
_RIGHT = "\n-- right\n"
_LAYERS = {
    "E1": "Spelling and grammar",
    "N1": "Spelling and grammar",
    "E2": "Names",
    "E3": "Kinds, ranges and units",
    "E4": "Contradictions, failed examples and proofs",
    "W5": "Suspicious",
    "N6": "Notes",
}


def _told() -> dict[str, str]:
    """Return what is told of each code: two samples with `-- right` between them, or words."""
    _, *parts = _TOLD.read_text(encoding="utf-8").split("== ")
    return {code: text.strip() for code, _, text in (part.partition("\n") for part in parts)}


TOLD = _told()
SAMPLES = {code: (bad, good) for code, text in TOLD.items() for bad, sep, good in [text.partition(_RIGHT)] if sep}


def _found(text: str) -> tuple[Diagnostic, ...]:
    return reported(SourceFile("sample.rules", text + "\n"))


def page() -> str:
    """Return the page as it should be."""
    return _OPENING.read_text(encoding="utf-8") + "".join(_parts())


def _parts() -> Iterator[str]:
    for title, codes in groupby(sorted(CODES, key=_place), key=_title):
        yield f"\n## {title}\n"
        for code in codes:
            yield f"\n### {code}: {CODES[code].replace('`', '')}\n\n"
            yield from _sampled(code) if code in SAMPLES else [f"{_wrapped(TOLD[code])}\n"]


def _title(code: str) -> str:
    return _LAYERS[code[:2]]


def _place(code: str) -> tuple[int, str]:
    return list(_LAYERS.values()).index(_title(code)), code[1:]


def _sampled(code: str) -> Iterator[str]:
    bad, good = SAMPLES[code]
    found = _found(bad)[0]
    help_ = f" Help: {found.help}{'' if found.help.endswith('?') else '.'}" if found.help else ""
    yield f"```rules-wrong {code}\n{bad}\n```\n\n"
    yield f"{_wrapped(f'Spotter says: {found.message}.{help_}')}\n\n"
    yield f"```rules\n{good}\n```\n"


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


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_the_bad_sample_gives_its_code_and_the_good_one_gives_none(code: str) -> None:
    bad, good = SAMPLES[code]
    assert [found.code for found in _found(bad)] == [code]
    assert [f"{found.code} {found.message}" for found in _found(good)] == []


def test_the_page_is_what_the_codes_and_samples_make() -> None:
    made = page()
    if os.environ.get("SPOTTER_UPDATE_DOCS") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, "SPOTTER_UPDATE_DOCS=1 pytest tests/docs/test_diagnostics_page.py"
