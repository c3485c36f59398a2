"""The outermost layer: refuses what no handler should see, before anything is read or decoded.

Hosts, header sizes, paths, methods, query keys, media types, and bodies that are too large or too slow; the
web framework would let some of these pass, and answer others without a problem document.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from service.api.abandoned import nothing_more, while_wanted
from service.api.deadline import Deadline
from service.api.documents import send_problem
from service.api.interface import Application, Message, Receive, Scope, Send
from service.api.surface import Endpoint, Path, Surface
from service.observability import log_failure
from service.problems import (
    BODY_TIMEOUT,
    HEADERS_TOO_LARGE,
    HOST_NOT_ALLOWED,
    INTERNAL_ERROR,
    INVALID_PARAMETER,
    MALFORMED_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    NOT_FOUND,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    URI_TOO_LONG,
    Fault,
    ProblemError,
)
from service.security import host_is_allowed
from service.settings import Settings

_LONGEST_TARGET = 4096
_MOST_QUERY_FIELDS = 20
_DRAINED = 32 * 1024 * 1024
"""Bytes of a refused body that are still read and thrown away, so that its sender gets to see the answer."""

_WHOLE = re.compile(r"[0-9]{1,9}")
_ESCAPED_SLASH = re.compile(rb"%2f|%5c|%00", re.IGNORECASE)


class Edge:
    """An ASGI application around another one."""

    def __init__(
        self, app: Application, surface: Surface, settings: Settings, refusal: Callable[[], str | None]
    ) -> None:
        """Guard `app`, whose paths are `surface`; `refusal` says why it could not be started, where that is known."""
        self.app = app
        self.refusal = refusal
        self.surface = surface
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, self._lifespan(send))
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": "there are no web sockets here"})

    def _lifespan(self, send: Send) -> Send:
        async def sent(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and (reason := self.refusal()):
                message = {**message, "message": reason}
            await send(message)

        return sent

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = _Response(send, without_body=scope["method"] == "HEAD")
        try:
            await self._handle(scope, receive, response)
        except ProblemError as error:
            if error.kind is not BODY_TIMEOUT:
                await _drain(receive, scope, self._settings.body_timeout)
            await send_problem(response, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller gets a problem document
            occurrence = log_failure(error)
            if not response.started:
                failure = ProblemError(INTERNAL_ERROR, "the failure was logged under this instance")
                await send_problem(response, failure, occurrence)

    async def _handle(self, scope: Scope, receive: Receive, response: _Response) -> None:
        headers = self._headers(scope)
        self._check_host(headers)
        path = self._path(scope)
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        endpoint = path.endpoints.get(method)
        if endpoint is None:
            return await _answer_method(response, path, method)
        query = self._check_request(scope, headers, endpoint)
        passed = scope if method == scope["method"] else {**scope, "method": method}
        if not endpoint.takes_body and not endpoint.described.abandonable:
            return await self.app(passed, receive, response)
        body = await self._received(receive, headers, endpoint) if endpoint.takes_body else b""
        if endpoint.described.abandonable:
            answering = self.app(passed, _replay(body, nothing_more), response)
            return await while_wanted(answering, receive, lambda: response.started)
        if endpoint.direct is not None and endpoint.direct.takes(query, body):
            return await endpoint.direct(passed, query, body, response)
        return await self.app(passed, _replay(body, receive), response)

    # --- what comes before the body -----------------------------------------------------------

    def _headers(self, scope: Scope) -> dict[bytes, bytes]:
        size = sum([len(name) + len(value) for name, value in scope["headers"]])
        if size > self._settings.header_limit:
            limit = self._settings.header_limit
            raise ProblemError(HEADERS_TOO_LARGE, f"{size} bytes of headers; at most {limit} are read")
        return dict(scope["headers"])

    def _check_host(self, headers: dict[bytes, bytes]) -> None:
        host = headers.get(b"host", b"").decode("latin-1")
        if not _host_is_allowed(host, self._settings.allowed_hosts):
            raise ProblemError(HOST_NOT_ALLOWED, "the Host header names neither this machine nor an allowed host")

    def _path(self, scope: Scope) -> Path:
        raw = scope["raw_path"] or b""
        if len(raw) + len(scope["query_string"]) > _LONGEST_TARGET:
            raise ProblemError(URI_TOO_LONG, f"path and query are longer than {_LONGEST_TARGET} bytes")
        path = None if b"%" in raw and _ESCAPED_SLASH.search(raw) else self.surface.find(scope["path"])
        if path is None:
            raise ProblemError(NOT_FOUND, "there is nothing at this path")
        return path

    def _check_request(self, scope: Scope, headers: dict[bytes, bytes], endpoint: Endpoint) -> Mapping[str, str]:
        """Return the query, checked."""
        query = _checked_query(scope["query_string"], endpoint) if scope["query_string"] else {}
        if not _accepts(headers.get(b"accept", b"*/*"), endpoint.media_type):
            raise ProblemError(NOT_ACCEPTABLE, f"the answer is {endpoint.media_type}, which Accept leaves out")
        if endpoint.takes_body:
            _check_media_type(headers)
        return query

    # --- the body -----------------------------------------------------------------------------

    async def _received(self, receive: Receive, headers: dict[bytes, bytes], endpoint: Endpoint) -> bytes:
        """Return the whole body."""
        limit = self._settings.upload_limit if endpoint.described.upload else self._settings.body_limit
        if _announced(headers) > limit:
            raise _too_large(limit)
        try:
            with Deadline(self._settings.body_timeout):
                return await _read(receive, limit)
        except TimeoutError:
            seconds = self._settings.body_timeout
            raise ProblemError(
                BODY_TIMEOUT, f"the body took longer than {seconds:g} seconds", headers={"Connection": "close"}
            ) from None


class _Response:
    """A `send` that knows whether the answer has begun, and leaves out the body of an answer to HEAD."""

    def __init__(self, send: Send, *, without_body: bool) -> None:
        self._send = send
        self._without_body = without_body
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
        elif self._without_body and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


async def _answer_method(send: Send, path: Path, method: str) -> None:
    if method != "OPTIONS":
        raise ProblemError(METHOD_NOT_ALLOWED, f"this path takes {path.allow}", headers={"Allow": path.allow})
    await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", path.allow.encode())]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@functools.lru_cache(maxsize=256)
def _host_is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    return host_is_allowed(host, allowed)


def _checked_query(query: bytes, endpoint: Endpoint) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_QUERY_FIELDS
        )
    except ValueError:
        raise ProblemError(MALFORMED_REQUEST, "the query cannot be read") from None
    seen: dict[str, str] = {}
    for name, value in pairs:
        if name not in endpoint.queries:
            known = ", ".join(sorted(endpoint.queries)) or "none"
            raise _refused_query(name, f"it is not a parameter of this path; known: {known}")
        if name in seen:
            raise _refused_query(name, "it is given twice")
        if endpoint.queries[name] and not _WHOLE.fullmatch(value):
            raise _refused_query(name, "it is a whole number")
        seen[name] = value
    return seen


def _refused_query(name: str, reason: str) -> ProblemError:
    fault = Fault(reason, parameter=name[:64])
    return ProblemError(INVALID_PARAMETER, "the query has a parameter that cannot be taken", faults=[fault])


@functools.lru_cache(maxsize=256)
def _accepts(accept: bytes, media_type: str) -> bool:
    """Return whether an Accept header takes `media_type`; the most specific range decides, as RFC 9110 says."""
    kind = media_type.partition("/")[0]
    ranks = {media_type: 2, f"{kind}/*": 1, "*/*": 0}
    best, taken = -1, False
    for part in accept.decode("latin-1").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        rank = ranks.get(name, -1)
        if rank > best:
            best, taken = rank, not any(_is_zero(parameter) for parameter in parameters)
    return taken if best >= 0 else not accept.strip()


def _is_zero(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0").rstrip(".") in ("", "0")


def _check_media_type(headers: dict[bytes, bytes]) -> None:
    if not _is_json(headers.get(b"content-type", b"")):
        raise ProblemError(
            UNSUPPORTED_MEDIA_TYPE, "the body must be application/json in UTF-8", headers={"Accept": "application/json"}
        )
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise ProblemError(
            UNSUPPORTED_MEDIA_TYPE, "the body must not be compressed", headers={"Accept-Encoding": "identity"}
        )


@functools.lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    name, *parameters = (piece.strip() for piece in content_type.decode("latin-1").lower().split(";"))
    return name == "application/json" and all(
        parameter.replace('"', "") in ("", "charset=utf-8") for parameter in parameters
    )


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _too_large(limit: int) -> ProblemError:
    return ProblemError(TOO_LARGE, f"the body is larger than {limit} bytes")


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ProblemError(MALFORMED_REQUEST, "the body breaks off")
        if chunk := message.get("body", b""):
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands over the whole body at once."""
    message: Message | None = {"type": "http.request", "body": body, "more_body": False}

    async def replayed() -> Message:
        nonlocal message
        if message is None:
            return await receive()
        given, message = message, None
        return given

    return replayed


async def _drain(receive: Receive, scope: Scope, seconds: float) -> None:
    """Read the rest of a body that nobody wants, within bounds."""
    headers = dict(scope["headers"])
    sent = b"transfer-encoding" in headers or 0 < _announced(headers) <= _DRAINED
    if not sent or b"expect" in headers:
        return
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while size <= _DRAINED:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
