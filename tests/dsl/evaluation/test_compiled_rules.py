"""Whatever the rules are, the compiled evaluator gives the very outcome of the reference: of few rules and of many."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.dsl.evaluation.artifacts import DAY, artifacts, members

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
