"""The sentences of the language page, one test each, through text and the public evaluator."""

from __future__ import annotations

import datetime
from itertools import product
from typing import Any

import pytest

from dsl.evaluation.decision import Decision
from dsl.evaluation.evaluator import Evaluator
from dsl.evaluation.reference import Truth, at_least, both, either
from tests.dsl.evaluation.texts import DAY, decide, release

ALLOW = "allow heavy with variants when always\n"


def verdict(decision: Decision, exercise: str) -> str:
    return decision.for_exercise(exercise).verdict


# --- guards -----------------------------------------------------------------------------------


def test_kleene_tables() -> None:
    truths: tuple[Truth, ...] = (True, False, None)
    for left, right in product(truths, truths):
        assert both([left, right]) is (False if False in (left, right) else None if None in (left, right) else True)
        assert either([left, right]) is (True if True in (left, right) else None if None in (left, right) else False)
        assert at_least(1, [left, right]) is either([left, right])
        assert at_least(2, [left, right]) is both([left, right])


@pytest.mark.parametrize(
    ("guard", "facts", "expected"),
    [
        ("phase=acute", {"phase": "acute"}, "avoid"),
        ("phase=acute", {"phase": "none"}, "allowed"),
        ("phase=acute", {}, "ask"),
        ("phase=acute or phase!=acute", {}, "ask"),
        ("phase=acute and phase=chronic", {}, "ask"),
        ("phase=acute and pain > 5", {"pain": 3}, "allowed"),
        ("phase=acute or pain > 5", {"pain": 7}, "avoid"),
        ("phase in (acute, chronic)", {"phase": "chronic"}, "avoid"),
        ("phase not in (acute, chronic)", {"phase": "chronic"}, "allowed"),
        ("pain between 3 and 5", {"pain": 3}, "avoid"),
        ("pain between 3 and 5", {"pain": 5.1}, "allowed"),
        ("not (pain between 3 and 5)", {"pain": 6}, "avoid"),
        ("condition=none", {"condition": []}, "avoid"),
        ("condition=none", {"condition": ["disc"]}, "allowed"),
        ("condition=none", {"condition": {"absent": ["disc"]}}, "ask"),
        ("not condition=none", {"condition": {"present": ["disc"]}}, "avoid"),
        ("condition in (disc, stenosis)", {"condition": {"absent": ["disc"]}}, "ask"),
        ("at least 2 of (phase=acute, pain > 5, cleared=no)", {"phase": "acute", "pain": 7}, "avoid"),
        ("at least 2 of (phase=acute, pain > 5, cleared=no)", {"phase": "none", "pain": 2}, "allowed"),
        ("at least 2 of (phase=acute, pain > 5, cleared=no)", {"phase": "acute", "pain": 2}, "ask"),
        ("not (at least 2 of (phase=acute, pain > 5, cleared=no))", {"phase": "acute"}, "ask"),
    ],
)
def test_a_restriction_follows_its_guard(guard: str, facts: dict[str, Any], expected: str) -> None:
    assert verdict(decide(f"{ALLOW}avoid goblet when {guard}", **facts), "goblet") == expected


# --- grants -----------------------------------------------------------------------------------


def test_silence_is_not_permission() -> None:
    assert verdict(decide("avoid goblet when phase=acute", phase="none"), "goblet") == "unreviewed"
    assert verdict(decide("caution any when always", phase="none"), "goblet") == "unreviewed"


def test_a_grant_that_is_only_possible_asks() -> None:
    assert verdict(decide("allow goblet when phase=none"), "goblet") == "ask"
    assert decide("allow goblet when phase=none").for_exercise("goblet").could_grant


def test_a_grant_is_for_the_exercise_itself_and_not_for_its_kinds() -> None:
    assert verdict(decide("allow deadlift when always"), "romanian") == "unreviewed"
    assert verdict(decide("allow hinge when always"), "romanian") == "unreviewed"
    assert verdict(decide("allow deadlift with variants when always"), "romanian") == "allowed"


def test_a_restriction_is_for_its_kinds_too() -> None:
    assert verdict(decide(f"{ALLOW}avoid deadlift when always"), "romanian") == "avoid"
    assert verdict(decide(f"{ALLOW}avoid hinge when always"), "romanian") == "avoid"


