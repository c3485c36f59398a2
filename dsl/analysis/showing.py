"""Members of whom the solver says something, held against the reference before an author hears of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from dsl.analysis.disagreement import DisagreementError
from dsl.analysis.members import Known
from dsl.analysis.witness import example_text, facts_of
from dsl.evaluation.examples import within_review
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference, Standing, Truth, holds
from dsl.semantics import ir
from dsl.semantics.checked import Claim, RoutineReferralExpected, SessionExpected, VerdictExpected
from dsl.semantics.facts import Door, Facts, FactsError
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as the reference sees them."""

    known: Known
    facts: Facts
    outcome: Outcome


class Showing:
    """Shows members of one release."""

    def __init__(self, artifact: Artifact) -> None:
        """Prepare to ask the reference about members of `artifact`, within every pack's review date."""
        self._artifact = artifact
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)

    @cached_property
    def _door(self) -> Door:
        return Door(self._artifact.vocabulary)

    def seen(self, known: Known, exercises: Collection[str], agrees: Callable[[Seen], bool]) -> Seen:
        """Return the member `known` as the reference sees them; of exercises only `exercises` are looked at.

        Raises:
            DisagreementError: no member can be so, or the reference does not find that it `agrees`.
        """
        try:
            facts = self._door.read(facts_of(known, self._facts), self._artifact.vocabulary)
        except FactsError as error:
            raise DisagreementError(f"no member can be so: {error}") from error
        at = within_review(self._artifact)
        outcome = Reference(_about(self._artifact, frozenset(exercises))).evaluate(facts, at)
        member = Seen(known, facts, outcome)
        if member.outcome.contradictions or not agrees(member):
            raise DisagreementError(f"the reference says otherwise of {facts_of(known, self._facts)}")
        return member

    def standings(self, rules: Iterable[ir.Rule], member: Seen) -> Mapping[str, Standing]:
        """Return how each of `rules` stands for `member`, by its id."""
        only = msgspec.structs.replace(self._artifact, rules=tuple(rules))
        return Reference(only).standings(member.facts, within_review(self._artifact))

    def truth(self, guard: ir.Guard, member: Seen) -> Truth:
        """Return whether `guard` is true of `member`."""
        return holds(guard, member.facts, self._optional)

    def changes_nothing(self, rule: ir.Rule, gone: frozenset[str], member: Seen) -> bool:
        """Return whether the answer to `member` is the same once `rule`, after `gone`, is taken away."""
        left = _about(self._artifact, frozenset(member.outcome.exercises))
        return _answer(_without(left, gone), member.facts) == _answer(_without(left, gone | {rule.id}), member.facts)

    # --- as an example --------------------------------------------------------------------------

    def example(self, title: str, member: Seen, exercise: str | None = None) -> str:
        """Return `member` as an example that holds: of `exercise`, or of the session where that is None."""
        return example_text(title, member.known, self._facts, _claim(member.outcome, exercise))


def _claim(outcome: Outcome, exercise: str | None) -> Claim:
    if exercise is not None:
        return VerdictExpected((exercise,), Bound.EXACTLY, outcome.exercises[exercise].judgement.verdict, NOWHERE)
    routine = any(rule.effect is ir.Effect.ROUTINE for rule, _ in outcome.session)
    if routine and outcome.disposition is Disposition.PROCEED:
        return RoutineReferralExpected(shown=True, span=NOWHERE)
    return SessionExpected(Bound.EXACTLY, outcome.disposition, NOWHERE)


def _about(artifact: Artifact, exercises: frozenset[str]) -> Artifact:
    """Return `artifact` with no more exercises than `exercises`."""

    def narrowed(rule: ir.Rule) -> ir.Rule:
        touched, granted = ([name for name in names if name in exercises] for names in (rule.exercises, rule.grants))
        return msgspec.structs.replace(rule, exercises=tuple(touched), grants=tuple(granted))

    known = tuple(one for one in artifact.vocabulary.exercises if one.name in exercises)
    rules = tuple(
        narrowed(rule) if rule.exercises else rule
        for rule in artifact.rules
        if not rule.exercises or not exercises.isdisjoint(rule.exercises)
    )
    vocabulary = msgspec.structs.replace(artifact.vocabulary, exercises=known)
    return msgspec.structs.replace(artifact, vocabulary=vocabulary, rules=rules)


def _without(artifact: Artifact, gone: frozenset[str]) -> Artifact:
    return msgspec.structs.replace(artifact, rules=tuple(rule for rule in artifact.rules if rule.id not in gone))


def _answer(artifact: Artifact, facts: Facts) -> object:
    outcome = Reference(artifact).evaluate(facts, within_review(artifact))
    return outcome.disposition, {name: entry.judgement for name, entry in outcome.exercises.items()}
