"""A member whom the solver has found, as facts for the door and as an example that an author can paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never

from dsl.analysis.members import Known
from dsl.evaluation.explanation import number
from dsl.semantics import checked, ir
from dsl.semantics.declarations import NONE
from dsl.semantics.resolver import ROUTINE
from dsl.semantics.vocabulary import Fact, Measure, red_flags
from dsl.syntax import ast
from dsl.syntax.formatter import format_file, format_statement
from dsl.syntax.source import SourceFile


def facts_of(known: Known, facts: Mapping[str, Fact]) -> dict[str, object]:
    """Return what the facts door reads of a member; what holds by default goes without saying."""
    found: dict[str, object] = {}
    for name, choice in known.choices.items():
        if facts[name].default != choice:
            found[name] = choice == "yes" if choice in _ANSWERS and not facts[name].terms else choice
    for name, states in known.terms.items():
        if not _by_default(facts[name], states):
            found[name] = _many(facts[name], states)
    return found | {name: number for name, number in known.numbers.items() if not _is_default(facts[name], number)}


_ANSWERS = frozenset({"yes", "no"})


def plain_facts(known: Known, facts: Mapping[str, Fact]) -> dict[str, object]:
    """Return what `facts_of` does, as JSON has it, the same whichever questionnaire the member was asked.

    A list denies a red flag only if its question was asked; so where a term is one, what is absent is spelt out.
    """
    return {name: _plain(facts[name], value, known) for name, value in facts_of(known, facts).items()}


def _plain(fact: Fact, value: object, known: Known) -> object:
    match value:
        case Decimal():
            return number(value)
        case list() if red_flags(fact):
            return _states(known.terms[fact.name])
        case _:
            return value


def _many(fact: Fact, states: Mapping[str, bool]) -> object:
    present = [term for term, state in states.items() if state]
    return present if len(states) == len(fact.terms) else _states(states)


def _states(states: Mapping[str, bool]) -> dict[str, list[str]]:
    return {said: [term for term, state in states.items() if state is is_so] for said, is_so in _SAID.items()}


_SAID = {"present": True, "absent": False}


def _by_default(fact: Fact, states: Mapping[str, bool]) -> bool:
    return fact.default is not None and states == {term.name: term.name == fact.default for term in fact.terms}


def _is_default(fact: Fact, number: Decimal) -> bool:
    return fact.default is not None and Decimal(fact.default) == number


def example_text(
    title: str,
    known: Known,
    facts: Mapping[str, Fact],
    claim: checked.Claim | checked.LoadExpected | checked.LimitExpected,
    measures: Mapping[str, Measure] = MappingProxyType({}),
) -> str:
    """Return an example that expects of the member what `claim` says, laid out as an author writes it.

    `measures` are those of limits.
    """
    statement = ast.Example(ast.Text(title), tuple(_given(known, facts)), (_expected(claim, measures),))
    return format_file(SourceFile("", format_statement(statement))).rstrip("\n")


def _given(known: Known, facts: Mapping[str, Fact]) -> Iterator[ast.Given]:
    everything = ast.Completeness.ALL
    for name, value in sorted(facts_of(known, facts).items()):
        fact = ast.Name(name)
        match value:
            case bool():
                yield ast.Given(fact, everything, (ast.Name("yes" if value else "no"),))
            case Decimal():
                unit = facts[name].unit
                yield ast.Given(fact, everything, (ast.Quantity(value, ast.Name(unit) if unit else None),))
            case str():
                yield ast.Given(fact, everything, (ast.Name(value),))
            case list():
                yield ast.Given(fact, everything, tuple(map(ast.Name, value)) or (ast.Name(NONE),))
            case _:
                yield from _partly(fact, known.terms[name])


def _partly(fact: ast.Name, states: Mapping[str, bool]) -> Iterator[ast.Given]:
    for how, wanted in ((ast.Completeness.HAS, True), (ast.Completeness.LACKS, False)):
        terms = tuple(ast.Name(term) for term, state in states.items() if state is wanted)
        if terms:
            yield ast.Given(fact, how, terms)


def _expected(
    claim: checked.Claim | checked.LoadExpected | checked.LimitExpected, measures: Mapping[str, Measure]
) -> ast.Expectation:
    match claim:
        case checked.VerdictExpected():
            return ast.ExpectVerdict(_target(claim.exercises), claim.bound, ast.Name(claim.verdict.value))
        case checked.RecommendedExpected():
            return ast.ExpectRecommended(_target(claim.exercises), claim.recommended)
        case checked.SessionExpected():
            return ast.ExpectSession(claim.bound, ast.Name(claim.disposition.value))
        case checked.RoutineReferralExpected():
            return ast.ExpectSession(ast.Bound.EXACTLY, ast.Name(ROUTINE), negated=not claim.shown)
        case checked.LoadExpected():
            percent = ast.Quantity((claim.factor * _HUNDRED).normalize(), ast.Name("%"))
            return ast.ExpectLoad(_target(claim.exercises), percent)
        case checked.LimitExpected():
            return ast.ExpectLimit(_target(claim.exercises), _limit(claim.limit, measures[claim.limit.measure]))
        case _:
            assert_never(claim)


_HUNDRED = Decimal(100)


def _limit(limit: ir.Limit, measure: Measure) -> ast.Limit:
    """Return a limit of one side."""
    comparator, bound = (
        (ast.Comparator.AT_LEAST, limit.low) if limit.high is None else (ast.Comparator.AT_MOST, limit.high)
    )
    if bound is None:
        raise ValueError(f"the limit on {limit.measure} has no side")
    if measure.steps:
        return ast.Limit(ast.Name(measure.name), comparator, ast.Name(measure.steps[int(bound)]))
    unit = ast.Name(measure.unit) if measure.unit else None
    return ast.Limit(ast.Name(measure.name), comparator, ast.Quantity(bound, unit))


def _target(exercises: tuple[str, ...]) -> ast.Target:
    return ast.Target(names=tuple(map(ast.Name, exercises)))
