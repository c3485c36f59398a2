"""Planted faults are noticed by examples, or come with the example that would notice them."""

from __future__ import annotations

from msgspec.structs import replace

from dsl.analysis.faults import Harmless, Mutation, Survivor, faults
from dsl.analysis.mutation import mutate
from dsl.evaluation.build import build
from dsl.evaluation.examples import first_unmet, run_examples
from dsl.semantics.release import Artifact
from dsl.syntax.source import SourceFile
from tests.dsl.semantics.compiling import compiled

VOCABULARY = """
pack one
fact condition many of disc, strain, sprain
fact pain one of none, acute, chronic
fact level number 0 to 10
fact cleared yes or no
measure load number 0 to 100 %
exercise squat
exercise lunge
allow squat, lunge when always
"""
RULES = """
rule tender: avoid squat when condition=disc and level > 5
  except when cleared=yes because "cleared"
rule sore: modify lunge when pain in (acute, chronic) limit load <= 50 %
rule many: require clearance for lunge when at least 2 of (condition=disc, condition=strain, condition=sprain)
rule less: reduce load by 20 % for squat when pain=acute
rule more: progress load by 5 % for lunge when level < 2
rule same: hold load for lunge when cleared=no
rule look: refer routine when pain=chronic and cleared=no say "See someone."
rule talk: advise warm_up "Walk first." when always
rule end: stop session when level >= 9 or (pain=acute and not cleared=yes) say "Stop."
"""


CLINIC = """
pack two
covers condition=disc
override tender of one when cleared=yes and level < 8 because "we cleared them"
rule ours: allow squat when level < 9
impossible when pain=none and level > 5
"""


def tried(text: str) -> tuple[Artifact, Mutation]:
    compilation = compiled(text)
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    artifact = compilation.release.artifact
    return artifact, mutate(artifact, compilation.examples)


def test_every_kind_of_fault_is_planted() -> None:
    artifact, _ = tried(VOCABULARY + RULES)
    told = {(fault.rule.split("/")[1], fault.what) for fault in faults(artifact)}
    assert {
        ("tender", "the rule is left out"),
        ("tender", "avoid becomes clearance"),
        ("tender", "`and` becomes `or`"),
        ("tender", "clause 1 of 2 joined by `and` is forgotten"),
        ("tender", "level > 5 becomes level >= 5"),
        ("tender", "level > 5 becomes level > 6"),
        ("tender", "the test of condition=disc is turned round"),
        ("tender", "the exception “cleared” is left out"),
        ("sore", "pain=acute is forgotten"),
        ("tender", "in the exception “cleared” the test of cleared is turned round"),
        ("sore", "the limit on load is left out"),
        ("sore", "the limit on load moves from 50 to 55"),
        ("less", "reduce becomes hold"),
        ("more", "the load factor 1.05 becomes 1.06"),
        ("many", "at least 2 becomes at least 3"),
        ("end", "`or` becomes `and`"),
        ("look", "clause 2 of 2 joined by `and` is forgotten"),
    } <= told
    assert not any(rule == "talk" for rule, _ in told)


def two_packs(examples: str = "") -> tuple[Artifact, Mutation]:
    compilation = compiled(VOCABULARY + RULES, CLINIC + examples)
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    return compilation.release.artifact, mutate(compilation.release.artifact, compilation.examples)


def test_faults_are_planted_in_overrides_in_what_is_impossible_and_in_what_a_pack_covers() -> None:
    artifact, _ = two_packs()
    told = {(fault.rule, fault.what) for fault in faults(artifact) if fault.what not in _told_of_rules(artifact)}
    assert {
        ("one/tender", "the override “we cleared them” of two is left out"),
        ("one/tender", "in the override “we cleared them” of two `and` becomes `or`"),
        ("one/tender", "in the override “we cleared them” of two clause 1 of 2 joined by `and` is forgotten"),
        ("one/tender", "in the override “we cleared them” of two level < 8 becomes level <= 8"),
        ("impossible", "“pain=none and level > 5” is left out"),
        ("impossible", "in “pain=none and level > 5” clause 2 of 2 joined by `and` is forgotten"),
        ("impossible", "in “pain=none and level > 5” level > 5 becomes level > 6"),
        ("two", "`covers` is left out"),
        ("two", "in `covers` the test of condition=disc is turned round"),
    } <= told


