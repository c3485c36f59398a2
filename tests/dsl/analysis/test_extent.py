"""Loads and limits as formulas: whoever the solver finds has so much of them by the reference, or has not."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from decimal import Decimal

from hypothesis import assume, event, given, settings

from dsl.analysis.answers import Answers
from dsl.analysis.claims import somebody
from dsl.analysis.extent import factors, go, limited, load_at_most, sides
from dsl.analysis.formulas import Budget, Formula
from dsl.analysis.witness import facts_of
from dsl.evaluation.outcome import Judgement
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.compiler import compile_sources
from dsl.semantics.facts import Door
from dsl.syntax.source import SourceFile
from tests.dsl.evaluation.generated import Pack, packs


@settings(max_examples=settings().max_examples // 4)
@given(packs())
def test_whoever_is_found_has_the_load_and_the_limits_or_has_not(generated: tuple[Pack, ...]) -> None:
    files = [SourceFile(f"{place}.rules", pack.text()) for place, pack in enumerate(generated)]
    compilation = compile_sources(files, with_prelude=False)
    assume(compilation.release is not None)
    assert compilation.release is not None
    artifact = compilation.release.artifact
    answers, reference, door = Answers(artifact), Reference(artifact), Door(artifact.vocabulary)
    for exercise in answers.touching:
        can = go(exercise, answers)
        for formula, is_so in bounds(exercise, answers):
            for wanted, holds in ((formula, True), (answers.formulas.opposite(formula), False)):
                member = somebody([can, wanted], answers, Budget())
                event(f"{is_so.__name__} {'holds' if holds else 'does not hold'}: {member is not None}")
                if member is not None:
                    facts = door.read(facts_of(member, answers.members.facts), artifact.vocabulary)
                    judgement = reference.evaluate(facts, datetime.date.min).exercises[exercise].judgement
                    assert judgement.verdict.go
                    assert is_so(judgement) is holds


def bounds(exercise: str, answers: Answers) -> Iterator[tuple[Formula, Callable[[Judgement], bool]]]:
    """Yield every bound of `exercise` as a formula, and whether a judgement keeps to it."""
    rules = answers.touching[exercise].rules
    for factor in factors(rules):
        yield load_at_most(exercise, factor, answers), loaded(factor)
    for measure in {limit.measure for rule in rules for limit in rule.limits}:
        for side in sides(rules, measure):
            yield limited(exercise, side, answers), bound_by(side)


def loaded(factor: Decimal) -> Callable[[Judgement], bool]:
    def load(judgement: Judgement) -> bool:
        assert judgement.load_factor is not None
        return judgement.load_factor <= factor

    return load


def bound_by(side: ir.Limit) -> Callable[[Judgement], bool]:
    def limit(judgement: Judgement) -> bool:
        found = next((limit for limit in judgement.limits if limit.measure == side.measure), ir.Limit(side.measure))
        if side.low is not None:
            return found.low is not None and found.low >= side.low
        assert side.high is not None
        return found.high is not None and found.high <= side.high

    return limit
