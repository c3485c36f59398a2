"""Examples as they are handed over to be run."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from dsl.semantics import ir
from dsl.semantics.checked import (
    CheckedExample,
    Expected,
    LimitExpected,
    LoadExpected,
    QuestionExpected,
    RecommendedExpected,
    RoutineReferralExpected,
    SessionExpected,
    VerdictExpected,
)
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE
from tests.dsl.semantics.compiling import codes, compiled

VOCABULARY = """
fact condition many of disc, stenosis
fact pain one of none, acute
fact level number 0 to 10
fact sleep number 0 to 24 h
fact age whole number 0 to 120 year
fact clearance yes or no
class hinge
exercise deadlift is hinge
exercise romanian is deadlift
exercise bridge is hinge
measure load number 0 to 100 %
measure weight scale light < heavy
parameter worst = 7 in 5 to 9
"""


def example(text: str) -> CheckedExample:
    compilation = compiled(f'{VOCABULARY}example "one" {text}\n')
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    (found,) = compilation.examples
    return found


@pytest.mark.parametrize(
    ("given", "facts"),
    [
        ("nothing", {}),
        ("pain=acute", {"pain": "acute"}),
        ("clearance=yes", {"clearance": True}),
        ("clearance=no", {"clearance": False}),
        ("level=3.50", {"level": Decimal("3.5")}),
        ("level=worst", {"level": Decimal(7)}),
        ("sleep=420 min", {"sleep": {"value": Decimal(420), "unit": "min"}}),
        ("sleep=7", {"sleep": {"value": Decimal(7), "unit": "h"}}),
        ("age=44", {"age": {"value": Decimal(44), "unit": "year"}}),
        ("condition=disc", {"condition": ["disc"]}),
        ("condition=(disc, stenosis)", {"condition": ["disc", "stenosis"]}),
        ("condition=none", {"condition": []}),
        ("condition has disc", {"condition": {"present": ["disc"], "absent": []}}),
        ("condition has disc, condition lacks stenosis", {"condition": {"present": ["disc"], "absent": ["stenosis"]}}),
    ],
)
def test_what_is_given_has_the_shape_that_the_door_reads(given: str, facts: dict[str, object]) -> None:
    assert example(f"given {given} expect session proceed").facts == facts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("deadlift avoid", VerdictExpected(("deadlift",), Bound.EXACTLY, Verdict.AVOID, NOWHERE)),
        ("hinge at least ask", VerdictExpected(("bridge", "deadlift"), Bound.AT_LEAST, Verdict.ASK, NOWHERE)),
        (
            "any at most caution",
            VerdictExpected(("bridge", "deadlift", "romanian"), Bound.AT_MOST, Verdict.CAUTION, NOWHERE),
        ),
        ("bridge recommended", RecommendedExpected(("bridge",), True, NOWHERE)),
        ("bridge not recommended", RecommendedExpected(("bridge",), False, NOWHERE)),
        ("session stop", SessionExpected(Bound.EXACTLY, Disposition.STOP, NOWHERE)),
        ("session at least urgent", SessionExpected(Bound.AT_LEAST, Disposition.URGENT, NOWHERE)),
        ("session routine", RoutineReferralExpected(True, NOWHERE)),
        ("session not routine", RoutineReferralExpected(False, NOWHERE)),
        ("bridge limit load <= 50 %", LimitExpected(("bridge",), ir.Limit("load", None, Decimal(50)), NOWHERE)),
        ("bridge limit weight >= heavy", LimitExpected(("bridge",), ir.Limit("weight", Decimal(1)), NOWHERE)),
        ("bridge load 105 %", LoadExpected(("bridge",), Decimal("1.05"), NOWHERE)),
        ("asks clearance", QuestionExpected("clearance", NOWHERE)),
    ],
)
def test_what_is_expected_names_exercises_and_chains(text: str, expected: Expected) -> None:
    (found,) = example(f"given nothing expect {text}").expected
    assert type(found) is type(expected)
    kept = [name for name in found.__slots__ if name != "span"]
    assert [getattr(found, name) for name in kept] == [getattr(expected, name) for name in kept]
    assert found.span.start > 0


def test_the_day_of_an_example() -> None:
    assert example("given nothing, at 2027-06-01 expect session proceed").at == datetime.date(2027, 6, 1)
    assert example("given nothing expect session proceed").at is None


def test_an_example_belongs_to_its_pack() -> None:
    compilation = compiled(f'pack legs\n{VOCABULARY}example "one" given nothing expect session proceed\n')
    assert [(one.title, one.pack) for one in compilation.examples] == [("one", "legs")]


def test_an_identical_example_is_run_once() -> None:
    text = 'example "one" given nothing expect session proceed\n'
    assert len(compiled(VOCABULARY, text, text).examples) == 1


def test_no_example_is_run_on_broken_rules() -> None:
    compilation = compiled(f'{VOCABULARY}avoid press when pain=acute\nexample "one" given nothing expect any avoid\n')
    assert compilation.release is None
    assert compilation.examples == ()
    assert codes(VOCABULARY, "avoid press when pain=acute\n") == ["E203"]
