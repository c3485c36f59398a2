"""The public evaluator: raw facts in, an explained decision out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.decision import Decision, ExerciseAnswer
from dsl.evaluation.explanation import Explainer, Reasons
from dsl.evaluation.kinship import Kinship
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.questions import Questions
from dsl.evaluation.splicing import Name, Prepared, Splicer
from dsl.evaluation.substitutes import Substitutes
from dsl.semantics.facts import MOST_FACTS, MOST_PROBLEMS, Door, FactProblem, Facts, FactsError, described
from dsl.semantics.name_index import NameIndex
from dsl.semantics.release import Release

_SUGGESTED_FOR = 20
"""Unresolved names of one request that are compared with the catalogue; comparing is slow."""


class _Case(NamedTuple):
    """One member's outcome, on its way to an answer."""

    outcome: Outcome
    facts: Facts
    reasons: Reasons


class Evaluator:
    """Answers for one release. Holds no state between answers: the same question has the same answer."""

    def __init__(self, release: Release, previous: Evaluator | None = None) -> None:
        """Prepare to answer from `release`; where it is much like that of `previous`, most is taken over from there."""
        artifact = release.artifact
        self._release = release
        self._artifact = artifact
        before = None if previous is None else previous._compiled  # noqa: SLF001 - of this very class
        self._compiled: Compiled = Compiled(artifact, previous=before)
        self._door = Door(artifact.vocabulary)
        self._catalogue = NameIndex.of(artifact.vocabulary.exercises)
        self._explainer = Explainer(artifact)
        self._questions = Questions(artifact)
        self._substitutes = Substitutes(artifact.vocabulary)
        self._rules = {rule.id: rule for rule in artifact.rules}
        reviews = [pack.review_by for pack in artifact.packs if pack.review_by is not None]
        self._first_review = min(reviews, default=None)

    @property
    def release(self) -> Release:
        """Return the release that answers."""
        return self._release

    def evaluate(
        self,
        facts: Mapping[str, object],
        *,
        exercises: Sequence[str] | None = None,
        asked_with: Release | None = None,
        at: datetime.datetime | None = None,
    ) -> Decision:
        """Return the decision for one member.

        Args:
            facts: what is known, as `Door.read` takes it. What is left out is unknown, which is never no.
            exercises: names or synonyms to answer for, in the order asked; None for the whole catalogue, worst
                verdict first. A name that stands for nothing gets an answer of its own, never a GO.
            asked_with: the release whose questionnaire the member saw. Without it a red flag that a complete
                list does not name stays unknown, and the disposition is `screen`.
            at: the instant to answer for, with a time zone; None for now.

        Raises:
            FactsError: facts or names of exercises that cannot be read, all problems at once.
            ValueError: `at` has no time zone, or lies outside of the calendar.
        """
        instant, names, known = self._read(facts, exercises, asked_with, at)
        outcome = self._compiled.evaluate(known, instant.date()).materialised()
        return self._decision(_Case(outcome, known, Reasons(self._explainer, known)), names, instant)

    def answer(
        self,
        facts: Mapping[str, object],
        *,
        exercises: Sequence[str] | None = None,
        asked_with: Release | None = None,
        at: datetime.datetime | None = None,
        texts: bool = True,
        opening: bytes = b"{",
    ) -> bytes:
        """Return the decision for one member as JSON: the bytes of `evaluate(...).to_json()`, made without its objects.

        Without `texts` it leaves out what the release serves once: rules, labels, the words of questions and of
        advice on exercises. `opening` is how the JSON object begins: more members may stand there, each with a comma
        behind it. For the other arguments and the errors see `evaluate`.
        """
        instant, names, known = self._read(facts, exercises, asked_with, at)
        today = instant.date()
        splicer = self._in_full if texts else self._in_short
        asked = None if names is None else self._named(names)
        pieces = splicer.answer(self._compiled.evaluate(known, today), known, asked, instant, self._review_due(today))
        return b"".join((opening, *pieces))

    @cached_property
    def _prepared(self) -> Prepared:
        return Prepared(self._compiled, self._explainer, self._questions, Kinship(self._compiled))

    @cached_property
    def _in_full(self) -> Splicer:
        return Splicer(self._release, self._prepared, texts=True)

    @cached_property
    def _in_short(self) -> Splicer:
        return Splicer(self._release, self._prepared, texts=False)

    def _named(self, names: Sequence[str]) -> list[Name]:
        resolved, near = self._resolved(names)
        return [Name(asked, name, near.get(asked, ())) for asked, name in resolved]

    def _read(
        self,
        facts: Mapping[str, object],
        exercises: Sequence[str] | None,
        asked_with: Release | None,
        at: datetime.datetime | None,
    ) -> tuple[datetime.datetime, Sequence[str] | None, Facts]:
        instant = _instant(at)
        asked = None if asked_with is None else asked_with.artifact.vocabulary
        names = _names(exercises)
        return instant, names, self._door.read(facts, asked)

    def _decision(self, case: _Case, names: Sequence[str] | None, at: datetime.datetime) -> Decision:
        outcome, facts = case.outcome, case.facts
        answers = self._catalogue_answers(case) if names is None else self._answers(names, case)
        resolved = sorted({answer.exercise for answer in answers if answer.exercise is not None})
        questions = self._questions.open(outcome, facts, resolved)
        return Decision(
            digest=self._release.digest,
            at=at,
            review_due_in_days=self._review_due(at.date()),
            disposition=outcome.disposition.value,
            session=self._explainer.session(outcome, facts),
            referrals=self._explainer.referrals(outcome),
            advice=self._explainer.session_advice(outcome, facts),
            contradictions=self._explainer.contradictions(outcome.contradictions, facts),
            exercises=answers,
            rules={
                rule.id: self._explainer.rule(rule, overdue=self._explainer.overdue(rule, at.date()))
                for rule in map(self._rules.__getitem__, sorted(_mentioned(outcome, answers)))
            },
            questions=tuple(self._explainer.question(question) for question in questions),
        )

    def _catalogue_answers(self, case: _Case) -> tuple[ExerciseAnswer, ...]:
        severity = {name: entry.judgement.verdict.severity for name, entry in case.outcome.exercises.items()}
        ordered = sorted(severity, key=lambda name: (-severity[name], name))
        return tuple(self._answer(name, name, case) for name in ordered)

    def _answers(self, names: Sequence[str], case: _Case) -> tuple[ExerciseAnswer, ...]:
        resolved, near = self._resolved(names)
        return tuple(
            self._explainer.unresolved(asked, case.outcome.disposition, near.get(asked, ()))
            if name is None
            else self._answer(asked, name, case)
            for asked, name in resolved
        )

    def _resolved(self, names: Sequence[str]) -> tuple[list[tuple[str, str | None]], dict[str, tuple[str, ...]]]:
        """Return what each of `names` stands for, and what those that stand for nothing are near to."""
        found = [(asked, self._catalogue.find(asked)) for asked in names]
        unresolved = [asked for asked, name in found if name is None]
        return found, {asked: self._catalogue.nearest(asked) for asked in unresolved[:_SUGGESTED_FOR]}

    def _answer(self, asked: str, name: str, case: _Case) -> ExerciseAnswer:
        offers = self._substitutes.offers(name, case.outcome, case.facts)
        return self._explainer.exercise(asked, name, case.outcome.exercises[name], case.reasons, offers)

    def _review_due(self, today: datetime.date) -> int | None:
        return None if self._first_review is None else (self._first_review - today).days


