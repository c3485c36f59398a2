"""Whatever the rules are, the compiled evaluator gives the very outcome of the reference: of few rules and of many."""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random

import msgspec
from hypothesis import given, settings

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.evaluation.wide import Wide
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import FORMAT, Artifact
from tests.dsl.evaluation.artifacts import DAY, PACKS, VOCABULARY, artifacts, member, rule
from tests.dsl.evaluation.artifacts import MANY as LISTS
from tests.seeds import seeded, several, some

CROWD = 66
Edit = Callable[[Artifact], Artifact]


def edits(chosen: Random) -> Edit:
    """Return what changes a release: some rules gone, changed or new; those that are overridden stay."""
    written = [rule(f"rule_{chosen.randrange(12):02}", chosen) for _ in range(chosen.randint(0, 3))]

    def edit(artifact: Artifact) -> Artifact:
        rules = {one.id: one for one in (*artifact.rules, *written)}
        free = sorted(rules.keys() - {override.rule for override in artifact.overrides})
        for name in some(chosen, free, most=2):
            del rules[name]
        return msgspec.structs.replace(artifact, rules=tuple(rules[name] for name in sorted(rules)))

    return edit


FEW, MANY = 10**9, 0


@settings(max_examples=2 * settings().max_examples)
@given(artifacts(), seeded(lambda chosen: [member(chosen) for _ in range(CROWD)]))
def test_it_agrees_with_the_reference(artifact: Artifact, crowd: list[Facts]) -> None:
    reference = Reference(artifact)
    both = [Compiled(artifact, wide) for wide in (FEW, MANY)]
    for facts in crowd:
        expected, surely = reference.evaluate(facts, DAY), fired(reference, artifact, facts)
        for compiled in both:
            found = compiled.evaluate(facts, DAY)
            assert list(found.verdicts()) == severities(expected), facts
            assert sorted(found.fired()) == surely, facts
            assert found.materialised() == expected, facts


@settings(max_examples=2 * settings().max_examples)
@given(artifacts(), several(edits, 3, 3), several(member, 1, 8))
def test_what_is_taken_over_from_a_release_with_other_rules_changes_no_answer(
    artifact: Artifact, edited: list[Edit], crowd: list[Facts]
) -> None:
    before = Compiled(artifact, MANY)
    for edit in edited:
        artifact = edit(artifact)
        taken_over, anew = Compiled(artifact, MANY, previous=before), Compiled(artifact, MANY)
        for facts in crowd:
            found, expected = taken_over.evaluate(facts, DAY), anew.evaluate(facts, DAY)
            assert list(found.verdicts()) == list(expected.verdicts())
            assert sorted(found.fired()) == sorted(expected.fired())
            assert found.materialised() == expected.materialised()
        before = taken_over


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


def test_what_is_taken_over_keeps_no_rule_of_the_release_before() -> None:
    before, after = many_rules(200), many_rules(200, changed=True)
    unchanged = before.rules[5]
    referred = sys.getrefcount(unchanged)
    taken_over = Compiled(after, MANY, previous=Compiled(before, MANY))
    assert sys.getrefcount(unchanged) == referred
    assert after.rules[5] in taken_over.ranked


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
