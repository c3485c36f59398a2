"""Runs the examples of a compilation: what an author wrote down as expected, held against the answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

import msgspec

from dsl.evaluation.compiled import Compiled, Found
from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.evaluation.questions import Questions
from dsl.evaluation.reference import Reference
from dsl.semantics import checked, ir
from dsl.semantics.facts import Door, Facts, FactsError
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound
from dsl.syntax.diagnostics import Diagnostic

_MOST_NAMED = 3


def run_examples(artifact: Artifact, examples: Sequence[checked.CheckedExample]) -> list[Diagnostic]:
    """Return one diagnostic for each expectation that the release does not meet.

    A member of an example was asked this release's whole questionnaire. An example that names no day is
    evaluated on the last day on which every pack is within its review date. What an example's own pack meets,
    and other packs override or only tighten, is a warning: a clinic can change a pack that is not its own.
    """
    whole = _Bench(artifact)
    alone: dict[str, _Bench] = {}
    found: list[Diagnostic] = []
    for example in examples:
        failures = list(whole.failures(example))
        if failures and example.pack not in alone:
            alone[example.pack] = _Bench(_only(artifact, example.pack))
        if failures and _is_meant(example, whole, alone[example.pack]):
            failures = [_by_another_pack(failure, example.pack) for failure in failures]
        found.extend(failures)
    return found


def first_unmet(artifact: Artifact, examples: Iterable[checked.CheckedExample]) -> checked.CheckedExample | None:
    """Return the first example of which the release does not meet an expectation; None where it meets all."""
    whole = _Bench(artifact)
    return next((example for example in examples if any(True for _ in whole.failures(example))), None)


def within_review(artifact: Artifact) -> datetime.date:
    """Return the last day on which every pack is within its review date; the first of all days where none has one."""
    return min((pack.review_by for pack in artifact.packs if pack.review_by), default=datetime.date.min)


def unmet(artifact: Artifact, example: checked.CheckedExample) -> list[tuple[str, str | None]]:
    """Return in what the reference's answer on a member differs from what is expected, each with what made it so.

    Raises:
        FactsError: the facts of the example do not fit the release.
    """
    facts = Door(artifact.vocabulary).read(example.facts, artifact.vocabulary)
    outcome = Reference(artifact).evaluate(facts, example.at or within_review(artifact))
    held = _Held(artifact, facts, outcome, Questions(artifact))
    return [problem for expected in example.expected for problem in held.unmet(expected)]


def _only(artifact: Artifact, pack: str) -> Artifact:
    """Return what `artifact` would be with the rules of `pack` alone."""
    return msgspec.structs.replace(
        artifact,
        packs=tuple(known for known in artifact.packs if known.name == pack),
        rules=tuple(rule for rule in artifact.rules if rule.pack == pack),
        overrides=(),
    )


def _is_meant(example: checked.CheckedExample, whole: _Bench, alone: _Bench) -> bool:
    """Return whether the example holds for its pack alone, and others say that they change it, or only tighten."""
    if any(alone.failures(example)):
        return False
    return whole.overrides(example.pack) or whole.outcome(example).no_laxer_than(alone.outcome(example))


def _by_another_pack(failure: Diagnostic, pack: str) -> Diagnostic:
    hint = f"with the rules of `{pack}` alone the example holds; see that the other packs mean to change it"
    return replace(failure, code="W550", help=hint)


class _Bench:
    """Runs examples against one artifact."""

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact
        self._door = Door(artifact.vocabulary)
        self._questions = Questions(artifact)
        self._compiled = Compiled(artifact)
        self._within = within_review(artifact)

    def overrides(self, pack: str) -> bool:
        """Return whether another pack overrides a rule of `pack`."""
        return any(override.rule.startswith(f"{pack}/") for override in self._artifact.overrides)

    def outcome(self, example: checked.CheckedExample) -> Outcome:
        return self._found(example).materialised()

    def _found(self, example: checked.CheckedExample) -> Found:
        return self._compiled.evaluate(self._facts(example), example.at or self._within)

    def failures(self, example: checked.CheckedExample) -> Iterator[Diagnostic]:
        try:
            facts = self._facts(example)
        except FactsError as error:
            yield Diagnostic("E451", example.span, f"the facts of this example cannot be read: {error}")
            return
        outcome = self._found(example).materialised(_looked_at(example))
        yield from _Held(self._artifact, facts, outcome, self._questions).failures(example)

    def _facts(self, example: checked.CheckedExample) -> Facts:
        return self._door.read(example.facts, self._artifact.vocabulary)


def _looked_at(example: checked.CheckedExample) -> frozenset[str] | None:
    """Return the exercises that the example's expectations are about: a few of the catalogue; None: all of them."""
    names: set[str] = set()
    for expected in example.expected:
        match expected:
            case checked.SessionExpected() | checked.RoutineReferralExpected():
                pass
            case checked.QuestionExpected():
                return None
            case _:
                names.update(expected.exercises)
    return frozenset(names)


