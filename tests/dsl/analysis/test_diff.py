"""What a new release changes is told with proof: nobody's answer changes without its being said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest
from hypothesis import event, given, settings

from dsl.analysis.changes import Change, Difference, IncomparableError
from dsl.analysis.diff import compare
from dsl.analysis.formulas import Bounds
from dsl.evaluation.examples import run_examples
from dsl.evaluation.outcome import ExerciseOutcome
from dsl.evaluation.reference import Reference
from dsl.semantics.facts import Door
from dsl.semantics.release import Release
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
    assert found == Difference((), (), (), (), ())
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
        (REFERRAL, "", "one/look"),
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
    limited = BEFORE + "rule light: modify bridge when pain=acute limit load <= 50 %\n"
    after = limited.replace("<= 50", "<= 90") + OVER + TALK
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
    assert found.changes == ()
    assert [(one.exercises, one.rules) for one in found.reworked] == [(("squat",), ("one/less",))]


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
    assert found.faults == ()
    told = {(name, change.direction) for change in found.changes for name in (change.exercise, *change.alike)}
    references = Reference(old.artifact), Reference(new.artifact)
    for member in crowd:
        for raw in (member.partial, member.fuller(), member.complete):
            facts = Door(old.artifact.vocabulary).read(raw, old.artifact.vocabulary)
            was, becomes = (reference.evaluate(facts, NEVER_OVERDUE) for reference in references)
            if was.contradictions or becomes.contradictions:
                event("something impossible is said")
            pairs: dict[str | None, tuple[int, int]] = {None: (was.disposition.severity, becomes.disposition.severity)}
            for name in EXERCISES:
                entries = was.exercises[name], becomes.exercises[name]
                pairs[name] = entries[0].judgement.verdict.severity, entries[1].judgement.verdict.severity
            for place, (before_, after_) in pairs.items():
                if before_ != after_:
                    event("an answer changed")
                    assert (place, "less" if after_ < before_ else "more") in told
