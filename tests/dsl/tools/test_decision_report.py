"""What a clinician reads: every part of an answer, in words, and nothing that is not meant for them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from dsl.evaluation.build import build
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.release import Release
from dsl.syntax.source import SourceFile
from dsl.tools.decision_report import print_decision
from dsl.tools.terminal import output

AT = datetime.datetime(2027, 3, 1, 9, 30, tzinfo=datetime.UTC)
HEADER = 'pack clinic review by 2027-06-01\nsource book "The book"\n'
PERMIT = 'rule all: allow squat_pattern, machine_based, glute_bridge when always because "They suit a calm back."\n'


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def _release(rules: str) -> Release:
    built = build([SourceFile("clinic.rules", HEADER + rules)])
    assert built.release is not None, built.diagnostics
    return built.release


class Reading:
    """The report of one answer: as lines, and as one line for sentences that wrap."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        rules: str,
        facts: Mapping[str, object],
        *exercises: str,
        at: datetime.datetime = AT,
    ) -> None:
        release = _release(rules)
        names = list(exercises) or None
        decision = Evaluator(release).evaluate(facts, exercises=names, asked_with=release, at=at)
        print_decision(output(), decision, release, in_order_asked=bool(names), say_asked=None)
        self.text = capsys.readouterr().out
        self.lines = [line.rstrip() for line in self.text.splitlines()]
        self.flat = " ".join(self.text.split())


def test_no_line_is_wider_than_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert max(map(len, Reading(capsys, PERMIT, {}).lines)) <= 80


def test_limits_load_and_substitutes(capsys: pytest.CaptureFixture[str]) -> None:
    rules = (
        PERMIT
        + "modify back_squat when pain=chronic limit depth <= 90 deg, depth >= 45 deg, weight_class <= very_light\n"
        '  to goblet_squat, box_squat because "Less depth."\n'
        "caution back_squat when pain=chronic limit load = 50 %\nreduce load by 20 % for back_squat when pain=chronic\n"
    )
    read = Reading(capsys, rules, {"pain": "chronic"}, "back squat")
    assert "Knee bend from straight: 45 deg to 90 deg" in read.flat
    assert "Weight: at most very light" in read.flat
    assert "Load, share of the planned: 50 % exactly" in read.flat
    assert "Load: 80 % of the planned" in read.flat
    assert "Instead: Goblet squat, Box squat (if the equipment is there)" in read.flat


def test_a_lower_limit_alone(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, "modify leg_press when always limit depth >= 20 deg\n", {}, "leg press")
    assert "Knee bend from straight: at least 20 deg" in read.flat
    assert "Applies to everyone. [modify-leg_press-" in read.flat


def test_limits_that_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    rules = "modify leg_press when always limit depth >= 80 deg\nmodify leg_press when always limit depth <= 40 deg\n"
    read = Reading(capsys, rules, {}, "leg press")
    assert "Avoid" in read.flat
    assert "leave nothing over" in read.flat


def test_recommended_beside_a_limit(capsys: pytest.CaptureFixture[str]) -> None:
    rules = "recommend leg_press when always\nmodify leg_press when always limit depth <= 40 deg\n"
    read = Reading(capsys, rules, {}, "leg press")
    assert "Modified,  " in read.text
    assert "recommended" in read.text


def test_what_nobody_permits_and_what_may_be_permitted(capsys: pytest.CaptureFixture[str]) -> None:
    rules = "allow leg_press when pain=none\n"
    read = Reading(capsys, rules, {}, "deadlift", "leg press")
    assert "No rule permits it for this member." in read.flat
    assert "May be permitted, once the questions below are answered." in read.flat


def test_what_a_verdict_depends_on(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT + "avoid leg_press when pain=acute or pain_level > 6\n", {}, "leg press")
    assert "Ask first Depends on: Pain phase; Pain now." in read.flat


def test_an_uncertain_caution_says_what_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT + 'caution leg_press when pain=acute because "Slowly."\n', {}, "leg press")
    assert "Not known yet: Pain phase. Slowly." in read.flat


def test_only_the_first_reasons_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    rules = "".join(f"rule r{place}: avoid deadlift when pain_level >= {place}\n" for place in range(1, 6))
    read = Reading(capsys, rules, {"pain_level": 9}, "deadlift")
    assert "Pain now: 9 [r1]" in read.flat
    assert "and 2 more rules of this weight" in read.flat


def test_advice_is_said_once_and_named_for_its_exercises(capsys: pytest.CaptureFixture[str]) -> None:
    rules = (
        PERMIT + 'advise warm_up "Walk first." when always\nadvise warm_up "Sit less." when pain=acute\n'
        'advise technique "Long back." for squat_pattern when always\n'
    )
    read = Reading(capsys, rules, {}, "back squat", "goblet squat", "deadlift")
    assert "Warm up Walk first. Sit less. (if it applies)" in read.flat
    assert "Technique Long back. (for Back squat, Goblet squat)" in read.flat


