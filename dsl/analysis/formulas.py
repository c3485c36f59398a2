"""Formulas of propositional logic, and the search for what makes one true: the only module that speaks to the solver.

Constants are folded while formulas are built, so that what is plainly true or false never reaches the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import z3  # type: ignore[import-untyped]  # the solver ships no types

Formula: TypeAlias = bool | z3.BoolRef
"""A formula; True and False are themselves."""

STEPS_PER_SECOND = 400_000
"""Steps that the solver does in about a second where it has a hard time, as over many ways to count to a number; others
take it a tenth of that. Bounds are kept in steps: the same text gives the same answer."""

_PARTS_PER_STEP = 2
"""Parts that are joined to formulas here in the time of such a step."""

_MEMORY = 1_024
"""Megabytes past which the solver gives up."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long is searched, in about seconds: for one answer, and for all answers together."""

    seconds_each: float = 2.0
    seconds_all: float = 20.0


DEFAULT_BOUNDS = Bounds()
PATIENT_BOUNDS = Bounds(seconds_each=5.0, seconds_all=120.0)
"""How long is searched for who rather waits than reads that something is not decided."""


class UndecidedError(Exception):
    """The search for one answer passed its bound; `seconds` is about how long it may take.

    `alone`: it did so by itself, and would again; no other search had taken any of its time. Where it was the memory
    that did not suffice, another try may decide it.
    """

    def __init__(self, seconds: float, *, alone: bool = False, megabytes: int | None = None) -> None:
        """Carry the bound; `megabytes` where that was one of memory."""
        self.seconds = seconds
        self.alone = alone
        bound = f"{seconds:g} seconds" if megabytes is None else f"{megabytes:,} megabytes"
        super().__init__(f"undecided in {bound}")


class Formulas:
    """Builds formulas; those of two builders never mix."""

    def __init__(self) -> None:
        """Begin without a variable; `steps` counts those of all searches so far, `joined` the parts of all formulas."""
        self.steps = 0
        self.joined = 0
        self._variables: dict[str, z3.BoolRef] = {}
        self._declared: dict[str, z3.FuncDeclRef] = {}

    @cached_property
    def context(self) -> z3.Context:
        """Return what the solver keeps its formulas in; made when first needed, which takes a while."""
        return z3.Context()

    def variable(self, name: str) -> Formula:
        """Return the variable `name`."""
        if name not in self._variables:
            self._variables[name] = z3.Bool(name, self.context)
            self._declared[name] = self._variables[name].decl()
        return self._variables[name]

    def opposite(self, formula: Formula) -> Formula:
        """Return the negation."""
        return not formula if isinstance(formula, bool) else z3.Not(formula, self.context)

    def both(self, formulas: Iterable[Formula]) -> Formula:
        """Return the conjunction; true of nothing."""
        left: list[Formula] = []
        for formula in formulas:
            if formula is False:
                return False
            if formula is not True:
                left.append(formula)
        self.joined += len(left)
        return True if not left else left[0] if len(left) == 1 else self.all_of(left)

    def either(self, formulas: Iterable[Formula]) -> Formula:
        """Return the disjunction; false of nothing."""
        left: list[Formula] = []
        for formula in formulas:
            if formula is True:
                return True
            if formula is not False:
                left.append(formula)
        self.joined += len(left)
        return False if not left else left[0] if len(left) == 1 else self.some_of(left)

    def all_of(self, formulas: Sequence[Formula]) -> Formula:
        """Return the conjunction of two formulas or more, none of them a constant."""
        return self._joined(z3.Z3_mk_and, formulas)

    def some_of(self, formulas: Sequence[Formula]) -> Formula:
        """Return the disjunction of two formulas or more, none of them a constant."""
        return self._joined(z3.Z3_mk_or, formulas)

    def count_of(self, count: int, formulas: Sequence[Formula]) -> Formula:
        """Return that `count` of several formulas, more of them than that, none of them a constant, hold."""
        return z3.AtLeast(*formulas, count)

    def _joined(self, make: Callable[..., object], formulas: Sequence[z3.BoolRef]) -> Formula:
        """Return `formulas` joined, as `z3.And` and `z3.Or` do at ten times the cost."""
        array = (z3.Ast * len(formulas))(*[formula.ast for formula in formulas])
        return z3.BoolRef(make(self.context.ref(), len(formulas), array), self.context)

    def different(self, one: Formula, other: Formula) -> Formula:
        """Return that one of the two holds and the other does not."""
        if isinstance(one, bool) or isinstance(other, bool):
            return self.either((self.both((one, self.opposite(other))), self.both((other, self.opposite(one)))))
        return False if one.eq(other) else z3.Xor(one, other)

    def at_least(self, count: int, formulas: Sequence[Formula]) -> Formula:
        """Return that `count` of `formulas` hold."""
        left = [formula for formula in formulas if not isinstance(formula, bool)]
        missing = count - sum(formula is True for formula in formulas)
        if missing <= 0:
            return True
        if missing > len(left):
            return False
        if missing == len(left):
            return self.both(left)
        return self.either(left) if missing == 1 else self.count_of(missing, left)

    def at_most_one(self, formulas: Sequence[Formula]) -> Formula:
        """Return that no two of `formulas` hold."""
        return z3.AtMost(*formulas, 1) if len(formulas) > 1 else True

    def true_in(self, model: z3.ModelRef) -> frozenset[str]:
        """Return the names of the variables that are true in `model`."""
        of, context = model.model, self.context.ref()
        found = (
            (name, z3.Z3_model_get_const_interp(context, of, declared.ast)) for name, declared in self._declared.items()
        )
        return frozenset(
            name for name, value in found if value and z3.Z3_get_bool_value(context, value) == z3.Z3_L_TRUE
        )


