"""Guards that can never hold are found; those that can are never called impossible."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings

from dsl.semantics import ir
from dsl.semantics.regions import can_hold, for_nobody
from dsl.semantics.vocabulary import Fact, Kind, Term
from dsl.syntax import ast
from tests.dsl.semantics.kleene import GUARDS, MEMBERS, Member, lower, lowered

FACTS = {
    fact.name: fact
    for fact in (
        Fact("pain", Kind.ONE_OF, terms=(Term("none"), Term("acute"), Term("chronic"))),
        Fact("condition", Kind.MANY_OF, terms=(Term("disc"), Term("stenosis"))),
        Fact("first", Kind.YES_NO),
        Fact("next_day", Kind.YES_NO),
        Fact("level", Kind.NUMBER, low=Decimal(0), high=Decimal(10)),
        Fact("after", Kind.NUMBER, low=Decimal(0), high=Decimal(10)),
        Fact("sleep", Kind.NUMBER, low=Decimal(0), high=Decimal(24)),
        Fact("tired", Kind.YES_NO, optional=True),
        Fact("moment", Kind.ONE_OF, terms=(Term("before"), Term("during")), context=True, default="before"),
        Fact("place", Kind.MANY_OF, terms=(Term("gym"), Term("home")), context=True, default="gym"),
        Fact("reps", Kind.NUMBER, low=Decimal(0), high=Decimal(20), context=True, default="5"),
    )
}
HURTS = ir.Choice("pain", ("acute", "chronic"))
OPERATORS: tuple[ir.Operator, ...] = ("<=", ">=", "!=")
LOW, HIGH = ir.Compare("level", "<", Decimal(3)), ir.Compare("level", ">", Decimal(8))


@given(GUARDS, MEMBERS)
@settings(max_examples=300)
def test_what_holds_for_somebody_can_hold(guard: ast.Guard, member: Member) -> None:
    found = lower(guard)
    if lowered(found, member) is True:
        assert can_hold(found, FACTS)


@pytest.mark.parametrize(
    "operands",
    [
        (ir.Choice("pain", ("acute",)), ir.Choice("pain", ("chronic",))),
        (HURTS, ir.Choice("pain", ("acute", "chronic"), True)),
        (ir.Choice("first", ("yes",)), ir.Choice("first", ("no",))),
        (ir.Has("condition", "disc"), ir.Has("condition", "disc", False)),
        (LOW, HIGH),
        (ir.Compare("level", "<", Decimal(3)), ir.Compare("level", "=", Decimal(3))),
        (
            ir.Compare("level", "<=", Decimal(3)),
            ir.Compare("level", ">=", Decimal(3)),
            ir.Compare("level", "!=", Decimal(3)),
        ),
        (ir.AnyOf((LOW, HIGH)), ir.Compare("level", "=", Decimal(5))),
        (ir.AnyOf((ir.Choice("pain", ("acute",)), LOW)), ir.Choice("pain", ("none",)), HIGH),
        (ir.AtLeast(2, (LOW, HIGH, ir.Choice("pain", ("acute",)))), ir.Choice("pain", ("none",)), LOW),
        (ir.Never(),),
        (ir.Compare("level", ">", Decimal(10)),),
    ],
)
def test_what_excludes_itself_cannot_hold(operands: tuple[ir.Guard, ...]) -> None:
    assert not can_hold(ir.AllOf(operands), FACTS)


@pytest.mark.parametrize(
    "guard",
    [
        ir.Always(),
        ir.Unknown("pain"),
        ir.AllOf((ir.Compare("level", ">=", Decimal(3)), ir.Compare("level", "<=", Decimal(3)))),
        ir.AtLeast(2, (LOW, HIGH, HURTS)),
    ],
)
def test_what_can_hold(guard: ir.Guard) -> None:
    assert can_hold(guard, FACTS)


def test_nobody_is_somebody_with_defaults_and_without_optional_facts() -> None:
    assert for_nobody(HURTS, FACTS) is None
    assert for_nobody(ir.Choice("tired", ("yes",)), FACTS) is False
    assert for_nobody(ir.Choice("moment", ("before",)), FACTS) is True
    assert for_nobody(ir.Choice("moment", ("before",), True), FACTS) is False
    assert for_nobody(ir.Has("place", "gym"), FACTS) is True
    assert for_nobody(ir.Has("place", "home"), FACTS) is False
    assert for_nobody(ir.Unknown("pain"), FACTS) is True
    assert for_nobody(ir.Unknown("moment", (), True), FACTS) is True


@pytest.mark.parametrize(("operator", "value"), list(product(("=", "!=", "<", "<=", ">", ">="), (4, 5, 6))))
def test_numbers_with_a_default(operator: ir.Operator, value: int) -> None:
    held = {"=": value == 5, "!=": value != 5, "<": value > 5, "<=": value >= 5, ">": value < 5, ">=": value <= 5}
    assert for_nobody(ir.Compare("reps", operator, Decimal(value)), FACTS) is held[operator]


def test_guards_of_guards_for_nobody() -> None:
    yes, no, open_ = ir.Always(), ir.Never(), HURTS
    assert for_nobody(ir.AllOf((yes, open_)), FACTS) is None
    assert for_nobody(ir.AllOf((no, open_)), FACTS) is False
    assert for_nobody(ir.AnyOf((yes, open_)), FACTS) is True
    assert for_nobody(ir.AtLeast(2, (yes, open_, no)), FACTS) is None
    assert for_nobody(ir.AtLeast(2, (no, open_, no)), FACTS) is False
