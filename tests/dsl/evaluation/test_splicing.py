"""The answer that is put together from bytes is the decision, byte for byte."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

import msgspec
from hypothesis import event, given, settings
from hypothesis import strategies as st

from dsl.evaluation.build import compile_paths
from dsl.evaluation.decision import Decision
from dsl.evaluation.evaluator import Evaluator
from dsl.evaluation.remembered import Memory, Remembered, kept, projection
from dsl.semantics.facts import Facts
from dsl.semantics.ir import Choice, Compare, Unknown
from dsl.semantics.reading import shipped_rules
from dsl.semantics.release import Release
from dsl.semantics.vocabulary import Fact, Kind
from tests.dsl.evaluation.generated import DATES, EXERCISES, Member, Pack, Raw, crowds, packs
from tests.dsl.evaluation.test_guarantee import PACKS, release_of

NAMES = st.none() | st.lists(st.sampled_from((*EXERCISES, "Deadlift", "back squat", "juggling", "brigde")), max_size=4)


def evaluator_of(generated: tuple[Pack, ...]) -> Evaluator:
    return Evaluator(release_of(tuple((f"{pack.name}.rules", pack.text()) for pack in generated)))


def noon(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T12:00:00Z")


def without_texts(decision: Decision) -> dict[str, Any]:
    """Return what `texts=False` leaves of a decision."""
    answer: dict[str, Any] = msgspec.to_builtins(decision)
    del answer["rules"]
    for exercise in answer["exercises"]:
        del exercise["label"]
        for advice in exercise["advice"]:
            del advice["text"]
    for question in answer["questions"]:
        del question["ask"], question["why"]
        for option in question["options"] or ():
            del option["label"]
    return answer


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES, NAMES, st.booleans())
def test_it_is_the_decision(
    generated: tuple[Pack, ...], crowd: list[Member], day: str, exercises: list[str] | None, asked: bool
) -> None:
    evaluator, at = evaluator_of(generated), noon(day)
    asked_with: Release | None = evaluator.release if asked else None
    known: list[Raw] = [{}, {"symptom": [], "condition": ["disc"]}]
    for raw in (*known, *(raw for member in crowd for raw in (member.partial, member.fuller()))):
        decision = evaluator.evaluate(raw, exercises=exercises, asked_with=asked_with, at=at)
        answer = evaluator.answer(raw, exercises=exercises, asked_with=asked_with, at=at)
        short = evaluator.answer(raw, exercises=exercises, asked_with=asked_with, at=at, texts=False)
        assert answer == decision.to_json()
        assert short == msgspec.json.encode(without_texts(decision))
        event(f"disposition {decision.disposition}, {'some' if decision.questions else 'no'} questions")


@lru_cache(maxsize=1)
def shipped() -> Evaluator:
    return Evaluator(compile_paths([shipped_rules()]))


def anybody(facts: Sequence[Fact], chosen: Random) -> dict[str, object]:
    """Return what might be known of a member: of most no red flag, some facts left out, lists complete and not."""
    known: dict[str, object] = {}
    share = chosen.choice((0.2, 0.8, 0.95, 1.0))
    flagged = chosen.choice((0, 0, 0.05))
    for fact in facts:
        if chosen.random() > share:
            continue
        terms = [term.name for term in fact.terms if not term.red_flag or chosen.random() < flagged]
        some = chosen.sample(terms, min(len(terms), chosen.choice((0, 0, 1, 2, 3))))
        match fact.kind:
            case Kind.YES_NO:
                known[fact.name] = chosen.random() < (flagged if fact.red_flag else 0.5)
            case Kind.ONE_OF:
                known[fact.name] = chosen.choice(fact.terms).name
            case Kind.NUMBER:
                known[fact.name] = chosen.randint(int(fact.low or 0), int(fact.high or 100))
            case Kind.MANY_OF:
                partial = {"present": some, "absent": [term.name for term in fact.terms if term.name not in some][:2]}
                known[fact.name] = partial if chosen.random() < 0.2 else some
    return known


@given(st.integers(0, 2**32), st.sampled_from(("2026-11-22", "2099-01-01")))
def test_it_is_the_decision_of_the_shipped_packs(seed: int, day: str) -> None:
    evaluator, chosen = shipped(), Random(seed)  # noqa: S311 - no secret: members to try
    vocabulary = evaluator.release.artifact.vocabulary
    names = [exercise.name for exercise in vocabulary.exercises]
    for exercises in (None, [*chosen.sample(names, 3), "Leg press", "no such thing"]):
        raw = anybody(vocabulary.facts, chosen)
        asked_with = evaluator.release if chosen.random() < 0.8 else None
        decision = evaluator.evaluate(raw, exercises=exercises, asked_with=asked_with, at=noon(day))
        answer = evaluator.answer(raw, exercises=exercises, asked_with=asked_with, at=noon(day))
        short = evaluator.answer(raw, exercises=exercises, asked_with=asked_with, at=noon(day), texts=False)
        assert answer == decision.to_json()
        assert short == msgspec.json.encode(without_texts(decision))
        event(f"disposition {decision.disposition}, {sum(entry.go for entry in decision.exercises) // 20 * 20}+ GO")


def test_a_catalogue_of_more_exercises_than_an_octet_counts() -> None:
    hinges = "\n".join(f"exercise e{place:03} is hinge" for place in range(300))
    text = f"""