class Search:
    """Looks for what makes one formula true, in bounds; what is found can be narrowed by further formulas."""

    def __init__(self, formulas: Formulas, wanted: Sequence[Formula], budget: Budget) -> None:
        """Prepare to search for all of `wanted` at once."""
        self._formulas = formulas
        self._budget = budget
        self._asked = 0
        self._never = any(formula is False for formula in wanted)
        self._solver = z3.SolverFor("QF_FD", ctx=formulas.context)
        self._solver.set("max_memory", _MEMORY)
        for formula in wanted:
            if not isinstance(formula, bool):
                self._solver.add(formula)

    def also(self, formula: Formula) -> Iterable[z3.BoolRef]:
        """Return what to suppose so that `formula` holds as well: many questions share what was learnt of the first."""
        if formula is True:
            return ()
        self._asked += 1
        named = z3.Bool(f"asked {self._asked}", self._formulas.context)
        self._solver.add(z3.Implies(named, z3.BoolVal(False, self._formulas.context) if formula is False else formula))
        return (named,)

    def possible(self, supposing: Iterable[z3.BoolRef] = ()) -> bool:
        """Return whether what is wanted can hold, and all of `supposing`, variables or their opposites, with it.

        Raises:
            UndecidedError: the bound was passed.
        """
        if self._never:
            return False
        most = self._budget.next()
        self._solver.set("rlimit", most)
        before = self._formulas.steps
        answer = self._checked([one.ast for one in supposing])
        self._formulas.steps = self._steps()
        self._budget.spend(self._formulas.steps - before)
        if answer == z3.Z3_L_UNDEF:
            raise self._undecided(most)
        return bool(answer == z3.Z3_L_TRUE)

    def _undecided(self, most: int) -> BaseException:
        """Return why there is no answer, after a search of `most` steps."""
        reason, seconds = self._solver.reason_unknown(), self._budget.bounds.seconds_each
        if "interrupted" in reason:  # the solver takes Ctrl-C for itself
            return KeyboardInterrupt()
        if "memory" in reason:
            return UndecidedError(seconds, megabytes=_MEMORY)
        return UndecidedError(seconds, alone=most == self._budget.each and "cancel" in reason)

    def _checked(self, supposing: Sequence[z3.Ast]) -> int:
        """Return what the solver says, as its `check` does without a look at the sort of each of `supposing`."""
        context, solver = self._formulas.context.ref(), self._solver.solver
        return int(
            z3.Z3_solver_check_assumptions(context, solver, len(supposing), (z3.Ast * len(supposing))(*supposing))
        )

    def found(self, supposing: Iterable[z3.BoolRef] = ()) -> frozenset[str] | None:
        """Return the names of variables that are true, all others false, where what is wanted holds; None: nowhere.

        Args:
            supposing: variables, or their opposites, that must hold as well.

        Raises:
            UndecidedError: the bound was passed.
        """
        if not self.possible(supposing):
            return None
        return self._formulas.true_in(self._solver.model())

    def _steps(self) -> int:
        statistics = self._solver.statistics()
        counted = dict(statistics[place] for place in range(len(statistics)))
        return int(counted.get("rlimit count", 0))


class Budget:
    """What is left of the steps that all searches may take together."""

    def __init__(self, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        """Begin with all of it; `each` is how many of them one search may take."""
        self.bounds = bounds
        self.each = max(1, int(bounds.seconds_each * STEPS_PER_SECOND))  # the solver takes 0 for no bound
        self._left = int(bounds.seconds_all * STEPS_PER_SECOND)

    def next(self) -> int:
        """Return how many steps the next search may take.

        Raises:
            UndecidedError: nothing is left.
        """
        if self._left <= 0:
            raise UndecidedError(self.bounds.seconds_all)
        return min(self._left, self.each)

    def spend(self, steps: int) -> None:
        """Take `steps` away."""
        self._left -= steps

    def join(self, parts: int) -> None:
        """Take away what it took to join `parts` to formulas."""
        self._left -= parts // _PARTS_PER_STEP

    def half(self) -> Budget:
        """Return another one, of half of what is left."""
        return Budget(Bounds(self.bounds.seconds_each, self._left / STEPS_PER_SECOND / 2))

    def left(self) -> Bounds:
        """Return the bounds of who goes on with what is left."""
        tenths = 10 * max(self._left, 0) // STEPS_PER_SECOND
        return Bounds(self.bounds.seconds_each, tenths / 10)

    def spent(self) -> bool:
        """Return whether nothing is left."""
        return self._left <= 0
