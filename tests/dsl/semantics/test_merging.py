"""Declarations of one name from many statements, files and packs become one."""

from __future__ import annotations

from itertools import permutations

import pytest

from dsl.semantics.merging import in_declared_order
from dsl.semantics.vocabulary import Coding, Term
from tests.dsl.semantics.compiling import artifact, codes, findings, rules

SQUAT = "fact pain one of none, acute\nexercise squat\n"


def test_a_redeclared_fact_gains_terms_synonyms_codes_and_flags() -> None:
    (fact,) = artifact(
        'fact condition "Condition" many of disc "Disc" also "hernia" code icd10cm M51.26\n'
        'refer urgent when condition=stenosis say "Go."\n',
        'pack other\nfact condition also "diagnosis" many of\n  disc also "slipped disc" code icd10cm M51.27\n'
        "  stenosis red flag\n",
    ).vocabulary.facts
    assert fact.label == "Condition"
    assert fact.synonyms == ("diagnosis",)
    codings = (Coding("icd10cm", "M51.26"), Coding("icd10cm", "M51.27"))
    assert fact.terms == (Term("disc", "Disc", ("hernia", "slipped disc"), codings), Term("stenosis", red_flag=True))


def test_a_redeclared_exercise_gains_classes_needs_and_synonyms() -> None:
    found = artifact(
        "fact equipment many of barbell, rack\nclass hinge\nclass heavy\n"
        'exercise lift is hinge needs barbell\nexercise lift "Lift" also "pull" is heavy needs rack\n'
    ).vocabulary.exercises
    assert [(one.label, one.synonyms, one.classes, one.needs) for one in found] == [
        ("Lift", ("pull",), ("heavy", "hinge"), ("barbell", "rack"))
    ]


def test_unions_grow() -> None:
    found = artifact("class a\nclass b\nclass c\nclass both = a\nclass both = b\nexercise e is a\n")
    assert found.vocabulary.classes[-2].union == ("a", "b")
    assert found.vocabulary.exercises[0].classes == ("a", "both")


def test_several_files_open_one_pack() -> None:
    (pack,) = artifact(
        'pack legs title "Legs"\nsource article "An article"\nfact pain one of none, acute\nexercise squat\n'
        "rule deep: avoid squat when pain=acute from article\n",
        "pack legs review by 2027-05-01\ndefine sore when pain=acute\ncaution squat when sore\n",
    ).packs
    assert (pack.name, pack.title, str(pack.review_by)) == ("legs", "Legs", "2027-05-01")


def test_definitions_belong_to_their_pack() -> None:
    first = (
        "pack one\nfact pain one of none, acute\nexercise squat\ndefine sore when pain=acute\navoid squat when sore\n"
    )
    second = "pack two\ndefine sore when pain=none\navoid squat when sore\n"
    assert codes(first, second) == []
    assert codes(first, "pack two\navoid squat when sore\n") == ["E208"]


def test_a_pack_of_vocabulary_only_leaves_no_trace() -> None:
    assert artifact(SQUAT).packs == ()


def test_identical_duplicates_merge() -> None:
    text = SQUAT + "avoid squat when pain=acute\nrule deep: caution squat when pain=acute\nimpossible when pain=none\n"
    assert artifact(text) == artifact(text, text) == artifact(text, SQUAT + "avoid   squat\n  when pain = acute\n")


def test_asked_when_of_two_packs_may_not_rest_on_definitions() -> None:
    fact = "fact first yes or no\nfact after yes or no asked when known\ndefine known when first=no\n"
    assert codes(f"pack one\n{fact}", f"pack two\n{fact}") == ["E220"]
    assert codes(f"pack one\n{fact}") == []


def test_the_second_of_two_that_differ_is_reported_with_the_place_of_the_first() -> None:
    ((code, line, told),) = findings(SQUAT, "# …\nfact pain many of soreness\n")
    assert (code, line) == ("E220", 2)
    assert "0.rules:1" in told


def test_a_name_in_a_broken_statement_is_not_unknown_as_well() -> None:
    text = (
        "fact pain one off none, acute\nexercise squat also\ndefine sore whn pain=acute\nparameter worst 5\n"
        "avoid squat when sore or pain=acut\nfact level number 0 to 10\navoid squat when level > worst\n"
    )
    assert {code[:2] for code in codes(text)} == {"E1"}


@pytest.mark.parametrize(
    ("lists", "merged"),
    [
        ([["none", "acute", "chronic"]], ["none", "acute", "chronic"]),
        ([["back", "knee"], ["hip"]], ["back", "hip", "knee"]),
        ([["b", "a"], ["c", "b"]], ["c", "b", "a"]),
        ([["a", "b"], ["b", "a"]], ["a", "b"]),
        ([[]], []),
    ],
)
def test_terms_keep_the_order_in_which_they_are_declared(lists: list[list[str]], merged: list[str]) -> None:
    for order in permutations(lists):
        assert in_declared_order(order) == merged


def test_two_rules_of_one_name_in_two_packs_are_two_rules() -> None:
    first = f"pack one\n{SQUAT}rule deep: avoid squat when pain=acute\n"
    second = "pack two\nrule deep: caution squat when pain=acute\n"
    assert len(artifact(first, second).rules) == 2
    assert list(rules(first)) == ["deep"]