def test_modify_and_caution_grant_what_they_name() -> None:
    modified = decide("modify goblet when always limit load <= 50 %")
    assert verdict(modified, "goblet") == "modify"
    assert modified.for_exercise("goblet").go
    assert verdict(decide("caution goblet when always"), "goblet") == "caution"
    assert verdict(decide("modify deadlift when always limit load <= 50 %"), "romanian") == "unreviewed"


def test_recommended_is_shown_on_a_go_without_caution() -> None:
    text = "recommend goblet when always\ncaution goblet when phase=acute\navoid goblet when pain > 8"
    assert decide(text, phase="none", pain=0).for_exercise("goblet").recommended
    assert not decide(text, phase="acute", pain=0).for_exercise("goblet").recommended
    assert not decide(text, phase="none", pain=9).for_exercise("goblet").recommended


def test_allow_does_not_endorse() -> None:
    assert not decide(ALLOW).for_exercise("goblet").recommended


def test_a_pack_that_covers_the_member_must_grant_too() -> None:
    texts = ("pack back covers condition=disc\nrecommend bridge when always", f"pack other\n{ALLOW}")
    assert verdict(decide(texts, condition=["disc"]), "goblet") == "unreviewed"
    assert verdict(decide(texts, condition=["disc"]), "bridge") == "allowed"
    assert verdict(decide(texts, condition=[]), "goblet") == "allowed"
    assert verdict(decide(texts), "goblet") == "unreviewed"


# --- exceptions, overrides, time --------------------------------------------------------------


def test_an_exception_lifts_a_restriction_only_when_true() -> None:
    text = f'{ALLOW}require clearance for goblet when phase=acute except when cleared=yes because "seen"'
    assert verdict(decide(text, phase="acute", cleared=True), "goblet") == "allowed"
    assert verdict(decide(text, phase="acute", cleared=False), "goblet") == "clearance"
    assert verdict(decide(text, phase="acute"), "goblet") == "clearance"


def test_an_exception_defeats_a_permission_unless_false() -> None:
    text = 'allow goblet when always except when cleared=no because "not seen"'
    assert verdict(decide(text, cleared=True), "goblet") == "allowed"
    assert verdict(decide(text, cleared=False), "goblet") == "unreviewed"
    assert verdict(decide(text), "goblet") == "ask"


def test_an_override_lifts_a_named_rule_of_another_pack() -> None:
    texts = (
        f"pack one\n{ALLOW}rule flare: avoid goblet when phase=acute",
        'pack two\noverride flare of one when cleared=yes because "seen"',
    )
    assert verdict(decide(texts, phase="acute", cleared=True), "goblet") == "allowed"
    assert verdict(decide(texts, phase="acute"), "goblet") == "avoid"


def test_past_review_what_permits_lapses_and_what_restricts_stays() -> None:
    text = (
        "pack one review by 2027-01-01\nallow goblet when always\n"
        'avoid bridge when always except when cleared=yes because "seen"'
    )
    last, after = (datetime.datetime(2027, 1, day, 23, tzinfo=datetime.UTC) for day in (1, 2))
    assert verdict(decide(text, at=last), "goblet") == "allowed"
    assert verdict(decide(text, at=after), "goblet") == "unreviewed"
    assert verdict(decide(text, at=after, cleared=True), "bridge") == "avoid"
    assert decide(text, at=last).review_due_in_days == 0
    late = decide(text, at=after, cleared=True)
    assert late.review_due_in_days == -1
    assert [rule.review_overdue for rule in late.rules.values()] == [True]


def test_an_overdue_pack_lifts_nothing_and_goes_on_keeping_grants_away() -> None:
    one = "pack one\nrule base: allow heavy with variants when always\nallow goblet when always\n"
    one += "rule flare: avoid goblet when phase=acute"
    two = 'pack two review by 2027-01-01\noverride flare of one when cleared=yes because "seen"\n'
    two += 'override base of one when cleared=yes because "not here"'
    texts = (one, two)
    last, after = (datetime.datetime(2027, 1, day, tzinfo=datetime.UTC) for day in (1, 2))
    assert verdict(decide(texts, at=last, phase="acute", cleared=True), "goblet") == "allowed"
    assert verdict(decide(texts, at=after, phase="acute", cleared=True), "goblet") == "avoid"
    for day in (last, after):
        assert verdict(decide(texts, at=day, phase="none", cleared=True), "bridge") == "unreviewed"
        assert verdict(decide(texts, at=day, phase="none", cleared=False), "bridge") == "allowed"


