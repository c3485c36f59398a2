"""Examples run where they stand; the outline lists what a file holds."""

from __future__ import annotations

from dsl.tools.editor.outline import outline
from dsl.tools.editor.project import Project
from dsl.tools.editor.running import run, runnable, word_for
from tests.dsl.tools.editor.projects import small

_TEXT = """allow deadlift when pain=none
example "holds" given pain=acute, symptom=none expect deadlift unreviewed
example "fails" given pain=acute, symptom=none expect deadlift allowed
"""


def test_each_example_is_run_by_itself() -> None:
    project = Project({"a.rules": _TEXT})
    first, second = runnable(project, "a.rules")
    assert (word_for(first), first.title.value) == ("example", "holds")
    assert run(project, "a.rules", first.span.start).message == "The example “holds” holds."
    failed = run(project, "a.rules", second.span.start)
    assert not failed.holds
    assert failed.message.startswith("Does not hold: `deadlift` is `unreviewed` (")
    assert [found.code for found in failed.found] == ["E450"]


def test_one_expectation_of_the_whole_catalogue_is_told_in_one_line() -> None:
    text = f'{_TEXT}example "all" given pain=none, symptom=none expect any avoid\n'
    project = Project({"a.rules": text})
    ran = run(project, "a.rules", text.index('example "all"'))
    assert ran.message.startswith("Does not hold: ")
    assert "\n" not in ran.message
    assert " more are `unreviewed`; " in ran.message
    of_all = text.index("any avoid")
    assert [(one.code, one.span.start) for one in ran.found] == [("E450", of_all)]
    told = [one for part in project.findings({}) for one in part]
    assert [one.code for one in told if one.span.start == of_all] == ["E450"]


def test_a_copy_in_another_file_runs_too() -> None:
    project = Project({"a.rules": _TEXT, "b.rules": _TEXT})
    for name in project.own:
        assert [run(project, name, one.span.start).holds for one in runnable(project, name)] == [True, False]


def test_errors_come_first() -> None:
    for extra, count in (("avoid x when always", "1 error "), ("avoid x, y when always", "2 errors ")):
        project = Project({"a.rules": f"{_TEXT}{extra}\n"})
        done = run(project, "a.rules", _TEXT.index("example"))
        assert not done.holds
        assert done.message.startswith(f"Mend the {count}first")


def test_what_is_no_longer_there_is_not_run() -> None:
    assert run(Project({"a.rules": _TEXT}), "a.rules", 1).message == "The text has changed; run it again."
    assert list(runnable(Project({}), "prelude/facts.rules")) == []


def test_the_outline_has_names_titles_and_actions() -> None:
    found = [(entry.name, entry.detail) for entry in outline(small(), "rules.rules")]
    assert found == [
        ("clinic", "pack"),
        ("flare.hinge", "rule"),
        ("modify sumo_pull", "rule"),
        ("allow easy_pull", "rule"),
        ("refer", "rule"),
        ("acute", "example"),
        ("never", "proof"),
        ("session", "proof"),
    ]
    assert list(outline(small(), "nowhere.rules")) == []


def test_each_proof_is_decided_by_itself() -> None:
    project = Project({"a.rules": f"{_TEXT}{_PROOFS}", "b.rules": _PROOFS})
    for name in project.own:
        first, second = [one for one in runnable(project, name) if word_for(one) == "proof"]
        assert run(project, name, first.span.start).message == "The proof “true” holds."
        failed = run(project, name, second.span.start)
        assert failed.message.startswith("this does not hold for everybody: `deadlift` is `")
        assert [found.code for found in failed.found] == ["E460"]
        assert "example" in (failed.found[0].example or "")


def test_examples_and_proofs_are_among_the_findings() -> None:
    found = [one for part in Project({"a.rules": f"{_TEXT}{_PROOFS}"}).findings({}) for one in part]
    assert [one.code for one in found] == ["E450", "E460"]


_PROOFS = """prove "true": deadlift at least unreviewed when pain=acute
prove "false": deadlift at least avoid when pain=none
"""
