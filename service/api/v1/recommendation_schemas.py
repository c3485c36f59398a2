"""Wire types of the main question and its answer."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from service.api.v1.schemas import LINE_PATTERN, TIME_PATTERN, CitationV1, Digest, Name, ReleaseNumber

Verdict = Literal["allowed", "caution", "modify", "unreviewed", "ask", "clearance", "avoid"]
Disposition = Literal["proceed", "screen", "stop", "urgent", "emergency"]

MOST_NAMED = 1_000

_CODED = {
    "type": "object",
    "properties": {"system": {"type": "string"}, "code": {"type": "string"}},
    "required": ["system", "code"],
    "additionalProperties": False,
}
_VALUES = {"type": "array", "items": {"anyOf": [{"type": "string"}, _CODED]}, "maxItems": MOST_NAMED}
_PARTIAL = {
    "type": "object",
    "properties": {"present": _VALUES, "absent": _VALUES},
    "additionalProperties": False,
}
_QUANTITY = {
    "type": "object",
    "properties": {"value": {"type": "number"}, "unit": {"type": "string"}},
    "required": ["value", "unit"],
    "additionalProperties": False,
}
FACT_VALUE = {
    "anyOf": [
        {"type": "boolean", "description": "of a yes-or-no fact"},
        {"type": "number", "description": "of a number, in the unit of the fact"},
        {"type": "string", "description": "of a fact that takes one value: its name, a synonym or a code"},
        _CODED,
        {**_VALUES, "description": "of a fact that takes many: complete, what is not in it is absent"},
        {**_PARTIAL, "description": "of a fact that takes many: what is in neither list is unknown"},
        {**_QUANTITY, "description": "of a number, in another unit of the same dimension"},
        {"type": "null", "description": "not known, as if it were left out"},
    ]
}

Facts = Annotated[
    dict[str, Any],
    Meta(
        max_length=MOST_NAMED,
        description="What is known of the member, by fact. What is left out is unknown, which is never the same as no.",
        extra_json_schema={"additionalProperties": FACT_VALUE},
    ),
]


class RecommendationRequestV1(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a caller asks.

    `exercises` are names or synonyms, answered in the order asked; left out, the whole catalogue is answered.
    `asked_with` is the release whose questionnaire the member saw: without it, red flags that a complete
    list does not name stay unknown. `subject` is a pseudonym, never stored or logged by this version.
    `at` is the instant to answer for, with an offset; left out, it is now.
    """

    facts: Facts = {}
    exercises: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=MOST_NAMED)] | None = None
    asked_with: ReleaseNumber | None = None
    subject: Annotated[str, Meta(pattern=LINE_PATTERN, max_length=128)] | None = None
    at: Annotated[str, Meta(pattern=TIME_PATTERN, extra_json_schema={"format": "date-time"})] | None = None


class MatchV1(Struct, frozen=True, omit_defaults=True):
    """One thing known of the member that a rule goes by; `absent`: it is known not to be so."""

    fact: str
    value: str | bool | int | float
    absent: bool = False


class AppliedV1(Struct, frozen=True):
    """One rule that applies. `certain`: its guard is true; else `unknown` names the facts that leave it open."""

    rule: str
    effect: str
    certain: bool
    matched: tuple[MatchV1, ...]
    unknown: tuple[str, ...]


class LimitV1(Struct, frozen=True):
    """How far an exercise may go: `min` and `max` in `unit`, or steps of a scale; null is unbounded."""

    measure: str
    label: str
    min: int | float | str | None
    max: int | float | str | None
    unit: str | None


class AdviceV1(Struct, frozen=True):
    """Words for the member; `certain` is false where it is not known whether they apply."""

    topic: str
    text: str
    rule: str
    certain: bool


class ExerciseAdviceV1(Struct, frozen=True):
    """Words for the member on one exercise; `text` is left out with `view=verdicts`."""

    topic: str
    rule: str
    certain: bool
    text: str | UnsetType = UNSET


class ReferralV1(Struct, frozen=True):
    """Whom to send the member to, and how soon."""

    urgency: Literal["routine", "urgent", "emergency"]
    text: str
    rule: str
    certain: bool


class PossibleV1(Struct, frozen=True):
    """The best and the worst verdict that the unknown facts leave possible, optional ones apart."""

    best: Verdict
    worst: Verdict


class ExerciseAnswerV1(Struct, frozen=True):
    """The verdict on one exercise.

    `asked` is the name as the caller wrote it. `exercise` is null when nothing of that name is known; then
    `did_you_mean` has the nearest. Treat a verdict that you do not know as not a GO: `go` says it outright.
    `load_factor` is what to multiply the planned load with, null when not a GO. `could_grant` names rules that
    would allow it if what they ask about were known. `instead` are exercises that this member may do; of those
    in `equipment_unknown` it is not known whether what they need is at hand. `label` is left out with
    `view=verdicts`.
    """

    asked: str
    exercise: str | None
    verdict: Verdict
    go: bool
    recommended: bool
    load_factor: int | float | None
    limits: tuple[LimitV1, ...]
    advice: tuple[ExerciseAdviceV1, ...]
    applied: tuple[AppliedV1, ...]
    could_grant: tuple[str, ...]
    possible: PossibleV1
    instead: tuple[str, ...]
    equipment_unknown: tuple[str, ...]
    did_you_mean: tuple[str, ...]
    label: str | UnsetType | None = UNSET


class RuleAnswerV1(Struct, frozen=True):
    """What a reader wants to know of a rule that applies; `further_sources` are those beside the first."""

    because: str | None
    say: str | None
    evidence: str | None
    author: str | None
    source: CitationV1 | None
    further_sources: tuple[CitationV1, ...]
    review_by: datetime.date | None
    review_overdue: bool


class OptionV1(Struct, frozen=True):
    """One value that may answer a question; `label` is left out with `view=verdicts`."""

    value: str
    red_flag: bool
    label: str | UnsetType = UNSET


class QuestionV1(Struct, frozen=True):
    """One fact to ask about. `settles` counts the exercises of this answer whose verdict it could change.

    `ask` and `why` are left out with `view=verdicts`.
    """

    fact: str
    type: Literal["one_of", "many_of", "yes_no", "number", "whole_number"]
    options: tuple[OptionV1, ...] | None
    unit: str | None
    min: int | float | None
    max: int | float | None
    red_flag: bool
    settles: Annotated[int, Meta(ge=0)]
    ask: str | UnsetType = UNSET
    why: str | UnsetType = UNSET


class ContradictionV1(Struct, frozen=True):
    """Facts that cannot all be so: what is impossible, and what was given of it."""

    impossible: str
    matched: tuple[MatchV1, ...]


class RecommendationV1(Struct, frozen=True):
    """The answer, bound to one release by number and digest.

    `session` are the session rules that apply. `exercises` stand in the order asked, else worst first.
    `review_due_in_days` is how long the pack that is due first holds, negative past it, null when none is dated.
    `rules` has what stands behind every rule named, and is left out with `view=verdicts`: the release's
    `rules` serve it once. What a member must be told at once (`referrals`, `advice`) keeps its text in either view.
    """

    decision: Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    at: datetime.datetime
    review_due_in_days: int | None
    disposition: Disposition
    session: tuple[AppliedV1, ...]
    referrals: tuple[ReferralV1, ...]
    advice: tuple[AdviceV1, ...]
    contradictions: tuple[ContradictionV1, ...]
    exercises: tuple[ExerciseAnswerV1, ...]
    questions: tuple[QuestionV1, ...]
    rules: dict[str, RuleAnswerV1] | UnsetType = UNSET