# --- the session ------------------------------------------------------------------------------


def test_from_stop_upward_every_exercise_is_avoided_and_only_the_rule_speaks() -> None:
    text = (
        f'{ALLOW}advise warm "Warm up." when always\nrule hot: stop session when pain > 8 say "Stop."\n'
        'refer routine when always say "See someone."'
    )
    found = decide(text, pain=9)
    assert found.disposition == "stop"
    assert {answer.verdict for answer in found.exercises} == {"avoid"}
    assert {tuple(applied.rule for applied in answer.applied) for answer in found.exercises} == {("main/hot",)}
    assert [advice.text for advice in found.advice] == ["Stop."]
    assert found.referrals == ()
    both_rules = decide(text, pain=9, symptom=["numb"])
    assert both_rules.disposition == "emergency"
    assert [advice.text for advice in both_rules.advice] == ["Go to hospital."]
    assert [referral.urgency for referral in both_rules.referrals] == ["emergency"]


def test_a_red_flag_that_nobody_asked_about_screens() -> None:
    found = release(ALLOW)
    answer = Evaluator(found).evaluate({"symptom": []}, at=DAY)
    assert answer.disposition == "screen"
    assert {entry.verdict for entry in answer.exercises} == {"ask"}
    assert answer.questions[0].fact == "symptom"
    assert answer.questions[0].red_flag
    assert [option.value for option in answer.questions[0].options or ()] == ["numb"]
    assert Evaluator(found).evaluate({"symptom": []}, asked_with=found, at=DAY).disposition == "proceed"


def test_mid_set_an_open_red_flag_means_pause() -> None:
    found = release(ALLOW)
    paused = Evaluator(found).evaluate({"moment": "during"}, at=DAY)
    assert [advice.topic for advice in paused.advice] == ["pause"]
    assert Evaluator(found).evaluate({}, at=DAY).advice == ()


def test_what_cannot_be_screens_and_is_named() -> None:
    found = decide(f"{ALLOW}impossible when phase=none and pain > 0", phase="none", pain=3)
    assert found.disposition == "screen"
    assert found.contradictions[0].impossible == "phase=none and pain > 0"
    assert {match.fact for match in found.contradictions[0].matched} == {"phase", "pain"}
    assert verdict(found, "goblet") == "ask"


# --- limits and load --------------------------------------------------------------------------


def test_limits_intersect() -> None:
    text = (
        "modify goblet when always limit load <= 60 %\nmodify goblet when phase=acute limit load <= 40 %\n"
        "caution goblet when pain > 3 limit weight <= medium"
    )
    limits = decide(text, phase="acute", pain=5).for_exercise("goblet").limits
    assert [(limit.measure, limit.min, limit.max, limit.unit) for limit in limits] == [
        ("load", None, 40, "%"),
        ("weight", None, "medium", None),
    ]
    assert decide(text, phase="none", pain=0).for_exercise("goblet").limits[0].max == 60


def test_limits_that_leave_nothing_are_avoid_or_ask_when_uncertain() -> None:
    text = "modify goblet when always limit load <= 40 %\nmodify goblet when phase=acute limit load >= 60 %"
    assert verdict(decide(text, phase="acute"), "goblet") == "avoid"
    assert verdict(decide(text), "goblet") == "ask"
    assert verdict(decide(text, phase="none"), "goblet") == "modify"


@pytest.mark.parametrize(
    ("rules", "facts", "factor"),
    [
        ("", {}, 1),
        ("progress load by 5 % for goblet when pain < 3", {"pain": 2}, 1.05),
        ("progress load by 5 % for goblet when pain < 3", {}, 1),
        ("progress load by 5 % for goblet when always\nprogress load by 2 % for goblet when phase=none", {}, 1.02),
        ("progress load by 5 % for goblet when always\nhold load for any when phase=acute", {}, 1),
        ("progress load by 5 % for goblet when always\nreduce load by 20 % for any when pain > 5", {"pain": 6}, 0.8),
        ("reduce load by 20 % for any when pain > 5\nreduce load by 10 % for any when pain > 4", {"pain": 6}, 0.8),
        ("progress load by 5 % for goblet when always\ncaution goblet when phase=acute", {}, 1),
        ("reduce load by 20 % for any when pain > 5", {}, 0.8),
        ("reduce load by 20 % for any when pain > 5", {"pain": 5}, 1),
        ("avoid goblet when always\nreduce load by 20 % for any when always", {}, None),
    ],
)
def test_load_factor(rules: str, facts: dict[str, Any], factor: float | None) -> None:
    assert decide(f"{ALLOW}{rules}", **facts).for_exercise("goblet").load_factor == factor


