"""Channels: which release answers."""

from __future__ import annotations

from collections.abc import Callable

from litestar import Response, get, put
from litestar.params import JSONBody

from service.api.described import Link, described
from service.api.parameters import IfMatchHeader, RulesetPath
from service.api.requests import SpotterRequest
from service.api.responses import answer, revalidated
from service.api.v1 import examples
from service.api.v1.mapping import channel_v1
from service.api.v1.schemas import ChannelV1, PromotionRequestV1
from service.operations.promote import promote, read_channel
from service.problems import (
    BREAKING_PROMOTION,
    PRECONDITION_FAILED,
    PRECONDITION_REQUIRED,
    RELEASE_UNAVAILABLE,
    RULESET_NOT_FOUND,
    UNKNOWN_RELEASE,
    Fault,
    ProblemError,
)
from service.records import Channel

TAGS = ["channels"]


@get(
    "/v1/rulesets/{ruleset:str}/channels/stable",
    operation_id="read_channel",
    summary="Read where the stable channel points",
    tags=TAGS,
    opt=described(
        {200: "The channel; `release` is null until the first promotion."},
        ChannelV1,
        problems=(RULESET_NOT_FOUND,),
        headers=("ETag",),
        links={
            "replace": Link(
                "promote_release",
                {"ruleset": "$request.path.ruleset", "If-Match": "$response.header.ETag"},
                body=examples.PROMOTION,
            )
        },
    ),
)
async def read(request: SpotterRequest, ruleset: RulesetPath) -> Response[ChannelV1]:
    """Its `ETag` is what a promotion must name in `If-Match`."""
    channel = await read_channel(request.context, ruleset)
    return revalidated(request, channel_v1(ruleset, channel), etag=_etag(channel))


@put(
    "/v1/rulesets/{ruleset:str}/channels/stable",
    operation_id="promote_release",
    summary="Promote a release, or roll back to one",
    tags=TAGS,
    opt=described(
        {200: "The channel as it points from now on."},
        ChannelV1,
        problems=(
            RULESET_NOT_FOUND,
            UNKNOWN_RELEASE,
            BREAKING_PROMOTION,
            PRECONDITION_FAILED,
            PRECONDITION_REQUIRED,
            RELEASE_UNAVAILABLE,
        ),
        headers=("ETag",),
        required=("If-Match",),
        examples={"promote": examples.PROMOTION},
        links={
            "recommend": Link("recommend", {"ruleset": "$request.path.ruleset"}, body=examples.QUESTION),
            "facts": Link("read_facts", {"ruleset": "$request.path.ruleset"}),
            "exercises": Link("read_exercises", {"ruleset": "$request.path.ruleset"}),
        },
    ),
)
async def replace(
    request: SpotterRequest, ruleset: RulesetPath, data: JSONBody[PromotionRequestV1], if_match: IfMatchHeader = None
) -> Response[ChannelV1]:
    """Every answer given after this one comes from the release named.

    Refused where a fact, value or exercise that is accepted now would not be accepted any more, unless
    `breaking` is true.
    """
    channel = await promote(
        request.context, ruleset, data.release, expected=_expected(if_match), breaking=data.breaking
    )
    return answer(channel_v1(ruleset, channel), headers={"ETag": _etag(channel)})


def _etag(channel: Channel) -> str:
    return f'"{channel.version}"'


def _expected(if_match: str | None) -> Callable[[Channel], bool]:
    if if_match is None:
        raise ProblemError(
            PRECONDITION_REQUIRED,
            "name the ETag of the channel as you read it",
            faults=[Fault("it is missing", parameter="If-Match")],
        )
    return lambda channel: if_match in ("*", _etag(channel))
