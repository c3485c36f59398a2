"""Members who are at hand: most questions have one of them for an answer, and nobody needs to be searched for."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.analysis.crowd import Crowd
from dsl.analysis.formulas import Budget, Formula
from dsl.analysis.members import Known, Members
from dsl.analysis.written import Reading
from dsl.semantics.facts import Facts


class AtHand:
    """Members of one release; who is like another in all that its rules ask about is there once."""

    def __init__(self, names: Members, budget: Budget) -> None:
        """Begin with nobody; `names` are the variables of all members."""
        self._names = names
        self._budget = budget
        self._members: dict[frozenset[str], Known] = {}
        self._crowd: Reading | None = None

    def gather(self, members: Iterable[Facts | Known]) -> None:
        """Have `members` at hand as well."""
        for member in members:
            true = self._true_of(member)
            if true not in self._members:
                self._members[true] = Known(member.choices, member.terms, member.numbers)
                self._crowd = None

    def one(self, possible: Formula, formulas: Iterable[Formula]) -> tuple[Formula, Known] | None:
        """Return the first of `formulas`, as they are written, that is true of any who is `possible`, and of whom.

        None: of nobody who is at hand, or there is no time to look.
        """
        if self._budget.spent():
            return None
        crowd = self._reading()
        before = crowd.formulas.joined
        found = self._found(crowd, possible, formulas)
        self._budget.join(crowd.formulas.joined - before)
        return found

    def _found(self, crowd: Reading, possible: Formula, formulas: Iterable[Formula]) -> tuple[Formula, Known] | None:
        for formula in formulas:
            those = crowd.formulas.both((crowd.of(possible), crowd.of(formula)))
            if those:
                return formula, list(self._members.values())[(those & -those).bit_length() - 1]
        return None

    def _reading(self) -> Reading:
        """Return what is written as sets of those at hand; made anew once there is somebody else."""
        if self._crowd is None:
            self._budget.join(len(self._members))
            self._crowd = Reading(self._names.among(Crowd(list(self._members))))
        return self._crowd

    def is_one(self, known: Known, possible: Formula, formulas: Iterable[Formula]) -> bool:
        """Return whether `known` is possible, and one of `formulas` true of them."""
        alone = Reading(self._names.among(Crowd([self._true_of(known)])))
        return any(alone.formulas.both((alone.of(possible), alone.of(formula))) for formula in formulas)

    def _true_of(self, member: Facts | Known) -> frozenset[str]:
        return self._names.with_defaults(self._names.true_of(member))
