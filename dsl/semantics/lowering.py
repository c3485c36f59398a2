"""The pass that turns guards as written into the form that is evaluated: negation normal form, nothing left to look up.

Strong Kleene logic is a distributive lattice in which De Morgan's laws hold, so none of what is done here changes
what a guard means for a member of whom something is unknown: negations move to the comparisons, nested guards of
one kind become flat, `always` and `not always` vanish, an operand said twice is kept once. "Not at least n of k"
is "at least k - n + 1 of the negated".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import assert_never

from dsl.semantics import ir
from dsl.semantics.declarations import NONE, Declarations, DeclaredFact, PackContents
from dsl.semantics.quantities import in_unit, parameter_value
from dsl.syntax import ast

ALWAYS = ir.Always()
NEVER = ir.Never()

_OPERATORS: dict[ast.Comparator, ir.Operator] = {
    ast.Comparator.EQUAL: "=",
    ast.Comparator.NOT_EQUAL: "!=",
    ast.Comparator.LESS: "<",
    ast.Comparator.AT_MOST: "<=",
    ast.Comparator.GREATER: ">",
    ast.Comparator.AT_LEAST: ">=",
}
_NEGATED: dict[ir.Operator, ir.Operator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
_OTHER = {"yes": "no", "no": "yes"}

_Test = ast.Comparison | ast.Membership | ast.Between


class UncheckedError(TypeError):
    """A guard reached lowering that does not fit its fact: a fault of this program, not of an author."""


@dataclass(frozen=True)
class GuardLowering:
    """Lowers guards over checked declarations; what definitions and `asked when` stand for is lowered once."""

    declared: Declarations
    _definitions: dict[tuple[str, str, bool], ir.Guard] = field(default_factory=dict, compare=False, repr=False)
    _asked: dict[str, ir.Guard] = field(default_factory=dict, compare=False, repr=False)

    def lower(self, guard: ast.Guard, pack: str, *, negated: bool = False) -> ir.Guard:
        """Return what `guard` (or its negation) means; `pack` is where its definitions and parameters belong.

        The guard and all that it rests on must be free of errors and within the bounds of `check_expansion`.
        """
        match guard:
            case ast.Always():
                return NEVER if negated else ALWAYS
            case ast.Not():
                return self.lower(guard.operand, pack, negated=not negated)
            case ast.And() | ast.Or():
                operands = [self.lower(operand, pack, negated=negated) for operand in guard.operands]
                return all_of(operands) if isinstance(guard, ast.And) is not negated else any_of(operands)
            case ast.AtLeast():
                operands = [self.lower(operand, pack, negated=negated) for operand in guard.operands]
                return at_least(len(operands) - guard.count + 1 if negated else guard.count, operands)
            case ast.Reference():
                return self._definition(pack, guard.name.text, negated)
            case ast.IsUnknown():
                return ir.Unknown(guard.fact.text, _many_terms(self.declared.facts[guard.fact.text]), negated)
            case ast.Comparison() | ast.Membership() | ast.Between():
                asked = self.asked_when(guard.fact.text)
                return all_of((asked, self._test(guard, self.declared.packs[pack], negated)))
            case _:
                assert_never(guard)

    def asked_when(self, fact: str) -> ir.Guard:
        """Return when `fact` exists at all: `always` for most."""
        if fact not in self._asked:
            declared = self.declared.facts[fact]
            asked = declared.node.asked_when
            self._asked[fact] = ALWAYS if asked is None else self.lower(asked, declared.pack)
        return self._asked[fact]

    def _definition(self, pack: str, name: str, negated: bool) -> ir.Guard:
        key = (pack, name, negated)
        if key not in self._definitions:
            definition = self.declared.packs[pack].definitions[name]
            self._definitions[key] = self.lower(definition.guard, pack, negated=negated)
        return self._definitions[key]

    def _test(self, test: _Test, pack: PackContents, negated: bool) -> ir.Guard:
        fact = self.declared.facts[test.fact.text]
        match fact.node.kind:
            case ast.Number():
                return _number_test(test, fact, pack, negated)
            case ast.ManyOf():
                return _many_test(test, fact, negated)
            case ast.OneOf() | ast.YesNo():
                return _choice_test(test, fact, negated)
            case _:
                assert_never(fact.node.kind)


# --- tests ------------------------------------------------------------------------------------


def _number_test(test: _Test, fact: DeclaredFact, pack: PackContents, negated: bool) -> ir.Guard:
    match test:
        case ast.Comparison():
            return _compare(fact, _OPERATORS[test.comparator], test.value, pack, negated)
        case ast.Membership():
            out = test.negated is not negated
            tests = [_compare(fact, "=", value, pack, out) for value in test.values]
            return all_of(tests) if out else any_of(tests)
        case ast.Between():
            ends = (_compare(fact, ">=", test.low, pack, negated), _compare(fact, "<=", test.high, pack, negated))
            return any_of(ends) if negated else all_of(ends)
        case _:
            assert_never(test)


def _compare(
    fact: DeclaredFact, operator: ir.Operator, value: ast.Value, pack: PackContents, negated: bool
) -> ir.Guard:
    quantity = parameter_value(pack.parameters[value.text]) if isinstance(value, ast.Name) else value
    return ir.Compare(fact.node.name.text, _NEGATED[operator] if negated else operator, _number(quantity, fact))


def _number(quantity: ast.Quantity, fact: DeclaredFact) -> Decimal:
    """Return `quantity` in the unit of `fact`; checking has made sure that there it has a value."""
    found = in_unit(quantity, fact.range) if fact.range is not None else None
    if not isinstance(found, Decimal):
        raise UncheckedError(fact.node.name.text)
    return found


def _many_test(test: _Test, fact: DeclaredFact, negated: bool) -> ir.Guard:
    out = negated is not (isinstance(test, ast.Membership) and test.negated)
    tests = [_has(fact, value, out) for value in _value_names(test)]
    return all_of(tests) if out else any_of(tests)


def _has(fact: DeclaredFact, value: str, negated: bool) -> ir.Guard:
    name = fact.node.name.text
    if value != NONE:
        return ir.Has(name, value, not negated)
    terms = [ir.Has(name, term.name.text, negated) for term in fact.terms]
    return any_of(terms) if negated else all_of(terms)


def _many_terms(fact: DeclaredFact) -> tuple[str, ...]:
    return tuple(term.name.text for term in fact.terms) if isinstance(fact.node.kind, ast.ManyOf) else ()


def _choice_test(test: _Test, fact: DeclaredFact, negated: bool) -> ir.Guard:
    out = negated is not _denies(test)
    values = tuple(dict.fromkeys(_value_names(test)))
    if out and isinstance(fact.node.kind, ast.YesNo) and len(values) == 1:
        return ir.Choice(fact.node.name.text, (_OTHER[values[0]],))
    return ir.Choice(fact.node.name.text, values, out)


def _denies(test: _Test) -> bool:
    match test:
        case ast.Membership():
            return test.negated
        case ast.Comparison():
            return test.comparator is ast.Comparator.NOT_EQUAL
        case ast.Between():
            raise UncheckedError(test.fact.text)
        case _:
            assert_never(test)


def _value_names(test: _Test) -> Iterator[str]:
    match test:
        case ast.Comparison():
            values: tuple[ast.Value, ...] = (test.value,)
        case ast.Membership():
            values = test.values
        case ast.Between():
            values = ()
        case _:
            assert_never(test)
    return (value.text for value in values if isinstance(value, ast.Name))


# --- guards of guards -------------------------------------------------------------------------


def all_of(operands: Iterable[ir.Guard]) -> ir.Guard:
    """Return the guard that all of `operands` hold, as flat as can be."""
    flat = dict.fromkeys(part for guard in operands for part in _parts(guard, ir.AllOf))
    flat.pop(ALWAYS, None)
    if NEVER in flat:
        return NEVER
    return _one_or(ir.AllOf, tuple(flat), ALWAYS)


def any_of(operands: Iterable[ir.Guard]) -> ir.Guard:
    """Return the guard that some of `operands` holds, as flat as can be."""
    flat = dict.fromkeys(part for guard in operands for part in _parts(guard, ir.AnyOf))
    flat.pop(NEVER, None)
    if ALWAYS in flat:
        return ALWAYS
    return _one_or(ir.AnyOf, tuple(flat), NEVER)


def at_least(count: int, operands: Iterable[ir.Guard]) -> ir.Guard:
    """Return the guard that `count` of `operands` hold."""
    listed = list(operands)
    open_ = tuple(guard for guard in listed if guard not in (ALWAYS, NEVER))
    missing = count - listed.count(ALWAYS)
    if missing <= 0:
        return ALWAYS
    if missing > len(open_):
        return NEVER
    if missing == 1:
        return any_of(open_)
    return all_of(open_) if missing == len(open_) else ir.AtLeast(missing, open_)


def _parts(guard: ir.Guard, kind: type[ir.AllOf | ir.AnyOf]) -> tuple[ir.Guard, ...]:
    return guard.operands if isinstance(guard, ir.AllOf | ir.AnyOf) and isinstance(guard, kind) else (guard,)


def _one_or(kind: type[ir.AllOf | ir.AnyOf], operands: tuple[ir.Guard, ...], empty: ir.Guard) -> ir.Guard:
    match operands:
        case ():
            return empty
        case (single,):
            return single
        case _:
            return kind(operands)
