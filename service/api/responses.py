"""Answers: encoded once, marked for caches, and named by the release that gave them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

NEVER_STORED = "no-store"
REVALIDATED = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"

ALWAYS = {"X-Content-Type-Options": "nosniff"}
"""Headers of every answer."""

_JSON = "application/json"
_NOT_MODIFIED = 304
_ETAG_CHARACTERS = 32

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


def answer(value: T, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[T]:
    """Return `value` as an answer that is never cached."""
    return encoded(_encoder.encode(value), status=status, headers={"Cache-Control": NEVER_STORED, **(headers or {})})


def encoded(body: bytes, *, status: int = 200, headers: Mapping[str, str]) -> Response[Any]:
    """Return `body`, which is JSON, as an answer."""
    return Response(body, status_code=status, media_type=_JSON, headers={**ALWAYS, **headers})


def revalidated(
    request: Request[Any, Any, Any], value: T, *, etag: str | None = None, headers: Mapping[str, str] | None = None
) -> Response[T]:
    """Return `value` as an answer that a cache may keep and must ask about; `etag` defaults to one of its bytes."""
    body = _encoder.encode(value)
    tag = etag or _quoted(hashlib.sha256(body).hexdigest())
    return _conditional(request, tag, REVALIDATED, lambda: body, headers)


def immutable(
    request: Request[Any, Any, Any], value: Callable[[], T], *, identity: str, headers: Mapping[str, str] | None = None
) -> Response[T]:
    """Return what `value` makes as an answer that never changes; it is not made when the caller has it already.

    `identity` distinguishes it from everything else: the same identity has the same bytes for ever.
    """
    return _conditional(request, _tag_of(identity), IMMUTABLE, lambda: _encoder.encode(value()), headers)


def unchanged(
    request: Request[Any, Any, Any], *, identity: str, headers: Mapping[str, str] | None = None
) -> Response[Any] | None:
    """Return the answer of `immutable` for a caller who has it already; None: it has not, so that it must be made."""
    return _not_modified(request, _tag_of(identity), IMMUTABLE, headers)


def _tag_of(identity: str) -> str:
    return _quoted(hashlib.sha256(identity.encode()).hexdigest())


def _conditional(
    request: Request[Any, Any, Any],
    etag: str,
    cache: str,
    body: Callable[[], bytes],
    headers: Mapping[str, str] | None,
) -> Response[Any]:
    known = _not_modified(request, etag, cache, headers)
    return known or encoded(body(), headers=_marked(etag, cache, headers))


def _not_modified(
    request: Request[Any, Any, Any], etag: str, cache: str, headers: Mapping[str, str] | None
) -> Response[Any] | None:
    if not _names(request.headers.get("if-none-match", ""), etag):
        return None
    return Response(None, status_code=_NOT_MODIFIED, media_type=_JSON, headers=_marked(etag, cache, headers))


def _marked(etag: str, cache: str, headers: Mapping[str, str] | None) -> dict[str, str]:
    return {"ETag": etag, "Cache-Control": cache, **(headers or {})}


def _names(if_none_match: str, etag: str) -> bool:
    return any(tag.strip().removeprefix("W/") in ("*", etag) for tag in if_none_match.split(","))


def _quoted(digest: str) -> str:
    return f'"{digest[:_ETAG_CHARACTERS]}"'
