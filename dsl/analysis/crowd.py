"""Formulas over members who are at hand: each is worked out at once, to those of them of whom it is true.

The same questions that the solver is asked about everybody are so answered for a few hundred members in no time; where
one of them fits, nobody needs to be searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsl.analysis.formulas import Formula, Formulas


class Crowd(Formulas):
    """Formulas as sets of members: a whole number with a bit for each, in order."""

    def __init__(self, members: Sequence[frozenset[str]]) -> None:
        """Take each member as the names of the variables that are true of them."""
        super().__init__()
        self.everybody = (1 << len(members)) - 1
        self._of: dict[str, int] = {}
        for place, member in enumerate(members):
            for name in member:
                self._of[name] = self._of.get(name, 0) | 1 << place

    def variable(self, name: str) -> Formula:
        """Return of whom the variable `name` is true."""
        return self._of.get(name, 0)

    def opposite(self, formula: Formula) -> Formula:
        """Return everybody else."""
        return not formula if isinstance(formula, bool) else self.everybody ^ formula

    def both(self, formulas: Iterable[Formula]) -> Formula:
        """Return of whom all of `formulas` are true."""
        left = self.everybody
        for formula in formulas:
            self.joined += 1
            if formula is not True:
                left &= 0 if formula is False else formula
            if not left:
                return False
        return left

    def either(self, formulas: Iterable[Formula]) -> Formula:
        """Return of whom one of `formulas` is true."""
        found = 0
        for formula in formulas:
            self.joined += 1
            if formula is True:
                return True
            if formula is not False:
                found |= formula
        return found

    def at_least(self, count: int, formulas: Sequence[Formula]) -> Formula:
        """Return of whom `count` of `formulas` are true."""
        reached = [self.everybody, *[0] * max(0, count)]
        for formula in formulas:
            those = self.everybody if formula is True else 0 if formula is False else formula
            for place in range(len(reached) - 1, 0, -1):
                reached[place] |= reached[place - 1] & those
        return reached[-1]

    def at_most_one(self, formulas: Sequence[Formula]) -> Formula:
        """Return of whom no two of `formulas` are true."""
        return self.opposite(self.at_least(2, formulas))
