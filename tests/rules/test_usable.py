"""The pack lets people train: how much of the catalogue is a GO, and for whom nothing is."""

from __future__ import annotations

import pytest

from dsl import Evaluator, Release
from tests.rules.conftest import Answer
from tests.rules.members import BAD_DAY, CONDITIONS, READY, acute, chronic, everybody, goes, recovered

SUITABLE = {
    "glute_bridge",
    "bird_dog",
    "clamshell",
    "leg_extension",
    "seated_leg_curl",
    "lying_leg_curl",
    "wall_sit",
    "seated_calf_raise",
    "single_leg_calf_raise",
    "banded_hip_abduction",
    "dead_bug",
}
"""Supported leg and trunk exercises that suit nearly every painful back."""


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_cleared_member_with_chronic_pain_may_do_three_quarters_of_the_catalogue(
    condition: str, answer: Answer, release: Release
) -> None:
    catalogue = release.artifact.vocabulary.exercises
    assert len(goes(answer(chronic(condition, cleared=True)))) >= 0.75 * len(catalogue)


@pytest.mark.parametrize("condition", ["strain", "sprain", "low_back_pain"])
def test_a_recovered_member_may_do_nine_tenths_of_the_catalogue(
    condition: str, answer: Answer, release: Release
) -> None:
    catalogue = release.artifact.vocabulary.exercises
    assert len(goes(answer(recovered(condition)))) >= 0.9 * len(catalogue)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_uncleared_member_with_chronic_pain_has_suitable_exercises(condition: str, answer: Answer) -> None:
    assert goes(answer(chronic(condition, cleared=False))) >= SUITABLE


@pytest.mark.parametrize("condition", CONDITIONS)
def test_an_uncleared_member_with_acute_pain_has_suitable_exercises(condition: str, answer: Answer) -> None:
    found = goes(answer(acute(condition, cleared=False)))
    assert found >= SUITABLE
    assert not {"deadlift", "romanian_deadlift", "good_morning", "back_squat", "leg_press"} & found


def test_nobody_of_whom_nothing_is_known_may_do_anything(answer: Answer) -> None:
    decision = answer({})
    assert goes(decision) == set()
    assert decision.disposition == "screen"
    assert decision.questions[0].red_flag


@pytest.mark.parametrize(
    "left_out", [["symptom"], ["pain"], ["pain_character"], ["pain_level", "pain_character"], ["condition"]]
)
def test_nobody_who_left_out_what_sessions_depend_on_may_do_anything(left_out: list[str], answer: Answer) -> None:
    member = chronic("low_back_pain", cleared=False) | {"risk": ["cancer"]}
    assert goes(answer(member))
    rest = {fact: value for fact, value in member.items() if fact not in left_out}
    assert goes(answer(rest)) == set()


def test_a_list_of_symptoms_that_nobody_was_asked_for_is_no_screening(release: Release) -> None:
    decision = Evaluator(release).evaluate(chronic("low_back_pain", cleared=True))
    assert decision.disposition == "screen"
    assert goes(decision) == set()


def test_readiness_questions_are_exactly_the_optional_ones(release: Release) -> None:
    assert {fact.name for fact in release.artifact.vocabulary.facts if fact.optional} == set(READY) == set(BAD_DAY)


@pytest.mark.parametrize("left_out", sorted(READY))
def test_one_unanswered_readiness_question_changes_no_verdict_to_a_no_go(left_out: str, answer: Answer) -> None:
    for member in (chronic("strain", cleared=False), acute("disc_herniation", cleared=True), recovered("sciatica")):
        expected = goes(answer(member))
        for day in (READY, BAD_DAY):
            asked = {fact: value for fact, value in {**member, **day}.items() if fact != left_out}
            assert goes(answer(asked)) == expected


def test_a_good_day_opens_nothing_and_lifts_no_load(answer: Answer) -> None:
    for member in everybody():
        plain = {one.exercise: one for one in answer(member).exercises}
        for one in answer({**member, **READY}).exercises:
            before = plain[one.exercise]
            assert (one.verdict, one.load_factor) == (before.verdict, before.load_factor)


def test_a_bad_day_only_adds_caution(answer: Answer) -> None:
    for member in everybody():
        plain = {one.exercise: one for one in answer(member).exercises}
        for one in answer({**member, **BAD_DAY}).exercises:
            before = plain[one.exercise]
            assert one.verdict == ("caution" if before.verdict == "allowed" else before.verdict)
            assert not one.recommended
            if one.load_factor is not None:
                assert before.load_factor is not None
                assert one.load_factor <= before.load_factor


def test_every_substitute_offered_is_a_go(answer: Answer) -> None:
    for member in everybody():
        decision = answer(member)
        allowed = goes(decision)
        for one in decision.exercises:
            assert set(one.instead) <= allowed, one.exercise


@pytest.mark.parametrize("condition", CONDITIONS)
def test_whoever_is_held_back_from_a_cautious_family_is_offered_something(condition: str, answer: Answer) -> None:
    decision = answer(acute(condition, cleared=False))
    for family in ("back_squat", "front_squat", "deadlift", "romanian_deadlift", "good_morning", "leg_press"):
        assert decision.for_exercise(family).instead, family
