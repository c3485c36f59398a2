"""The OpenAPI document, made of the route handlers themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec
from litestar.params import ParameterKwarg
from litestar.types import Empty

from service.api.described import Described, Link
from service.api.documents import ProblemV1
from service.api.surface import Endpoint, Path, Surface
from service.problems import (
    BODY_TIMEOUT,
    HEADERS_TOO_LARGE,
    HOST_NOT_ALLOWED,
    INTERNAL_ERROR,
    INVALID_BODY,
    INVALID_PARAMETER,
    MALFORMED_JSON,
    MALFORMED_REQUEST,
    MEDIA_TYPE,
    NOT_ACCEPTABLE,
    PROBLEM_TYPES,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    URI_TOO_LONG,
    ProblemType,
)
from service.version import INTERFACE_VERSION

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ANY_REQUEST = (
    MALFORMED_REQUEST,
    INVALID_PARAMETER,
    NOT_ACCEPTABLE,
    URI_TOO_LONG,
    HOST_NOT_ALLOWED,
    HEADERS_TOO_LARGE,
    INTERNAL_ERROR,
)

if TYPE_CHECKING:
    from litestar.typing import FieldDefinition
_ANY_BODY = (MALFORMED_JSON, INVALID_BODY, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, BODY_TIMEOUT)

_HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "ETag": ("Identifies this state of the resource.", {"type": "string", "pattern": '^"[0-9a-f]+"$'}),
    "Location": ("The path of what was published or created.", {"type": "string", "format": "uri-reference"}),
    "Spotter-Release": ("The number of the release that gave the answer.", {"type": "integer", "minimum": 1}),
    "Spotter-Digest": ("The digest of that release.", {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}),
}

_TAGS = {
    "recommendations": "What a member may do, and what can be asked and answered.",
    "checks": "Whether rule text is right.",
    "rule sets": "Named bodies of rules.",
    "releases": "Immutable, numbered, hashed compilations of rule text.",
    "channels": "Which release answers.",
    "meta": "What the service is for.",
    "health": "Probes.",
}

_DESCRIPTION = """\
Applies published exercise-safety rules to what is known of a member. Every answer names the release that gave it,
by number and digest, in the body and in the headers `Spotter-Release` and `Spotter-Digest`.

Whatever goes wrong is told as a problem document (RFC 9457, `application/problem+json`). Unknown members of a body
and unknown or repeated query parameters are refused, never ignored. Types of problems:

{problems}
"""


def document(surface: Surface) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `surface`."""
    kinds = [ProblemV1, *_types(surface)]
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    problems = "\n".join(f"- `{kind.uri}` ({kind.status.value}): {kind.title}" for kind in PROBLEM_TYPES.values())
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": "Spotter",
            "version": INTERFACE_VERSION,
            "summary": "Exercise safety, as published rules say",
            "description": _DESCRIPTION.format(problems=problems),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": {path.template: _path_item(path) for path in surface.paths if _shown(path)},
        "components": {"schemas": _portable(components), "headers": {name: _header(name) for name in _HEADERS}},
    }


def _shown(path: Path) -> bool:
    return any(endpoint.handler.operation_id for endpoint in path.endpoints.values())


def _types(surface: Surface) -> list[Any]:
    endpoints = [endpoint for path in surface.paths for endpoint in path.endpoints.values()]
    found = [endpoint.described.answer for endpoint in endpoints if endpoint.described.answer]
    found += [_body_type(endpoint) for endpoint in endpoints if endpoint.takes_body]
    return sorted(set(found), key=lambda kind: kind.__name__)


def _body_type(endpoint: Endpoint) -> Any:  # noqa: ANN401 - a type, whichever the handler declares
    return endpoint.handler.parsed_fn_signature.parameters["data"].annotation


def _path_item(path: Path) -> dict[str, Any]:
    return {method.lower(): _operation(endpoint) for method, endpoint in sorted(path.endpoints.items())}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    handler, contract = endpoint.handler, endpoint.described
    operation: dict[str, Any] = {
        "operationId": handler.operation_id,
        "summary": handler.summary,
        "description": inspect.getdoc(handler.fn),
        "tags": sorted(handler.tags or ()),
    }
    if parameters := [_parameter(name, field, contract) for name, field in _parameters(endpoint)]:
        operation["parameters"] = parameters
    if endpoint.takes_body:
        operation["requestBody"] = _request_body(endpoint)
    operation["responses"] = _responses(endpoint)
    return operation


