"""Claims about everybody, as the search for somebody of whom they are not true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import assert_never

from dsl.analysis.answers import Answers
from dsl.analysis.formulas import Budget, Formula, Search, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.semantics.checked import (
    Claim,
    RecommendedExpected,
    RoutineReferralExpected,
    SessionExpected,
    VerdictExpected,
)
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound


def single(claim: Claim) -> Iterator[Claim]:
    """Yield `claim` once for every exercise that it is about."""
    match claim:
        case VerdictExpected() | RecommendedExpected():
            yield from (replace(claim, exercises=(exercise,)) for exercise in claim.exercises)
        case SessionExpected() | RoutineReferralExpected():
            yield claim
        case _:
            assert_never(claim)


def denied(claim: Claim, answers: Answers) -> Formula:
    """Return of whom `claim`, about one exercise at most, is not true."""
    opposite = answers.formulas.opposite
    match claim:
        case VerdictExpected():
            (exercise,) = claim.exercises
            worse = list(Verdict)[claim.verdict.severity + 1 :]
            reached = answers.verdict_at_least(exercise, claim.verdict)
            passed = answers.verdict_at_least(exercise, worse[0]) if worse else False
            return _outside(claim.bound, reached, passed, answers)
        case RecommendedExpected():
            recommended = answers.recommended(claim.exercises[0])
            return opposite(recommended) if claim.recommended else recommended
        case SessionExpected():
            graver = list(Disposition)[claim.disposition.severity + 1 :]
            reached = answers.session_at_least(claim.disposition)
            passed = answers.session_at_least(graver[0]) if graver else False
            return _outside(claim.bound, reached, passed, answers)
        case RoutineReferralExpected():
            shown = answers.routine_referral()
            return opposite(shown) if claim.shown else shown
        case _:
            assert_never(claim)


def _outside(bound: Bound, reached: Formula, passed: Formula, answers: Answers) -> Formula:
    short = answers.formulas.opposite(reached)
    match bound:
        case Bound.EXACTLY:
            return answers.formulas.either((short, passed))
        case Bound.AT_LEAST:
            return short
        case Bound.AT_MOST:
            return passed
        case _:
            assert_never(bound)


def anybody(wanted: Sequence[Formula], answers: Answers, budget: Budget) -> bool:
    """Return whether there is a member of whom all of `wanted` is true.

    Raises:
        UndecidedError: it is not known.
    """
    return Search(answers.formulas, [answers.possible(), *wanted], budget).possible()


def somebody(wanted: Sequence[Formula], answers: Answers, budget: Budget) -> Known | None:
    """Return a member of whom all of `wanted` is true, with as little known as suffices; None: there is nobody.

    Raises:
        UndecidedError: it is not known whether there is anybody.
    """
    return _found([answers.possible(), *wanted], answers.members, budget)


def whoever(wanted: Sequence[Formula], members: Members, budget: Budget, rather: Formula = True) -> Known | None:
    """Return what `somebody` does, of all who can ask: somebody of whom the impossible is said is answered as well.

    Args:
        wanted: what is to be true of the member.
        members: who can ask.
        budget: how long is searched.
        rather: what is to be true of the member as well, if there is such a one.

    Raises:
        UndecidedError: it is not known whether there is anybody.
    """
    known = _found([members.possible, rather, *wanted], members, budget)
    return whoever(wanted, members, budget) if known is None and rather is not True else known


def _found(wanted: Sequence[Formula], members: Members, budget: Budget) -> Known | None:
    search = Search(members.formulas, wanted, budget)
    true = search.found()
    if true is None:
        return None
    with suppress(UndecidedError):  # the member at hand serves as well
        true = members.plainest(true, lambda candidate: search.possible(members.literals(candidate)))
    return members.known(true)
