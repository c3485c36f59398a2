"""Pointing at a name tells what it stands for."""

from __future__ import annotations

import pytest

from dsl.tools.editor.describing import describe, hover
from dsl.tools.editor.project import Project
from dsl.tools.editor.symbols import Sort, Symbol
from tests.dsl.tools.editor.projects import PACK, RULES, at, small


@pytest.mark.parametrize(
    ("symbol", "said"),
    [
        (Symbol(Sort.FACT, "knee_stage"), ["“Stage of the knee”", "asked as: How is the knee?", "one of `settled`"]),
        (Symbol(Sort.FACT, "knee_bend"), ["number 0 to 140 deg", "optional"]),
        (Symbol(Sort.FACT, "knee_brace"), ["yes or no", "asked when knee_stage=fresh"]),
        (Symbol(Sort.FACT, "time_of_day"), ["context", "default early"]),
        (Symbol(Sort.FACT, "pain_level"), ["code loinc 72514-3"]),
        (Symbol(Sort.VALUE, "fresh", "knee_stage"), ["value of knee_stage", "also “new”", "icd10cm M23.2", "red flag"]),
        (Symbol(Sort.CLASS, "hinge_work"), ["class", "“Hinging”", "exercises: `easy_pull`, `sumo_pull`"]),
        (Symbol(Sort.CLASS, "all_work"), ["everything that is `hinge_work`, `hip_hinge`"]),
        (Symbol(Sort.EXERCISE, "sumo_pull"), ["“Sumo pull”", "also “wide pull”", "is `hinge_work`", "needs `barbell`"]),
        (Symbol(Sort.MEASURE, "speed"), ["measure", "scale slow < quick"]),
        (Symbol(Sort.MEASURE, "angle"), ["number 0 to 90 deg"]),
        (Symbol(Sort.STEP, "slow", "speed"), ["step of speed"]),
        (Symbol(Sort.PARAMETER, "strong", "clinic"), ["7, may be moved from 5 to 9"]),
        (Symbol(Sort.DEFINITION, "flare", "clinic"), ["when pain=acute or pain_level >= strong"]),
        (Symbol(Sort.SOURCE, "notes", "clinic"), ["“Notes of the clinic”", "<https://example.org/notes>"]),
        (Symbol(Sort.PACK, "clinic"), ["“Clinic”", "covers complaint=back", "review by 2027-05-01", "author Ann"]),
        (
            Symbol(Sort.RULE, "flare.hinge", "clinic"),
            ["avoid hinge_work", "because It irritates", "from “Notes of the clinic”, section “One”: “as it says”",
             "evidence: expert opinion"],
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_each_sort(symbol: Symbol, said: list[str]) -> None:
    text = describe(small(), symbol)
    assert [one for one in said if one not in text] == []


def test_long_lists_are_cut() -> None:
    names = ", ".join(f"value_{number}" for number in range(20))
    project = Project({"a.rules": f"fact mood one of {names}"})
    assert describe(project, Symbol(Sort.FACT, "mood")).endswith("`value_11` and 8 more")


def test_a_rule_without_a_name_is_told_by_its_action() -> None:
    known = hover(small(), "rules.rules", at(RULES, "refer emergency", 2))
    assert known is not None
    text, one = known
    assert text.startswith("rule of pack clinic")
    assert "refer emergency\n  when knee_stage=fresh absolute" in text
    assert "say Go." in text
    assert one is None


def test_elsewhere_there_is_nothing_to_say() -> None:
    assert hover(small(), "rules.rules", at(RULES, '"Cleared."', 2)) is None
    assert hover(small(), "pack.rules", at(PACK, "deg optional", 1)) is None
    assert hover(small(), "nowhere.rules", 0) is None


def test_a_rule_whose_source_is_unknown_names_it_as_written() -> None:
    project = Project({"a.rules": "rule x: avoid deadlift when always from nowhere"})
    assert "from “nowhere”" in describe(project, Symbol(Sort.RULE, "x", "main"))
