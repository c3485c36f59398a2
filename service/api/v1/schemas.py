"""Wire types of version 1, answers to the main question apart: names end in V1, and are what OpenAPI shows."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

NAME_PATTERN = r"^[a-z][a-z0-9-]{0,62}\Z"
LINE_PATTERN = r"^[^\x00-\x1f\x7f]+\Z"
TIME_PATTERN = (
    r"^2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
NUMBER_PATTERN = r"^[1-9][0-9]{0,8}\Z"
MOST_NUMBER = 10**9 - 1

Name = Annotated[str, Meta(pattern=NAME_PATTERN, description="Lower-case letters, digits and hyphens.")]
Title = Annotated[str, Meta(pattern=LINE_PATTERN, max_length=200)]
ReleaseNumber = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
Digest = Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}\Z")]

# --- requests ---------------------------------------------------------------------------------


class RulesetRequestV1(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule set to create."""

    name: Name
    title: Title


class RuleFileV1(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of rule text. Its name is what diagnostics show."""

    name: Annotated[str, Meta(pattern=LINE_PATTERN, max_length=200)]
    text: str


class RulesRequestV1(Struct, frozen=True, forbid_unknown_fields=True):
    """Rule text; the shipped prelude is always included."""

    files: Annotated[tuple[RuleFileV1, ...], Meta(min_length=1, max_length=500)]


class PromotionRequestV1(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a channel is to point. `breaking`: even if what is accepted now would be refused from now on."""

    release: ReleaseNumber
    breaking: bool = False


# --- rule sets and releases -------------------------------------------------------------------


class RulesetV1(Struct, frozen=True):
    """A named body of rules, the number of its newest release and of the one that `stable` points at."""

    name: Name
    title: Title
    created_at: datetime.datetime
    latest_release: ReleaseNumber | None
    stable_release: ReleaseNumber | None


class RulesetPageV1(Struct, frozen=True):
    """Some rule sets by name; `next` is the `cursor` of the following page, null on the last."""

    items: tuple[RulesetV1, ...]
    next: str | None


class DiagnosticV1(Struct, frozen=True):
    """One finding about rule text. Lines and columns count from 1; the end is exclusive.

    `rendered` shows it with its line and a caret, as a terminal would.
    """

    code: Annotated[str, Meta(pattern=r"^[EWN][0-9]{3}\Z")]
    severity: Literal["error", "warning", "note"]
    message: str
    help: str | None
    example: str | None
    file: str
    line: Annotated[int, Meta(ge=1)]
    column: Annotated[int, Meta(ge=1)]
    end_line: Annotated[int, Meta(ge=1)]
    end_column: Annotated[int, Meta(ge=1)]
    rendered: str


class ReleaseV1(Struct, frozen=True):
    """One immutable release. `digest` is the SHA-256 of its compiled artifact, `source_digest` of its source."""

    ruleset: Name
    number: ReleaseNumber
    digest: Digest
    source_digest: Digest
    published_at: datetime.datetime


class PublishedReleaseV1(ReleaseV1, frozen=True):
    """A release with what was found in its text besides errors."""

    diagnostics: tuple[DiagnosticV1, ...]


class ReleasePageV1(Struct, frozen=True):
    """Some releases, newest first; `next` is the `cursor` of the following page, null on the last."""

    items: tuple[ReleaseV1, ...]
    next: str | None


class SourceFileV1(Struct, frozen=True):
    """One file that a release was compiled from. `shipped`: it is part of the prelude, not of what was published."""

    name: str
    text: str
    shipped: bool


class SourceV1(Struct, frozen=True):
    """The source of a release."""

    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    files: tuple[SourceFileV1, ...]


class ChannelV1(Struct, frozen=True):
    """Where a channel points; `release` is null and `version` 0 until the first promotion."""

    ruleset: Name
    channel: Literal["stable"]
    release: ReleaseNumber | None
    digest: Digest | None
    version: Annotated[int, Meta(ge=0)]
    moved_at: datetime.datetime | None


# --- what a release contains ------------------------------------------------------------------


class CodeV1(Struct, frozen=True):
    """A code of a terminology. `suggests`: it raises the question and never answers it."""

    system: str
    code: str
    suggests: bool


class TermV1(Struct, frozen=True):
    """One value of a fact."""

    name: str
    label: str | None
    synonyms: tuple[str, ...]
    codes: tuple[CodeV1, ...]
    red_flag: bool


class FactV1(Struct, frozen=True):
    """One fact of the questionnaire.

    `terms` are the values of `one_of` and `many_of` facts; `min`, `max` and `unit` belong to numbers.
    `optional` facts may only add caution; `context` facts describe the request. `asked_when` is the guard,
    in the language of the rules, under which the fact exists at all; null is always.
    """

    name: str
    label: str | None
    ask: str | None
    type: Literal["one_of", "many_of", "yes_no", "number", "whole_number"]
    terms: tuple[TermV1, ...]
    min: int | float | None
    max: int | float | None
    unit: str | None
    synonyms: tuple[str, ...]
    codes: tuple[CodeV1, ...]
    red_flag: bool
    optional: bool
    context: bool
    default: str | None
    asked_when: str | None


class FactsV1(Struct, frozen=True):
    """The questionnaire of a release."""

    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    facts: tuple[FactV1, ...]


class ExerciseV1(Struct, frozen=True):
    """One exercise of the catalogue: its movement classes, what it is a kind of, and the equipment it needs."""

    name: str
    label: str | None
    synonyms: tuple[str, ...]
    classes: tuple[str, ...]
    kind_of: tuple[str, ...]
    needs: tuple[str, ...]


class ExercisesV1(Struct, frozen=True):
    """The catalogue of a release."""

    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    exercises: tuple[ExerciseV1, ...]


class CitationV1(Struct, frozen=True):
    """Where a rule comes from."""

    id: str
    title: str
    section: str | None
    quote: str | None
    url: str | None


class RuleV1(Struct, frozen=True):
    """One rule with its texts: what an answer with `view=verdicts` leaves out."""

    pack: str
    effect: str
    absolute: bool
    exercises: tuple[str, ...]
    instead: tuple[str, ...]
    topic: str | None
    text: str | None
    because: str | None
    say: str | None
    evidence: str | None
    author: str | None
    sources: tuple[CitationV1, ...]
    review_by: datetime.date | None


class RulesV1(Struct, frozen=True):
    """The rules of a release by id."""

    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    rules: dict[str, RuleV1]


# --- meta, health -----------------------------------------------------------------------------


class LimitsV1(Struct, frozen=True):
    """How much a request may carry, in bytes."""

    body: int
    upload: int
    headers: int


class MetaV1(Struct, frozen=True):
    """What the service is for, and which versions of what it speaks."""

    service: str
    version: str
    api: Literal["v1"]
    artifact_format: int
    intended_use: str
    not_intended_for: str
    limits: LimitsV1


class HealthV1(Struct, frozen=True):
    """The state of the process."""

    status: Literal["live", "ready"]
