"""What a new release changes is told with proof: nobody's answer changes without its being said."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings

from dsl.analysis.changes import Change, Difference, IncomparableError
from dsl.analysis.diff import compare
from dsl.analysis.formulas import Bounds
from dsl.evaluation.examples import run_examples
from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.facts import Door
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition
from tests.dsl.evaluation.generated import EXERCISES, Member, Pack, crowds, packs
from tests.dsl.evaluation.test_guarantee import release_of
from tests.dsl.semantics.compiling import artifact, compiled

NEVER_OVERDUE = datetime.date.min

VOCABULARY = """
pack one
fact condition many of disc, strain
fact pain one of none, acute
fact level number 0 to 10
fact moment context one of before, during default before
exercise squat
exercise lunge
exercise bridge
"""
BEFORE = """
allow squat, lunge, bridge when pain in (none, acute)
rule tender: avoid squat, lunge when condition=disc and level > 5
"""


def difference(before: str, after: str, bounds: Bounds | None = None) -> Difference:
    old, new = Release(artifact(before)), Release(artifact(after))
    return compare(old, new) if bounds is None else compare(old, new, bounds)


def directions(changes: tuple[Change, ...]) -> dict[tuple[str | None, str], tuple[str, ...]]:
    return {(change.exercise, change.direction): change.alike for change in changes}


KNEE = """
pack one
fact age "Age" whole number 0 to 120 year
fact brace "Brace" yes or no
exercise squat
allow squat when brace=yes
"""
IMPOSSIBLE = "impossible when age < 10 and brace=yes\n"


@pytest.mark.parametrize(("before", "after", "direction"), [(IMPOSSIBLE, "", "less"), ("", IMPOSSIBLE, "more")])
def test_of_whom_something_impossible_is_said_is_compared_as_well(before: str, after: str, direction: str) -> None:
    old, new = Release(artifact(KNEE + before)), Release(artifact(KNEE + after))
    found = compare(old, new)
    assert directions(found.changes) == {(None, direction): (), ("squat", direction): ()}
    assert found.laxer() is (direction == "less")
    for change in found.changes:
        stricter, laxer = ("screen", "proceed") if change.exercise is None else ("ask", "allowed")
        told = (stricter, laxer) if direction == "less" else (laxer, stricter)
        assert (change.was, change.becomes) == told
        compilation = compiled(f"{KNEE}{after}\n{change.example}\n")
        assert compilation.release is not None
        assert run_examples(compilation.release.artifact, compilation.examples) == []


def test_a_sample_is_rather_one_of_whom_nothing_impossible_is_said() -> None:
    after = KNEE.replace("when brace=yes", "when brace=yes or age < 12") + IMPOSSIBLE
    (change,) = [one for one in difference(KNEE + IMPOSSIBLE, after).changes if one.direction == "less"]
    assert "brace" not in change.sample.facts


def test_the_same_rules_in_another_order_change_nothing() -> None:
    lines = BEFORE.strip().splitlines()
    found = difference(VOCABULARY + BEFORE, VOCABULARY + "\n".join(reversed(lines)) + "\n")
    assert found == Difference((), (), (), (), (), identical=True)
    assert not found.laxer()


def test_a_threshold_that_moves_up_is_less_restrictive_for_somebody() -> None:
    after = BEFORE.replace("> 5", "> 6")
    found = difference(VOCABULARY + BEFORE, VOCABULARY + after)
    assert found.laxer()
    (change,) = found.changes
    assert (change.direction, change.exercise, change.alike) == ("less", "lunge", ("squat",))
    assert change.was in {"ask", "avoid"}
    assert change.becomes == "allowed"
    # The sample member can be pasted into the new rules, and holds there.
    text = f"{VOCABULARY}{after}\n{change.example}\n"
    compilation = compiled(text)
    assert compilation.release is not None
    assert run_examples(compilation.release.artifact, compilation.examples) == []


def test_a_new_restriction_is_more_restrictive_and_stops_nobody() -> None:
    found = difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE + "require clearance for bridge when level > 8\n")
    assert directions(found.changes) == {("bridge", "more"): ()}
    assert not found.laxer()


def test_a_rule_can_change_in_both_directions_and_the_session_with_it() -> None:
    stop = 'rule over: stop session when level > 8 say "Stop."\n'
    other = 'rule over: stop session when level > 7 and pain=acute say "Stop."\n'
    found = difference(VOCABULARY + BEFORE + stop, VOCABULARY + BEFORE + other)
    assert {(None, "less"), (None, "more")} <= directions(found.changes).keys()


def test_what_only_the_reasons_change_is_told_as_that() -> None:
    after = BEFORE + 'rule twice: avoid squat when condition=disc and level > 6 because "Again."\n'
    found = difference(VOCABULARY + BEFORE, VOCABULARY + after)
    assert found.changes == ()
    assert found.reasons == ("squat",)


def test_other_reasons_name_the_rules_and_somebody_to_whom_they_apply() -> None:
    after = BEFORE + 'rule twice: avoid squat when condition=disc and level > 6 because "Again."\n'
    old, new = Release(artifact(VOCABULARY + BEFORE)), Release(artifact(VOCABULARY + after))
    (reworked,) = compare(old, new).reworked
    assert (reworked.exercises, reworked.rules) == (("squat",), ("one/twice",))
    assert reworked.sample is not None
    assert reworked.sample.example.startswith('example "Squat: avoid for other reasons"')
    was, becomes = (entries(release, reworked.sample.facts)["squat"] for release in (old, new))
    assert (was.judgement.verdict, len(becomes.applied)) == (becomes.judgement.verdict, len(was.applied) + 1)


REFERRAL = 'rule look: refer routine when pain=acute say "See someone."\n'
TALK = 'rule talk: advise warm_up "Walk first." when pain=acute\n'
OVER = 'rule over: stop session when level > 8 say "Stop."\n'


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (REFERRAL, REFERRAL.replace("someone", "somebody"), "one/look"),
        (TALK, TALK.replace("Walk", "Run"), "one/talk"),
        (OVER, OVER.replace("Stop.", "Go home."), "one/over"),
    ],
)
def test_rules_about_no_exercise_that_differ_are_told_as_the_sessions(before: str, after: str, rule: str) -> None:
    found = difference(VOCABULARY + BEFORE + before, VOCABULARY + BEFORE + after)
    assert found.changes == ()
    (reworked,) = found.reworked
    assert (reworked.exercises, reworked.rules, found.reasons) == ((), (rule,), ())
    assert reworked.sample is not None
    compilation = compiled(f"{VOCABULARY}{BEFORE}{after}\n{reworked.sample.example}\n")
    assert compilation.release is not None
    assert run_examples(compilation.release.artifact, compilation.examples) == []


def test_what_cannot_have_changed_a_verdict_is_told_beside_the_verdict_that_changes() -> None:
    measure = VOCABULARY + "measure load number 0 to 100 %\n"
    limited = BEFORE + 'rule light: modify bridge when pain=acute limit load <= 50 % because "It hurts."\n'
    after = limited.replace("hurts", "aches") + OVER + TALK
    found = difference(measure + limited, measure + after)
    assert directions(found.changes).keys() == {(None, "more"), ("bridge", "more"), ("lunge", "more")}
    assert not found.laxer()
    assert [(one.exercises, one.rules) for one in found.reworked] == [
        ((), ("one/talk",)),
        (("bridge",), ("one/light",)),
    ]
    assert found.reasons == ()


def test_what_lifts_a_rule_belongs_to_it() -> None:
    slower = "rule less: reduce load by 20 % for squat when pain=acute\n"
    ours = 'pack two\noverride less of one when level < 3 because "Ours."\n'
    two = "pack two\n"
    text = VOCABULARY + BEFORE + slower
    found = compare(Release(artifact(text, two)), Release(artifact(text, ours)))
    (change,) = found.changes
    assert (change.part, change.direction, change.exercise) == ("load", "less", "squat")
    assert (change.was, change.becomes) == ("80 % of the planned load", "100 % of the planned load")
    assert found.reworked == ()


MEASURES = """
measure load number 0 to 100 %
measure depth scale quarter < half < full
measure pause number 0 to 60 s
"""
GENTLE = "rule gentle: modify bridge when pain=acute limit "


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("load <= 50 %", "load <= 70 %", [("less", "load", "load at most 50 %", "load at most 70 %")]),
        ("load <= 50 %", "load <= 30 %", [("more", "load", "load at most 50 %", "load at most 30 %")]),
        ("depth <= half", "depth <= full", [("less", "depth", "depth at most half", "depth at most full")]),
        ("pause >= 20 s", "pause >= 10 s", [("less", "pause", "pause at least 20 s", "pause at least 10 s")]),
        (
            "load <= 50 %",
            "depth <= half",
            [
                ("more", "depth", "no upper limit on depth", "depth at most half"),
                ("less", "load", "load at most 50 %", "no upper limit on load"),
            ],
        ),
        (
            "pause >= 10 s, pause <= 20 s",
            "pause >= 20 s, pause <= 30 s",
            [
                ("more", "pause", "pause at least 10 s", "pause at least 20 s"),
                ("less", "pause", "pause at most 20 s", "pause at most 30 s"),
            ],
        ),
    ],
)
def test_a_limit_that_moves_is_told_with_its_direction(
    was: str, becomes: str, told: list[tuple[str, str, str, str]]
) -> None:
    after = f"{VOCABULARY}{MEASURES}{BEFORE}{GENTLE}{becomes}\n"
    found = difference(f"{VOCABULARY}{MEASURES}{BEFORE}{GENTLE}{was}\n", after)
    assert {change.part for change in found.changes} == {"limit"}
    assert [(change.direction, change.measure, change.was, change.becomes) for change in found.changes] == told
    assert found.laxer() is any(direction == "less" for direction, *_ in told)
    assert found.reworked == ()
    assert_samples_hold(found, after)


def assert_samples_hold(found: Difference, after: str) -> None:
    """The sample of each change can be pasted into the new rules, and holds there."""
    for change in found.changes:
        compilation = compiled(f"{after}\n{change.example}\n")
        assert compilation.release is not None
        assert run_examples(compilation.release.artifact, compilation.examples) == []


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("reduce load by 20 % for bridge", "reduce load by 10 % for bridge", ("less", "load", "80 %", "90 %")),
        ("reduce load by 10 % for bridge", "reduce load by 20 % for bridge", ("more", "load", "90 %", "80 %")),
        ("", "progress load by 5 % for bridge", ("less", "load", "100 %", "105 %")),
    ],
)
def test_a_load_that_moves_is_told_with_its_direction(was: str, becomes: str, told: tuple[str, ...]) -> None:
    before, after = (
        f"{VOCABULARY}{BEFORE}{rule and f'rule load: {rule} when pain=acute'}\n" for rule in (was, becomes)
    )
    found = difference(before, after)
    (change,) = found.changes
    of = " of the planned load"
    assert (change.direction, change.part, change.was, change.becomes) == (*told[:2], told[2] + of, told[3] + of)
    assert found.laxer() is (change.direction == "less")
    assert_samples_hold(found, after)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (REFERRAL, "", ("less", None, "routine_referral", "a routine referral", "no routine referral")),
        ("", REFERRAL, ("more", None, "routine_referral", "no routine referral", "a routine referral")),
        (
            "",
            "rule praise: recommend bridge when pain=none\n",
            ("less", "bridge", "recommended", "not recommended", "recommended"),
        ),
    ],
)
def test_a_referral_and_an_endorsement_that_come_or_go_are_told(
    was: str, becomes: str, told: tuple[str | None, ...]
) -> None:
    after = VOCABULARY + BEFORE + becomes
    found = difference(VOCABULARY + BEFORE + was, after)
    (change,) = found.changes
    assert (change.direction, change.exercise, change.part, change.was, change.becomes) == told
    assert found.laxer() is (change.direction == "less")
    assert_samples_hold(found, after)


def test_the_same_members_may_have_another_answer_on_each_exercise_and_each_is_told() -> None:
    after = (
        f"{VOCABULARY}{MEASURES}allow squat, lunge, bridge when pain in (none, acute)\n"
        "modify bridge, lunge when pain=acute limit load <= 60 %\nmodify squat when pain=acute limit load <= 60 %\n"
    )
    before = after.replace("60 %", "50 %", 1).replace("60 %", "40 %", 1)
    found = difference(before, after)
    told = [(change.exercise, change.alike, change.was, change.becomes) for change in found.changes]
    assert told == [
        ("bridge", ("lunge",), "load at most 50 %", "load at most 60 %"),
        ("squat", (), "load at most 40 %", "load at most 60 %"),
    ]
    assert_samples_hold(found, after)


def test_limits_are_not_told_where_the_verdict_moves_the_same_way() -> None:
    """Who may do anything at all again is told that; the limits that were, too, would be the same thing twice."""
    measure = VOCABULARY + MEASURES + BEFORE
    found = difference(f"{measure}{GENTLE}load <= 50 %\n", measure)
    assert [(change.part, change.direction) for change in found.changes] == [("verdict", "less")]
    other = "rule gentle: caution bridge when pain in (none, acute) limit load <= 70 %\n"
    found = difference(f"{measure}{GENTLE}load <= 50 %\n", measure + other)
    assert {(change.part, change.direction) for change in found.changes} == {("verdict", "less"), ("verdict", "more")}


def test_who_is_shown_is_one_for_whom_it_goes_furthest() -> None:
    """Most go from `avoid` to `ask`, for little is known of them; what a reviewer has to see is who may do it now."""
    after = BEFORE.replace("avoid squat, lunge when condition=disc and level > 5", "caution squat when level > 9")
    found = difference(VOCABULARY + BEFORE, VOCABULARY + after)
    told = {(change.exercise, change.direction, change.was, change.becomes) for change in found.changes}
    assert ("squat", "less", "avoid", "allowed") in told
    assert ("lunge", "less", "avoid", "allowed") in told
    wide = "rule wide: modify bridge when level > 3 limit load <= 80 %"
    limited = f"{VOCABULARY}{MEASURES}{BEFORE}{GENTLE}load <= 50 %\n{wide}\n"
    found = difference(limited, limited.replace("pain=acute limit load <= 50 %", "pain=acute limit depth <= full"))
    freed = [change.becomes for change in found.changes if change.measure == "load"]
    assert freed == ["no upper limit on load"]


def test_every_rule_that_differs_is_named_whatever_it_moves() -> None:
    after = BEFORE.replace("> 5", "> 6") + "rule twice: avoid squat when condition=disc and level > 9\n"
    found = difference(VOCABULARY + BEFORE, VOCABULARY + after)
    assert found.rules == ("one/tender", "one/twice")
    assert difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE).rules == ()


def test_a_scale_with_a_further_step_is_compared_by_the_names_of_its_steps() -> None:
    before = f"{VOCABULARY}{MEASURES}{BEFORE}{GENTLE}depth <= half\n"
    finer = before.replace("quarter < half < full", "quarter < third < half < full")
    same = Difference((), (), (), (), (), redeclared=("measure depth",))
    assert difference(before, finer) == difference(finer, before) == same
    after = finer.replace("depth <= half", "depth <= third")
    for was, becomes, direction in ((before, after, "more"), (after, before, "less")):
        (change,) = difference(was, becomes).changes
        assert (change.part, change.direction) == ("limit", direction)
        assert {change.was, change.becomes} == {"depth at most half", "depth at most third"}


_BOUNDS = {
    "measure depth scale quarter < half < full": "half",
    "measure depth scale full < half < quarter": "half",
    "measure depth number 0 to 100 %": "9 %",
    "measure depth number 0 to 10 cm": "9 cm",
    "measure depth number 0 to 10 in": "9 in",
}


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("measure depth scale quarter < half < full", "measure depth scale full < half < quarter"),
        ("measure depth scale quarter < half < full", "measure depth number 0 to 100 %"),
        ("measure depth number 0 to 10 cm", "measure depth number 0 to 10 in"),
    ],
)
def test_limits_on_what_is_measured_in_another_way_are_not_decided(was: str, becomes: str) -> None:
    before, after = (
        f"{VOCABULARY}{declared}\n{BEFORE}{GENTLE}depth <= {_BOUNDS[declared]}\n" for declared in (was, becomes)
    )
    found = difference(before, after)
    assert found.undecided == ("whether limits on depth move: the two declare it in different ways",)
    assert found.laxer()


def test_an_exercise_that_only_one_release_knows_is_unreviewed_in_the_other() -> None:
    plank = "exercise plank\nallow plank when pain in (none, acute)\n"
    found = difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE + plank)
    told = {(change.direction, change.exercise, change.was, change.becomes) for change in found.changes}
    assert told == {("less", "plank", "unreviewed", "allowed"), ("more", "plank", "unreviewed", "ask")}
    assert (found.new, found.laxer()) == (("plank",), True)
    back = difference(VOCABULARY + BEFORE + plank, VOCABULARY + BEFORE)
    told = {(change.direction, change.exercise, change.was, change.becomes) for change in back.changes}
    assert told == {("more", "plank", "allowed", "unreviewed"), ("less", "plank", "ask", "unreviewed")}
    assert back.gone == ("plank",)


def test_a_rule_that_applies_to_nobody_has_no_sample() -> None:
    found = difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE.replace("rule tender:", "rule tender2:"))
    assert [one.sample is None for one in found.reworked] == [False]
    never = "rule never: avoid squat when not always\n"
    (reworked,) = difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE + never).reworked
    assert (reworked.rules, reworked.sample) == (("one/never",), None)


def entries(release: Release, raw: Mapping[str, object]) -> Mapping[str, ExerciseOutcome]:
    """Return what the reference says of facts as a caller sends them, without saying whose questions were asked."""
    return Reference(release.artifact).evaluate(Door(release.artifact.vocabulary).read(raw), NEVER_OVERDUE).exercises


def test_a_sample_is_facts_for_either_release_whatever_only_one_of_them_knows() -> None:
    before = VOCABULARY + "fact brace yes or no\n" + BEFORE + "rule b: avoid bridge when brace=yes\n"
    after = VOCABULARY.replace("disc, strain", "disc, strain, stenosis red flag") + BEFORE
    after += 'rule s: stop session when condition=stenosis say "Stop."\n'
    old, new = Release(artifact(before)), Release(artifact(after))
    found = compare(old, new)
    assert {"less", "more"} == {change.direction for change in found.changes}
    for change in found.changes:
        if change.exercise is not None:
            was = entries(old, change.sample.facts_before)[change.exercise]
            becomes = entries(new, change.sample.facts)[change.exercise]
            assert (was.judgement.verdict, becomes.judgement.verdict) == (change.was, change.becomes)
        compilation = compiled(f"{after}\n{change.example}\n")
        assert compilation.release is not None
        assert run_examples(compilation.release.artifact, compilation.examples) == []


def test_what_only_one_of_them_knows_is_named() -> None:
    after = VOCABULARY.replace("disc, strain", "disc, stenosis").replace("exercise bridge", "exercise plank")
    found = difference(VOCABULARY, after + "fact sleep number 0 to 24 h\n")
    assert found.gone == ("condition=strain", "bridge")
    assert found.new == ("condition=stenosis", "sleep", "plank")


def test_a_further_word_or_code_for_a_value_is_named() -> None:
    after = VOCABULARY.replace("disc, strain", 'disc also "slipped disc" code icd10cm M51.2, strain')
    found = difference(VOCABULARY + BEFORE, after + BEFORE)
    assert found.new == ("“slipped disc” for condition=disc", "icd10cm M51.2 for condition=disc")
    assert (found.gone, found.unchanged) == ((), True)


def test_a_fact_of_another_kind_cannot_be_compared() -> None:
    after = VOCABULARY.replace("fact pain one of none, acute", "fact pain many of none_at_all, acute")
    with pytest.raises(IncomparableError, match="pain"):
        difference(VOCABULARY, after)


def test_what_is_not_decided_in_time_is_said() -> None:
    found = difference(VOCABULARY + BEFORE, VOCABULARY + BEFORE.replace("> 5", "> 6"), Bounds(0.0, 0.0))
    assert found.changes == ()
    assert found.laxer()
    assert all("undecided" in told for told in found.undecided)


@settings(max_examples=40)
@given(packs(), packs(), crowds())
def test_nobody_changes_without_its_being_told(
    before: tuple[Pack, ...], after: tuple[Pack, ...], crowd: list[Member]
) -> None:
    old, new = (release_of(tuple((f"{pack.name}.rules", pack.text()) for pack in some)) for some in (before, after))
    found = compare(old, new)
    assert (found.faults, found.undecided) == ((), ())
    told = {
        (name, change.part, change.measure, change.direction)
        for change in found.changes
        for name in (change.exercise, *change.alike)
    }
    references = Reference(old.artifact), Reference(new.artifact)
    for member in crowd:
        for raw in (member.partial, member.fuller(), member.complete):
            facts = Door(old.artifact.vocabulary).read(raw, old.artifact.vocabulary)
            was, becomes = (reference.evaluate(facts, NEVER_OVERDUE) for reference in references)
            if was.contradictions or becomes.contradictions:
                event("something impossible is said")
            for place, part, measure, direction in moves(was, becomes):
                event(f"{part} becomes {direction} restrictive")
                assert (place, part, measure, direction) in told


def moves(was: Outcome, becomes: Outcome) -> Iterator[tuple[str | None, str, str | None, str]]:
    """Yield all that moves between two answers to one member, and whither."""
    yield from moved(None, "disposition", was.disposition.severity, becomes.disposition.severity)
    if max(was.disposition, becomes.disposition, key=lambda one: one.severity).severity < Disposition.STOP.severity:
        referred = [any(rule.effect is ir.Effect.ROUTINE for rule, _ in one.session) for one in (was, becomes)]
        yield from moved(None, "routine_referral", referred[0], referred[1])
    for name in EXERCISES:
        one, other = (outcome.exercises[name].judgement for outcome in (was, becomes))
        judged = list(moved(name, "verdict", one.verdict.severity, other.verdict.severity))
        yield from judged
        if one.verdict.go and other.verdict.go:
            same = {direction for *_, direction in judged}
            yield from (beside for beside in beside_verdict(name, one, other) if beside[-1] not in same)


def beside_verdict(name: str, one: Judgement, other: Judgement) -> Iterator[tuple[str, str, str | None, str]]:
    yield from moved(name, "recommended", not one.recommended, not other.recommended)
    assert one.load_factor is not None
    assert other.load_factor is not None
    yield from moved(name, "load", -one.load_factor, -other.load_factor)
    limits = [{limit.measure: limit for limit in judgement.limits} for judgement in (one, other)]
    for measure in sorted(limits[0].keys() | limits[1].keys()):
        both = [found.get(measure, ir.Limit(measure)) for found in limits]
        lows = [-1 if side.low is None else side.low for side in both]
        highs = [-1000 if side.high is None else -side.high for side in both]
        for ends in (lows, highs):
            yield from moved(name, "limit", ends[0], ends[1], measure)


def moved(
    name: str | None, part: str, was: Decimal | int, becomes: Decimal | int, measure: str | None = None
) -> Iterator[tuple[Any, str, str | None, str]]:
    if was != becomes:
        yield name, part, measure, "less" if becomes < was else "more"
