"""The paths of the service, each with its methods and what they take: read off the route handlers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from litestar.enums import MediaType, ParamType
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.utils import get_enum_string_value

from service.api.described import KEY, Described
from service.api.direct import Direct
from service.api.v1.schemas import NAME_PATTERN, NUMBER_PATTERN

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.handlers import HTTPRouteHandler

_PATH_PATTERNS = {
    "ruleset": NAME_PATTERN.removeprefix("^").removesuffix(r"\Z"),
    "number": NUMBER_PATTERN.removeprefix("^").removesuffix(r"\Z"),
}
_GROUP = "path"
_REMEMBERED = 256
"""Paths of requests that are remembered, none of them longer than the edge lets pass."""
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What one method of a path takes."""

    handler: HTTPRouteHandler
    queries: Mapping[str, bool]
    """The query parameters by name, and whether each is a whole number."""
    takes_body: bool
    described: Described
    direct: Direct | None
    """What answers without the framework, where it is described so."""
    media_type: str
    """The media type that it answers with."""


@dataclass(frozen=True, slots=True)
class Path:
    """One path: its template as OpenAPI writes it, and its endpoints by method."""

    template: str
    endpoints: Mapping[str, Endpoint]
    allow: str
    """The value of `Allow`: every method, HEAD and OPTIONS included."""


class Surface:
    """Finds the path that a request is for."""

    def __init__(self, app: Litestar) -> None:
        """Read the routes of `app`."""
        self.paths = tuple(sorted(_paths(app), key=lambda path: path.template))
        self._exact = {path.template: path for path in self.paths if "{" not in path.template}
        patterns = "|".join(f"(?P<{_GROUP}{place}>{_pattern(path.template)})" for place, path in enumerate(self.paths))
        self._pattern = re.compile(patterns)
        self.find = lru_cache(_REMEMBERED)(self._find)
        """Returns the path of the service that a request is for, to the letter: no doubled or trailing slash."""

    def _find(self, path: str) -> Path | None:
        if (exact := self._exact.get(path)) is not None:
            return exact
        found = self._pattern.fullmatch(path)
        return self.paths[int((found.lastgroup or "")[len(_GROUP) :])] if found else None


def _pattern(template: str) -> str:
    parts = _PARAMETER.split(template)
    return "".join(_PATH_PATTERNS[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))


def _paths(app: Litestar) -> Iterator[Path]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            template = _PARAMETER.sub(r"{\1}", route.path)
            endpoints = dict(_endpoints(app, template, route))
            methods = {*endpoints, "OPTIONS", *(["HEAD"] if "GET" in endpoints else [])}
            yield Path(template, endpoints, ", ".join(sorted(methods)))


def _endpoints(app: Litestar, template: str, route: HTTPRoute) -> Iterator[tuple[str, Endpoint]]:
    for handler in route.route_handlers:
        if KEY in handler.opt:
            fields = handler.parsed_fn_signature.parameters
            queries = {
                field.kwarg_definition.name or name: field.annotation is int
                for name, field in fields.items()
                if isinstance(field.kwarg_definition, ParameterKwarg)
                and field.kwarg_definition.param_type is ParamType.QUERY
            }
            described: Described = handler.opt[KEY]
            direct = Direct(app, template, handler, described.direct) if described.direct else None
            media_type = get_enum_string_value(handler.media_type or MediaType.JSON)
            endpoint = Endpoint(handler, queries, "data" in fields, described, direct, media_type)
            for method in handler.http_methods:
                yield str(method), endpoint
