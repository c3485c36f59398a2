"""The OpenAPI document and a page to read it, both served by the service itself: nothing is fetched from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import MediaType, Response, get

from service.api.described import described
from service.api.openapi import document
from service.api.requests import SpotterRequest
from service.api.responses import revalidated

_METHODS = ("get", "put", "post")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc } details { margin: .75rem 0 } summary { cursor: pointer }
code, pre { font: 14px/1.4 ui-monospace, monospace; background: #f4f4f4 } pre { padding: .75rem; overflow-x: auto }
b { display: inline-block; min-width: 3.5rem } table { border-collapse: collapse }
td, th { border: 1px solid #ddd; padding: .25rem .5rem; text-align: left; vertical-align: top }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #ddd } code, pre { background: #262626 } }
"""


@get("/schema/openapi.json", opt=described({200: "The document."}))
async def read_document(request: SpotterRequest) -> Response[dict[str, Any]]:
    """Return the OpenAPI document."""
    return revalidated(request, document(request.app.state.surface))


@get("/docs", media_type=MediaType.HTML, opt=described({200: "The page."}))
async def read_page(request: SpotterRequest) -> Response[str]:
    """Return the OpenAPI document as a page."""
    page = "".join(_page(document(request.app.state.surface)))
    return Response(page, media_type=MediaType.HTML, headers={"Content-Security-Policy": _POLICY})


def _page(content: dict[str, Any]) -> Iterator[str]:
    title = _text(content["info"]["title"])
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    yield f"<h1>{title}</h1><p>{_text(content['info']['summary'])}. Machines read "
    yield '<a href="/schema/openapi.json">/schema/openapi.json</a>.</p>'
    yield f"<pre>{_text(content['info']['description'])}</pre>"
    for tag in content["tags"]:
        yield f"<h2>{_text(tag['name'].capitalize())}</h2><p>{_text(tag['description'])}</p>"
        for path, method, operation in _operations(content, tag["name"]):
            yield from _operation(path, method, operation)
    yield "<h2>Schemas</h2>"
    for name, schema in content["components"]["schemas"].items():
        yield f'<details id="{_text(name)}"><summary><code>{_text(name)}</code> {_text(schema.get("description", ""))}'
        yield f"</summary><pre>{_json(schema)}</pre></details>"


def _operations(content: dict[str, Any], tag: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in content["paths"].items():
        for method in _METHODS:
            if method in item and tag in item[method]["tags"]:
                yield path, method, item[method]


def _operation(path: str, method: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"<details><summary><b>{method.upper()}</b> <code>{_text(path)}</code> {_text(operation['summary'])}"
    yield "</summary>"
    yield f"<p>{_text(operation['description'] or '')}</p>"
    if "parameters" in operation:
        yield "<table><tr><th>Parameter<th>In<th>Meaning"
        for parameter in operation["parameters"]:
            required = "" if parameter["required"] else " (optional)"
            yield f"<tr><td><code>{_text(parameter['name'])}</code>{required}<td>{parameter['in']}"
            yield f"<td>{_text(parameter['description'])}"
        yield "</table>"
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield f"<p>Body: {_reference(media['schema'])}</p>"
        for example in media.get("examples", {}).values():
            yield f"<p>{_text(example['summary'].capitalize())}:</p><pre>{_json(example['value'])}</pre>"
    yield "<table><tr><th>Status<th>Meaning<th>Body"
    for status, response in operation["responses"].items():
        bodies = ", ".join(_reference(media["schema"]) for media in response.get("content", {}).values())
        yield f"<tr><td>{status}<td>{_text(response['description'])}<td>{bodies}"
    yield "</table></details>"


def _reference(schema: dict[str, Any]) -> str:
    name = _text(schema["$ref"].rpartition("/")[2])
    return f'<a href="#{name}"><code>{name}</code></a>'


def _json(value: object) -> str:
    return _text(json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False))


def _text(value: str) -> str:
    return html.escape(value)
