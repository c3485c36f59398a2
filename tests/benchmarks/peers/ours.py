"""Our own evaluators, asked for the same as the others, and for the verdicts of the whole catalogue."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.reference import Reference, holds
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

DAY = datetime.date(2026, 1, 1)


class Spotter:
    """The compiled evaluator."""

    package = "spotter"
    form = "fired ids"

    def __init__(self, artifact: Artifact) -> None:
        """Compile the rules."""
        self.compiled = Compiled(artifact)

    def prepare(self, facts: Facts) -> Facts:
        """Return `facts` as they are."""
        return facts

    def fired(self, asked: Facts) -> Sequence[str]:
        """Return the ids of the rules that surely apply."""
        return self.compiled.evaluate(asked, DAY).fired()

    def verdicts(self, asked: Facts) -> bytes:
        """Return the place in the chain of the verdict of each exercise."""
        return self.compiled.evaluate(asked, DAY).verdicts()


class ByTheBook:
    """The reference: guards read one after the other."""

    package = "reference"
    form = "fired ids"

    def __init__(self, artifact: Artifact) -> None:
        """Keep the rules."""
        self._rules = artifact.rules
        self._reference = Reference(artifact)

    def prepare(self, facts: Facts) -> Facts:
        """Return `facts` as they are."""
        return facts

    def fired(self, asked: Facts) -> Sequence[str]:
        """Return the ids of the rules that surely apply."""
        return [rule.id for rule in self._rules if holds(rule.guard, asked) is True]

    def verdicts(self, asked: Facts) -> bytes:
        """Return the place in the chain of the verdict of each exercise."""
        outcome = self._reference.evaluate(asked, DAY)
        return bytes(entry.judgement.verdict.severity for entry in outcome.exercises.values())
