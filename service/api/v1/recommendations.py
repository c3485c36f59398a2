"""The main question: what may this member do today."""

from __future__ import annotations

import datetime

from litestar import Response, get, post
from litestar.params import JSONBody

from service.api.described import PlainAnswer, described
from service.api.parameters import ChannelQuery, NumberPath, RulesetPath, ViewQuery
from service.api.requests import SpotterRequest
from service.api.responses import NEVER_STORED, encoded, revalidated
from service.api.v1 import examples
from service.api.v1.mapping import exercises_v1, facts_v1, opening_json
from service.api.v1.recommendation_schemas import RecommendationRequestV1, RecommendationV1
from service.api.v1.schemas import ExercisesV1, FactsV1
from service.operations.context import Context
from service.operations.recommend import Question, Recommendation, recommend
from service.operations.releases import active_release
from service.problems import (
    CHANNEL_EMPTY,
    INVALID_BODY,
    INVALID_FACTS,
    RELEASE_NOT_FOUND,
    RELEASE_UNAVAILABLE,
    RULESET_NOT_FOUND,
    UNKNOWN_QUESTIONNAIRE,
    Fault,
    ProblemError,
)

TAGS = ["recommendations"]
OF_STABLE = (RULESET_NOT_FOUND, CHANNEL_EMPTY, RELEASE_UNAVAILABLE)
OF_QUESTION = (INVALID_FACTS, UNKNOWN_QUESTIONNAIRE)
NAMED = ("Spotter-Release", "Spotter-Digest")


async def _of_stable(
    context: Context, ruleset: str, data: RecommendationRequestV1, channel: str = "stable", view: str = "full"
) -> PlainAnswer:
    del channel  # there is one
    return _answered(await recommend(context, ruleset, None, _question(data, view)))


@post(
    "/v1/rulesets/{ruleset:str}/recommendations",
    operation_id="recommend",
    summary="Ask what a member may do today",
    tags=TAGS,
    status_code=200,
    opt=described(
        {200: "A verdict for each exercise, with its reasons, and the questions still open."},
        RecommendationV1,
        problems=(*OF_STABLE, *OF_QUESTION),
        headers=NAMED,
        examples=examples.QUESTIONS,
        direct=_of_stable,
    ),
)
async def recommend_stable(
    request: SpotterRequest,
    ruleset: RulesetPath,
    data: JSONBody[RecommendationRequestV1],
    channel: ChannelQuery = "stable",
    view: ViewQuery = "full",
) -> Response[RecommendationV1]:
    """Evaluates the facts with the release that the channel points at, and stores nothing.

    Names, synonyms and codes of the vocabulary are all understood; a fact or value that it does not know is
    refused with the nearest name, an exercise that it does not know is an item of the answer and never a GO.
    """
    given = await _of_stable(request.context, ruleset, data, channel, view)
    return encoded(given.body, headers=given.headers)


async def _of_release(
    context: Context, ruleset: str, number: int, data: RecommendationRequestV1, view: str = "full"
) -> PlainAnswer:
    return _answered(await recommend(context, ruleset, number, _question(data, view)))


@post(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/recommendations",
    operation_id="recommend_pinned",
    summary="Ask one release what a member may do",
    tags=TAGS,
    status_code=200,
    opt=described(
        {200: "A verdict for each exercise, with its reasons, and the questions still open."},
        RecommendationV1,
        problems=(RULESET_NOT_FOUND, RELEASE_NOT_FOUND, RELEASE_UNAVAILABLE, *OF_QUESTION),
        headers=NAMED,
        examples=examples.QUESTIONS,
        direct=_of_release,
    ),
)
async def recommend_pinned(
    request: SpotterRequest,
    ruleset: RulesetPath,
    number: NumberPath,
    data: JSONBody[RecommendationRequestV1],
    view: ViewQuery = "full",
) -> Response[RecommendationV1]:
    """The same, of a release that need not be promoted: to try one out, or to repeat an earlier answer."""
    given = await _of_release(request.context, ruleset, number, data, view)
    return encoded(given.body, headers=given.headers)


@get(
    "/v1/rulesets/{ruleset:str}/facts",
    operation_id="read_facts",
    summary="Read the questionnaire of the promoted release",
    tags=TAGS,
    opt=described({200: "Every fact that it may ask about."}, FactsV1, problems=OF_STABLE, headers=("ETag", *NAMED)),
)
async def read_facts(request: SpotterRequest, ruleset: RulesetPath) -> Response[FactsV1]:
    """What a member can be asked. Name this release in `asked_with` when the answers come in."""
    loaded = await active_release(request.context, ruleset)
    return revalidated(request, facts_v1(loaded), headers=loaded.headers)


@get(
    "/v1/rulesets/{ruleset:str}/exercises",
    operation_id="read_exercises",
    summary="Read the catalogue of the promoted release",
    tags=TAGS,
    opt=described({200: "Every exercise that it knows."}, ExercisesV1, problems=OF_STABLE, headers=("ETag", *NAMED)),
)
async def read_exercises(request: SpotterRequest, ruleset: RulesetPath) -> Response[ExercisesV1]:
    """Names, labels, synonyms, movement classes and equipment."""
    loaded = await active_release(request.context, ruleset)
    return revalidated(request, exercises_v1(loaded), headers=loaded.headers)


def _question(data: RecommendationRequestV1, view: str) -> Question:
    at = None if data.at is None else _instant(data.at)
    return Question(data.facts, opening_json, data.exercises, data.asked_with, at, texts=view == "full")


def _instant(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        fault = Fault("there is no such day", pointer="/at")
        raise ProblemError(INVALID_BODY, "`at` is no instant", faults=[fault]) from None


def _answered(given: Recommendation) -> PlainAnswer:
    return PlainAnswer(given.answer, {"Cache-Control": NEVER_STORED, **given.by.headers})