def _told_of_rules(artifact: Artifact) -> set[str]:
    bare = replace(
        artifact, overrides=(), contradictions=(), packs=tuple(replace(pack, covers=None) for pack in artifact.packs)
    )
    return {fault.what for fault in faults(bare)}


def test_faults_outside_of_rules_bring_an_example_that_notices_them() -> None:
    artifact, found = two_packs()
    outside = [one for one in found.survivors if one.rule in ("impossible", "two") or "override" in one.what]
    assert {one.rule for one in outside} == {"impossible", "two", "one/tender"}
    by_what = {(fault.rule, fault.what): fault.artifact for fault in faults(artifact)}
    for survivor in outside:
        assert survivor.example is not None, survivor.what
        compilation = compiled(VOCABULARY + RULES, f"{CLINIC}\n{survivor.example}\n")
        assert compilation.release is not None
        assert run_examples(compilation.release.artifact, compilation.examples) == []
        assert first_unmet(by_what[survivor.rule, survivor.what], compilation.examples) is not None


def test_an_example_notices_faults_outside_of_rules() -> None:
    _, before = two_packs()
    examples = "".join(f"{one.example}\n" for one in before.survivors if one.example and one.rule != "one/many")
    _, after = two_packs(examples)
    left = [
        (one.rule, one.what) for one in after.survivors if one.rule in ("impossible", "two") or "override" in one.what
    ]
    assert left == []
    assert after.noticed > before.noticed == 0


def test_only_the_impossible_that_is_named_is_tried() -> None:
    artifact, _ = two_packs()
    assert not any(fault.rule == "impossible" for fault in faults(artifact, impossible=()))
    text = artifact.contradictions[0].text
    named = [fault for fault in faults(artifact, impossible=(text,)) if fault.rule == "impossible"]
    assert named == [fault for fault in faults(artifact) if fault.rule == "impossible"] != []


def test_what_nobody_can_be_by_the_vocabulary_that_comes_with_spotter_is_not_the_authors() -> None:
    own = "impossible when age < 18 and clearance=yes\nallow deadlift when age >= 18\n"
    built = build([SourceFile("own.rules", own)])
    assert built.release is not None
    assert built.impossible == ("age < 18 and clearance=yes",)
    assert len(built.release.artifact.contradictions) > 1


def test_a_pack_that_is_alone_covers_whom_it_likes() -> None:
    _, found = tried("pack alone\ncovers pain=acute\n" + VOCABULARY.replace("pack one", ""))
    assert {one.what for one in found.harmless if one.rule == "alone"} == {
        "`covers` is left out",
        "in `covers` the test of pain is turned round",
    }


def test_without_examples_nothing_is_noticed_and_each_survivor_brings_its_own() -> None:
    text = VOCABULARY + RULES
    artifact, found = tried(text)
    assert (found.noticed, found.score) == (0, 0.0)
    by_what = {(fault.rule, fault.what): fault.artifact for fault in faults(artifact)}
    for survivor in found.survivors:
        assert survivor.example is not None, survivor.what
        compilation = compiled(f"{text}\n{survivor.example}\n")
        assert compilation.release is not None
        assert run_examples(compilation.release.artifact, compilation.examples) == []
        faulty = by_what[survivor.rule, survivor.what]
        assert first_unmet(faulty, compilation.examples) is not None


def test_a_fault_that_changes_nobody_is_no_survivor() -> None:
    text = f"{VOCABULARY}rule a: avoid squat when level > 5\nrule b: avoid squat when level > 6\n"
    _, found = tried(text)
    assert Harmless("one/b", "the rule is left out") in found.harmless
    assert not any(one.rule == "one/b" and one.what == "the rule is left out" for one in found.survivors)


