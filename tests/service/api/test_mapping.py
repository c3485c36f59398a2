"""What is read of a release, on the wire."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dsl import Evaluator, Release
from dsl.semantics import ir
from dsl.semantics.release import FORMAT, Artifact
from dsl.semantics.vocabulary import Coding, Exercise, Fact, Kind, Term, Vocabulary
from service.api.v1.mapping import facts_v1, guard_text, rules_v1
from service.api.v1.schemas import CitationV1, CodeV1, FactV1, TermV1
from service.operations.library import Loaded

CHRONIC = ir.Choice("pain", ("chronic",))
TINGLING = ir.Has("symptom", "tingling")
TIRED = ir.Compare("sleep", "<", Decimal("5.5"))


@pytest.mark.parametrize(
    ("guard", "text"),
    [
        (ir.Always(), "always"),
        (ir.Never(), "not always"),
        (CHRONIC, "pain=chronic"),
        (ir.Choice("pain", ("chronic",), negated=True), "pain!=chronic"),
        (ir.Choice("pain", ("none", "chronic")), "pain in (none, chronic)"),
        (ir.Choice("pain", ("none", "chronic"), negated=True), "pain not in (none, chronic)"),
        (TINGLING, "symptom=tingling"),
        (ir.Has("symptom", "tingling", present=False), "not symptom=tingling"),
        (TIRED, "sleep < 5.5"),
        (ir.Unknown("symptom"), "unknown symptom"),
        (ir.Unknown("symptom", negated=True), "not unknown symptom"),
        (ir.AllOf((CHRONIC, ir.AnyOf((TINGLING, TIRED)))), "pain=chronic and (symptom=tingling or sleep < 5.5)"),
        (ir.AnyOf((CHRONIC, ir.AllOf((TINGLING, TIRED)))), "pain=chronic or (symptom=tingling and sleep < 5.5)"),
        (ir.AtLeast(2, (CHRONIC, TINGLING, TIRED)), "at least 2 of (pain=chronic, symptom=tingling, sleep < 5.5)"),
    ],
)
def test_a_guard_reads_as_an_author_would_write_it(guard: ir.Guard, text: str) -> None:
    assert guard_text(guard) == text


def _loaded(vocabulary: Vocabulary, *rules: ir.Rule) -> Loaded:
    pack = ir.Pack("main", author="A. Clinician", sources=(ir.Source("article", "An article", "https://a.example"),))
    release = Release(Artifact(FORMAT, (pack,), vocabulary, rules))
    return Loaded("small", 3, release, Evaluator(release))


def test_facts_say_how_they_are_asked_and_when() -> None:
    after = Fact(
        "pain_after",
        Kind.NUMBER,
        "Pain after",
        "How bad?",
        low=Decimal(0),
        high=Decimal("9.5"),
        unit="%",
        asked_when=CHRONIC,
    )
    flag = Term(
        "tingling", "Tingling", ("pins and needles",), (Coding("icd10cm", "R20.2", suggests=True),), red_flag=True
    )
    symptom = Fact("symptom", Kind.MANY_OF, terms=(flag,), red_flag=True)
    steps = Fact("steps", Kind.NUMBER, whole=True, optional=True)
    answer = facts_v1(
        _loaded(Vocabulary((after, symptom, steps, Fact("cleared", Kind.YES_NO), Fact("pain", Kind.ONE_OF))))
    )
    assert (answer.ruleset, answer.release) == ("small", 3)
    assert answer.facts[0] == FactV1(
        name="pain_after",
        label="Pain after",
        ask="How bad?",
        type="number",
        terms=(),
        min=0,
        max=9.5,
        unit="%",
        synonyms=(),
        codes=(),
        red_flag=False,
        optional=False,
        context=False,
        default=None,
        asked_when="pain=chronic",
    )
    assert answer.facts[1].terms == (
        TermV1("tingling", "Tingling", ("pins and needles",), (CodeV1("icd10cm", "R20.2", True),), True),
    )
    assert [fact.type for fact in answer.facts] == ["number", "many_of", "whole_number", "yes_no", "one_of"]


def test_rules_have_their_sources_and_their_packs_author() -> None:
    rule = ir.Rule(
        "main/a",
        "main",
        ir.Effect.AVOID,
        ir.Always(),
        ("deadlift",),
        offers=("bridge",),
        citations=(ir.Citation("article", "Deadlifts", "heavy"),),
    )
    answer = rules_v1(_loaded(Vocabulary(exercises=(Exercise("bridge"), Exercise("deadlift"))), rule))
    found = answer.rules["main/a"]
    assert (found.effect, found.exercises, found.instead, found.author) == (
        "avoid",
        ("deadlift",),
        ("bridge",),
        "A. Clinician",
    )
    assert found.sources == (CitationV1("article", "An article", "Deadlifts", "heavy", "https://a.example"),)
