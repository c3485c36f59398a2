"""Parameters of paths, queries and headers: one description for routing, checking and OpenAPI."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar.params import HeaderParameter, PathParameter, QueryParameter

from service.api.v1.schemas import MOST_NUMBER, NAME_PATTERN, NUMBER_PATTERN
from service.api.wording import ETAG_PATTERN

RulesetPath = Annotated[str, PathParameter(description="The name of the rule set.", pattern=NAME_PATTERN)]
NumberPath = Annotated[int, PathParameter(description="The number of the release.", ge=1, le=MOST_NUMBER)]

AgainstQuery = Annotated[
    int,
    QueryParameter(name="against", description="The number of the release to compare it with.", ge=1, le=MOST_NUMBER),
]

ChannelQuery = Annotated[
    Literal["stable"], QueryParameter(name="channel", description="The channel whose release answers.")
]
ViewQuery = Annotated[
    Literal["full", "verdicts"],
    QueryParameter(name="view", description="`verdicts` leaves out `rules` and the texts that a release serves once."),
]
LimitQuery = Annotated[int, QueryParameter(name="limit", description="How many items at most.", ge=1, le=100)]
NameCursorQuery = Annotated[
    str | None,
    QueryParameter(
        name="cursor", description="Where the page begins: `next` of the page before.", pattern=NAME_PATTERN
    ),
]
NumberCursorQuery = Annotated[
    str | None,
    QueryParameter(
        name="cursor", description="Where the page begins: `next` of the page before.", pattern=NUMBER_PATTERN
    ),
]
IfMatchHeader = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description="The `ETag` of the state that is to be replaced, or `*`.",
        pattern=ETAG_PATTERN,
    ),
]
