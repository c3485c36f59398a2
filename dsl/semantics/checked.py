"""Examples and proofs with their names resolved and their types checked, ready to be held against the release."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dsl.semantics import ir
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound
from dsl.syntax.source import Span


@dataclass(frozen=True, slots=True)
class VerdictExpected:
    """Each of `exercises` gets `verdict`, or at least or at most that."""

    exercises: tuple[str, ...]
    bound: Bound
    verdict: Verdict
    span: Span


@dataclass(frozen=True, slots=True)
class RecommendedExpected:
    """Each of `exercises` is recommended, or is not."""

    exercises: tuple[str, ...]
    recommended: bool
    span: Span


@dataclass(frozen=True, slots=True)
class SessionExpected:
    """The disposition of the session, or a bound on it."""

    bound: Bound
    disposition: Disposition
    span: Span


@dataclass(frozen=True, slots=True)
class RoutineReferralExpected:
    """A routine referral is shown (`session routine`), or is not (`session not routine`)."""

    shown: bool
    span: Span


@dataclass(frozen=True, slots=True)
class LimitExpected:
    """Each of `exercises` has exactly the bounds of `limit` that are not None."""

    exercises: tuple[str, ...]
    limit: ir.Limit
    span: Span


@dataclass(frozen=True, slots=True)
class LoadExpected:
    """Each of `exercises` has the load factor `factor` (1.05 for `load 105 %`)."""

    exercises: tuple[str, ...]
    factor: Decimal
    span: Span


@dataclass(frozen=True, slots=True)
class QuestionExpected:
    """`fact` is among the questions."""

    fact: str
    span: Span


Expected = (
    VerdictExpected
    | RecommendedExpected
    | SessionExpected
    | RoutineReferralExpected
    | LimitExpected
    | LoadExpected
    | QuestionExpected
)


Claim = VerdictExpected | RecommendedExpected | SessionExpected | RoutineReferralExpected


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """One `prove`: `claim` is to hold for everybody of whom `guard` is surely true. Targets mean their kinds too."""

    title: str
    pack: str
    claim: Claim
    guard: ir.Guard
    span: Span


@dataclass(frozen=True, slots=True)
class CheckedExample:
    """One `example`: facts in the shape that the facts door reads, and what must come of them.

    `facts` maps a fact to a term, a bool, a list of terms (complete), `{"present": […], "absent": […]}`
    (partial), a Decimal, or `{"value": Decimal, "unit": …}` in the unit as written. A fact that is not in it is
    unknown. `at` is None where the example names no day.
    """

    title: str
    pack: str
    facts: Mapping[str, object]
    at: datetime.date | None
    expected: tuple[Expected, ...]
    span: Span
