"""The facts door: every way of saying a fact, and every way of saying it wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.semantics import ir
from dsl.semantics.facts import MOST_FACTS, MOST_PROBLEMS, Door, FactProblem, Facts, FactsError, Terms, covers_code
from dsl.semantics.vocabulary import Coding, Fact, Kind, Term, Vocabulary

VOCABULARY = Vocabulary(
    facts=(
        Fact(
            "condition",
            Kind.MANY_OF,
            label="Diagnosed back condition",
            terms=(
                Term("disc", "Disc herniation", ("slipped disc",), (Coding("icd10cm", "M51.26"),)),
                Term("sciatica", codes=(Coding("icd10cm", "M54.3x"), Coding("snomed", "307177001"))),
                Term("strain", codes=(Coding("icd10cm", "S39.012"),)),
            ),
        ),
        Fact(
            "symptom",
            Kind.MANY_OF,
            terms=(
                Term("saddle_numbness", red_flag=True),
                Term("numbness", red_flag=True, codes=(Coding("icd10cm", "R20", suggests=True),)),
                Term("stiffness"),
            ),
        ),
        Fact("phase", Kind.ONE_OF, terms=(Term("none"), Term("acute"), Term("chronic", "Over twelve weeks"))),
        Fact("cleared", Kind.YES_NO, synonyms=("clearance",)),
        Fact("pain", Kind.NUMBER, low=Decimal(0), high=Decimal(10), codes=(Coding("loinc", "72514-3"),)),
        Fact("reps", Kind.NUMBER, low=Decimal(0), high=Decimal(50), whole=True),
        Fact("sleep", Kind.NUMBER, low=Decimal(0), high=Decimal(24), unit="h", optional=True),
        Fact("moment", Kind.ONE_OF, terms=(Term("before"), Term("during")), context=True, default="before"),
        Fact("after", Kind.NUMBER, low=Decimal(0), high=Decimal(10), asked_when=ir.Choice("cleared", ("no",))),
    )
)
DOOR = Door(VOCABULARY)


def problems(raw: object) -> tuple[FactProblem, ...]:
    with pytest.raises(FactsError) as caught:
        DOOR.read(cast("Mapping[str, object]", raw))
    return caught.value.problems


def test_what_is_left_out_is_unknown_except_for_context() -> None:
    facts = DOOR.read({})
    assert facts.choices == {"moment": "before"}
    assert facts.terms == {}
    assert facts.numbers == {}
    assert DOOR.read({"cleared": None, "condition": None}) == facts


def test_lists_of_nothing_about_the_request_say_nothing() -> None:
    kit = Fact("kit", Kind.MANY_OF, terms=(Term("bar"), Term("bench")), context=True, default="bar")
    door = Door(Vocabulary(facts=(kit,)))
    by_default = {"kit": {"bar": True, "bench": False}}
    assert door.read({"kit": {"present": [], "absent": []}}).terms == door.read({}).terms == by_default
    assert door.read({"kit": {"present": [], "absent": ["bench"]}}).terms == {"kit": {"bench": False}}
    assert door.read({"kit": []}).terms == {"kit": {"bar": False, "bench": False}}


@pytest.mark.parametrize("name", ["disc", "DISC", "Disc herniation", "disc_herniation", "slipped-disc", "M51.26"])
def test_a_value_goes_by_name_label_synonym_and_code(name: str) -> None:
    assert DOOR.read({"condition": [name]}).terms["condition"]["disc"] is True


def test_a_code_may_name_its_system() -> None:
    coded = {"system": "icd10cm", "code": "M54.31"}
    assert DOOR.read({"condition": [coded]}).terms["condition"]["sciatica"] is True
    wrong = {"system": "loinc", "code": "M54.31"}
    assert problems({"condition": [wrong]})[0].pointer == "/facts/condition/0"


@pytest.mark.parametrize(
    ("declared", "given", "covered"),
    [
        ("M51.26", "M51.26", True),
        ("M51.26", "m51.26", True),
        ("M54.3x", "M54.3", True),
        ("M54.3", "M54.32", True),
        ("M54.32", "M54.3", False),
        ("S39.012", "S39.012A", True),
        ("S39.012", "S39.012D", True),
        ("S39.012", "S39.012S", False),
        ("S33.5", "S33.5XXS", False),
        ("S39.012A", "S39.012A", True),
        ("S39.012A", "S39.012D", False),
    ],
)
def test_a_parent_code_means_its_children_and_an_injury_never_its_sequela(
    declared: str, given: str, covered: bool
) -> None:
    assert covers_code(Coding("icd10cm", declared), given) is covered


def test_a_code_means_every_term_whose_code_covers_it() -> None:
    terms = (
        Term("disc", codes=(Coding("icd10cm", "M51.2"),)),
        Term("lumbar_disc", codes=(Coding("icd10cm", "M51.26"),)),
    )
    many = Door(Vocabulary(facts=(Fact("condition", Kind.MANY_OF, terms=terms),)))
    assert many.read({"condition": ["M51.26"]}).terms["condition"] == {"disc": True, "lumbar_disc": True}
    assert many.read({"condition": ["M51.24"]}).terms["condition"] == {"disc": True, "lumbar_disc": False}
    one = Door(Vocabulary(facts=(Fact("condition", Kind.ONE_OF, terms=terms),)))
    assert one.read({"condition": "M51.26"}).choices == {"condition": "lumbar_disc"}


def test_a_refuted_code_says_nothing_of_a_term_that_means_more() -> None:
    facts = DOOR.read({"condition": {"absent": ["M54.31", "M51.26"]}})
    assert facts.terms["condition"] == {"disc": False}


def test_codes_of_other_systems_are_taken_to_the_letter() -> None:
    assert covers_code(Coding("snomed", "307177001"), "307177001")
    assert not covers_code(Coding("snomed", "307177001"), "3071770012")


def test_a_complete_list_says_no_to_the_rest_but_not_to_red_flags_nobody_asked_about() -> None:
    facts = DOOR.read({"symptom": ["stiffness"]})
    assert facts.terms["symptom"] == {"stiffness": True}
    asked = DOOR.read({"symptom": ["stiffness"]}, VOCABULARY)
    assert asked.terms["symptom"] == {"stiffness": True, "saddle_numbness": False, "numbness": False}


def test_a_red_flag_newer_than_the_questionnaire_stays_unknown() -> None:
    old = Vocabulary(facts=(Fact("symptom", Kind.MANY_OF, terms=(Term("saddle_numbness", red_flag=True),)),))
    assert DOOR.read({"symptom": []}, old).terms["symptom"] == {"stiffness": False, "saddle_numbness": False}


def test_a_partial_list_says_nothing_of_the_rest() -> None:
    facts = DOOR.read({"condition": {"present": ["disc"], "absent": ["strain"]}})
    assert facts.terms["condition"] == {"disc": True, "strain": False}


def test_what_is_present_and_what_is_unknown_is_listed() -> None:
    terms = cast("Terms", DOOR.read({"symptom": ["stiffness"]}).terms["symptom"])
    assert (terms.present, terms.unknown) == (("stiffness",), ("saddle_numbness", "numbness"))
    terms = cast("Terms", DOOR.read({"condition": {"absent": ["disc"]}}).terms["condition"])
    assert (terms.present, terms.unknown) == ((), ("sciatica", "strain"))
    terms = cast("Terms", DOOR.read({"symptom": ["R20.2"]}, VOCABULARY).terms["symptom"])
    assert (terms.present, terms.unknown) == ((), ("numbness",))


def test_a_code_that_suggests_raises_the_question_and_does_not_answer_it() -> None:
    facts = DOOR.read({"symptom": ["R20.2"]}, VOCABULARY)
    assert facts.suggested == {("symptom", "numbness")}
    assert "numbness" not in facts.terms["symptom"]
    said = DOOR.read({"symptom": ["R20.2", "numbness"]}, VOCABULARY)
    assert said.terms["symptom"]["numbness"] is True


def test_numbers_are_exact_and_converted() -> None:
    assert DOOR.read({"pain": 0.1}).numbers["pain"] == Decimal("0.1")
    assert DOOR.read({"sleep": {"value": 420, "unit": "min"}}).numbers["sleep"] == 7
    assert DOOR.read({"reps": 7.0}).numbers["reps"] == 7


def test_a_fact_goes_by_synonym_and_code() -> None:
    assert DOOR.read({"Clearance": True}).choices["cleared"] == "yes"
    assert DOOR.read({"72514-3": 4}).numbers["pain"] == 4


WRONG: list[tuple[dict[object, object], str, str]] = [
    ({"conditon": []}, "/facts/conditon", "`conditon` is not a known fact"),
    ({"condition": "disc"}, "/facts/condition", "takes a list"),
    ({"condition": ["slipped disk"]}, "/facts/condition/0", "not a known value"),
    ({"condition": ["none"]}, "/facts/condition/0", "an empty list says that none applies"),
    ({"condition": [3]}, "/facts/condition/0", "a name or a code, not a number"),
    ({"condition": {"present": ["disc"], "absent": ["disc"]}}, "/facts/condition", "both present and absent"),
    ({"condition": {"presence": []}}, "/facts/condition/presence", "only `present` and `absent`"),
    ({"condition": ["disc"] * (MOST_FACTS + 1)}, "/facts/condition", "at most"),
    ({"phase": ["acute"]}, "/facts/phase", "takes one value, not a list"),
    ({"phase": "acuteish"}, "/facts/phase", "not a known value"),
    ({"cleared": "perhaps"}, "/facts/cleared", "true or false, not text"),
    ({"cleared": 1}, "/facts/cleared", "true or false, not a number"),
    ({"pain": True}, "/facts/pain", "takes a number"),
    ({"pain": "7"}, "/facts/pain", "takes a number, not text"),
    ({"pain": b"7"}, "/facts/pain", "takes a number, not a bytes"),
    ({"pain": 11}, "/facts/pain", "lies between 0 and 10"),
    ({"pain": math.nan}, "/facts/pain", "finite"),
    ({"pain": math.inf}, "/facts/pain", "finite"),
    ({"pain": Decimal("sNaN")}, "/facts/pain", "finite"),
    ({"pain": 10**400}, "/facts/pain", "digits"),
    ({"pain": Decimal("0." + "1" * 40)}, "/facts/pain", "digits"),
    ({"pain": {"value": 3, "unit": "h"}}, "/facts/pain/unit", "has no unit"),
    ({"reps": 2.5}, "/facts/reps", "whole number"),
    ({"sleep": {"value": 3, "unit": "kg"}}, "/facts/sleep/unit", "is given in"),
    ({"sleep": {"value": 3}}, "/facts/sleep", "a number is given plainly"),
    ({"cleared": True, "clearance": True}, "/facts/clearance", "given twice"),
    ({"a\x00b\ud800": 1}, "/facts/a\\u0000b\\ud800", "not a known fact"),
    ({"x" * 10_000: 1}, "/facts/" + "x" * 40 + "…", "not a known fact"),
    ({7: 1}, "/facts/7", "named by text"),
]


@pytest.mark.parametrize(("raw", "pointer", "message"), WRONG)
def test_what_does_not_fit_is_refused_with_its_place(raw: object, pointer: str, message: str) -> None:
    found = problems(raw)[0]
    assert found.pointer == pointer
    assert message in found.message


def test_the_nearest_names_are_offered() -> None:
    assert problems({"conditon": []})[0].did_you_mean == ("condition",)
    assert problems({"condition": ["slipped disk"]})[0].did_you_mean == ("disc",)


def test_all_problems_are_reported_at_once_up_to_a_bound() -> None:
    found = problems({f"fact_{place}": 1 for place in range(MOST_FACTS)})
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1].message == f"and {MOST_FACTS - MOST_PROBLEMS} more problems"
    assert len(problems({f"fact_{place}": 1 for place in range(100_000)})) == 1


def test_facts_are_an_object() -> None:
    assert problems([])[0].pointer == "/facts"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([fact.name for fact in VOCABULARY.facts]) | st.text()


@given(st.dictionaries(names, json_values, max_size=4))
def test_whatever_comes_in_is_read_or_refused(raw: dict[str, object]) -> None:
    try:
        facts = DOOR.read(raw)
    except FactsError as error:
        refused = error.problems
        facts = Facts()
    else:
        refused = ()
    assert all(problem.pointer.startswith("/facts") and problem.message for problem in refused)
    known = {*facts.choices, *facts.terms, *facts.numbers}
    assert known <= {fact.name for fact in VOCABULARY.facts}
    assert refused or known