def _instant(at: datetime.datetime | None) -> datetime.datetime:
    if at is None:
        return datetime.datetime.now(datetime.UTC)
    if at.tzinfo is None:
        raise ValueError("`at` needs a time zone")
    try:
        return at.astimezone(datetime.UTC)
    except OverflowError as error:
        raise ValueError("`at` lies outside of the calendar") from error


def _names(exercises: object) -> Sequence[str] | None:
    if exercises is None:
        return None
    if not isinstance(exercises, list | tuple):
        raise FactsError([FactProblem("/exercises", f"a list of names is expected, not {described(exercises)}")])
    if len(exercises) > MOST_FACTS:
        raise FactsError([FactProblem("/exercises", f"{len(exercises)} names; at most {MOST_FACTS} are read")])
    wrong = [
        FactProblem(f"/exercises/{place}", f"an exercise is named by text, not {described(name)}")
        for place, name in enumerate(exercises)
        if not isinstance(name, str)
    ]
    if wrong:
        raise FactsError(wrong[:MOST_PROBLEMS])
    return [_encodable(name) for name in exercises]


def _encodable(name: str) -> str:
    """Return `name` as it can stand in an answer: half characters are spelt out."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _mentioned(outcome: Outcome, answers: Sequence[ExerciseAnswer]) -> set[str]:
    """Return the ids of the rules that an answer names."""
    named = {rule.id for rule, _ in outcome.session}
    for answer in answers:
        named.update(applied.rule for applied in answer.applied)
        named.update(answer.could_grant)
    return named


__all__ = ["Decision", "Evaluator", "FactsError"]