# --- requests ---------------------------------------------------------------------------------


def _parameters(endpoint: Endpoint) -> Iterable[tuple[str, FieldDefinition]]:
    fields = endpoint.handler.parsed_fn_signature.parameters
    return [(name, field) for name, field in fields.items() if isinstance(field.kwarg_definition, ParameterKwarg)]


def _parameter(name: str, field: FieldDefinition, contract: Described) -> dict[str, Any]:
    definition = cast("ParameterKwarg", field.kwarg_definition)
    known_as = definition.name or name
    return {
        "name": known_as,
        "in": str(definition.param_type.value),
        "description": definition.description,
        "required": field.default is Empty or known_as in contract.required,
        "schema": _parameter_schema(field, definition),
    }


def _parameter_schema(field: FieldDefinition, definition: ParameterKwarg) -> dict[str, Any]:
    kind = next(arg for arg in (*get_args(field.annotation), field.annotation) if arg is not type(None))
    if field.is_literal:
        schema: dict[str, Any] = {"type": "string", "enum": list(get_args(field.annotation))}
    else:
        schema = {"type": "integer" if kind is int else "string"}
    bounds = {"minimum": definition.ge, "maximum": definition.le, "pattern": definition.pattern}
    schema.update({name: bound for name, bound in bounds.items() if bound is not None})
    if field.default is not Empty and field.default is not None:
        schema["default"] = field.default
    portable: dict[str, Any] = _portable(schema)
    return portable


def _request_body(endpoint: Endpoint) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _ref(_body_type(endpoint))}
    if endpoint.described.examples:
        content["examples"] = {
            name.replace(" ", "_").replace(",", ""): {"summary": name, "value": value}
            for name, value in endpoint.described.examples.items()
        }
    return {"required": True, "content": {"application/json": content}}


# --- responses --------------------------------------------------------------------------------


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    contract = endpoint.described
    responses = {str(status): _success(text, contract) for status, text in contract.answers.items()}
    if "ETag" in contract.headers and "GET" in endpoint.handler.http_methods:
        responses["304"] = {"description": "Nothing has changed since the `ETag` that `If-None-Match` names."}
    problems = [*contract.problems, *_ANY_REQUEST, *(_ANY_BODY if endpoint.takes_body else ())]
    by_status: dict[str, list[ProblemType]] = {}
    for kind in problems:
        by_status.setdefault(str(kind.status.value), []).append(kind)
    responses.update({status: _problem(kinds) for status, kinds in by_status.items()})
    return dict(sorted(responses.items()))


def _success(text: str, contract: Described) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": text,
        "content": {"application/json": {"schema": _ref(contract.answer)}},
    }
    if contract.headers:
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in contract.headers}
    if contract.links:
        response["links"] = {name: _link(link) for name, link in contract.links.items()}
    return response


def _link(link: Link) -> dict[str, Any]:
    content: dict[str, Any] = {"operationId": link.operation, "parameters": dict(link.parameters)}
    if link.body is not None:
        content["requestBody"] = dict(link.body)
    return content


def _problem(kinds: Iterable[ProblemType]) -> dict[str, Any]:
    return {
        "description": "; ".join(f"{kind.title} (`{kind.slug}`)" for kind in kinds) + ".",
        "content": {MEDIA_TYPE: {"schema": _ref(ProblemV1)}},
    }


def _header(name: str) -> dict[str, Any]:
    text, schema = _HEADERS[name]
    return {"description": text, "required": True, "schema": schema}


def _ref(kind: Any) -> dict[str, str]:  # noqa: ANN401 - a type
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _portable(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON schema
    r"""Return `schema` as readers of JSON schema want it: no `\Z`, no indented prose, enumerations with a type."""
    match schema:
        case {"pattern": str(pattern), **rest}:
            return {**_portable(rest), "pattern": re.sub(r"\\Z$", "$", pattern)}
        case {"description": str(text), **rest}:
            return {"description": inspect.cleandoc(text), **_portable(rest)}
        case {"enum": [str(), *_], **rest} if "type" not in rest:
            return {"type": "string", **_portable(rest), "enum": schema["enum"]}
        case Mapping():
            return {name: _portable(part) for name, part in schema.items()}
        case list():
            return [_portable(part) for part in schema]
        case _:
            return schema
