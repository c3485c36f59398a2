"""Answers a request without the framework: calls what a handler calls, with its arguments and nothing in between.

The framework takes longer over a request than the handlers that are asked thousands of times a second do. The edge
has checked the request already, so for these it needs no framework; whatever is not as described still goes
through it, so that what is wrong is told in one place.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, get_args

from service.api.described import PlainAnswer
from service.api.documents import send_problem
from service.api.interface import Scope, Send
from service.api.requests import decode
from service.api.responses import ALWAYS
from service.problems import ProblemError

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.handlers import HTTPRouteHandler

_MOST_HEADERS = 64


class Direct:
    """What answers in place of one route handler that takes a body."""

    def __init__(
        self, app: Litestar, template: str, handler: HTTPRouteHandler, call: Callable[..., Awaitable[PlainAnswer]]
    ) -> None:
        """Answer by `call` what `handler` of `app` would, whose path is `template` as OpenAPI writes it."""
        fields = handler.parsed_fn_signature.parameters
        self._state = app.state
        self._call = call
        self._wanted = fields["data"].annotation
        self._choices = {name: get_args(field.annotation) for name, field in fields.items()}
        self._places = [
            (place, part[1:-1], fields[part[1:-1]].annotation)
            for place, part in enumerate(template.split("/"))
            if part.startswith("{")
        ]

    def takes(self, query: Mapping[str, str], body: bytes) -> bool:
        """Return whether there is a body, and whether each parameter of `query` is one of the values described."""
        return body != b"" and all(value in self._choices.get(name, ()) for name, value in query.items())

    async def __call__(self, scope: Scope, query: Mapping[str, str], body: bytes, send: Send) -> None:
        """Send what the handler would answer."""
        parts = scope["path"].split("/")
        path = {name: wanted(parts[place]) for place, name, wanted in self._places}
        try:
            given = await self._call(self._state.context, data=decode(body, self._wanted), **path, **query)
        except ProblemError as error:
            await send_problem(send, error)
        else:
            headers = [*_encoded(tuple(given.headers.items())), (b"content-length", b"%d" % len(given.body))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": given.body, "more_body": False})


@functools.lru_cache(maxsize=_MOST_HEADERS)
def _encoded(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    told = {**ALWAYS, **dict(headers), "content-type": "application/json"}
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in told.items())
