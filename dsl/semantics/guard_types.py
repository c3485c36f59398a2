"""Types in guards: every comparison fits the kind, the unit and the range of its fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.semantics.declarations import Declarations, DeclaredFact, PackContents
from dsl.semantics.guards import Place, StatedGuard, values_of, walk
from dsl.semantics.naming import listed
from dsl.semantics.quantities import Range, in_unit, parameter_value, shown, within
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic

_Test = ast.Comparison | ast.Membership | ast.Between

_KIND_WORDS = {
    ast.OneOf: "has one of its listed values",
    ast.ManyOf: "has any of its listed values",
    ast.YesNo: "is yes or no",
    ast.Number: "is a number",
}


def check_guard(stated: StatedGuard, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield everything in a guard that does not fit; names that lead nowhere are passed over."""
    pack = declared.packs[stated.pack]
    for part in walk(stated.guard):
        match part:
            case ast.Comparison() | ast.Membership() | ast.Between():
                if (fact := declared.facts.get(part.fact.text)) is not None:
                    yield from _check_test(part, fact, pack)
            case ast.AtLeast():
                yield from _check_count(part)
            case ast.IsUnknown():
                yield from _check_unknown(part, stated.place)
            case ast.Always() | ast.Reference() | ast.Not() | ast.And() | ast.Or():
                continue
            case _:
                assert_never(part)


def _check_count(part: ast.AtLeast) -> Iterator[Diagnostic]:
    if not 1 <= part.count <= len(part.operands):
        message = (
            f"at least {part.count} of {len(part.operands)} is {'always true' if part.count < 1 else 'never true'}"
        )
        yield Diagnostic("E306", part.span, message, f"write a number from 1 to {len(part.operands)}")


def _check_unknown(part: ast.IsUnknown, place: Place) -> Iterator[Diagnostic]:
    if place is not Place.PROOF:
        message = f"no rule can ask whether `{part.fact.text}` is unknown; `unknown` stands only in `prove`"
        help_ = "leave it out: an unknown fact already makes a no-go rule `ask`, and a permission not apply"
        yield Diagnostic("E309", part.span, message, help_)


def _check_test(test: _Test, fact: DeclaredFact, pack: PackContents) -> Iterator[Diagnostic]:
    if fact.range is not None:
        yield from _check_number(test, fact.range, pack)
    else:
        yield from _check_named(test, fact)


def _check_number(test: _Test, wanted: Range, pack: PackContents) -> Iterator[Diagnostic]:
    for value in values_of(test):
        yield from number_fits(value, wanted, pack)
    if isinstance(test, ast.Between):
        low, high = (_quantity(value, pack) for value in (test.low, test.high))
        if low is not None and high is not None and _above(low, high, wanted):
            message = f"`between {shown(low)} and {shown(high)}` is never true"
            yield Diagnostic("E307", test.span, message, f"write `between {shown(high)} and {shown(low)}`")


def number_fits(value: ast.Value, wanted: Range, pack: PackContents) -> Iterator[Diagnostic]:
    """Yield why `value`, a number or a parameter of `pack`, is no value of `wanted`."""
    quantity = _quantity(value, pack)
    found = within(quantity, wanted) if quantity is not None else None
    if found is not None:
        where = value.span
        yield Diagnostic(found.code, where if isinstance(value, ast.Name) else found.span, found.message, found.help)


def _quantity(value: ast.Value, pack: PackContents) -> ast.Quantity | None:
    if isinstance(value, ast.Quantity):
        return value
    parameter = pack.parameters.get(value.text)
    return parameter_value(parameter) if parameter is not None else None


def _above(low: ast.Quantity, high: ast.Quantity, wanted: Range) -> bool:
    lowest, highest = in_unit(low, wanted), in_unit(high, wanted)
    return not isinstance(lowest, Diagnostic) and not isinstance(highest, Diagnostic) and lowest > highest


def _check_named(test: _Test, fact: DeclaredFact) -> Iterator[Diagnostic]:
    """Check a test of a fact whose values are names: its form, then what it compares with."""
    misfits = list(_misfit_form(test, fact))
    yield from misfits
    name = fact.node.name.text
    for value in () if misfits else values_of(test):
        if isinstance(value, ast.Quantity):
            yield Diagnostic("E301", value.span, f"`{name}` {kind_words(fact)}, not a number", _values_help(fact))


def _misfit_form(test: _Test, fact: DeclaredFact) -> Iterator[Diagnostic]:
    name = fact.node.name.text
    match test:
        case ast.Comparison():
            yield from _check_comparator(test, fact)
        case ast.Between():
            message = f"`between` needs a number, and `{name}` {kind_words(fact)}"
            yield Diagnostic("E301", test.span, message, f"write `{name} in (…)`")
        case ast.Membership():
            return
        case _:
            assert_never(test)


def _check_comparator(test: ast.Comparison, fact: DeclaredFact) -> Iterator[Diagnostic]:
    name, value = fact.node.name.text, test.value.text if isinstance(test.value, ast.Name) else "…"
    match test.comparator:
        case ast.Comparator.EQUAL:
            return
        case ast.Comparator.NOT_EQUAL:
            if isinstance(fact.node.kind, ast.ManyOf):
                message = f"`!=` has two meanings for `{name}`, which can have several values at once"
                yield Diagnostic("E301", test.span, message, f"write `not {name}={value}` for somebody without it")
        case _:
            message = f"`{test.comparator.value}` needs a number, and `{name}` {kind_words(fact)}"
            yield Diagnostic("E301", test.span, message, _beside(test.comparator, value, fact))


def _beside(comparator: ast.Comparator, value: str, fact: DeclaredFact) -> str:
    """Return the lists of values that `comparator` can mean: those before and those behind `value` as declared.

    Neither is preferred: whether the first or the last of them is the most severe is not said anywhere.
    """
    name, terms = fact.node.name.text, [term.name.text for term in fact.terms]
    if isinstance(fact.node.kind, ast.YesNo):
        return f"write `{name}=yes` or write `{name}=no`"
    if value not in terms:
        return f"write `{name}={value}` or `{name} in (…)`"
    at = terms.index(value)
    itself = comparator in (ast.Comparator.AT_MOST, ast.Comparator.AT_LEAST)
    sides = [terms[: at + itself], terms[at + 1 - itself :]]
    lists = [
        f"write `{name} in ({', '.join(side)})`" if side[1:] else f"write `{name}={side[0]}`" for side in sides if side
    ]
    if any(len(side) > _FEW for side in sides):
        lists = [f"write `{name} in (…)`, the values that are meant"]
    return f"its values have no order: {' or '.join(lists)}"


def kind_words(fact: DeclaredFact) -> str:
    """Return what kind of values `fact` has, as the rest of a sentence about it."""
    return _KIND_WORDS[type(fact.node.kind)]


def _values_help(fact: DeclaredFact) -> str:
    if isinstance(fact.node.kind, ast.YesNo):
        return "write yes or no"
    names = [term.name.text for term in fact.terms]
    return f"its values are {listed(names[:_FEW])}{' …' if len(names) > _FEW else ''}"


_FEW = 8
"""How many values a help line names."""
