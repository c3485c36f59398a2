"""Comparisons: what one release changes against another, for whom."""

from __future__ import annotations

from litestar import Response, get

from service.api.described import described
from service.api.parameters import AgainstQuery, NumberPath, RulesetPath
from service.api.requests import SpotterRequest
from service.api.responses import immutable, revalidated, unchanged
from service.api.v1.analysis_mapping import diff_v1
from service.api.v1.comparison_schemas import DiffV1
from service.operations.compare_releases import compare_releases
from service.operations.library import Loaded
from service.problems import (
    BUSY,
    COMPARISON_TOO_COSTLY,
    INCOMPARABLE_RELEASES,
    RELEASE_NOT_FOUND,
    RELEASE_UNAVAILABLE,
    RULESET_NOT_FOUND,
)
from service.version import VERSION


@get(
    "/v1/rulesets/{ruleset:str}/releases/{number:int}/diff",
    operation_id="compare_releases",
    summary="Compare a release with another",
    tags=["releases"],
    opt=described(
        {200: "Whose answers become less restrictive, whose more, and which change for other reasons only."},
        DiffV1,
        problems=(
            RULESET_NOT_FOUND,
            RELEASE_NOT_FOUND,
            RELEASE_UNAVAILABLE,
            INCOMPARABLE_RELEASES,
            COMPARISON_TOO_COSTLY,
            BUSY,
        ),
        headers=("ETag", "Spotter-Release", "Spotter-Digest"),
        abandonable=True,
    ),
)
async def diff(
    request: SpotterRequest, ruleset: RulesetPath, number: NumberPath, against: AgainstQuery
) -> Response[DiffV1]:
    """Every member whom the vocabulary allows is looked at: what is not listed is proved not to change.

    Given up when the caller goes away.
    """
    new, old = [await request.context.library.pinned(ruleset, which) for which in (number, against)]
    identity = _identity(old, new)
    known = unchanged(request, identity=identity, headers=new.headers)
    if known is not None:
        return known
    found = await compare_releases(request.context, old, new)
    value = diff_v1(old, new, found)
    if found.open:  # a later version may know better
        return revalidated(request, value, headers=new.headers)
    return immutable(request, lambda: value, identity=identity, headers=new.headers)


def _identity(old: Loaded, new: Loaded) -> str:
    return f"{new.identity('diff')} {old.number} {old.release.digest} {VERSION}"
