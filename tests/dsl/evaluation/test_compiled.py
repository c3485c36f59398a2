"""The compiled evaluator gives the very outcome of the reference."""

from __future__ import annotations

import datetime

from hypothesis import given, settings

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.reference import Reference
from tests.dsl.evaluation.generated import DATES, Member, Pack, crowds, packs
from tests.dsl.evaluation.test_guarantee import PACKS, compiled, read


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES)
def test_it_agrees_with_the_reference(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    fast, slow = Compiled(artifact), Reference(artifact)
    at = datetime.date.fromisoformat(day)
    for member in crowd:
        for raw in (member.partial, {**member.partial, **member.optional}, member.complete, member.fuller(), {}):
            facts = read(artifact, raw)
            found, expected = fast.evaluate(facts, at), slow.evaluate(facts, at)
            assert found.materialised() == expected
            applied = (expected.session, *(entry.applied for entry in expected.exercises.values()))
            assert set(found.surely_told()) == {rule.id for rules in applied for rule, certain in rules if certain}
            assert list(found.verdicts()) == [e.judgement.verdict.severity for e in expected.exercises.values()]
