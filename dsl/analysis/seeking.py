"""Looks for somebody of whom one of many things is true: first among the members at hand, then among all.

Whoever is found joins those at hand, and is remembered for the next check: most questions have somebody already, who is
only looked at again. What is remembered so decides nothing by itself. That there is nobody is remembered by all that it
rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from dsl.analysis.claims import somebody
from dsl.analysis.crowd import Crowd
from dsl.analysis.formulas import Budget, Formula, Formulas, Search, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.remembered import Memory, Verdict, digest, everything
from dsl.analysis.views import Views
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

_Asks = Callable[[Views], Iterable[Formula]]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether there is somebody of whom one of the formulas that it `asks` is true; `about` names it in its release."""

    about: tuple[str, ...]
    asks: _Asks


class Seeking:
    """Answers questions about one release."""

    def __init__(self, artifact: Artifact, budget: Budget, memory: Memory, at_hand: Iterable[Facts] = ()) -> None:
        """Prepare to ask; `at_hand` are members who may serve, `memory` holds those who served before."""
        self._artifact = artifact
        self._budget = budget
        self._memory = memory
        self._members: list[Facts | Known] = list(at_hand)
        self.undecided: dict[tuple[str, ...], UndecidedError] = {}

    @cached_property
    def views(self) -> Views:
        """Return the formulas about everybody."""
        return Views(self._artifact, Formulas())

    @cached_property
    def _rests_on(self) -> str:
        return everything(self._artifact)

    # --- is there anybody -----------------------------------------------------------------------

    def nobody(self, questions: Sequence[Question]) -> list[Question]:
        """Return those of `questions` that are true of nobody; of others there is somebody, or `undecided` has them."""
        remembered = {self._key(question): question for question in questions if self._key(question) in self._memory}
        asked = [question for question in questions if self._key(question) not in remembered]
        served = [self._memory.get(_served(question)) for question in asked]
        self._members += [one.known for one in served if one is not None and one.known is not None]
        found = {question.about for question in (*remembered.values(), *self._searched(list(self._open(asked))))}
        return [question for question in questions if question.about in found]

    def _searched(self, questions: Sequence[Question]) -> list[Question]:
        """Return those of `questions` that are true of nobody of all whom the vocabulary allows."""
        if not questions:
            return []
        # They share one search, and so what it learns; it would slow down if it were never begun anew.
        search = Search(self.views.formulas, [self.views.whole.possible()], self._budget)
        return [question for question in questions if self._is_true_of_nobody(question, search)]

    def _key(self, question: Question) -> str:
        return digest([self._rests_on, question.about])

    def _open(self, questions: Sequence[Question]) -> Iterator[Question]:
        """Yield the questions to which nobody at hand is an answer."""
        crowd = Views(self._artifact, Crowd([self._names.with_defaults(self._names.true_of(m)) for m in self._members]))
        possible = crowd.whole.possible()
        for question in questions:
            if not any(crowd.formulas.both((possible, formula)) for formula in question.asks(crowd)):
                yield question

    @cached_property
    def _names(self) -> Members:
        return Views(self._artifact, Crowd(())).whole.members

    def _is_true_of_nobody(self, question: Question, search: Search) -> bool:
        try:
            known = self._found(question, search)
        except UndecidedError as error:
            self.undecided[question.about] = error
            return False
        if known is None:
            self._memory[self._key(question)] = Verdict()
        else:
            self._memory[_served(question)] = Verdict(known)
            self._members.append(known)
        return known is None

    def _found(self, question: Question, search: Search) -> Known | None:
        for formula in question.asks(self.views):
            true = None if formula is False else search.found(search.also(formula))
            if true is not None:
                return self.views.whole.members.known(true)
        return None

    # --- a sample -------------------------------------------------------------------------------

    def sample(self, question: Question) -> Known | None:
        """Return the plainest of those of whom the first formula that `question` asks and that is true of anybody is.

        None: there is nobody, or nobody was found in time.
        """
        key = digest([self._rests_on, "sample", question.about])
        if key not in self._memory:
            with suppress(UndecidedError):
                self._memory[key] = Verdict(self._plainest(question))
        return self._memory[key].known if key in self._memory else None

    def _plainest(self, question: Question) -> Known | None:
        for formula in question.asks(self.views):
            known = somebody([formula], self.views.whole, self._budget)
            if known is not None:
                return known
        return None


def _served(question: Question) -> str:
    return digest(["served", question.about])
