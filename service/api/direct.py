"""Calls a route handler with its arguments and nothing in between.

The framework takes longer over a request than the handlers that are asked thousands of times a second do. The edge
has checked the request already, so for these it needs no framework; whatever is not as described still goes
through it, so that what is wrong is told in one place.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, get_args

from service.api.documents import send_problem
from service.api.interface import Scope, Send
from service.api.requests import SpotterRequest, decode
from service.problems import ProblemError

if TYPE_CHECKING:
    from litestar import Litestar, Response
    from litestar.handlers import HTTPRouteHandler

_MOST_HEADERS = 256


class Direct:
    """One route handler that takes a body, and returns a `Response` of bytes without cookies or background tasks."""

    def __init__(self, app: Litestar, template: str, handler: HTTPRouteHandler) -> None:
        """Call `handler` of `app`, whose path is `template` as OpenAPI writes it."""
        fields = handler.parsed_fn_signature.parameters
        self._app = app
        self._call = handler.fn
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
        """Send what the handler answers."""
        scope["litestar_app"] = self._app
        parts = scope["path"].split("/")
        path = {name: wanted(parts[place]) for place, name, wanted in self._places}
        try:
            data = decode(body, self._wanted)
            response = await self._call(request=SpotterRequest(scope), data=data, **path, **query)  # type: ignore[arg-type]  # Litestar's scope is a TypedDict
        except ProblemError as error:
            await send_problem(send, error)
        else:
            await _send(send, response)


async def _send(send: Send, response: Response[bytes]) -> None:
    headers = [_encoded(name, value) for name, value in response.headers.items()]
    headers.append(_encoded("content-type", str(response.media_type)))
    headers.append((b"content-length", b"%d" % len(response.content)))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content, "more_body": False})


@functools.lru_cache(maxsize=_MOST_HEADERS)
def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode("latin-1"), value.encode("latin-1")
