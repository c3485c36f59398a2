"""Runs the examples of a compilation: what an author wrote down as expected, held against the answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol, assert_never

import msgspec

from dsl.evaluation.compiled import Compiled, Found
from dsl.evaluation.explanation import bound_of
from dsl.evaluation.masks import places
from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.evaluation.questions import Questions
from dsl.evaluation.reference import Reference
from dsl.semantics import checked, ir
from dsl.semantics.facts import Door, Facts, FactsError
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound
from dsl.syntax.diagnostics import Diagnostic

_MOST_NAMED = 3
_MOST_GROUPS = 7
"""Groups of exercises that one diagnostic tells apart: as many as there are verdicts."""


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
    """Return the first example that the release does not meet; None where it meets all."""
    whole = _Bench(artifact)
    return next((example for example in examples if any(whole.failures(example))), None)


def met(artifact: Artifact, examples: Iterable[checked.CheckedExample]) -> list[checked.CheckedExample]:
    """Return those of `examples` that the release meets."""
    whole = _Bench(artifact)
    return [example for example in examples if not any(whole.failures(example))]


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
    held = _Held(artifact, facts, _InFull(outcome), lambda: Questions(artifact))
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
        self._compiled = Compiled(artifact)
        self._places = {name: place for place, name in enumerate(self._compiled.exercises)}
        self._within = within_review(artifact)

    def overrides(self, pack: str) -> bool:
        """Return whether another pack overrides a rule of `pack`."""
        return any(override.rule.startswith(f"{pack}/") for override in self._artifact.overrides)

    @cached_property
    def _questions(self) -> Questions:
        return Questions(self._artifact)

    def outcome(self, example: checked.CheckedExample) -> Outcome:
        return self._found(example, self._facts(example)).outcome

    def failures(self, example: checked.CheckedExample) -> Iterator[Diagnostic]:
        try:
            facts = self._facts(example)
        except FactsError as error:
            yield Diagnostic("E451", example.span, f"the facts of this example cannot be read: {error}")
            return
        yield from _Held(self._artifact, facts, self._found(example, facts), lambda: self._questions).failures(example)

    def _found(self, example: checked.CheckedExample, facts: Facts) -> _AsAsked:
        found = self._compiled.evaluate(facts, example.at or self._within)
        return _AsAsked(found, self._compiled.ranked, self._places)

    def _facts(self, example: checked.CheckedExample) -> Facts:
        return self._door.read(example.facts, self._artifact.vocabulary)


class _Answer(Protocol):
    """What is found for one member: `outcome` is all of it, the rest what most examples ask."""

    @property
    def outcome(self) -> Outcome: ...

    @property
    def disposition(self) -> Disposition: ...

    @property
    def session(self) -> Sequence[ir.Rule]: ...

    def judgement(self, exercise: str) -> Judgement: ...


@dataclass(frozen=True, slots=True)
class _InFull:
    """An answer that is there as a whole."""

    outcome: Outcome

    @property
    def disposition(self) -> Disposition:
        return self.outcome.disposition

    @property
    def session(self) -> Sequence[ir.Rule]:
        return [rule for rule, _ in self.outcome.session]

    def judgement(self, exercise: str) -> Judgement:
        return self.outcome.exercises[exercise].judgement


class _AsAsked:
    """An answer of which no more is worked out than an example asks: few ask about the whole catalogue."""

    def __init__(self, found: Found, ranked: Sequence[ir.Rule], places: Mapping[str, int]) -> None:
        self._found = found
        self._ranked = ranked
        self._places = places

    @cached_property
    def outcome(self) -> Outcome:
        return self._found.materialised()

    @property
    def disposition(self) -> Disposition:
        return self._found.disposition

    @property
    def session(self) -> Sequence[ir.Rule]:
        rules = (self._ranked[rank] for rank in places(self._found.speaking))
        return [rule for rule in rules if not rule.exercises]

    def judgement(self, exercise: str) -> Judgement:
        return self._found.judgement(self._places[exercise], self._found.now)


class _Told(NamedTuple):
    """What is found of one exercise or of several: a sentence without the names of those that it is about."""

    one: str
    many: str
    found: str
    opening: str = ""

    def of(self, exercises: Sequence[str]) -> str:
        return f"{self.opening}{_named(exercises)} {self.one if len(exercises) == 1 else self.many} {self.found}"


class _Unmet(NamedTuple):
    """One exercise that is not as expected: what it is, and why."""

    exercise: str
    told: _Told
    reason: str | None


class _Held:
    """One example's answer, for its expectations to be held against."""

    def __init__(self, artifact: Artifact, facts: Facts, answer: _Answer, questions: Callable[[], Questions]) -> None:
        self._artifact = artifact
        self._facts = facts
        self._answer = answer
        self._questions = questions

    def failures(self, example: checked.CheckedExample) -> Iterator[Diagnostic]:
        """Yield one diagnostic for each expectation that is not met, however many exercises it is about."""
        for expected in example.expected:
            for message, reason in self.unmet(expected):
                yield Diagnostic("E450", expected.span, f"example “{example.title}”: {message}", help=reason)

    def unmet(self, expected: checked.Expected) -> Iterator[tuple[str, str | None]]:
        match expected:
            case checked.SessionExpected():
                yield from self._unmet_session(expected)
            case checked.RoutineReferralExpected():
                yield from self._unmet_referral(expected)
            case checked.QuestionExpected():
                yield from self._unmet_question(expected.fact)
            case _:
                if found := [
                    one for exercise in expected.exercises for one in self._unmet_exercise(expected, exercise)
                ]:
                    yield _together(found)

    def _unmet_session(self, expected: checked.SessionExpected) -> Iterator[tuple[str, str | None]]:
        found = self._answer.disposition
        if not _within(found.severity, expected.bound, expected.disposition.severity):
            yield f"the session is `{found.value}`", _because(self._deciding())

    def _unmet_referral(self, expected: checked.RoutineReferralExpected) -> Iterator[tuple[str, str | None]]:
        referrals = [rule.id for rule in self._answer.session if rule.effect is ir.Effect.ROUTINE]
        if referrals and not expected.shown:
            yield "a routine referral is shown", _because(referrals)
        if expected.shown and not referrals:
            yield "no routine referral is shown", None

    def _deciding(self) -> list[str]:
        return [rule.id for rule in self._answer.session if rule.effect in ir.SESSION]

    def _waiting(self, verdict: Verdict) -> str | None:
        """Return why everything is `ask`, where the session waits."""
        if verdict is not Verdict.ASK or self._answer.disposition is not Disposition.SCREEN:
            return None
        if contradictions := self._answer.outcome.contradictions:
            return f"the session is `screen`; impossible: {contradictions[0].text}"
        return f"the session is `screen`; what applies or may: {_some(self._deciding())}"

    def _unmet_question(self, fact: str) -> Iterator[tuple[str, str | None]]:
        outcome = self._answer.outcome
        asked = [question.fact.name for question in self._questions().open(outcome, self._facts, [*outcome.exercises])]
        if fact not in asked:
            yield f"`{fact}` is not asked", f"what is asked: {', '.join(asked) or 'nothing'}"

    def _unmet_exercise(
        self,
        expected: checked.VerdictExpected | checked.RecommendedExpected | checked.LimitExpected | checked.LoadExpected,
        exercise: str,
    ) -> Iterator[_Unmet]:
        found = self._answer.judgement(exercise)
        match expected:
            case checked.VerdictExpected():
                if not _within(found.verdict.severity, expected.bound, expected.verdict.severity):
                    reason = self._reason(exercise) or _ungranted(self._answer.outcome.exercises[exercise])
                    yield _Unmet(exercise, _Told("is", "are", f"`{found.verdict.value}`"), reason)
            case checked.RecommendedExpected():
                if found.recommended is not expected.recommended:
                    told = _Told("is", "are", f"{'' if found.recommended else 'not '}recommended")
                    yield _Unmet(exercise, told, self._reason(exercise))
            case checked.LimitExpected():
                if not _has_limit(found.limits, expected.limit):
                    told = _Told("has", "have", self._spelled(found.limits, expected.limit.measure))
                    yield _Unmet(exercise, told, self._reason(exercise))
            case checked.LoadExpected():
                if found.load_factor != expected.factor:
                    told = _Told("is", "is", _percent(found.load_factor), "the load of ")
                    yield _Unmet(exercise, told, self._reason(exercise))
            case _:
                assert_never(expected)

    def _reason(self, exercise: str) -> str | None:
        """Return what makes the answer on `exercise` what it is."""
        entry = self._answer.outcome.exercises[exercise]
        return self._waiting(entry.judgement.verdict) or _because([rule.id for rule, _ in entry.applied])

    def _spelled(self, limits: Sequence[ir.Limit], measure: str) -> str:
        limit = next((limit for limit in limits if limit.measure == measure), None)
        if limit is None:
            return f"no limit on `{measure}`"
        declared = next(known for known in self._artifact.vocabulary.measures if known.name == measure)
        bounds = [
            f"{measure} {sign} {bound_of(declared, bound)}"
            for sign, bound in ((">=", limit.low), ("<=", limit.high))
            if bound is not None
        ]
        return f"the limit {' and '.join(bounds)}"


