"""The compiled evaluator gives the very outcome of the reference."""

from __future__ import annotations

import datetime

from hypothesis import given, settings

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.reference import Reference
from tests.dsl.evaluation.generated import DATES, Member, Pack, Raw, member, packs
from tests.dsl.evaluation.test_guarantee import PACKS, compiled, read
from tests.seeds import seeded

CROWD = 34
"""Members of each pack: with four requests each, and those of `test_compiled_rules`, more than 50,000 are tried."""


def requests(of: Member) -> tuple[Raw, ...]:
    return of.partial, {**of.partial, **of.optional}, of.complete, of.fuller()


@settings(max_examples=PACKS)
@given(packs(), seeded(lambda chosen: [member(chosen) for _ in range(CROWD)]), DATES)
def test_it_agrees_with_the_reference(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    fast, slow = Compiled(artifact), Reference(artifact)
    at = datetime.date.fromisoformat(day)
    for raw in ({}, *(raw for one in crowd for raw in requests(one))):
        facts = read(artifact, raw)
        found, expected = fast.evaluate(facts, at), slow.evaluate(facts, at)
        assert found.materialised() == expected, raw
        applied = (expected.session, *(entry.applied for entry in expected.exercises.values()))
        assert set(found.surely_told()) == {rule.id for rules in applied for rule, certain in rules if certain}, raw
        assert list(found.verdicts()) == [e.judgement.verdict.severity for e in expected.exercises.values()], raw
