"""Answers the main question: what this member may do today."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dsl import FactsError, Release
from service.identifiers import new_decision_id
from service.operations.context import Context
from service.operations.library import Loaded
from service.operations.releases import active_release
from service.problems import INVALID_FACTS, RELEASE_NOT_FOUND, UNKNOWN_QUESTIONNAIRE, Fault, ProblemError


class Question(NamedTuple):
    """What a caller asks. `at` None is now; `exercises` None is the whole catalogue.

    `opening` gives how the answer begins, from the id of the decision and the release that gives it. Without `texts`,
    what the release serves once (`rules`, labels, words) is left out of the answer.
    """

    facts: Mapping[str, object]
    opening: Callable[[str, Loaded], bytes]
    exercises: Sequence[str] | None = None
    asked_with: int | None = None
    at: datetime.datetime | None = None
    texts: bool = True


class Recommendation(NamedTuple):
    """An answer as JSON, and the release that gave it."""

    by: Loaded
    answer: bytes


async def recommend(context: Context, ruleset: str, number: int | None, question: Question) -> Recommendation:
    """Return the answer of release `number` of `ruleset`; of its stable channel when that is None.

    Raises:
        ProblemError: no such rule set or release, nothing promoted, facts that do not fit, an unknown questionnaire.
    """
    library = context.library
    by = await active_release(context, ruleset) if number is None else await library.pinned(ruleset, number)
    asked_with = None if question.asked_with is None else await _questionnaire(context, by, question.asked_with)
    return Recommendation(by, _decide(by, question, asked_with))


async def _questionnaire(context: Context, by: Loaded, number: int) -> Release:
    if number == by.number:
        return by.release
    try:
        return (await context.library.pinned(by.ruleset, number)).release
    except ProblemError as error:
        if error.kind is not RELEASE_NOT_FOUND:
            raise
        fault = Fault(f"{by.ruleset} has no release {number}", pointer="/asked_with")
        raise ProblemError(UNKNOWN_QUESTIONNAIRE, fault.detail, faults=[fault]) from error


def _decide(by: Loaded, question: Question, asked_with: Release | None) -> bytes:
    at = question.at or datetime.datetime.now(datetime.UTC)
    try:
        return by.evaluator.answer(
            question.facts,
            exercises=question.exercises,
            asked_with=asked_with,
            at=at,
            texts=question.texts,
            opening=question.opening(new_decision_id(), by),
        )
    except FactsError as error:
        faults = [
            Fault(problem.message, pointer=problem.pointer, did_you_mean=tuple(problem.did_you_mean))
            for problem in error.problems
        ]
        raise ProblemError(INVALID_FACTS, "nothing was evaluated", faults=faults) from None
