"""Loads and limits as formulas: whoever the solver finds has exactly these by the reference, or has not."""

from __future__ import annotations

from hypothesis import assume, event, given, settings

from dsl.analysis.answers import Answers
from dsl.analysis.claims import denied, somebody
from dsl.analysis.extent import expectations
from dsl.analysis.formulas import Budget
from dsl.analysis.witness import facts_of
from dsl.evaluation.examples import unmet
from dsl.semantics.checked import CheckedExample
from dsl.semantics.compiler import compile_sources
from dsl.syntax.source import NOWHERE, SourceFile
from tests.dsl.evaluation.generated import Pack, packs


@settings(max_examples=settings().max_examples // 4)
@given(packs())
def test_whoever_is_found_has_the_load_and_the_limits_or_has_not(generated: tuple[Pack, ...]) -> None:
    files = [SourceFile(f"{place}.rules", pack.text()) for place, pack in enumerate(generated)]
    compilation = compile_sources(files, with_prelude=False)
    assume(compilation.release is not None)
    assert compilation.release is not None
    artifact = compilation.release.artifact
    answers = Answers(artifact)
    for exercise, touching in answers.touching.items():
        for claim in expectations(exercise, touching.rules):
            against = denied(claim, answers)
            for formula, holds in ((against, False), (answers.formulas.opposite(against), True)):
                member = somebody([formula], answers, Budget())
                event(f"{type(claim).__name__} {'holds' if holds else 'does not hold'}: {member is not None}")
                if member is not None:
                    facts = facts_of(member, answers.members.facts)
                    example = CheckedExample("", "", facts, None, (claim,), NOWHERE)
                    assert (unmet(artifact, example) == []) is holds
