"""No declaration, name or code may answer a question that the member was not asked."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.compiler import compile_sources, shipped_rules
from dsl.semantics.facts import Door, FactsError
from dsl.semantics.name_index import Entry, NameIndex
from dsl.semantics.vocabulary import Coding, Fact, Kind, Term, Vocabulary
from dsl.syntax.source import SourceFile
from tests.dsl.semantics.compiling import codes, compiled, findings

NUMB = 'exercise squat\nallow squat when always\nrefer emergency when symptom=numb say "Go." absolute\n'


# --- declarations -----------------------------------------------------------------------------


def test_a_red_flag_has_no_default() -> None:
    ((code, line, told),) = findings(f"fact symptom context many of numb red flag default none\n{NUMB}")
    assert (code, line, "red flag" in told) == ("E310", 1, True)


def test_another_pack_cannot_give_a_fact_a_default() -> None:
    first = "pack one\nfact pain one of calm, acute\nexercise squat\nallow squat when pain=calm\n"
    second = "pack two\nfact pain context one of calm default calm\n"
    assert [codes(*texts) for texts in permutations((first, second))] == [["E220"], ["E220"]]


def test_another_pack_cannot_make_a_fact_optional() -> None:
    first = "pack one\nfact pain number 0 to 10\nexercise squat\nallow squat when always\ncaution squat when pain > 5\n"
    second = "pack two\nfact pain number 0 to 10 optional\n"
    assert [codes(*texts) for texts in permutations((first, second))] == [["E220"], ["E220"]]


def test_another_pack_cannot_narrow_when_a_red_flag_is_asked() -> None:
    first = f"pack one\nfact symptom many of numb red flag\n{NUMB}"
    second = "pack two\nfact odd yes or no\nfact symptom many of numb asked when odd=yes\n"
    assert [codes(*texts) for texts in permutations((first, second))] == [["E220"], ["E220"]]


def test_packs_that_agree_when_a_fact_is_asked_compile() -> None:
    first = f'pack one\nfact odd yes or no ask "Odd?"\nfact symptom many of numb red flag asked when odd=yes\n{NUMB}'
    second = "pack two\nfact symptom many of tingle asked when odd=yes\n"
    assert codes(first, second) == []


def test_two_packs_cannot_ask_by_parameters_of_their_own() -> None:
    texts = [
        f"pack {pack}\nparameter worst = {value} in 1 to 9\nfact level number 0 to 10\n"
        f"fact sore yes or no asked when level > worst\nexercise {pack}\navoid {pack} when sore=yes and level > worst\n"
        for pack, value in (("one", 3), ("two", 7))
    ]
    assert [codes(*order) for order in permutations(texts)] == [["E220"], ["E220"]]


def test_a_file_that_is_named_like_one_of_the_prelude_does_not_replace_it() -> None:
    shipped = shipped_rules() / "prelude"
    name = min(shipped.glob("*.rules")).relative_to(shipped_rules()).as_posix()
    sources = [SourceFile(name, "exercise own_exercise\navoid own_exercise when pain=acute\n")]
    compilation = compile_sources(sources)
    assert compilation.release is not None
    names = {exercise.name for exercise in compilation.release.artifact.vocabulary.exercises}
    assert {"own_exercise", "deadlift"} <= names
    assert len(compilation.release.artifact.vocabulary.classes) > 1


@pytest.mark.parametrize("claim", ["empty avoid", "squats but not squat at least ask", "empty not recommended"])
def test_an_expectation_about_no_exercise_is_told(claim: str) -> None:
    text = "class empty\nclass squats\nexercise squat is squats\n"
    ((code, line, told),) = findings(f'{text}example "nobody" given nothing expect {claim}\n')
    assert (code, line, "about no exercise" in told) == ("W506", 4, True)


# --- names ------------------------------------------------------------------------------------


def test_a_label_does_not_take_the_synonym_of_something_else() -> None:
    index = NameIndex([Entry("rack_pull", "RDL"), Entry("romanian", "Romanian", ("RDL",)), Entry("rdl_row")])
    assert index.find("RDL") is None
    assert set(index.nearest("RDL")) >= {"rack_pull", "romanian"}
    assert index.find("romanian") == "romanian"


# --- codes ------------------------------------------------------------------------------------

DOOR = Door(
    Vocabulary(
        facts=(
            Fact(
                "condition",
                Kind.MANY_OF,
                terms=(
                    Term("disc", codes=(Coding("icd10cm", "M51.26"),)),
                    Term("sciatica", codes=(Coding("icd10cm", "M51.2", suggests=True),)),
                    Term("strain"),
                ),
            ),
            Fact("drop", Kind.YES_NO, codes=(Coding("icd10cm", "M21.37", suggests=True),)),
            Fact("sleep", Kind.NUMBER, low=Decimal(0), high=Decimal(24), unit="h"),
        )
    )
)


def test_a_code_that_answers_one_term_still_raises_the_question_of_another() -> None:
    facts = DOOR.read({"condition": ["M51.26"]})
    assert facts.terms == {"condition": {"disc": True, "strain": False}}
    assert facts.suggested == {("condition", "sciatica")}


@pytest.mark.parametrize("value", [True, False])
def test_a_code_that_suggests_a_fact_does_not_answer_it(value: bool) -> None:
    facts = DOOR.read({"M21.371": value})
    assert facts.choices == {}
    assert facts.suggested == {("drop", "")}


def test_what_is_answered_is_not_suggested() -> None:
    assert DOOR.read({"M21.371": True, "drop": False}).suggested == frozenset()


def test_a_suggested_fact_is_asked() -> None:
    release = compiled("fact drop yes or no code icd10cm M21.37x suggests\nexercise squat\nallow squat when drop=no\n")
    assert release.release is not None
    decision = Evaluator(release.release).evaluate({"M21.371": True})
    assert [question.fact for question in decision.questions] == ["drop"]


# --- numbers and keys -------------------------------------------------------------------------


class Wide(float):
    """A float of another library, which spells itself in its own way."""

    def __repr__(self) -> str:
        return f"Wide({float(self)})"


def test_a_number_of_another_library_is_read() -> None:
    assert DOOR.read({"sleep": Wide(7.5)}).numbers == {"sleep": Decimal("7.5")}


@pytest.mark.parametrize(
    "raw",
    [
        {"sleep": {"value": Decimal("1E+999999"), "unit": "min"}},
        {"sleep": Decimal("1E-999999")},
        {10**5000: True},
        {"condition": {10**5000: True}},
    ],
)
def test_what_python_cannot_compute_or_write_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(FactsError):
        DOOR.read(raw)
