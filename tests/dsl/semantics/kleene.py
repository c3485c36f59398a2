"""Guards and members for properties, and two evaluators: of guards as written and as lowered."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, assert_never

from hypothesis import strategies as st

from dsl.semantics import ir
from dsl.semantics.declarations import Declarations, DeclaredFact, PackContents
from dsl.semantics.lowering import GuardLowering
from dsl.syntax import ast
from dsl.syntax.ast import Comparator

PACK = "legs"


def name(text: str) -> ast.Name:
    return ast.Name(text)


def number(value: int | str, unit: str | None = None) -> ast.Quantity:
    return ast.Quantity(Decimal(value), name(unit) if unit else None)


def terms(*names: str) -> tuple[ast.Term, ...]:
    return tuple(ast.Term(name(text)) for text in names)


def comparison(fact: str, comparator: str, value: str | int | ast.Value) -> ast.Comparison:
    match value:
        case str():
            return ast.Comparison(name(fact), Comparator(comparator), name(value))
        case int():
            return ast.Comparison(name(fact), Comparator(comparator), number(value))
        case _:
            return ast.Comparison(name(fact), Comparator(comparator), value)


FIRST_NO = ast.Comparison(name("first"), Comparator.EQUAL, name("no"))
FACTS = {
    "pain": ast.Fact(name("pain"), ast.OneOf(terms("none", "acute", "chronic"))),
    "condition": ast.Fact(name("condition"), ast.ManyOf(terms("disc", "stenosis"))),
    "first": ast.Fact(name("first"), ast.YesNo()),
    "level": ast.Fact(name("level"), ast.Number(number(0), number(10))),
    "sleep": ast.Fact(name("sleep"), ast.Number(number(0), number(24), name("h"))),
    "after": ast.Fact(name("after"), ast.Number(number(0), number(10)), asked_when=FIRST_NO),
    "next_day": ast.Fact(
        name("next_day"), ast.YesNo(), asked_when=ast.Comparison(name("after"), Comparator.GREATER, number(2))
    ),
}
FLARE = ast.Or((comparison("pain", "=", "acute"), comparison("level", ">=", 7)))
DECLARED = Declarations(
    facts={text: DeclaredFact(fact, PACK) for text, fact in FACTS.items()},
    packs={
        PACK: PackContents(
            PACK,
            parameters={"stop": ast.Parameter(name("stop"), number(5), number(3), number(8))},
            definitions={
                "flare": ast.Definition(name("flare"), FLARE),
                "calm": ast.Definition(name("calm"), ast.Not(ast.Reference(name("flare")))),
            },
        )
    },
)


def lower(guard: ast.Guard) -> ir.Guard:
    return GuardLowering(DECLARED).lower(guard, PACK)


# --- two evaluators: of what is written, and of what it is lowered to ---------------------------

OPERATORS: Mapping[Comparator, Callable[[Any, Any], Any]] = {
    Comparator.EQUAL: operator.eq,
    Comparator.NOT_EQUAL: operator.ne,
    Comparator.LESS: operator.lt,
    Comparator.AT_MOST: operator.le,
    Comparator.GREATER: operator.gt,
    Comparator.AT_LEAST: operator.ge,
}
Member = Mapping[object, object]
"""A value by fact; of a `many of` fact, by (fact, term) whether it is present. What is missing is unknown."""


def conjunction(values: list[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def negation(value: bool | None) -> bool | None:
    return None if value is None else not value


def counted(values: list[bool | None], count: int) -> bool | None:
    if values.count(True) >= count:
        return True
    return None if len(values) - values.count(False) >= count else False


def written(guard: ast.Guard, member: Member, *, positive: bool = True) -> bool | None:
    """Evaluate a guard as the language page says it, negations pushed down to where `asked when` comes in."""
    match guard:
        case ast.Always():
            return positive
        case ast.Not():
            return written(guard.operand, member, positive=not positive)
        case ast.And() | ast.Or():
            values = [written(operand, member, positive=positive) for operand in guard.operands]
            if isinstance(guard, ast.And) is positive:
                return conjunction(values)
            return negation(conjunction([negation(value) for value in values]))
        case ast.AtLeast():
            values = [written(operand, member, positive=positive) for operand in guard.operands]
            return counted(values, guard.count if positive else len(values) - guard.count + 1)
        case ast.Reference():
            definition = DECLARED.packs[PACK].definitions[guard.name.text]
            return written(definition.guard, member, positive=positive)
        case ast.IsUnknown():
            return (guard.fact.text not in member) is positive
        case ast.Comparison() | ast.Membership() | ast.Between():
            asked = FACTS[guard.fact.text].asked_when
            value = plain_test(guard, member)
            held = value if positive else negation(value)
            return held if asked is None else conjunction([written(asked, member), held])
        case _:
            assert_never(guard)


def plain_test(guard: ast.Comparison | ast.Membership | ast.Between, member: Member) -> bool | None:
    fact = guard.fact.text
    match guard:
        case ast.Comparison():
            return compared(fact, guard.comparator, guard.value, member)
        case ast.Membership():
            values = [compared(fact, Comparator.EQUAL, value, member) for value in guard.values]
            held = counted(values, 1)
            return negation(held) if guard.negated else held
        case ast.Between():
            above = compared(fact, Comparator.AT_LEAST, guard.low, member)
            return conjunction([above, compared(fact, Comparator.AT_MOST, guard.high, member)])


def truth(held: object) -> bool | None:
    return None if held is None else bool(held)


def compared(fact: str, comparator: Comparator, value: ast.Value, member: Member) -> bool | None:
    if fact == "condition":
        assert isinstance(value, ast.Name)
        if value.text == "none":
            return conjunction([negation(truth(member.get((fact, term)))) for term in ("disc", "stenosis")])
        return truth(member.get((fact, value.text)))
    if fact not in member:
        return None
    held = member[fact]
    wanted: object = value.text if isinstance(value, ast.Name) else value.value
    if wanted == "stop":
        wanted = Decimal(5)
    return bool(OPERATORS[comparator](held, wanted))


def lowered(guard: ir.Guard, member: Member) -> bool | None:
    match guard:
        case ir.Always():
            return True
        case ir.Never():
            return False
        case ir.Choice():
            return None if guard.fact not in member else (member[guard.fact] in guard.values) is not guard.negated
        case ir.Has():
            held = member.get((guard.fact, guard.term))
            return None if held is None else held is guard.present
        case ir.Compare():
            symbol = Comparator(guard.operator)
            return compared(guard.fact, symbol, ast.Quantity(guard.value), member)
        case ir.Unknown():
            return (guard.fact not in member) is not guard.negated
        case ir.AllOf():
            return conjunction([lowered(operand, member) for operand in guard.operands])
        case ir.AnyOf():
            return counted([lowered(operand, member) for operand in guard.operands], 1)
        case ir.AtLeast():
            return counted([lowered(operand, member) for operand in guard.operands], guard.count)
        case _:
            assert_never(guard)


# --- strategies -------------------------------------------------------------------------------

NUMBERS = st.integers(0, 10)
TESTS: st.SearchStrategy[ast.Guard] = st.one_of(
    st.just(ast.Always()),
    st.builds(comparison, st.just("pain"), st.sampled_from(["=", "!="]), st.sampled_from(["none", "acute", "chronic"])),
    st.builds(comparison, st.just("condition"), st.just("="), st.sampled_from(["none", "disc", "stenosis"])),
    st.builds(
        comparison, st.sampled_from(["first", "next_day"]), st.sampled_from(["=", "!="]), st.sampled_from(["yes", "no"])
    ),
    st.builds(
        comparison,
        st.sampled_from(["level", "sleep", "after"]),
        st.sampled_from([comparator.value for comparator in Comparator]),
        NUMBERS | st.just("stop"),
    ),
    st.builds(
        lambda fact, values, negated: ast.Membership(name(fact), tuple(map(number, values)), negated),
        st.sampled_from(["level", "after"]),
        st.lists(NUMBERS, min_size=1, max_size=3),
        st.booleans(),
    ),
    st.builds(
        lambda values, negated: ast.Membership(name("condition"), tuple(map(name, values)), negated),
        st.lists(st.sampled_from(["none", "disc", "stenosis"]), min_size=1, max_size=3),
        st.booleans(),
    ),
    st.builds(
        lambda values, negated: ast.Membership(name("pain"), tuple(map(name, values)), negated),
        st.lists(st.sampled_from(["none", "acute", "chronic"]), min_size=1, max_size=3),
        st.booleans(),
    ),
    st.builds(lambda low, more: ast.Between(name("after"), number(low), number(low + more)), NUMBERS, NUMBERS),
    st.builds(ast.Reference, st.sampled_from([name("flare"), name("calm")])),
    st.builds(ast.IsUnknown, st.sampled_from([name("pain"), name("level")])),
)


def nested(inner: st.SearchStrategy[ast.Guard]) -> st.SearchStrategy[ast.Guard]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    counted_of = several.flatmap(
        lambda operands: st.builds(ast.AtLeast, st.integers(1, len(operands)), st.just(operands))
    )
    return st.one_of(st.builds(ast.Not, inner), st.builds(ast.And, several), st.builds(ast.Or, several), counted_of)


GUARDS = st.recursive(TESTS, nested, max_leaves=12)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "pain": st.sampled_from(["none", "acute", "chronic"]),
        "first": st.sampled_from(["yes", "no"]),
        "next_day": st.sampled_from(["yes", "no"]),
        "level": NUMBERS.map(Decimal),
        "sleep": NUMBERS.map(Decimal),
        "after": NUMBERS.map(Decimal),
        ("condition", "disc"): st.booleans(),
        ("condition", "stenosis"): st.booleans(),
    },
)
