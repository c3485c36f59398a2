"""Whatever the rules are, the compiled evaluator gives the very outcome of the reference: of few rules and of many."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.evaluation.wide import Wide
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import FORMAT, Artifact
from tests.dsl.evaluation.artifacts import DAY, PACKS, VOCABULARY, artifacts, bodies, members
from tests.dsl.evaluation.artifacts import MANY as LISTS

CROWDS = st.lists(members(), min_size=1, max_size=4)
FEW, MANY = 10**9, 0


@pytest.mark.parametrize("wide", [FEW, MANY])
@settings(max_examples=200)
@given(artifacts(), CROWDS)
def test_it_agrees_with_the_reference(wide: int, artifact: Artifact, crowd: list[Facts]) -> None:
    compiled, reference = Compiled(artifact, wide), Reference(artifact)
    for facts in crowd:
        expected = reference.evaluate(facts, DAY)
        assert compiled.evaluate(facts, DAY).materialised() == expected
        assert list(compiled.evaluate(facts, DAY).verdicts()) == severities(expected)
        assert sorted(compiled.evaluate(facts, DAY).fired()) == fired(reference, artifact, facts)


@settings(max_examples=200)
@given(st.data(), artifacts(), CROWDS)
def test_what_is_taken_over_from_a_release_with_other_rules_changes_no_answer(
    data: st.DataObject, artifact: Artifact, crowd: list[Facts]
) -> None:
    before = Compiled(artifact, MANY)
    for _ in range(3):
        artifact = data.draw(edited(artifact))
        taken_over, anew = Compiled(artifact, MANY, previous=before), Compiled(artifact, MANY)
        for facts in crowd:
            assert taken_over.evaluate(facts, DAY).materialised() == anew.evaluate(facts, DAY).materialised()
            assert list(taken_over.evaluate(facts, DAY).verdicts()) == list(anew.evaluate(facts, DAY).verdicts())
            assert sorted(taken_over.evaluate(facts, DAY).fired()) == sorted(anew.evaluate(facts, DAY).fired())
        before = taken_over


@st.composite
def edited(draw: st.DrawFn, artifact: Artifact) -> Artifact:
    """Return `artifact` with some rules gone, changed or new; overrides keep to rules that are there."""
    rules = {rule.id: rule for rule in artifact.rules}
    overridden = {override.rule for override in artifact.overrides}
    for rule in draw(bodies(3)):
        rules[rule.id] = rule
    for name in draw(st.sets(st.sampled_from(sorted(rules)), max_size=2)) if rules else ():
        if name not in overridden:
            del rules[name]
    return msgspec.structs.replace(artifact, rules=tuple(rules[name] for name in sorted(rules)))


def test_the_release_before_goes_on_answering_for_itself() -> None:
    before, after = many_rules(4), many_rules(4, changed=True)
    old = Compiled(before, MANY)
    facts = Facts(choices={"phase": "acute"})
    said = old.evaluate(facts, DAY).materialised()
    new = Compiled(after, MANY, previous=old)
    assert new.evaluate(facts, DAY).materialised() == Reference(after).evaluate(facts, DAY) != said
    assert old.evaluate(facts, DAY).materialised() == said


def test_one_changed_rule_leaves_the_folders_of_others_alone() -> None:
    old = Compiled(many_rules(200), MANY)
    new = Compiled(many_rules(200, changed=True), MANY, previous=old)
    assert isinstance(old.rules, Wide)
    assert isinstance(new.rules, Wide)
    folders, before = new.rules.filed.folders, old.rules.filed.folders
    anew = [under for under, folder in folders.items() if folder.rows is not before[under].rows]
    assert len(anew) <= 2 < len(folders)


def many_rules(count: int, *, changed: bool = False) -> Artifact:
    """Return a release of so many rules about all phases and conditions, one of which may be another one."""
    conditions = [term.name for term in LISTS["condition"].terms]
    rules = {
        f"clinic/{place:03}": ir.Rule(
            id=f"clinic/{place:03}",
            pack="clinic",
            effect=ir.Effect.CAUTION,
            guard=ir.Choice("phase", (("acute", "early", "late")[place % 3],))
            if place % 2
            else ir.Has("condition", conditions[place % len(conditions)]),
            exercises=("bridge",),
        )
        for place in range(count)
    }
    if changed:
        first = "clinic/001"
        avoided = msgspec.structs.replace(rules[first], effect=ir.Effect.AVOID, guard=ir.Choice("phase", ("acute",)))
        rules[first] = avoided
    return Artifact(FORMAT, tuple(map(ir.Pack, PACKS)), VOCABULARY, tuple(rules.values()))


def severities(outcome: Outcome) -> list[int]:
    return [entry.judgement.verdict.severity for entry in outcome.exercises.values()]


def fired(reference: Reference, artifact: Artifact, facts: Facts) -> list[str]:
    """Return the ids of the rules that surely apply."""
    standings = reference.standings(facts, DAY)
    return [
        rule.id
        for rule in artifact.rules
        if (standings[rule.id].grants if rule.effect in ir.PERMISSIVE else standings[rule.id].restricts) is True
    ]
