"""Turns what is raised inside a handler into problem documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from litestar import Request, Response
from litestar.exceptions import ValidationException
from litestar.params import ParameterKwarg

from service.api.documents import problem_document, problem_headers
from service.api.wording import reworded
from service.observability import log_failure
from service.operations.worker import WorkerError
from service.problems import (
    INTERNAL_ERROR,
    INVALID_PARAMETER,
    MALFORMED_JSON,
    MEDIA_TYPE,
    Fault,
    ProblemError,
)

if TYPE_CHECKING:
    from litestar.types import ExceptionHandlersMap

_ABSENT = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)' for path ")
"""Of a parameter that is not there, Litestar tells the name in a sentence only."""


def problem_response(error: ProblemError, instance: str | None = None) -> Response[bytes]:
    """Return the answer that carries the problem document of `error`."""
    return Response(
        problem_document(error, instance),
        status_code=error.kind.status.value,
        media_type=MEDIA_TYPE,
        headers=problem_headers(error),
    )


def _on_problem(_: Request[Any, Any, Any], error: ProblemError) -> Response[bytes]:
    return problem_response(error)


def _on_invalid_parameter(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Litestar's own detail repeats the whole address, which no answer should."""
    messages = error.extra if isinstance(error.extra, list) else []
    if any(message.get("key") == "data" for message in messages):
        return problem_response(ProblemError(MALFORMED_JSON, "the body is empty; a JSON object is wanted"))
    faults = [_fault(request, str(message["message"]), str(message.get("key", ""))) for message in messages]
    if absent := _ABSENT.match(error.detail):
        faults.append(Fault("it is required", parameter=absent["name"]))
    return problem_response(ProblemError(INVALID_PARAMETER, "a parameter or header is not as described", faults=faults))


def _fault(request: Request[Any, Any, Any], message: str, key: str) -> Fault:
    field = request.route_handler.parsed_fn_signature.parameters.get(key)
    definition = field.kwarg_definition if field else None
    known_as = definition.name if isinstance(definition, ParameterKwarg) else None
    return Fault(reworded(message), parameter=known_as or key)


def _on_failure(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    occurrence = error.occurrence if isinstance(error, WorkerError) else log_failure(error)
    return problem_response(ProblemError(INTERNAL_ERROR, "the failure was logged under this instance"), occurrence)


HANDLERS: ExceptionHandlersMap = {
    ProblemError: _on_problem,
    ValidationException: _on_invalid_parameter,
    Exception: _on_failure,
}
"""Exception handlers of the application, most specific first."""
