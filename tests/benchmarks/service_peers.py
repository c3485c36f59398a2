"""What the recommendations endpoint is compared with: the same question read, the same bytes sent, nothing in between.

The benchmark starts both in processes of their own; an environment variable names the file of the answer to send.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
from litestar import Litestar, MediaType, get, post
from litestar.params import JSONBody

from service.api.interface import Receive, Scope, Send
from service.api.v1.recommendation_schemas import RecommendationRequestV1
from service.operations.garbage import settle

PATH = "/v1/rulesets/back-pain/recommendations"
READY = "/health/ready"
ANSWER = "BENCHMARK_ANSWER"

_answer = Path(os.environ[ANSWER]).read_bytes() if ANSWER in os.environ else b"{}"


# --- a bare handler of the web framework ------------------------------------------------------


@post(PATH, status_code=200, media_type=MediaType.JSON)
async def recommend(data: JSONBody[RecommendationRequestV1]) -> bytes:
    """Return bytes made beforehand."""
    del data
    return _answer


@get(READY)
async def ready() -> None:
    """Return nothing: it is ready."""


litestar = Litestar([recommend, ready], openapi_config=None, logging_config=None, on_startup=[settle])


# --- as little as ASGI takes ------------------------------------------------------------------

_decoder = msgspec.json.Decoder(RecommendationRequestV1)
_headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_answer)).encode())]


async def raw_asgi(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request, or start and stop."""
    if scope["type"] == "lifespan":
        return await _live(receive, send)
    body = await _read(receive)
    if scope["method"] == "POST":
        _decoder.decode(body)
    await send({"type": "http.response.start", "status": 200, "headers": _headers})
    return await send({"type": "http.response.body", "body": _answer, "more_body": False})


async def _read(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _live(receive: Receive, send: Send) -> None:
    for event in ("startup", "shutdown"):
        await receive()
        settle()
        await send({"type": f"lifespan.{event}.complete"})
