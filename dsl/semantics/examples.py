"""Checked examples and proofs in the shape in which they are run and decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from dsl.semantics.catalogue import Catalogue
from dsl.semantics.checked import (
    CheckedExample,
    CheckedProof,
    Claim,
    Expected,
    LimitExpected,
    LoadExpected,
    QuestionExpected,
    RecommendedExpected,
    RoutineReferralExpected,
    SessionExpected,
    VerdictExpected,
)
from dsl.semantics.declarations import NONE, Declarations, PackContents
from dsl.semantics.intervals import intervals
from dsl.semantics.lowering import GuardLowering
from dsl.semantics.quantities import canonical, parameter_value, range_of
from dsl.semantics.resolver import ROUTINE
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax import ast

_HUNDRED = Decimal(100)


def resolved_examples(declared: Declarations, catalogue: Catalogue) -> tuple[CheckedExample, ...]:
    """Return every example of a program without an error, in reading order."""
    resolving = _Resolving(declared, catalogue)
    return tuple(resolving.example(example, pack) for pack in declared.packs.values() for example in pack.examples)


def resolved_proofs(declared: Declarations, catalogue: Catalogue, guards: GuardLowering) -> tuple[CheckedProof, ...]:
    """Return every proof of a program without an error, in reading order."""
    return tuple(
        CheckedProof(
            proof.title.value,
            pack.name,
            _claim(proof.claim, catalogue),
            guards.lower(proof.guard, pack.name),
            proof.span,
        )
        for pack in declared.packs.values()
        for proof in pack.proofs
    )


def _claim(claim: ast.ExpectVerdict | ast.ExpectRecommended | ast.ExpectSession, catalogue: Catalogue) -> Claim:
    match claim:
        case ast.ExpectVerdict():
            return _verdict(claim, tuple(sorted(catalogue.wide(claim.target))))
        case ast.ExpectRecommended():
            return RecommendedExpected(tuple(sorted(catalogue.wide(claim.target))), claim.recommended, claim.span)
        case ast.ExpectSession():
            return _session(claim)
        case _:
            assert_never(claim)


def _verdict(claim: ast.ExpectVerdict, exercises: tuple[str, ...]) -> VerdictExpected:
    return VerdictExpected(exercises, claim.bound, Verdict(claim.verdict.text), claim.span)


def _session(claim: ast.ExpectSession) -> SessionExpected | RoutineReferralExpected:
    if claim.disposition.text == ROUTINE:
        return RoutineReferralExpected(not claim.negated, claim.span)
    return SessionExpected(claim.bound, Disposition(claim.disposition.text), claim.span)


@dataclass(frozen=True, slots=True)
class _Resolving:
    """What resolving reads."""

    declared: Declarations
    catalogue: Catalogue

    def example(self, example: ast.Example, pack: PackContents) -> CheckedExample:
        by_fact: dict[str, list[ast.Given]] = {}
        for given in example.given:
            by_fact.setdefault(given.fact.text, []).append(given)
        facts = {name: self._fact_value(name, given, pack) for name, given in by_fact.items()}
        expected = tuple(self._expected(one, pack) for one in example.expect)
        return CheckedExample(example.title.value, pack.name, facts, example.at, expected, example.span)

    def _fact_value(self, name: str, given: Sequence[ast.Given], pack: PackContents) -> object:
        """Return what the facts door reads for everything that an example says of one fact."""
        kind = self.declared.facts[name].node.kind
        match kind:
            case ast.ManyOf():
                return _many(given)
            case ast.YesNo():
                return _names(given[0]) == ["yes"]
            case ast.OneOf():
                return _names(given[0])[0]
            case ast.Number():
                return _number(name, kind, given[0].values[0], pack)
            case _:
                assert_never(kind)

    def _expected(self, expectation: ast.Expectation, pack: PackContents) -> Expected:
        span = expectation.span
        match expectation:
            case ast.ExpectVerdict():
                return _verdict(expectation, self._meant(expectation.target))
            case ast.ExpectRecommended():
                return RecommendedExpected(self._meant(expectation.target), expectation.recommended, span)
            case ast.ExpectSession():
                return _session(expectation)
            case ast.ExpectLimit():
                (limit,) = intervals((expectation.limit,), pack, self.declared)
                return LimitExpected(self._meant(expectation.target), limit, span)
            case ast.ExpectLoad():
                factor = canonical(expectation.percent.value / _HUNDRED)
                return LoadExpected(self._meant(expectation.target), factor, span)
            case ast.ExpectQuestion():
                return QuestionExpected(expectation.fact.text, span)
            case _:
                assert_never(expectation)

    def _meant(self, target: ast.Target) -> tuple[str, ...]:
        return tuple(sorted(self.catalogue.narrow(target)))


def _many(given: Sequence[ast.Given]) -> object:
    if given[0].how is ast.Completeness.ALL:
        return [name for name in _names(given[0]) if name != NONE]
    present = [name for one in given if one.how is ast.Completeness.HAS for name in _names(one)]
    absent = [name for one in given if one.how is ast.Completeness.LACKS for name in _names(one)]
    return {"present": present, "absent": absent}


def _names(given: ast.Given) -> list[str]:
    return [value.text for value in given.values if isinstance(value, ast.Name)]


def _number(name: str, number: ast.Number, value: ast.Value, pack: PackContents) -> object:
    quantity = parameter_value(pack.parameters[value.text]) if isinstance(value, ast.Name) else value
    unit = quantity.unit.text if quantity.unit else range_of(name, number).unit
    return {"value": quantity.value, "unit": unit} if unit else quantity.value
