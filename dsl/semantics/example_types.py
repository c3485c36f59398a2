"""Types in examples and in the claims of proofs: givens fit their facts, expectations can be true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import assert_never

from dsl.semantics.declarations import NONE, Declarations, DeclaredFact, PackContents
from dsl.semantics.guard_types import kind_words, number_fits
from dsl.semantics.intervals import check_limit
from dsl.semantics.quantities import range_of
from dsl.semantics.resolver import ROUTINE
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic


def check_example(example: ast.Example, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield everything in `example` that does not fit; names that lead nowhere are passed over."""
    for given in example.given:
        if (fact := declared.facts.get(given.fact.text)) is not None:
            yield from _given(given, fact, pack)
    yield from _contradictory(example)
    for expectation in example.expect:
        yield from check_expectation(expectation, pack, declared)


def check_expectation(expectation: ast.Expectation, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield why `expectation` can never be held against an answer."""
    match expectation:
        case ast.ExpectSession():
            yield from _session(expectation)
        case ast.ExpectLimit():
            yield from check_limit(expectation.limit, pack, declared)
        case ast.ExpectLoad():
            if expectation.percent.value <= 0:
                yield Diagnostic("E316", expectation.percent.span, "a load is more than 0 %", "write a share above 0 %")
        case ast.ExpectVerdict() | ast.ExpectRecommended() | ast.ExpectQuestion():
            return
        case _:
            assert_never(expectation)


def _session(expectation: ast.ExpectSession) -> Iterator[Diagnostic]:
    routine = expectation.disposition.text == ROUTINE
    if routine and expectation.bound is not ast.Bound.EXACTLY:
        message = "a routine referral stands beside the disposition, not in its chain"
        yield Diagnostic("E318", expectation.span, message, f"write `session {ROUTINE}`")
    if expectation.negated and not routine:
        message = f"`not` is for a routine referral, and `{expectation.disposition.text}` is one of a chain"
        hint = "say with `at least` or `at most` which of the chain are meant"
        yield Diagnostic("E318", expectation.span, message, hint)


def _given(given: ast.Given, fact: DeclaredFact, pack: PackContents) -> Iterator[Diagnostic]:
    name, kind = fact.node.name.text, fact.node.kind
    if given.how is not ast.Completeness.ALL and not isinstance(kind, ast.ManyOf):
        message = f"`{given.how.value}` is for facts with several values, and `{name}` {kind_words(fact)}"
        yield Diagnostic("E319", given.span, message, f"write `{name}=…`")
    elif len(given.values) != 1 and not isinstance(kind, ast.ManyOf):
        yield Diagnostic("E319", given.span, f"`{name}` {kind_words(fact)}: it has one value", f"write `{name}=…`")
    elif _none_beside_others(given, fact):
        message = f"`{NONE}` says that `{name}` has no value, and stands alone"
        yield Diagnostic("E319", given.span, message, f"write `{name}={NONE}`, or leave `{NONE}` out")
    for value in given.values:
        yield from _given_value(value, fact, pack)


def _none_beside_others(given: ast.Given, fact: DeclaredFact) -> bool:
    names = [value.text for value in given.values if isinstance(value, ast.Name)]
    alone = len(given.values) == 1 and given.how is ast.Completeness.ALL
    return isinstance(fact.node.kind, ast.ManyOf) and NONE in names and not alone


def _given_value(value: ast.Value, fact: DeclaredFact, pack: PackContents) -> Iterator[Diagnostic]:
    name = fact.node.name.text
    if isinstance(fact.node.kind, ast.Number):
        yield from number_fits(value, range_of(name, fact.node.kind), pack)
    elif isinstance(value, ast.Quantity):
        yield Diagnostic("E301", value.span, f"`{name}` {kind_words(fact)}, not a number")


def _contradictory(example: ast.Example) -> Iterator[Diagnostic]:
    """Yield what an example says twice, or says and denies, of one fact."""
    said: dict[str, dict[str, ast.Completeness]] = defaultdict(dict)
    complete: set[str] = set()
    for given in example.given:
        fact = given.fact.text
        if fact in complete or (fact in said and given.how is ast.Completeness.ALL):
            yield Diagnostic("E320", given.span, f"`{fact}` is given twice", "say it once")
            continue
        terms = said[fact]
        if given.how is ast.Completeness.ALL:
            complete.add(fact)
        for value in given.values:
            term = value.text if isinstance(value, ast.Name) else ""
            if terms.setdefault(term, given.how) is not given.how:
                yield Diagnostic("E320", given.span, f"`{fact}` both has and lacks `{term}`", "say one of the two")
