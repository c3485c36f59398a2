"""Problem documents as they go over the wire."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from service.api.interface import Send
from service.problems import MEDIA_TYPE, Fault, ProblemError


class FaultV1(Struct, frozen=True, omit_defaults=True):
    """One fault of the request.

    `pointer` is a JSON pointer into the body, `parameter` the name of a parameter or header. `code`, `file`,
    `line`, `column` and `help` are there for faults of rule text.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    did_you_mean: tuple[str, ...] = ()
    code: str | None = None
    file: str | None = None
    line: Annotated[int, Meta(ge=1)] | None = None
    column: Annotated[int, Meta(ge=1)] | None = None
    help: str | None = None


class ProblemV1(Struct, frozen=True, omit_defaults=True):
    """What went wrong (RFC 9457). `type` is stable; `instance` is there where a failure was logged under it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: tuple[FaultV1, ...] = ()


def problem_document(error: ProblemError, instance: str | None = None) -> bytes:
    """Return the problem document of `error` as JSON."""
    document = ProblemV1(
        type=error.kind.uri,
        title=error.kind.title,
        status=error.kind.status.value,
        detail=error.detail,
        instance=None if instance is None else f"urn:uuid:{instance}",
        errors=tuple(_fault(fault) for fault in error.faults),
    )
    return msgspec.json.encode(document)


def problem_headers(error: ProblemError) -> dict[str, str]:
    """Return the headers of the problem document of `error`."""
    return {
        "Content-Type": MEDIA_TYPE,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        **error.headers,
    }


async def send_problem(send: Send, error: ProblemError, instance: str | None = None) -> None:
    """Send the problem document of `error` as the whole answer."""
    body = problem_document(error, instance)
    headers = {**problem_headers(error), "Content-Length": str(len(body))}
    await send(
        {
            "type": "http.response.start",
            "status": error.kind.status.value,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _fault(fault: Fault) -> FaultV1:
    return msgspec.convert(fault, FaultV1, from_attributes=True)
