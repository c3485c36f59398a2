"""Members of whom the solver says something, held against the reference before an author hears of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import msgspec

from dsl.analysis.faults import DisagreementError
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

    @cached_property
    def _reference(self) -> Reference:
        return Reference(self._artifact)

    def seen(self, known: Known, agrees: Callable[[Seen], bool]) -> Seen:
        """Return the member `known` as the reference sees them.

        Raises:
            DisagreementError: no member can be so, or the reference does not find that it `agrees`.
        """
        try:
            facts = self._door.read(facts_of(known, self._facts), self._artifact.vocabulary)
        except FactsError as error:
            raise DisagreementError(f"no member can be so: {error}") from error
        member = Seen(known, facts, self._reference.evaluate(facts, within_review(self._artifact)))
        if member.outcome.contradictions or not agrees(member):
            raise DisagreementError(f"the reference says otherwise of {facts_of(known, self._facts)}")
        return member

    def truth(self, guard: ir.Guard, member: Seen) -> Truth:
        """Return whether `guard` is true of `member`."""
        return holds(guard, member.facts, self._optional)

    def standing(self, rule: ir.Rule, member: Seen) -> Standing:
        """Return how `rule` stands for `member`."""
        return self._reference.standings(member.facts, within_review(self._artifact))[rule.id]

    def changes_nothing(self, rule: ir.Rule, gone: frozenset[str], member: Seen) -> bool:
        """Return whether the answer to `member` is the same once `rule`, after `gone`, is taken away."""
        at = within_review(self._artifact)
        was, becomes = (self._without(ids).evaluate(member.facts, at) for ids in (gone, gone | {rule.id}))
        judged = [{name: entry.judgement for name, entry in one.exercises.items()} for one in (was, becomes)]
        return was.disposition is becomes.disposition and judged[0] == judged[1]

    def _without(self, gone: frozenset[str]) -> Reference:
        left = tuple(rule for rule in self._artifact.rules if rule.id not in gone)
        return Reference(msgspec.structs.replace(self._artifact, rules=left))

    # --- as an example --------------------------------------------------------------------------

    def example(self, title: str, member: Seen, exercise: str | None = None) -> str:
        """Return `member` as an example that holds: of `exercise`, or of the session where that is None."""
        return example_text(title, member.known, self._facts, _claim(member.outcome, exercise))


def _claim(outcome: Outcome, exercise: str | None) -> Claim:
    if exercise is not None:
        return VerdictExpected((exercise,), Bound.EXACTLY, outcome.exercises[exercise].judgement.verdict, NOWHERE)
    routine = any(rule.effect is ir.Effect.ROUTINE for rule, _ in outcome.session)
    if routine and outcome.disposition is Disposition.PROCEED:
        return RoutineReferralExpected(NOWHERE)
    return SessionExpected(Bound.EXACTLY, outcome.disposition, NOWHERE)