def test_referrals_that_are_sure_stand_first(capsys: pytest.CaptureFixture[str]) -> None:
    rules = (
        'refer routine when pain=chronic say "See your clinician this month."\n'
        'refer routine when first_session=no say "Tell your coach."\n'
    )
    read = Reading(capsys, PERMIT + rules, {"pain": "chronic"})
    assert read.flat.index("Refer, routine: See your clinician this month.") < read.flat.index("Exercise Verdict")
    assert "Referral Tell your coach. (if it applies)" in read.flat


STOP = 'rule sharp: stop session when pain_level > 7 because "Too much." say "Stop and rest."\n'


def test_a_session_that_ends(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT + STOP + 'advise warm_up "Walk first." when always\n', {"pain_level": 8})
    assert read.lines[1].startswith("Stop the session.")
    assert read.lines[2:4] == ["  Stop and rest.", "  Too much."]
    assert "all of the" in read.flat
    assert "Walk first." not in read.flat


def test_a_session_that_ends_for_one_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT + STOP, {"pain_level": 8}, "leg press")
    assert "Avoid The session is over." in read.flat


def test_a_session_that_waits(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT + STOP, {}, "leg press")
    assert read.lines[1].startswith("Ask before training.")
    assert "Not known yet: Pain now." in read.flat
    assert "Ask first Waits for the questions below." in read.flat


def test_answers_that_contradict_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    read = Reading(capsys, PERMIT, {"pain": "none", "pain_level": 3})
    assert "These answers contradict each other: Pain phase: No back pain now; Pain now: 3." in read.flat


def test_what_is_known_to_be_absent(capsys: pytest.CaptureFixture[str]) -> None:
    rules = PERMIT + 'caution leg_press when not condition=sciatica and clearance=no because "Care."\n'
    read = Reading(capsys, rules, {"condition": {"absent": ["sciatica"]}, "clearance": False}, "leg press")
    assert "Diagnosed back condition: not Sciatica; Cleared by a clinician for loaded training: no" in read.flat


def test_questions_the_first_five_with_their_answers(capsys: pytest.CaptureFixture[str]) -> None:
    rules = PERMIT + (
        "avoid leg_press when pain=acute or pain_level > 6 or clearance=no or age > 80 or first_session=yes\n"
        "avoid leg_press when condition=sciatica\n"
    )
    read = Reading(capsys, rules, {}, "leg press")
    assert "1. " in read.text
    assert "0 to 120 year; matters for 1 exercise" in read.flat
    assert "yes or no; matters for 1 exercise" in read.flat
    assert "and 1 more question; --json lists them all" in read.flat


def test_a_question_about_a_warning_sign_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    rules = (
        'fact sign "Signs" many of fever "Fever" red flag ask "Any of these?"\n'
        'refer urgent when sign=fever because "It can be an infection." say "See a doctor today."\n'
    )
    assert "1. Warning sign. Any of these?" in Reading(capsys, PERMIT + rules, {}).flat


@pytest.mark.parametrize(
    ("day", "said"), [(AT, "review due in 92 days"), (AT + datetime.timedelta(days=365), "review overdue")]
)
def test_the_last_lines_say_when_and_by_what(
    capsys: pytest.CaptureFixture[str], day: datetime.datetime, said: str
) -> None:
    read = Reading(capsys, PERMIT, {}, at=day)
    assert f"{day:%Y-%m-%d} 09:30 UTC, packs clinic, prelude," in read.flat
    assert said in read.flat
    assert read.flat.endswith("not a diagnosis.")


def test_rules_of_several_packs_are_named_with_their_pack(capsys: pytest.CaptureFixture[str]) -> None:
    built = build([
        SourceFile("a.rules", "pack one\nrule a: avoid deadlift when pain=acute\n"),
        SourceFile("b.rules", "pack two\nrule b: avoid deadlift when pain=acute\n"),
    ])  # fmt: skip
    assert built.release is not None
    decision = Evaluator(built.release).evaluate({"pain": "acute"}, exercises=["deadlift"], at=AT)
    print_decision(output(), decision, built.release, in_order_asked=True, say_asked=None)
    said = " ".join(capsys.readouterr().out.split())
    assert "[one/a]" in said
    assert "[two/b]" in said


def test_a_converted_number_is_told_as_people_say_it(capsys: pytest.CaptureFixture[str]) -> None:
    rules = f'{PERMIT}caution any when sleep_hours < 5 because "A short night."\n'
    told = Reading(capsys, rules, {"sleep_hours": {"value": 250, "unit": "min"}}, "goblet squat").flat
    assert "Sleep last night: 4.17 h" in told