def test_a_fault_that_only_those_notice_of_whom_something_impossible_is_said_is_a_survivor() -> None:
    text = f"{VOCABULARY}impossible when pain=none and level > 5\nrule a: avoid squat when pain=none and level > 5\n"
    artifact, found = tried(text)
    left_out = ("one/a", "the rule is left out")
    (survivor,) = [one for one in found.survivors if (one.rule, one.what) == left_out]
    compilation = compiled(f"{text}\n{survivor.example}\n")
    assert run_examples(artifact, compilation.examples) == []
    faulty = next(fault.artifact for fault in faults(artifact) if (fault.rule, fault.what) == left_out)
    assert first_unmet(faulty, compilation.examples) is not None


def test_a_fault_that_moves_no_load_and_no_limit_is_no_survivor() -> None:
    more = """
    rule less: reduce load by 20 % for squat when level > 5
    rule least: reduce load by 50 % for squat when level > 4
    rule half: caution lunge when pain=acute limit load <= 50 %
    rule most: caution lunge when pain in (acute, chronic) limit load <= 40 %
    """
    _, found = tried(VOCABULARY + more)
    survivors = {(one.rule, one.what) for one in found.survivors}
    assert ("one/less", "the rule is left out") not in survivors
    assert ("one/half", "the limit on load is left out") not in survivors
    assert {("one/least", "the rule is left out"), ("one/most", "the limit on load is left out")} <= survivors


def test_a_limit_that_a_fault_adds_is_one_that_no_example_can_deny() -> None:
    more = (
        "rule near: modify squat when pain=acute limit load <= 50 %\nmodify squat when always limit depth <= 90 deg\n"
    )
    _, found = tried(f"{VOCABULARY}measure depth number 0 to 140 deg\n{more}")
    examples = {one.what: one.example for one in found.survivors if one.rule == "one/near"}
    assert examples["the rule is left out"] is not None
    assert "limit load" in examples["the rule is left out"]


def test_a_watcher_ends_it_and_what_was_not_tried_is_named() -> None:
    text = VOCABULARY + RULES
    artifact, whole = tried(text)
    of_tender = [fault for fault in faults(artifact) if fault.rule == "one/tender"]
    found = mutate(artifact, (), progress=lambda planted: planted[: planted.index(of_tender[0]) + 2])
    assert whole.untried == ()
    assert "one/tender" in found.untried
    assert found.untried == tuple(dict.fromkeys(fault.rule for fault in faults(artifact)))[-len(found.untried) :]


def test_faults_are_planted_in_the_rules_that_are_named() -> None:
    artifact, _ = tried(VOCABULARY + RULES)
    of_sore = [fault for fault in faults(artifact) if fault.rule == "one/sore"]
    found = mutate(artifact, (), rules=("one/sore",))
    assert found.noticed + len(found.harmless) + len(found.survivors) == len(of_sore)
    assert (found.untried, {one.rule for one in found.survivors}) == ((), {"one/sore"})


def test_the_order_of_examples_leaves_no_trace() -> None:
    examples = "".join(
        f'example "{level}"\n  given condition=disc, level={level}, cleared=no\n  expect squat {verdict}\n'
        for level, verdict in ((5, "allowed"), (6, "avoid"), (9, "avoid"))
    )
    artifact, found = tried(VOCABULARY + RULES + examples)
    compilation = compiled(VOCABULARY + RULES + examples)
    assert found == mutate(artifact, compilation.examples[::-1])
    assert found.noticed > 0


def test_an_example_that_fails_without_any_fault_notices_none() -> None:
    wrong = 'example "wrong"\n  given condition=disc, level=6, cleared=no\n  expect squat allowed\n'
    unread = 'example "of another fact"\n  given level=6\n  expect squat avoid\n'
    compilation = compiled(VOCABULARY + RULES + wrong + unread)
    assert compilation.release is not None
    assert len(run_examples(compilation.release.artifact, compilation.examples)) == 2
    assert mutate(compilation.release.artifact, compilation.examples, rules=("one/tender",)).noticed == 0


def test_where_nothing_that_matters_was_planted_there_is_no_score() -> None:
    found = Mutation(0, (Harmless("one/b", "the rule is left out"),), ())
    assert found.score is None
    assert found.reaches(100)


def test_a_score_is_never_rounded_up() -> None:
    found = Mutation(9_999, (), (Survivor("one/b", "the rule is left out", None),))
    assert found.score == 99.9
    assert found.reaches(99.99)
    assert not found.reaches(99.991)
