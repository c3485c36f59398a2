"""Releases: publish, list, read, and everything a release contains."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.params import JSONBody

from service.api.described import Link, described
from service.api.parameters import LimitQuery, NumberCursorQuery, NumberPath, RulesetPath
from service.api.requests import SpotterRequest
from service.api.responses import answer, immutable, revalidated
from service.api.v1 import examples
from service.api.v1.mapping import (
    exercises_v1,
    facts_v1,
    published_v1,
    release_v1,
    rules_v1,
    source_v1,
)
from service.api.v1.schemas import (
    ExercisesV1,
    FactsV1,
    PublishedReleaseV1,
    ReleasePageV1,
    ReleaseV1,
    RulesRequestV1,
    RulesV1,
    SourceV1,
)
from service.operations.compilation import RuleFile
from service.operations.publish_release import publish_release
from service.operations.releases import list_releases, read_release, read_source
from service.problems import (
    BUSY,
    INVALID_RULES,
    PUBLISH_CONFLICT,
    RELEASE_NOT_FOUND,
    RELEASE_UNAVAILABLE,
    RULES_TOO_COSTLY,
    RULESET_NOT_FOUND,
)
from service.records import ReleaseHead

TAGS = ["releases"]
OF_RULESET = (RULESET_NOT_FOUND,)
OF_RELEASE = (RULESET_NOT_FOUND, RELEASE_NOT_FOUND)
OF_LOADED = (*OF_RELEASE, RELEASE_UNAVAILABLE)
NAMED = ("ETag", "Spotter-Release", "Spotter-Digest")
BY_NUMBER = {"ruleset": "$request.path.ruleset", "number": "$response.body#/number"}
LINKS = {
    "read": Link("read_release", BY_NUMBER),
    "source": Link("read_source", BY_NUMBER),
    "facts": Link("read_release_facts", BY_NUMBER),
    "exercises": Link("read_release_exercises", BY_NUMBER),
    "rules": Link("read_release_rules", BY_NUMBER),
    "diff": Link("compare_releases", {**BY_NUMBER, "against": "$response.body#/number"}),
    "recommend": Link("recommend_pinned", BY_NUMBER, body=examples.QUESTION),
    "promote": Link(
        "promote_release",
        {"ruleset": "$request.path.ruleset", "If-Match": "*"},
        body={"release": "$response.body#/number", "breaking": True},
    ),
}


@post(
    "/v1/rulesets/{ruleset:str}/releases",
    operation_id="publish_release",
    summary="Publish rule text as the next release",
    tags=TAGS,
    opt=described(
        {
            201: "The release, with what was found in its text besides errors.",
            200: "The newest release is of this very text already; no number was taken.",
        },
        PublishedReleaseV1,
        problems=(*OF_RULESET, INVALID_RULES, RULES_TOO_COSTLY, PUBLISH_CONFLICT, BUSY),
        headers=("Location", "Spotter-Release", "Spotter-Digest"),
        examples={"one rule": examples.RULES},
        links=LINKS,
        upload=True,
    ),
)
async def publish(
    request: SpotterRequest, ruleset: RulesetPath, data: JSONBody[RulesRequestV1]
) -> Response[PublishedReleaseV1]:
    """Refused with every diagnostic, and nothing stored, if anything in it is wrong.

    The shipped prelude is included by itself. A release answers by its number at once, and on `stable` when it
    is promoted. Publishing the newest release's text again returns that release.
    """
    files = [RuleFile(file.name, file.text) for file in data.files]
    head, created, findings = await publish_release(request.context, ruleset, files)
    headers = {"Location": f"/v1/rulesets/{head.ruleset}/releases/{head.number}", **_named(head)}
    return answer(published_v1(head, findings), status=201 if created else 200, headers=headers)


@get(
    "/v1/rulesets/{ruleset:str}/releases",
    operation_id="list_releases",
    summary="List releases",
    tags=TAGS,
    opt=described({200: "A page of releases, newest first."}, ReleasePageV1, problems=OF_RULESET, headers=("ETag",)),
)
async def index(
    request: SpotterRequest, ruleset: RulesetPath, limit: LimitQuery = 50, cursor: NumberCursorQuery = None
) -> Response[ReleasePageV1]:
    """Follow `next` until it is null to see them all."""
    before = None if cursor is None else int(cursor)
    releases, following = await list_releases(request.context, ruleset, before, limit)
    items = tuple(release_v1(found) for found in releases)
    return revalidated(request, ReleasePageV1(items, None if following is None else str(following)))


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}",
    operation_id="read_release",
    summary="Read a release",
    tags=TAGS,
    opt=described({200: "The release."}, ReleaseV1, problems=OF_RELEASE, headers=NAMED),
)
async def read(request: SpotterRequest, ruleset: RulesetPath, number: NumberPath) -> Response[ReleaseV1]:
    """A release never changes."""
    head = await read_release(request.context, ruleset, number)
    return immutable(request, lambda: release_v1(head), identity=_identity("release", head), headers=_named(head))


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/source",
    operation_id="read_source",
    summary="Read the source of a release",
    tags=TAGS,
    opt=described({200: "Every file that it was compiled from."}, SourceV1, problems=OF_RELEASE, headers=NAMED),
)
async def source(request: SpotterRequest, ruleset: RulesetPath, number: NumberPath) -> Response[SourceV1]:
    """The files as they were published, and those of the prelude that was shipped then."""
    head, files = await read_source(request.context, ruleset, number)
    return immutable(request, lambda: source_v1(head, files), identity=_identity("source", head), headers=_named(head))


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/facts",
    operation_id="read_release_facts",
    summary="Read the questionnaire of a release",
    tags=TAGS,
    opt=described({200: "Every fact that it may ask about."}, FactsV1, problems=OF_LOADED, headers=NAMED),
)
async def facts(request: SpotterRequest, ruleset: RulesetPath, number: NumberPath) -> Response[FactsV1]:
    """What a member can be asked: questions, values with their names and codes, units, red flags."""
    loaded = await request.context.library.pinned(ruleset, number)
    return immutable(request, lambda: facts_v1(loaded), identity=loaded.identity("facts"), headers=loaded.headers)


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/exercises",
    operation_id="read_release_exercises",
    summary="Read the catalogue of a release",
    tags=TAGS,
    opt=described({200: "Every exercise that it knows."}, ExercisesV1, problems=OF_LOADED, headers=NAMED),
)
async def exercises(request: SpotterRequest, ruleset: RulesetPath, number: NumberPath) -> Response[ExercisesV1]:
    """Names, labels, synonyms, movement classes and equipment."""
    loaded = await request.context.library.pinned(ruleset, number)
    return immutable(
        request, lambda: exercises_v1(loaded), identity=loaded.identity("exercises"), headers=loaded.headers
    )


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/rules",
    operation_id="read_release_rules",
    summary="Read the rules of a release",
    tags=TAGS,
    opt=described({200: "Every rule with its texts, by id."}, RulesV1, problems=OF_LOADED, headers=NAMED),
)
async def rules(request: SpotterRequest, ruleset: RulesetPath, number: NumberPath) -> Response[RulesV1]:
    """What answers with `view=verdicts` leave out."""
    loaded = await request.context.library.pinned(ruleset, number)
    return immutable(request, lambda: rules_v1(loaded), identity=loaded.identity("rules"), headers=loaded.headers)


def _named(head: ReleaseHead) -> dict[str, str]:
    return {"Spotter-Release": str(head.number), "Spotter-Digest": head.digest}


def _identity(part: str, head: ReleaseHead) -> str:
    return f"{part} {head.ruleset} {head.number} {head.digest} {head.source_digest}"