def test_optional_facts_that_are_missing_are_false() -> None:
    text = f'{ALLOW}caution any when sleep < 5\nhold load for any when sleep < 5\nadvise rest "Rest." when sleep < 5'
    missing = decide(text)
    assert verdict(missing, "goblet") == "allowed"
    assert missing.questions == ()
    assert missing.advice == ()
    assert verdict(decide(text, sleep={"value": 4, "unit": "h"}), "goblet") == "caution"


# --- substitutes ------------------------------------------------------------------------------


def test_substitutes_are_a_go_with_the_equipment_at_hand() -> None:
    text = f"{ALLOW}avoid deadlift when always instead back_squat, goblet, bridge\navoid bridge when phase=acute"
    known = decide(text, phase="none", equipment=["barbell"]).for_exercise("deadlift")
    assert known.instead == ("back_squat", "goblet", "bridge")
    assert known.equipment_unknown == ()
    assert decide(text, phase="none", equipment=[]).for_exercise("deadlift").instead == ("goblet", "bridge")
    unsure = decide(text, phase="acute").for_exercise("deadlift")
    assert unsure.instead == ("back_squat", "goblet")
    assert unsure.equipment_unknown == ("back_squat",)


def test_kin_are_offered_where_no_rule_names_anything() -> None:
    text = "allow bridge when always\nallow back_squat when always\navoid goblet when always"
    assert decide(text).for_exercise("deadlift").instead == ("bridge", "back_squat")
    assert decide(text).for_exercise("bridge").instead == ()


# --- names ------------------------------------------------------------------------------------


def test_exercises_are_answered_in_the_order_asked_by_any_name() -> None:
    found = Evaluator(release(ALLOW)).evaluate({}, exercises=["goblet", "dl", "my own machine", "gobelt"], at=DAY)
    assert [(answer.asked, answer.exercise) for answer in found.exercises] == [
        ("goblet", "goblet"),
        ("dl", "deadlift"),
        ("my own machine", None),
        ("gobelt", None),
    ]
    assert found.exercises[3].did_you_mean == ("goblet",)
    assert not any(answer.go for answer in found.exercises[2:])


def test_the_catalogue_is_sorted_by_severity_then_id() -> None:
    found = decide("allow heavy when always\navoid goblet when always\ncaution bridge when always")
    assert [(answer.verdict, answer.exercise) for answer in found.exercises] == [
        ("avoid", "goblet"),
        ("unreviewed", "romanian"),
        ("caution", "bridge"),
        ("allowed", "back_squat"),
        ("allowed", "deadlift"),
    ]


def test_an_answer_names_what_matched_and_what_is_unknown() -> None:
    found = decide(f"{ALLOW}rule r: avoid goblet when condition=disc and phase=acute", condition=["disc"])
    applied = found.for_exercise("goblet").applied[0]
    assert (applied.rule, applied.effect, applied.certain) == ("main/r", "avoid", False)
    assert [(match.fact, match.value) for match in applied.matched] == [("condition", "disc")]
    assert applied.unknown == ("phase",)
    span = found.for_exercise("goblet").possible
    assert (span.best, span.worst) == ("allowed", "avoid")


def test_a_fact_is_not_asked_about_before_it_can_exist() -> None:
    text = f"{ALLOW}fact first yes or no\nfact after number 0 to 10 asked when first=no\navoid goblet when after > 5"
    assert [question.fact for question in decide(text).questions] == ["first"]
    assert [question.fact for question in decide(text, first=False).questions] == ["after"]
    assert decide(text, first=True).questions == ()
    assert verdict(decide(text, first=True), "goblet") == "allowed"


def test_what_an_exception_no_longer_lifts_is_asked_about() -> None:
    text = 'pack one review by 2027-01-01\navoid goblet when phase=acute except when cleared=yes because "seen"\n'
    within, after = (datetime.datetime(2027, 1, day, tzinfo=datetime.UTC) for day in (1, 2))
    assert decide(text, at=within, cleared=True).questions == ()
    assert [question.fact for question in decide(text, at=after, cleared=True).questions] == ["phase"]
