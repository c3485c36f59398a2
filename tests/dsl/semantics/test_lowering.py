"""Lowering keeps what a guard means, for members of whom nothing, something or everything is known."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given

from dsl.semantics import ir
from dsl.semantics.lowering import ALWAYS, NEVER, UncheckedError, all_of, any_of, at_least
from dsl.syntax import ast
from tests.dsl.semantics.kleene import (
    GUARDS,
    MEMBERS,
    Member,
    comparison,
    counted,
    lower,
    lowered,
    name,
    number,
    written,
)


@given(GUARDS, MEMBERS)
def test_lowering_keeps_the_meaning_of_a_guard(guard: ast.Guard, member: Member) -> None:
    assert lowered(lower(guard), member) is written(guard, member)


@given(GUARDS)
def test_nothing_is_left_nested_in_its_own_kind(guard: ast.Guard) -> None:
    def flat(part: ir.Guard) -> bool:
        if isinstance(part, ir.AllOf | ir.AnyOf):
            inside = part.operands
            plain = not any(isinstance(operand, type(part) | ir.Always | ir.Never) for operand in inside)
            return len(inside) > 1 and plain and all(map(flat, inside))
        return all(map(flat, part.operands)) if isinstance(part, ir.AtLeast) else True

    assert flat(lower(guard))


# --- single forms -----------------------------------------------------------------------------


def test_a_negation_ends_at_the_comparison_and_keeps_asked_when() -> None:
    asked = ir.Choice("first", ("no",))
    assert lower(ast.Not(comparison("after", ">", 5))) == ir.AllOf((asked, ir.Compare("after", "<=", Decimal(5))))


def test_what_is_asked_of_those_asked_something_else_needs_both() -> None:
    asked = (ir.Choice("first", ("no",)), ir.Compare("after", ">", Decimal(2)))
    assert lower(comparison("next_day", "=", "yes")) == ir.AllOf((*asked, ir.Choice("next_day", ("yes",))))


def test_between_and_its_negation() -> None:
    between = ast.Between(name("level"), number(2), number(4))
    assert lower(between) == ir.AllOf((ir.Compare("level", ">=", Decimal(2)), ir.Compare("level", "<=", Decimal(4))))
    outside = (ir.Compare("level", "<", Decimal(2)), ir.Compare("level", ">", Decimal(4)))
    assert lower(ast.Not(between)) == ir.AnyOf(outside)


def test_none_of_many_is_every_term_absent() -> None:
    absent = (ir.Has("condition", "disc", False), ir.Has("condition", "stenosis", False))
    assert lower(comparison("condition", "=", "none")) == ir.AllOf(absent)


def test_none_of_one_is_a_value_like_others() -> None:
    assert lower(comparison("pain", "=", "none")) == ir.Choice("pain", ("none",))


def test_a_negated_choice_stays_one_test() -> None:
    guard = ast.Membership(name("pain"), (name("acute"), name("chronic"), name("acute")), True)
    assert lower(guard) == ir.Choice("pain", ("acute", "chronic"), True)


def test_yes_or_no_needs_no_negation() -> None:
    assert lower(ast.Not(comparison("first", "=", "yes"))) == ir.Choice("first", ("no",))
    assert lower(comparison("first", "!=", "no")) == ir.Choice("first", ("yes",))


def test_not_at_least_two_of_three_is_at_least_two_of_the_negated() -> None:
    operands = (comparison("pain", "=", "acute"), comparison("level", ">", 5), comparison("first", "=", "yes"))
    negated = (ir.Choice("pain", ("acute",), True), ir.Compare("level", "<=", Decimal(5)), ir.Choice("first", ("no",)))
    assert lower(ast.Not(ast.AtLeast(2, operands))) == ir.AtLeast(2, negated)


def test_units_convert_exactly_and_numbers_have_one_form() -> None:
    minutes = comparison("sleep", "<", number("450", "min"))
    assert lower(minutes) == ir.Compare("sleep", "<", Decimal("7.5"))
    lowered = lower(comparison("level", "<", number("5.00")))
    assert isinstance(lowered, ir.Compare)
    assert str(lowered.value) == "5"


def test_a_parameter_is_its_value() -> None:
    assert lower(comparison("level", ">", "stop")) == ir.Compare("level", ">", Decimal(5))


def test_unknown_of_many_is_about_every_term() -> None:
    assert lower(ast.IsUnknown(name("condition"))) == ir.Unknown("condition", ("disc", "stenosis"))
    assert lower(ast.Not(ast.IsUnknown(name("pain")))) == ir.Unknown("pain", (), True)


@pytest.mark.parametrize(("count", "always", "never"), list(product((1, 2, 3), (0, 1, 2), (0, 1, 2))))
def test_constants_leave_at_least(count: int, always: int, never: int) -> None:
    open_ = [ir.Choice("pain", ("acute",)), ir.Choice("first", ("yes",))]
    guard = at_least(count, [*open_, *[ALWAYS] * always, *[NEVER] * never])
    for held in product((True, False, None), repeat=2):
        member: dict[object, object] = {}
        if held[0] is not None:
            member["pain"] = "acute" if held[0] else "none"
        if held[1] is not None:
            member["first"] = "yes" if held[1] else "no"
        assert lowered(guard, member) is counted([*held, *[True] * always, *[False] * never], count)


def test_the_empty_conjunction_and_disjunction() -> None:
    assert all_of(()) == ALWAYS
    assert any_of(()) == NEVER


def test_what_checking_refuses_never_passes_in_silence() -> None:
    with pytest.raises(UncheckedError):
        lower(ast.Between(name("pain"), name("none"), name("acute")))
    with pytest.raises(UncheckedError):
        lower(comparison("level", "<", number(1, "kg")))
