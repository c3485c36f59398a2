"""Rules and vocabulary as they stand in the artifact."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from dsl.semantics import ir
from dsl.semantics.vocabulary import Kind
from dsl.syntax.formatter import format_statement
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.dsl.semantics.compiling import artifact, rules

VOCABULARY = """
fact pain one of none, acute
fact level number 0 to 10
fact sleep number 0 to 24 h
fact moment context one of before, during default before
fact reps context whole number 0 to 20 default 5
measure load number 0 to 100 %
measure depth number 0 to 140 deg
measure rest number 0 to 10 min
measure weight scale light < moderate < heavy
class hinge
exercise squat is hinge
exercise bridge is hinge
parameter half = 50 % in 30 % to 70 %
allow bridge when always
"""


def rule(text: str) -> ir.Rule:
    ours = set(rules(VOCABULARY + text)) - set(rules(VOCABULARY))
    (name,) = ours
    return rules(VOCABULARY + text)[name]


def digest(text: str) -> str:
    file, _ = parse(SourceFile("a.rules", text))
    return hashlib.sha256(format_statement(file.statements[0]).encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("avoid squat when pain=acute", "main/avoid-squat-"),
        ("avoid hinge but not (bridge), bridge when pain=acute", "main/avoid-hinge-"),
        ("caution any when pain=acute", "main/caution-any-"),
        ("require clearance for squat when pain=acute", "main/require-clearance-squat-"),
        ('stop session when pain=acute say "Stop."', "main/stop-session-"),
        ('refer urgent when pain=acute say "Go."', "main/refer-urgent-"),
        ('advise form "Slowly." for squat when always', "main/advise-form-"),
        ("progress load by 5 % for squat when pain=none", "main/progress-squat-"),
    ],
)
def test_an_unnamed_rule_is_known_by_what_it_does_and_its_text(text: str, beginning: str) -> None:
    assert rule(text).id == beginning + digest(text)


def test_layout_and_comments_do_not_change_an_id() -> None:
    assert rule("avoid squat when pain=acute").id == rule("avoid  squat  # …\n  when\n pain = acute").id


def test_a_named_rule_is_known_by_its_name() -> None:
    assert rule("rule deep.squats: avoid squat when pain=acute").id == "main/deep.squats"


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ('refer emergency when pain=acute say "Go."', ir.Effect.EMERGENCY),
        ('refer routine when pain=acute say "Go."', ir.Effect.ROUTINE),
        ('stop session when pain=acute say "Go."', ir.Effect.STOP),
        ("require clearance for squat when pain=acute", ir.Effect.CLEARANCE),
        ("hold load for squat when pain=acute", ir.Effect.HOLD),
        ("hold squat when pain=acute", ir.Effect.HOLD),
        ("recommend squat when pain=acute", ir.Effect.RECOMMEND),
        ('advise form "Slowly." when always', ir.Effect.ADVISE),
    ],
)
def test_what_a_rule_does(text: str, effect: ir.Effect) -> None:
    assert rule(text).effect is effect


@pytest.mark.parametrize(
    ("limits", "sealed"),
    [
        ("load <= 50 %", [ir.Limit("load", None, Decimal(50))]),
        ("load >= 20", [ir.Limit("load", Decimal(20), None)]),
        ("weight <= moderate", [ir.Limit("weight", None, Decimal(1))]),
        ("weight = light", [ir.Limit("weight", Decimal(0), Decimal(0))]),
        ("rest >= 90 s", [ir.Limit("rest", Decimal("1.5"), None)]),
        ("load <= half", [ir.Limit("load", None, Decimal(50))]),
        ("load <= 60 %, load >= 20 %, load <= 50 %", [ir.Limit("load", Decimal(20), Decimal(50))]),
        (
            "load <= 50 %, depth <= 90.0 deg",
            [ir.Limit("depth", None, Decimal(90)), ir.Limit("load", None, Decimal(50))],
        ),
    ],
)
def test_limits_are_intervals_in_the_unit_or_scale_of_their_measure(limits: str, sealed: list[ir.Limit]) -> None:
    found = rule(f"modify squat when pain=acute limit {limits}")
    assert list(found.limits) == sealed


def test_numbers_stand_in_one_form() -> None:
    found = rule("modify squat when level > 5.00 limit depth <= 90.0 deg")
    assert str(found.limits[0].high) == "90"
    assert isinstance(found.guard, ir.Compare)
    assert str(found.guard.value) == "5"


def test_steps_of_the_load() -> None:
    assert rule("progress load by 2.5 % for squat when pain=none").step == Decimal("1.025")
    assert rule("reduce load by 20 % for any when pain=acute").step == Decimal("0.8")
    assert rule("progress load by 100 % for squat when pain=none").step == Decimal(2)
    assert rule("hold squat when pain=acute").step is None


def test_every_clause_arrives() -> None:
    found = artifact(
        VOCABULARY
        + 'source article "An article" url "https://example.org"\n'
        + "rule deep: modify squat when pain=acute limit load <= 50 % to bridge instead bridge\n"
        + '  except when level <= 1 because "Barely hurts." because "Shear." say "Go easy."\n'
        + '  from article section "Squats" quote "go easy" evidence trial author "Dr. A"\n'
    )
    deep = next(one for one in found.rules if one.id == "main/deep")
    assert deep.offers == ("bridge",)
    assert deep.exceptions == (ir.Exception_(ir.Compare("level", "<=", Decimal(1)), "Barely hurts."),)
    assert (deep.because, deep.say, deep.evidence, deep.author) == ("Shear.", "Go easy.", "trial", "Dr. A")
    assert deep.citations == (ir.Citation("article", "Squats", "go easy"),)
    assert found.packs == (ir.Pack("main", sources=(ir.Source("article", "An article", "https://example.org"),)),)


def test_advice_has_a_topic_and_a_text_and_needs_no_exercise() -> None:
    found = rule('advise warm_up "Five minutes." when always')
    assert (found.topic, found.text, found.exercises, found.guard) == ("warm_up", "Five minutes.", (), ir.Always())


def test_overrides_and_contradictions() -> None:
    found = artifact(
        f"{VOCABULARY}rule deep: avoid squat when pain=acute\n",
        'pack team\noverride deep of main when level < 2 because "…"\nimpossible when pain=none and level > 0\n',
    )
    low = ir.Compare("level", "<", Decimal(2))
    assert found.overrides == (ir.Override("main/deep", "team", low, "…"),)
    (contradiction,) = found.contradictions
    assert contradiction.text == "pain=none and level > 0"
    assert isinstance(contradiction.guard, ir.AllOf)


def test_facts() -> None:
    facts = {fact.name: fact for fact in artifact(VOCABULARY).vocabulary.facts}
    assert [term.name for term in facts["pain"].terms] == ["none", "acute"]
    assert (facts["sleep"].kind, facts["sleep"].low, facts["sleep"].high) == (Kind.NUMBER, Decimal(0), Decimal(24))
    assert facts["sleep"].unit == "h"
    assert (facts["moment"].default, facts["reps"].default, facts["reps"].whole) == ("before", "5", True)


def test_a_fact_that_is_asked_only_then_carries_its_guard() -> None:
    found = artifact("fact first yes or no\nfact after number 0 to 10 asked when not first=yes\n").vocabulary.facts
    assert found[0].asked_when == ir.Choice("first", ("no",))


def test_codes_of_children_stand_under_their_parent() -> None:
    (fact,) = artifact('fact c many of sciatica code icd10cm M54.3x, "M21.37x" suggests\n').vocabulary.facts
    assert [(code.code, code.suggests) for code in fact.terms[0].codes] == [("M21.37", True), ("M54.3", True)]


def test_covers_is_lowered_in_its_pack() -> None:
    (pack,) = artifact("pack legs\n  covers sore\nfact pain one of none, acute\ndefine sore when pain=acute\n").packs
    assert pack.covers == ir.Choice("pain", ("acute",))
