"""The answer: what serialises to the JSON that callers get."""

from __future__ import annotations

import datetime

import msgspec


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing known of the member that a rule goes by; `absent`: it is known not to be so."""

    fact: str
    value: str | bool | int | float
    absent: bool = False


class Applied(msgspec.Struct, frozen=True):
    """One rule that applies. `certain`: its guard is true; else `unknown` names the facts that leave it open."""

    rule: str
    effect: str
    certain: bool
    matched: tuple[Match, ...]
    unknown: tuple[str, ...]


class LimitAnswer(msgspec.Struct, frozen=True):
    """How far an exercise may go: `min` and `max` in `unit`, or steps of a scale; null is unbounded."""

    measure: str
    label: str
    min: int | float | str | None
    max: int | float | str | None
    unit: str | None


class Advice(msgspec.Struct, frozen=True):
    """Words for the member; `certain` is false where it is not known whether they apply."""

    topic: str
    text: str
    rule: str
    certain: bool


class Referral(msgspec.Struct, frozen=True):
    """Whom to send the member to, and how soon: `routine`, `urgent` or `emergency`."""

    urgency: str
    text: str
    rule: str
    certain: bool


class Span(msgspec.Struct, frozen=True):
    """The best and the worst verdict that the unknown facts leave possible, optional ones apart."""

    best: str
    worst: str


class ExerciseAnswer(msgspec.Struct, frozen=True):
    """The verdict on one exercise.

    `asked` is the name as the caller wrote it. `exercise` is null when nothing of that name is known; then
    `did_you_mean` has the nearest. `load_factor` is what to multiply the planned load with, null when not a GO.
    `could_grant` names rules that would allow it if what they ask about were known. `instead` are exercises that
    this member may do; of those in `equipment_unknown` it is not known whether what they need is at hand.
    """

    asked: str
    exercise: str | None
    label: str | None
    verdict: str
    go: bool
    recommended: bool
    load_factor: int | float | None
    limits: tuple[LimitAnswer, ...]
    advice: tuple[Advice, ...]
    applied: tuple[Applied, ...]
    could_grant: tuple[str, ...]
    possible: Span
    instead: tuple[str, ...]
    equipment_unknown: tuple[str, ...]
    did_you_mean: tuple[str, ...]


class SourceAnswer(msgspec.Struct, frozen=True):
    """Where a rule comes from."""

    id: str
    title: str
    section: str | None
    quote: str | None
    url: str | None


class RuleAnswer(msgspec.Struct, frozen=True):
    """What a reader wants to know of a rule that applies; `further_sources` are those beside the first."""

    because: str | None
    say: str | None
    evidence: str | None
    author: str | None
    source: SourceAnswer | None
    further_sources: tuple[SourceAnswer, ...]
    review_by: datetime.date | None
    review_overdue: bool


class Option(msgspec.Struct, frozen=True):
    """One value that may answer a question."""

    value: str
    label: str
    red_flag: bool


class QuestionAnswer(msgspec.Struct, frozen=True):
    """One fact to ask about. `settles` counts the exercises of this answer whose verdict it could change."""

    fact: str
    ask: str
    type: str
    options: tuple[Option, ...] | None
    unit: str | None
    min: int | float | None
    max: int | float | None
    red_flag: bool
    why: str
    settles: int


class ContradictionAnswer(msgspec.Struct, frozen=True):
    """Facts that cannot all be so: what is impossible, and what was given of it."""

    impossible: str
    matched: tuple[Match, ...]


class Decision(msgspec.Struct, frozen=True):
    """One answer, bound to the release by its digest and to the instant `at`.

    `session` are the session rules that apply: those that are certain decide the disposition, an uncertain one
    makes it at least `screen`. `review_due_in_days` is how long the pack that is due first holds, negative past
    it, null when none is dated.
    """

    digest: str
    at: datetime.datetime
    review_due_in_days: int | None
    disposition: str
    session: tuple[Applied, ...]
    referrals: tuple[Referral, ...]
    advice: tuple[Advice, ...]
    contradictions: tuple[ContradictionAnswer, ...]
    exercises: tuple[ExerciseAnswer, ...]
    rules: dict[str, RuleAnswer]
    questions: tuple[QuestionAnswer, ...]

    def to_json(self) -> bytes:
        """Return the answer as JSON, the same bytes for the same answer."""
        return msgspec.json.encode(self)

    def for_exercise(self, name: str) -> ExerciseAnswer:
        """Return the answer on the exercise with the declared name `name`.

        Raises:
            KeyError: the answer is not about it.
        """
        for answer in self.exercises:
            if answer.exercise == name:
                return answer
        raise KeyError(name)