class _Held:
    """One example's answer, for its expectations to be held against."""

    def __init__(self, artifact: Artifact, facts: Facts, outcome: Outcome, questions: Questions) -> None:
        self._measures = {measure.name: measure for measure in artifact.vocabulary.measures}
        self._facts = facts
        self._outcome = outcome
        self._questions = questions

    def failures(self, example: checked.CheckedExample) -> Iterator[Diagnostic]:
        for expected in example.expected:
            for message, reason in self.unmet(expected):
                yield Diagnostic("E450", expected.span, f"example “{example.title}”: {message}", help=reason)

    def unmet(self, expected: checked.Expected) -> Iterator[tuple[str, str | None]]:
        match expected:
            case checked.SessionExpected():
                yield from self._unmet_session(expected)
            case checked.RoutineReferralExpected():
                if not any(rule.effect is ir.Effect.ROUTINE for rule, _ in self._outcome.session):
                    yield "no routine referral is shown", None
            case checked.QuestionExpected():
                yield from self._unmet_question(expected.fact)
            case _:
                for exercise in expected.exercises:
                    yield from self._unmet_exercise(expected, exercise, self._outcome.exercises[exercise])

    def _unmet_session(self, expected: checked.SessionExpected) -> Iterator[tuple[str, str | None]]:
        found = self._outcome.disposition
        if not _within(found.severity, expected.bound, expected.disposition.severity):
            yield f"the session is `{found.value}`", _because(self._deciding())

    def _deciding(self) -> list[str]:
        return [rule.id for rule, _ in self._outcome.session if rule.effect in ir.SESSION]

    def _waiting(self, verdict: Verdict) -> str | None:
        """Return why everything is `ask`, where the session waits."""
        if verdict is not Verdict.ASK or self._outcome.disposition is not Disposition.SCREEN:
            return None
        if self._outcome.contradictions:
            return f"the session is `screen`; impossible: {self._outcome.contradictions[0].text}"
        return f"the session is `screen`; what applies or may: {_some(self._deciding())}"

    def _unmet_question(self, fact: str) -> Iterator[tuple[str, str | None]]:
        asked = [
            question.fact.name
            for question in self._questions.open(self._outcome, self._facts, [*self._outcome.exercises])
        ]
        if fact not in asked:
            yield f"`{fact}` is not asked", f"what is asked: {', '.join(asked) or 'nothing'}"

    def _unmet_exercise(
        self,
        expected: checked.VerdictExpected | checked.RecommendedExpected | checked.LimitExpected | checked.LoadExpected,
        exercise: str,
        entry: ExerciseOutcome,
    ) -> Iterator[tuple[str, str | None]]:
        found = entry.judgement
        reason = self._waiting(found.verdict) or _because([rule.id for rule, _ in entry.applied])
        match expected:
            case checked.VerdictExpected():
                if not _within(found.verdict.severity, expected.bound, expected.verdict.severity):
                    yield f"`{exercise}` is `{found.verdict.value}`", reason or _ungranted(entry)
            case checked.RecommendedExpected():
                if found.recommended is not expected.recommended:
                    yield f"`{exercise}` is {'' if found.recommended else 'not '}recommended", reason
            case checked.LimitExpected():
                if not _has_limit(found.limits, expected.limit):
                    yield f"`{exercise}` has {self._spelled(found.limits, expected.limit.measure)}", reason
            case checked.LoadExpected():
                if found.load_factor != expected.factor:
                    yield f"the load of `{exercise}` is {_percent(found.load_factor)}", reason
            case _:
                assert_never(expected)

    def _spelled(self, limits: Sequence[ir.Limit], measure: str) -> str:
        limit = next((limit for limit in limits if limit.measure == measure), None)
        if limit is None:
            return f"no limit on `{measure}`"
        steps, unit = self._measures[measure].steps, self._measures[measure].unit
        bounds = [
            f"{measure} {sign} {steps[int(bound)] if steps else f'{bound} {unit or str()}'.strip()}"
            for sign, bound in ((">=", limit.low), ("<=", limit.high))
            if bound is not None
        ]
        return f"the limit {' and '.join(bounds)}"


def _within(found: int, bound: Bound, expected: int) -> bool:
    match bound:
        case Bound.EXACTLY:
            return found == expected
        case Bound.AT_LEAST:
            return found >= expected
        case Bound.AT_MOST:
            return found <= expected
        case _:
            assert_never(bound)


def _has_limit(limits: Sequence[ir.Limit], expected: ir.Limit) -> bool:
    found = next((limit for limit in limits if limit.measure == expected.measure), None)
    return found is not None and all(
        wanted is None or wanted == bound for wanted, bound in ((expected.low, found.low), (expected.high, found.high))
    )


def _because(rules: Sequence[str]) -> str | None:
    return f"what applies: {_some(rules)}" if rules else None


def _some(rules: Sequence[str]) -> str:
    more = f" and {len(rules) - _MOST_NAMED} more" if len(rules) > _MOST_NAMED else ""
    return f"{', '.join(rules[:_MOST_NAMED])}{more}"


def _ungranted(entry: ExerciseOutcome) -> str:
    if entry.could_grant:
        return f"what could grant it is not certain: {_some([rule.id for rule in entry.could_grant])}"
    return "no rule grants it: only `allow`, `recommend`, `modify` or `caution` that names it can"


def _percent(factor: Decimal | None) -> str:
    return "nothing: it is not a GO" if factor is None else f"{(factor * 100).normalize():f} %"
