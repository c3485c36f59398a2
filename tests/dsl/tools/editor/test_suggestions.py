"""What a diagnostic's help says is offered as an edit, and does mend what is wrong."""

from __future__ import annotations

import pytest

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span
from dsl.tools.editor.project import Project
from dsl.tools.editor.renaming import applied
from dsl.tools.editor.suggestions import Suggestion, suggestions


def _suggested(text: str) -> list[Suggestion]:
    project = Project({"a.rules": text})
    return [one for found in project.compilation.diagnostics for one in suggestions(project, found)]


@pytest.mark.parametrize(
    ("text", "titles", "mended"),
    [
        ("avoid dedlift when always", ["Write `deadlift`"], "avoid deadlift when always"),
        ("avoid deadlift when pain=acut", ["Write `acute`"], "avoid deadlift when pain=acute"),
        ("aviod deadlift when always", ["Write `avoid`"], "avoid deadlift when always"),
        ("avoid deadlift when pain==acute", ["Write `=`"], "avoid deadlift when pain=acute"),
        ("never deadlift when always", ["Write `avoid`"], "avoid deadlift when always"),
        ("avoid deadlift when pain is not acute", ["Write `not pain=acute`"], "avoid deadlift when not pain=acute"),
        (
            "avoid deadlift when pain in acute, none",
            ["Write `pain in (acute, none)`"],
            "avoid deadlift when pain in (acute, none)",
        ),
        ("avoid back squat when always", ["Write `back_squat`", "Write `back, squat`"], "avoid back_squat when always"),
        (
            "avoid deadlift when always because It hurts",
            ['Write `"It hurts"`'],
            'avoid deadlift when always because "It hurts"',
        ),
        ("- avoid deadlift when always", ["Leave it out"], " avoid deadlift when always"),
        (
            "avoid deadlift, squat_pattern but not box_squat, lunge_pattern when always",
            ["Write `deadlift, squat_pattern but not (box_squat, lunge_pattern)`"],
            None,
        ),
    ],
)
def test_nearest_names_and_better_words(text: str, titles: list[str], mended: str | None) -> None:
    found = _suggested(text)
    assert [one.title for one in found][: len(titles)] == titles or mended is None
    if mended is not None:
        assert applied({"a.rules": text}, [found[0].edit])["a.rules"] == mended


def test_both_readings_are_offered() -> None:
    text = "avoid squat_pattern but not box_squat, deadlift when always"
    readings = [applied({"a.rules": text}, [one.edit])["a.rules"] for one in _suggested(text)]
    assert readings == [
        "avoid squat_pattern but not (box_squat, deadlift) when always",
        "avoid deadlift, squat_pattern but not box_squat when always",
    ]


@pytest.mark.parametrize(
    ("guard", "readings"),
    [
        ("pain=acute, pain_level > 5", ["pain=acute and pain_level > 5", "pain=acute or pain_level > 5"]),
        (
            "not pain_level > 5 or < 2",
            ["not (pain_level > 5 or pain_level < 2)", "not pain_level > 5 or pain_level < 2"],
        ),
        ("not pain=acute nor pain_level > 5", ["not pain=acute and not pain_level > 5"]),
        ("pain=acute nor pain_level > 5", []),
    ],
)
def test_of_two_readings_of_a_guard_neither_is_preferred(guard: str, readings: list[str]) -> None:
    text = f"allow deadlift when {guard}"
    offered = _suggested(text)
    assert [applied({"a.rules": text}, [one.edit])["a.rules"] for one in offered] == [
        f"allow deadlift when {one}" for one in readings
    ]
    assert not any(one.preferred for one in offered)


@pytest.mark.parametrize(
    "text",
    [
        "allow deadlift (unless pain=acute) when pain=chronic",
        "allow deadlift (max load 50 %) when pain=chronic",
        "if pain=acute then do not allow deadlift",
        "progress deadlift except goblet_squat by 5 % when pain=chronic",
        "progress load by half a percent for deadlift when pain=chronic",
    ],
)
def test_nothing_is_offered_that_would_drop_a_restriction(text: str) -> None:
    assert _suggested(text) == []


def test_what_would_not_mend_is_not_offered() -> None:
    assert _suggested("avoid deadlift") == []


def test_a_member_that_is_shown_can_be_kept_as_an_example() -> None:
    text = 'prove "x": deadlift at least avoid when pain=acute\nallow deadlift when always'
    project = Project({"a.rules": text})
    example = 'example "x"\n  given pain=acute\n  expect deadlift allowed'
    found = Diagnostic("E460", Span("a.rules", 0, 5), "does not hold", example=example)
    (one,) = suggestions(project, found)
    assert one.title == "Add this member as an example"
    kept = applied({"a.rules": text}, [one.edit])["a.rules"]
    assert kept == f"{text.splitlines()[0]}\n\n{example}\n\n{text.splitlines()[1]}"
    apart = text.replace("\n", "\n\n")
    (one,) = suggestions(Project({"a.rules": apart}), found)
    assert applied({"a.rules": apart}, [one.edit])["a.rules"] == kept
    last = Diagnostic("E460", Span("a.rules", len(text) - 3, len(text)), "does not hold", example=example)
    (one,) = suggestions(project, last)
    assert applied({"a.rules": text}, [one.edit])["a.rules"] == f"{text}\n\n{example}"


@pytest.mark.parametrize("example", ["not a statement", "avoid deadlift when always", None])
def test_what_is_no_example_is_not_kept_as_one(example: str | None) -> None:
    project = Project({"a.rules": "avoid deadlift when always"})
    assert list(suggestions(project, Diagnostic("W505", Span("a.rules", 0, 5), "x", example=example))) == []


def test_an_example_belongs_to_a_statement() -> None:
    project = Project({"a.rules": "# nothing\n"})
    found = Diagnostic("W505", Span("a.rules", 0, 5), "x", example='example "x" given nothing expect deadlift ask')
    assert list(suggestions(project, found)) == []


def test_the_shipped_vocabulary_is_not_edited() -> None:
    project = Project({})
    name = next(iter(project.shipped))
    assert list(suggestions(project, Diagnostic("E202", Span(name, 0, 1), "x", "did you mean `y`?"))) == []
