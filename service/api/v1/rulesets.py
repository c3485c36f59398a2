"""Rule sets: create, list, read."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import JSONBody

from service.api.described import Link, described
from service.api.parameters import LimitQuery, NameCursorQuery, RulesetPath
from service.api.requests import SpotterRequest
from service.api.responses import answer, revalidated
from service.api.v1 import examples
from service.api.v1.mapping import ruleset_v1
from service.api.v1.schemas import RulesetPageV1, RulesetRequestV1, RulesetV1
from service.operations.rulesets import create_ruleset, list_rulesets, read_ruleset
from service.problems import RULESET_EXISTS, RULESET_NOT_FOUND

TAGS = ["rule sets"]
BY_NAME = {"ruleset": "$response.body#/name"}


@post(
    "/v1/rulesets",
    operation_id="create_ruleset",
    summary="Create a rule set",
    tags=TAGS,
    opt=described(
        {201: "The rule set, without releases yet."},
        RulesetV1,
        problems=(RULESET_EXISTS,),
        headers=("Location",),
        examples={"knees": examples.RULESET},
        links={
            "read": Link("read_ruleset", BY_NAME),
            "publish": Link("publish_release", BY_NAME, body=examples.RULES),
            "releases": Link("list_releases", BY_NAME),
            "channel": Link("read_channel", BY_NAME),
        },
    ),
)
async def create(request: SpotterRequest, data: JSONBody[RulesetRequestV1]) -> Response[RulesetV1]:
    """A rule set answers nothing until a release is published and promoted."""
    made = await create_ruleset(request.context, data.name, data.title)
    return answer(ruleset_v1(made), status=201, headers={"Location": f"/v1/rulesets/{made.name}"})


@get(
    "/v1/rulesets",
    operation_id="list_rulesets",
    summary="List rule sets",
    tags=TAGS,
    opt=described({200: "A page of rule sets, by name."}, RulesetPageV1, headers=("ETag",)),
)
async def index(
    request: SpotterRequest, limit: LimitQuery = 50, cursor: NameCursorQuery = None
) -> Response[RulesetPageV1]:
    """Follow `next` until it is null to see them all."""
    rulesets, following = await list_rulesets(request.context, cursor, limit)
    return revalidated(request, RulesetPageV1(tuple(ruleset_v1(found) for found in rulesets), following))


@get(
    "/v1/rulesets/{ruleset:str}",
    operation_id="read_ruleset",
    summary="Read a rule set",
    tags=TAGS,
    opt=described({200: "The rule set."}, RulesetV1, problems=(RULESET_NOT_FOUND,), headers=("ETag",)),
)
async def read(request: SpotterRequest, ruleset: RulesetPath) -> Response[RulesetV1]:
    """Names its newest release, and the one that the stable channel points at."""
    return revalidated(request, ruleset_v1(await read_ruleset(request.context, ruleset)))
