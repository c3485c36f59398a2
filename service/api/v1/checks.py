"""Checks: is this rule text right, and what does it say, without storing it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from litestar import Response, post
from litestar.params import JSONBody

from service.api.described import described
from service.api.requests import SpotterRequest
from service.api.responses import answer
from service.api.v1 import examples
from service.api.v1.analysis_mapping import check_v1
from service.api.v1.check_schemas import CheckRequestV1, CheckV1
from service.api.v1.schemas import RuleFileV1
from service.operations.check_rules import check_rules
from service.operations.compilation import RuleFile
from service.operations.jobs import CheckJob
from service.problems import BUSY, RULES_TOO_COSTLY


@post(
    "/v1/checks",
    operation_id="check_rules",
    summary="Check rule text without storing it",
    tags=["checks"],
    status_code=200,
    opt=described(
        {200: "What was found; `ok` says whether it could be published."},
        CheckV1,
        problems=(RULES_TOO_COSTLY, BUSY),
        examples={"one rule": examples.RULES, "a misspelt value": examples.MISSPELT, "all sides": examples.WORKBENCH},
        upload=True,
        abandonable=True,
    ),
)
async def check(request: SpotterRequest, data: JSONBody[CheckRequestV1]) -> Response[CheckV1]:
    """Always answered with the diagnostics, errors or not. Examples in the text are run, and proofs decided.

    What `include` names is worked out as well, where the text has no errors. Given up when the caller goes away.
    """
    job = CheckJob(
        files=_files(data.files),
        today=datetime.datetime.now(datetime.UTC).date(),
        texts=_files(data.texts),
        include=frozenset(data.include),
        at=data.at,
        by=data.by,
        mutate=data.mutate,
    )
    return answer(check_v1(await check_rules(request.context, job)))


def _files(given: Iterable[RuleFileV1]) -> tuple[RuleFile, ...]:
    return tuple(RuleFile(file.name, file.text) for file in given)