pack one
fact condition many of disc
fact equipment many of bar, band
class hinge
{hinges}
exercise other is hinge needs bar
exercise another is hinge needs band
allow hinge when always
avoid e000, e001 when condition=disc because "So."
caution e002 when condition=disc because "So." instead e299, e001, other, another
avoid e003 when condition=disc because "So." instead e298, other, another
"""
    evaluator = Evaluator(release_of((("one.rules", text),)))
    at = noon("2026-11-22")
    members: list[dict[str, object]] = [
        {"condition": ["disc"], "equipment": {"present": ["bar"]}},
        {"condition": ["disc"]},
        {"equipment": []},
    ]
    for raw in members:
        decision = evaluator.evaluate(raw, at=at)
        assert evaluator.answer(raw, at=at) == decision.to_json()
        if "condition" in raw:
            assert decision.for_exercise("e000").instead == ("another", "e002", "e004", "e005", "e006")
            assert decision.for_exercise("e002").instead == ("e299", "other", "another")


def test_more_than_its_own_members_can_stand_in_the_object() -> None:
    evaluator, at = shipped(), noon("2026-11-22")
    plain = evaluator.answer({}, at=at)
    assert evaluator.answer({}, at=at, opening=b'{"decision":"1",') == b'{"decision":"1",' + plain[1:]
    assert evaluator.answer({}, exercises=[], at=at) == evaluator.evaluate({}, exercises=[], at=at).to_json()


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    memory = Memory(2)
    worked_out: list[str | None] = []

    def pain(facts: Facts) -> str | None:
        worked_out.append(facts.choices.get("pain"))
        return facts.choices.get("pain")

    remembered = Remembered([Choice("pain", ("acute",))], pain, memory)
    for value in ("acute", "none", "acute", "chronic", "none", "acute"):
        assert remembered(Facts(choices={"pain": value})) == value
    assert worked_out == ["acute", "none", "chronic", "acute"]
    found: dict[int, int] = {}
    assert [kept(found, key, lambda key=key: -key, most=2) for key in (1, 2, 1, 3, 1)] == [-1, -2, -1, -3, -1]  # type: ignore[misc]  # a default binds the key
    assert sorted(found) == [1, 3]


def test_what_asks_whether_something_is_known_is_remembered_by_that() -> None:
    read = projection([Unknown("pain"), Unknown("symptom", ("numb", "tingle")), Compare("age", "<", Decimal(3))])
    known = Facts(choices={"pain": "acute"}, terms={"symptom": {"numb": True, "tingle": False}})
    less = Facts(choices={"pain": "acute"}, terms={"symptom": {"numb": True}})
    assert read(known) != read(less)
    assert read(known) != read(Facts(terms=known.terms))
    assert read(known) != read(Facts(choices=known.choices, terms=known.terms, numbers={"age": Decimal(3)}))
