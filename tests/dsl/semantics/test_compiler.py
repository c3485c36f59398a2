"""The driver: sources in; a release, or every diagnostic, out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.semantics import ir
from dsl.semantics.compiler import CompileError, compile_sources, shipped_rules
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from tests.dsl.semantics.compiling import codes, compiled

NAMED = "avoid deadlift when condition=disc_herniation and pain=acute"


def test_the_named_sentence_compiles_alone() -> None:
    compilation = compile_sources([SourceFile("mine.txt", NAMED)])
    assert compilation.diagnostics == ()
    assert compilation.release is not None
    rule = next(rule for rule in compilation.release.artifact.rules if rule.pack == "main")
    assert rule.effect is ir.Effect.AVOID
    assert "deadlift" in rule.exercises
    assert rule.guard == ir.AllOf((ir.Has("condition", "disc_herniation"), ir.Choice("pain", ("acute",))))


def test_without_the_prelude_its_names_are_unknown() -> None:
    assert codes(NAMED) == ["E203", "E201", "E201"]


def test_the_prelude_given_as_well_is_read_once() -> None:
    prelude = [
        SourceFile(str(path), path.read_text()) for path in sorted((shipped_rules() / "prelude").glob("*.rules"))
    ]
    ours = SourceFile("mine.rules", NAMED)
    with_both = compile_sources([*prelude, ours])
    assert with_both.diagnostics == ()
    assert with_both.release is not None
    alone = compile_sources([ours]).release
    assert alone is not None
    assert with_both.release.digest == alone.digest
    assert set(with_both.sources) == {source.name for source in (*prelude, ours)}


def test_the_prelude_is_named_without_a_place_on_this_machine() -> None:
    names = set(compile_sources([SourceFile("mine.rules", NAMED)]).sources) - {"mine.rules"}
    assert names
    assert all(name.startswith("prelude/") for name in names)


def test_a_missing_prelude_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("dsl.semantics.compiler.shipped_rules", lambda: tmp_path)
    compilation = compile_sources([SourceFile("mine.rules", NAMED)])
    assert compilation.release is None
    assert [found.code for found in compilation.diagnostics] == ["E291"]


def test_errors_of_all_files_come_in_one_run_in_reading_order() -> None:
    first = "fact pain one of none, acute\navoid squat when pain=acut\navoid\n"
    second = "exercise squat\navoid sqat when pain=acute\navoid squat when pain > 3\n"
    compilation = compiled(first, second)
    assert compilation.release is None
    assert [(found.span.source, found.code) for found in compilation.diagnostics] == [
        ("0.rules", "E202"),
        ("0.rules", "E103"),
        ("1.rules", "E203"),
        ("1.rules", "E301"),
    ]


def test_two_sources_of_one_name_are_told_apart() -> None:
    sources = [SourceFile("a.rules", "exercise squat\n"), SourceFile("a.rules", "exercise lunge\n")]
    compilation = compile_sources([*sources, sources[0]], with_prelude=False)
    assert list(compilation.sources) == ["a.rules", "a.rules (2)"]
    assert compilation.release is not None
    assert len(compilation.release.artifact.vocabulary.exercises) == 2


def test_nothing_compiles_to_a_release_without_rules() -> None:
    compilation = compile_sources([], with_prelude=False)
    assert compilation.diagnostics == ()
    assert compilation.release is not None
    assert compilation.release.artifact.rules == ()


def test_too_many_files_and_too_many_bytes() -> None:
    sources = [SourceFile(f"{place}.rules", f"exercise e{place}\n") for place in range(3)]
    few = compile_sources(sources, limits=Limits(files=2), with_prelude=False)
    assert (few.release, [found.code for found in few.diagnostics]) == (None, ["E295"])
    small = compile_sources(sources, limits=Limits(total_bytes=20), with_prelude=False)
    assert (small.release, [found.code for found in small.diagnostics]) == (None, ["E294"])


def test_text_that_is_no_unicode_gets_a_diagnostic() -> None:
    compilation = compile_sources([SourceFile("a.rules", "exercise squat \ud800\n")], with_prelude=False)
    assert compilation.release is None
    assert {found.code[:2] for found in compilation.diagnostics} == {"E1"}


def test_a_flood_of_errors_is_cut_off() -> None:
    text = "exercise squat\n" + "".join(f"avoid squat when f{place}=yes\n" for place in range(150))
    found = codes(text)
    assert found.count("E201") == 100
    assert found.count("N141") == 1


def test_proofs_are_counted_and_left_to_the_solver() -> None:
    text = 'fact pain one of none, acute\nexercise squat\nprove "one": squat at least ask when pain=acute\n'
    compilation = compiled(text)
    assert compilation.release is not None
    assert compilation.proofs == 1
    assert [found.code for found in compilation.diagnostics] == ["N601"]


def test_a_compile_error_shows_what_is_wrong() -> None:
    compilation = compiled("exercise squat\n" + "".join(f"avoid squat when pian{place}=acute\n" for place in range(5)))
    with pytest.raises(CompileError, match=r"^5 errors in 1 file\n") as raised:
        raise CompileError(compilation.diagnostics, compilation.sources)
    assert "E201" in str(raised.value)
    assert str(raised.value).count("avoid squat") == 3
    assert raised.value.diagnostics == compilation.diagnostics


def test_entangled_kinds_are_a_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsl.semantics.compiler.MOST_RELATED", 2)
    assert codes("exercise a\nexercise b is a\nexercise c is b\n") == ["E404"]


def test_too_many_touched_exercises_are_a_diagnostic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsl.semantics.program._MOST_TOUCHED", 3)
    assert codes("exercise a\nexercise b\ncaution any when always\ncaution a, b when always\n") == ["E404"]


def test_rules_whose_ids_collide_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsl.semantics.sealing.format_statement", lambda _: "the same")
    text = "fact pain one of none, acute\nexercise a\navoid a when pain=acute\navoid a when pain=none\n"
    assert codes(text) == ["E221"]
