"""The quick reading of facts: it says what the careful one says, or nothing."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.semantics.careful_reading import CarefulReading
from dsl.semantics.code_index import CodeIndex, covers_code
from dsl.semantics.fact_names import FactNames
from dsl.semantics.facts import Door
from dsl.semantics.known import MOST_FACTS, Facts, FactsError, Terms
from dsl.semantics.name_index import Entry, NameIndex
from dsl.semantics.quick_reading import QuickReader
from dsl.semantics.vocabulary import Coding, Fact, Kind, Term, Vocabulary
from tests.dsl.evaluation import generated
from tests.dsl.semantics.compiling import artifact
from tests.dsl.semantics.requests import EARLIER, VOCABULARY, requests

NAMES = FactNames(VOCABULARY)
QUICK = QuickReader(NAMES)
DOOR = Door(VOCABULARY)
questionnaires = st.sampled_from((None, VOCABULARY, EARLIER))


def said(facts: Facts) -> object:
    """Return everything that `facts` say, digits of numbers and places of defaults included."""
    terms = {
        fact: (dict(states), set(states.present), set(states.unknown))
        for fact, states in cast("Mapping[str, Terms]", facts.terms).items()
    }
    numbers = [(fact, number.as_tuple()) for fact, number in facts.numbers.items()]
    return list(facts.choices.items()), list(terms.items()), numbers, facts.suggested


def outcome(names: FactNames, raw: Mapping[str, object], asked: Vocabulary | None) -> object:
    try:
        return said(CarefulReading(names, asked).read(raw))
    except FactsError as error:
        return error.problems


@given(requests(), questionnaires)
def test_what_is_read_quickly_is_what_a_careful_reading_says(raw: dict[str, object], asked: Vocabulary | None) -> None:
    quick = QUICK.read(raw, asked)
    assert quick is None or said(quick) == outcome(NAMES, raw, asked)


@given(requests(), questionnaires)
def test_the_door_says_what_a_careful_reading_says(raw: dict[str, object], asked: Vocabulary | None) -> None:
    try:
        found: object = said(DOOR.read(raw, asked))
    except FactsError as error:
        found = error.problems if error.__context__ is None else error.__context__
    assert found == outcome(NAMES, raw, asked)


PACK = artifact(f"pack one\n{generated.VOCABULARY}\nallow squat when always").vocabulary
PACK_NAMES = FactNames(PACK)
PACK_QUICK = QuickReader(PACK_NAMES)


@given(generated.members(), st.sampled_from((None, PACK)))
def test_members_are_read_quickly(member: generated.Member, asked: Vocabulary | None) -> None:
    for raw in (member.complete, member.partial, member.fuller()):
        quick = PACK_QUICK.read(raw, asked)
        assert quick is not None
        assert said(quick) == outcome(PACK_NAMES, raw, asked)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"pain": 3, "change": -12.5, "reps": 7.0, "sleep": {"value": 430, "unit": "min"}, "mass": 10**19},
        {"condition": [], "symptom": ["stiffness"], "warning": {"present": ["fever"]}, "kit": {"absent": ["bench"]}},
        {"condition": ["M51.26", {"system": "snomed", "code": "307177001"}, "slipped disc", "DISC"]},
        {"condition": {"present": ["disc"], "absent": ["sciatica", "M54.31"]}},
        {"phase": "acute", "cleared": True, "drop": False, "moment": "during", "seated": None},
        {"Phase": "R52", "72514-3": 3, "signed-off": True, "diagnosis": ["strain"]},
    ],
)
def test_what_callers_send_is_read_quickly(raw: dict[str, object]) -> None:
    quick = QUICK.read(raw)
    assert quick is not None
    assert said(quick) == outcome(NAMES, raw, None)


class Text(str):
    """Text of another library."""

    __slots__ = ()


class Echo:
    """Something that is no text and says that it is."""

    def __eq__(self, other: object) -> bool:
        return other == "pain"

    def __hash__(self) -> int:
        return hash("pain")


@pytest.mark.parametrize(
    "raw",
    [
        {"pain": 3, "PAIN": None},
        {"Pain": 3, "PAIN": 3},
        {"same name": True},
        {"same_name": True},
        {"phase": "lasting"},
        {"phase": "G89.21"},
        {"phase": Text("acute")},
        {"condition": ["M51.27"]},
        {"condition": ["hernia"]},
        {"condition": ("disc",)},
        {"condition": ["disc", ["disc"]]},
        {"condition": [{"system": "snomed", "code": ["307177001"]}]},
        {"condition": [{"system": "snomed", "code": "307177001", "display": "Sciatica"}]},
        {"condition": {"present": ["disc"], "absent": ["disc"]}},
        {"condition": {"present": ["disc"], "missing": []}},
        {"condition": ["disc"] * (MOST_FACTS + 1)},
        {"condition": {"absent": ["disc"] * (MOST_FACTS + 1)}},
        {"pain": 11},
        {"pain": True},
        {"pain": float("nan")},
        {"pain": {"value": 3, "unit": "h"}},
        {"mass": 10**20},
        {"mass": {"value": -(10**20), "unit": "kg"}},
        {"mass": {"value": 3, "unit": "h"}},
        {"mass": {"value": 3, "unit": "kg", "at": "noon"}},
        {"reps": 2.5},
        {"M21.371": True},
        {Echo(): 3},
        {f"fact_{place}": None for place in range(MOST_FACTS + 1)},
        [],
    ],
)
def test_what_is_unusual_is_left_to_a_careful_reading(raw: dict[str, object]) -> None:
    assert QUICK.read(raw) is None


def test_a_number_is_read_as_it_is_written() -> None:
    facts = QUICK.read({"pain": 7.0, "mass": 1e22, "change": -0.0})
    assert facts is not None
    assert {fact: str(number) for fact, number in facts.numbers.items()} == {
        "pain": "7.0",
        "mass": "1E+22",
        "change": "-0.0",
        "bar": "20",
    }


def showing(*terms: str) -> Vocabulary:
    return Vocabulary(facts=(Fact("symptom", Kind.MANY_OF, terms=tuple(map(Term, terms))),))


def test_no_questionnaire_is_taken_for_another_and_not_all_are_kept() -> None:
    door = Door(VOCABULARY)
    shown = [showing(*(("saddle_numbness",) if place % 2 else ()), f"older_{place}") for place in range(50)]
    unread = sys.getrefcount(shown[0])
    for place, asked in enumerate(shown):
        flagged = {"saddle_numbness": False} if place % 2 else {}
        assert door.read({"symptom": []}, asked).terms["symptom"] == {"stiffness": False, **flagged}
    del asked
    assert 0 < sum(sys.getrefcount(shown[place]) > unread for place in range(50)) <= 10


def test_what_was_read_before_changes_nothing() -> None:
    door = Door(VOCABULARY)
    before = said(door.read({"condition": []}))
    door.read({"condition": ["disc"]})
    door.read({"condition": {"present": ["disc"], "absent": ["strain"]}})
    assert said(door.read({"condition": []})) == before


# --- names and codes --------------------------------------------------------------------------

_texts = st.text("aB _-", max_size=4)
_entries = st.lists(st.builds(Entry, _texts, st.none() | _texts, st.tuples(_texts)), max_size=4)


@given(_entries, _texts)
def test_a_name_is_found_the_same_as_it_was_declared_or_spelt_otherwise(entries: list[Entry], text: str) -> None:
    index = NameIndex(entries)
    assert index.find(text) == index.find(f" {text}  ")
    assert all(index.find(spelt) == name for spelt, name in index.spelt.items())


_systems = st.sampled_from(("icd10", "icd10cm", "snomed"))
_codes = st.text("M5.xS2a", max_size=8)
_codings = st.lists(st.builds(Coding, _systems, _codes, st.booleans()), max_size=3)


@given(st.lists(_codings, max_size=4), st.none() | _systems, _codes | _codes.map(str.lower))
def test_a_code_is_found_as_by_looking_at_every_coding(
    declared: list[list[Coding]], system: str | None, code: str
) -> None:
    expected = []
    for place, codings in enumerate(declared):
        covering = [c for c in codings if system in {None, c.system} and covers_code(c, code)]
        if covering:
            expected.append((str(place), min(covering, key=lambda coding: coding.suggests)))
    assert CodeIndex((str(place), codings) for place, codings in enumerate(declared)).find(system, code) == expected


@given(st.decimals() | st.decimals(min_value=0, max_value=10, places=2))
def test_a_decimal_as_the_service_decodes_it_is_read_like_any_number(number: Decimal) -> None:
    quick = PACK_QUICK.read({"pain": number, "sleep": {"value": number, "unit": "h"}})
    expected = outcome(PACK_NAMES, {"pain": number, "sleep": {"value": number, "unit": "h"}}, None)
    assert quick is None or said(quick) == expected
    if number.is_finite() and 0 <= number <= 10 and -number.as_tuple().exponent <= 2:  # type: ignore[operator]  # finite
        assert quick is not None


def test_no_long_text_is_kept_however_it_is_spelt() -> None:
    long = [{"condition": ["disc" + " " * (100_000 + place)]} for place in range(20)]
    tracemalloc.start()
    try:
        for raw in long:
            PACK_QUICK.read({"condition": [text.replace(" ", "  ") for text in raw["condition"]]})
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 1_000_000
