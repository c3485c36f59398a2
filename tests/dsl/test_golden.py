"""Every golden file of every layer, and every code in one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from dsl.analysis.build import build as build_with_proofs
from dsl.evaluation.build import build
from dsl.semantics.compiler import compile_sources
from dsl.syntax.codes import CODES
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.golden.harness import (
    FOLDER,
    Check,
    Expectation,
    differences,
    expectations,
    golden_files,
    read,
    without_expectations,
)


def check_syntax(sources: Sequence[SourceFile]) -> Sequence[Diagnostic]:
    """Return what the parser finds; `# limits: nesting=3` in the first line sets bounds."""
    (source,) = sources
    set_here = re.match(r"# limits: (.*)", source.text)
    bounds = dict(re.findall(r"(\w+)=(\d+)", set_here[1])) if set_here else {}
    return parse(source, Limits(**{name: int(bound) for name, bound in bounds.items()}))[1]


def check_semantics(sources: Sequence[SourceFile]) -> Sequence[Diagnostic]:
    """Return what the compiler finds; the texts of works lie in `NAME.sources/`, as `sources/` would beside rules."""
    (source,) = sources
    bundle = FOLDER / "semantics" / source.name.replace(".rules", ".sources")
    texts = [SourceFile(f"sources/{path.name}", read(path)) for path in sorted(bundle.glob("*"))]
    return compile_sources(sources, with_prelude=False, texts=texts).diagnostics


def check_evaluation(sources: Sequence[SourceFile]) -> Sequence[Diagnostic]:
    """Return what compiling and running the examples finds."""
    return build(sources, with_prelude=False).diagnostics


def check_analysis(sources: Sequence[SourceFile]) -> Sequence[Diagnostic]:
    """Return what a whole build finds."""
    return build_with_proofs(sources, with_prelude=False).diagnostics


def check_as_an_author(sources: Sequence[SourceFile]) -> Sequence[Diagnostic]:
    """Return what somebody is told who writes a first file, with the shipped vocabulary at hand."""
    return build(sources).diagnostics


LAYERS: dict[str, Check] = {
    "authors": check_as_an_author,
    "syntax": check_syntax,
    "semantics": check_semantics,
    "evaluation": check_evaluation,
    "analysis": check_analysis,
}
FILES = [(layer, path) for layer in LAYERS for path in golden_files(layer)]


@pytest.mark.parametrize(("layer", "path"), FILES, ids=[f"{layer}-{path.stem}" for layer, path in FILES])
def test_golden(layer: str, path: Path) -> None:
    assert differences(path, LAYERS[layer]) == []


ELSEWHERE = {
    "E291": "paths: tests/dsl/semantics/test_reading.py",
    "E292": "paths: tests/dsl/semantics/test_reading.py",
    "E293": "paths: tests/dsl/semantics/test_reading.py",
    "E294": "paths: tests/dsl/semantics/test_reading.py",
    "E295": "paths: tests/dsl/semantics/test_reading.py",
    "E451": "a thousand values: tests/dsl/evaluation/test_examples.py",
    "W560": "too little time: tests/dsl/analysis/test_proofs.py",
    "W562": "too little time: tests/dsl/analysis/test_suspicions.py",
    "W563": "a fault of the program: tests/dsl/analysis/test_suspicions.py",
    "W550": "two packs: tests/dsl/evaluation/test_examples.py",
}
"""Codes that one file cannot show, and where they are tested."""


def test_every_code_is_in_a_golden_file() -> None:
    shown = {one.code for layer in LAYERS for path in golden_files(layer) for one in expectations(read(path))}
    assert set(CODES) - set(ELSEWHERE) == shown


@pytest.mark.parametrize("code", sorted(ELSEWHERE))
def test_the_codes_that_one_file_cannot_show_are_tested_where_it_says(code: str) -> None:
    path = Path(__file__).parents[2] / ELSEWHERE[code].partition(": ")[2]
    assert f'"{code}"' in path.read_text(encoding="utf-8")


def test_what_the_harness_reads() -> None:
    text = "avoid a  #~ E104 `when`  #~ E203\nclass b\n  # said\n"
    assert expectations(text) == [Expectation(1, "E104", "`when`"), Expectation(1, "E203", "")]
    assert without_expectations(text) == "avoid a\nclass b\n  # said\n"


def test_the_harness_notices_what_is_missing_and_what_is_extra(tmp_path: Path) -> None:
    path = tmp_path / "x.rules"
    path.write_text("avoid a  #~ E104 no such words\nclass b  #~ E101\n", encoding="utf-8")
    path.with_suffix(".out").write_text("", encoding="utf-8")
    told = differences(path, check_syntax)
    assert [line.split(":")[0] for line in told] == ["missing", "missing", "extra", "x.out differs"]