def _together(unmet: Sequence[_Unmet]) -> tuple[str, str | None]:
    """Return what exercises are that one expectation is about, those together that are the same, and why."""
    groups: dict[_Told, list[_Unmet]] = {}
    for one in unmet:
        groups.setdefault(one.told, []).append(one)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    told = [told.of([one.exercise for one in group]) for told, group in ranked[:_MOST_GROUPS]]
    if rest := sum(len(group) for _, group in ranked[_MOST_GROUPS:]):
        told.append(f"{rest} more {'is' if rest == 1 else 'are'} not as expected")
    return "; ".join(told), _why([group[0] for _, group in ranked], {one.reason for one in unmet})


def _why(first: Sequence[_Unmet], reasons: Collection[str | None]) -> str | None:
    """Return the one reason that there is, or that of the `first` exercise of each group, by its name."""
    if len(reasons) == 1:
        return first[0].reason
    return "; ".join(f"for `{one.exercise}`, {one.reason}" for one in first[:_MOST_NAMED] if one.reason) or None


def _named(exercises: Sequence[str]) -> str:
    names = [f"`{name}`" for name in exercises[:_MOST_NAMED]]
    if len(exercises) > _MOST_NAMED:
        return f"{', '.join(names)} and {len(exercises) - _MOST_NAMED} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


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
