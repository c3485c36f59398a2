"""The words in which a person reads verdicts, dispositions and what is known."""

from __future__ import annotations

from collections.abc import Sequence

from dsl.evaluation.decision import LimitAnswer, Match
from dsl.evaluation.explanation import spelled
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary import Fact, Vocabulary
from dsl.tools.terminal import visible

VERDICTS = {
    Verdict.ALLOWED: ("Allowed", "green"),
    Verdict.CAUTION: ("With caution", "yellow"),
    Verdict.MODIFY: ("Modified", "yellow"),
    Verdict.UNREVIEWED: ("Not reviewed", "magenta"),
    Verdict.ASK: ("Ask first", "cyan"),
    Verdict.CLEARANCE: ("Clearance", "magenta"),
    Verdict.AVOID: ("Avoid", "red"),
}
"""How each verdict is written, and its colour."""

RECOMMENDED = "Recommended"

DISPOSITIONS = {
    Disposition.PROCEED: ("Training may go ahead.", "green", "Each exercise as its verdict says."),
    Disposition.SCREEN: (
        "Ask before training.",
        "cyan",
        "An answer is missing or unclear that could end the session. No exercise has a go until it is settled.",
    ),
    Disposition.STOP: ("Stop the session.", "red", "No exercise may be done any more today."),
    Disposition.URGENT: ("No training. Refer urgently.", "red", "No exercise may be done."),
    Disposition.EMERGENCY: ("No training. This is an emergency.", "bold red", "No exercise may be done."),
}
"""For each disposition a sentence, its colour, and what it means for the exercises."""


class Words:
    """What the names of one vocabulary are called in front of people."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the labels of `vocabulary`."""
        self._facts = {fact.name: fact for fact in vocabulary.facts}
        self._exercises = {exercise.name: exercise.label for exercise in vocabulary.exercises}

    def fact(self, name: str) -> str:
        """Return what the fact `name` is called."""
        fact = self._facts.get(name)
        return visible((fact.label if fact else None) or spelled(name))

    def exercise(self, name: str) -> str:
        """Return what the exercise `name` is called."""
        return visible(self._exercises.get(name) or spelled(name))

    def known(self, match: Match) -> str:
        """Return one thing known of the member, such as `Pain phase: acute`."""
        value = self._value(self._facts.get(match.fact), match.value)
        return f"{self.fact(match.fact)}: {'not ' if match.absent else ''}{value}"

    def _value(self, fact: Fact | None, value: str | bool | float) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if not isinstance(value, str):
            told = str(round(value, 2))  # 250 min in hours would have no end
            return f"{told} {fact.unit}" if fact and fact.unit else told
        label = next((term.label for term in fact.terms if term.name == value), None) if fact else None
        return visible(label or value.replace("_", " "))


def limit(bound: LimitAnswer) -> str:
    """Return one limit in words, such as `Load: at most 50 %`."""
    unit = f" {bound.unit}" if bound.unit else ""
    low, high = (_spoken(end, unit) for end in (bound.min, bound.max))
    if low is not None and high is not None:
        range_ = f"{high} exactly" if low == high else f"{low} to {high}"
    else:
        range_ = f"at most {high}" if high is not None else f"at least {low}"
    return f"{visible(bound.label)}: {range_}"


def _spoken(end: float | str | None, unit: str) -> str | None:
    if end is None:
        return None
    return visible(end.replace("_", " ")) if isinstance(end, str) else f"{end}{unit}"


def listed(names: Sequence[str], most: int = 1_000) -> str:
    """Return `names` as a list in a sentence; what is past `most` is counted."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `count` with its noun: `1 rule`, `2 rules`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
