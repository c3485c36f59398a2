"""Checks: is this rule text right, without storing it."""

from __future__ import annotations

from litestar import Response, post
from litestar.params import JSONBody

from service.api.described import described
from service.api.requests import SpotterRequest
from service.api.responses import answer
from service.api.v1 import examples
from service.api.v1.mapping import check_v1
from service.api.v1.schemas import CheckV1, RulesRequestV1
from service.operations.check_rules import check_rules
from service.operations.compilation import RuleFile
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
        examples={"one rule": examples.RULES, "a misspelt value": examples.MISSPELT},
        upload=True,
    ),
)
async def check(request: SpotterRequest, data: JSONBody[RulesRequestV1]) -> Response[CheckV1]:
    """Always answered with the diagnostics, errors or not. Examples in the text are run."""
    files = [RuleFile(file.name, file.text) for file in data.files]
    return answer(check_v1(await check_rules(request.context, files)))
