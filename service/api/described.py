"""What a route handler says of itself beyond its signature; routing, the edge and OpenAPI all read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from service.problems import ProblemType

KEY = "described"


@dataclass(frozen=True, slots=True)
class Link:
    """An OpenAPI link: how this answer leads on to `operation`."""

    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


class PlainAnswer(NamedTuple):
    """An answer of JSON with status 200, and its headers apart from those of every such answer."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Described:
    """The contract of one operation.

    `answers` are the successful statuses with what each means; `problems` what can go wrong beyond what the
    edge refuses of any request. `headers` names response headers, `required` request headers without which a
    428 is due. `upload`: the body may be as large as an upload. `direct`: what the edge may call in place of the
    handler, which gives the same answer from the context, the body and the parameters alone. `abandonable`: work for
    nobody else than the caller, which is given up when the caller goes away.
    """

    answers: Mapping[int, str]
    answer: type[Any] | None = None
    problems: tuple[ProblemType, ...] = ()
    headers: tuple[str, ...] = ()
    links: Mapping[str, Link] = field(default_factory=dict)
    examples: Mapping[str, Any] = field(default_factory=dict)
    answer_example: Any = None
    required: tuple[str, ...] = ()
    upload: bool = False
    direct: Callable[..., Awaitable[PlainAnswer]] | None = None
    abandonable: bool = False


def described(
    answers: Mapping[int, str],
    answer: type[Any] | None = None,
    **more: Any,  # noqa: ANN401 - the fields of Described, checked by it
) -> dict[str, Described]:
    """Return the `opt` of a route handler that is described so."""
    return {KEY: Described(answers, answer, **more)}
