"""Whatever the rules are, the compiled evaluator gives the very outcome of the reference: of few rules and of many."""

from __future__ import annotations

from hypothesis import given, settings

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.dsl.evaluation.artifacts import DAY, artifacts, member
from tests.seeds import seeded

CROWD = 66
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


def severities(outcome: Outcome) -> list[int]:
    return [entry.judgement.verdict.severity for entry in outcome.exercises.values()]


def fired(reference: Reference, artifact: Artifact, facts: Facts) -> list[str]:
    """Return the ids of the rules that surely apply."""
    standings = reference._standings(facts, DAY)  # noqa: SLF001 - what an outcome does not tell of every rule
    return [
        rule.id
        for rule in artifact.rules
        if (standings[rule.id].grants if rule.effect in ir.PERMISSIVE else standings[rule.id].restricts) is True
    ]
