"""Rule files in, plain values out."""

from __future__ import annotations

import json

from dsl import Release
from service.operations.compilation import RuleFile, compile_files, source_bytes, with_distinct_names
from tests.service.support import GRANT, RULE, RULES


def test_what_compiles_is_an_artifact_that_loads_under_its_digest() -> None:
    compiled = compile_files([RuleFile("a.rules", RULES)])
    assert compiled.artifact is not None
    assert compiled.digest is not None
    release = Release.from_bytes(compiled.artifact, compiled.digest)
    assert {rule.pack for rule in release.artifact.rules} == {"main"}


def test_the_source_is_every_file_the_prelude_included() -> None:
    compiled = compile_files([RuleFile("a.rules", RULES)])
    given, *shipped = compiled.source
    assert given == RuleFile("a.rules", RULES)
    assert shipped
    assert all(file.shipped and file.name.startswith("prelude") for file in shipped)


def test_the_source_of_a_file_named_like_one_of_the_prelude_is_there_once_beside_the_real_one() -> None:
    shipped = {file.name: file for file in compile_files([]).source}
    compiled = compile_files([RuleFile("prelude/facts.rules", RULES)])
    by_name = {file.name: file for file in compiled.source}
    assert len(by_name) == len(compiled.source) == len(shipped) + 1
    assert [file for file in compiled.source if file.text == RULES] == [RuleFile("prelude/facts.rules (2)", RULES)]
    assert by_name.items() >= shipped.items()
    assert compile_files(compiled.source).digest == compiled.digest


def test_publishing_what_was_read_back_compiles_to_the_same() -> None:
    compiled = compile_files([RuleFile("a.rules", RULES)])
    assert compile_files(compiled.source).digest == compiled.digest


def test_order_and_split_of_files_leave_no_trace_in_the_artifact() -> None:
    together = compile_files([RuleFile("a.rules", RULES)])
    apart = compile_files([RuleFile("b.rules", GRANT), RuleFile("a.rules", RULE)])
    assert together.digest == apart.digest


def test_a_finding_says_where_it_is_and_shows_it() -> None:
    compiled = compile_files([RuleFile("a.rules", "\navoid deadlift when pain=acuet\n")])
    assert compiled.artifact is None
    (found,) = [finding for finding in compiled.findings if finding.severity == "error"]
    assert (found.file, found.line, found.column, found.end_line, found.end_column) == ("a.rules", 2, 26, 2, 31)
    assert "acute" in (found.help or "")
    assert "^" in found.rendered


def test_source_bytes_do_not_depend_on_the_order_of_files() -> None:
    one, other = RuleFile("a", "1"), RuleFile("b", "2")
    assert source_bytes([one, other]) == source_bytes([other, one])
    assert [file["name"] for file in json.loads(source_bytes([other, one]))] == ["a", "b"]


def test_files_of_one_name_are_told_apart() -> None:
    names = [file.name for file in with_distinct_names(RuleFile(name, "") for name in ("a", "a", "a (2)", "b", "a"))]
    assert names == ["a", "a (2)", "a (2) (2)", "b", "a (3)"]
