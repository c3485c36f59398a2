"""The registry of problem types: everything that can go wrong for a caller, as RFC 9457 names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

URN = "urn:spotter:problem:"
"""What every problem type's URI begins with; URNs, because a service behind any name must say the same."""

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem: its stable name, its status, and a title that never changes."""

    slug: str
    status: HTTPStatus
    title: str

    @property
    def uri(self) -> str:
        """Return the URI that `type` carries."""
        return URN + self.slug


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a request: a JSON pointer into the body, or the name of a parameter or header.

    `code`, `file`, `line`, `column` and `help` are there for faults of rule text.
    """

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    did_you_mean: tuple[str, ...] = ()
    code: str | None = None
    file: str | None = None
    line: int | None = None
    column: int | None = None
    help: str | None = None


class ProblemError(Exception):
    """A request that cannot be answered as asked, in the form that its caller is told.

    `headers` go out with the answer (`Allow`, `Retry-After`, `ETag`). `detail` and `faults` never carry
    health values beyond what the caller's own faulty input repeats, and never reach a log.
    """

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Describe one occurrence of `kind`."""
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


@dataclass(slots=True)
class _Registry:
    types: dict[str, ProblemType] = field(default_factory=dict)

    def add(self, slug: str, status: HTTPStatus, title: str) -> ProblemType:
        kind = ProblemType(slug, status, title)
        self.types[slug] = kind
        return kind


_registry = _Registry()
_add = _registry.add

MALFORMED_REQUEST = _add("malformed-request", HTTPStatus.BAD_REQUEST, "The request cannot be read")
MALFORMED_JSON = _add("malformed-json", HTTPStatus.BAD_REQUEST, "The body is not JSON that can be read")
INVALID_PARAMETER = _add("invalid-parameter", HTTPStatus.BAD_REQUEST, "A parameter or header is not as described")
NOT_FOUND = _add("not-found", HTTPStatus.NOT_FOUND, "There is nothing at this path")
RULESET_NOT_FOUND = _add("ruleset-not-found", HTTPStatus.NOT_FOUND, "There is no such rule set")
RELEASE_NOT_FOUND = _add("release-not-found", HTTPStatus.NOT_FOUND, "There is no such release")
METHOD_NOT_ALLOWED = _add("method-not-allowed", HTTPStatus.METHOD_NOT_ALLOWED, "This path does not take this method")
NOT_ACCEPTABLE = _add("not-acceptable", HTTPStatus.NOT_ACCEPTABLE, "No accepted media type can be answered with")
BODY_TIMEOUT = _add("body-timeout", HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive in time")
RULESET_EXISTS = _add("ruleset-exists", HTTPStatus.CONFLICT, "There is already a rule set of this name")
CHANNEL_EMPTY = _add("channel-empty", HTTPStatus.CONFLICT, "No release has been promoted to this channel")
PUBLISH_CONFLICT = _add("publish-conflict", HTTPStatus.CONFLICT, "Others were publishing at the same time")
BREAKING_PROMOTION = _add("breaking-promotion", HTTPStatus.CONFLICT, "The promotion would break callers")
PRECONDITION_FAILED = _add("precondition-failed", HTTPStatus.PRECONDITION_FAILED, "It has changed since it was read")
TOO_LARGE = _add("too-large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large")
URI_TOO_LONG = _add("uri-too-long", HTTPStatus.REQUEST_URI_TOO_LONG, "The address is too long")
UNSUPPORTED_MEDIA_TYPE = _add(
    "unsupported-media-type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not of a media type that is read here"
)
HOST_NOT_ALLOWED = _add("host-not-allowed", HTTPStatus.MISDIRECTED_REQUEST, "The service does not answer to this host")
INVALID_BODY = _add("invalid-body", HTTPStatus.UNPROCESSABLE_ENTITY, "The body is not as described")
INVALID_FACTS = _add("invalid-facts", HTTPStatus.UNPROCESSABLE_ENTITY, "The facts do not fit the vocabulary")
UNKNOWN_QUESTIONNAIRE = _add(
    "unknown-questionnaire", HTTPStatus.UNPROCESSABLE_ENTITY, "`asked_with` names no release of this rule set"
)
INVALID_RULES = _add("invalid-rules", HTTPStatus.UNPROCESSABLE_ENTITY, "The rules have errors")
RULES_TOO_COSTLY = _add("rules-too-costly", HTTPStatus.UNPROCESSABLE_ENTITY, "The rules take too much time or memory")
INCOMPARABLE_RELEASES = _add(
    "incomparable-releases", HTTPStatus.UNPROCESSABLE_ENTITY, "The releases take a fact of the same name differently"
)
COMPARISON_TOO_COSTLY = _add(
    "comparison-too-costly", HTTPStatus.UNPROCESSABLE_ENTITY, "The releases take too much time or memory to compare"
)
UNKNOWN_RELEASE = _add(
    "unknown-release", HTTPStatus.UNPROCESSABLE_ENTITY, "`release` names no release of this rule set"
)
PRECONDITION_REQUIRED = _add(
    "precondition-required", HTTPStatus.PRECONDITION_REQUIRED, "The request must say what it expects to replace"
)
HEADERS_TOO_LARGE = _add("headers-too-large", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large")
INTERNAL_ERROR = _add("internal-error", HTTPStatus.INTERNAL_SERVER_ERROR, "The service failed")
RELEASE_UNAVAILABLE = _add(
    "release-unavailable", HTTPStatus.SERVICE_UNAVAILABLE, "The release is stored but cannot be loaded"
)
BUSY = _add("busy", HTTPStatus.SERVICE_UNAVAILABLE, "Too many others are waiting")

PROBLEM_TYPES: Mapping[str, ProblemType] = _registry.types
"""Every problem type by its slug."""
