"""Looks for somebody of whom one of many things is true: first among the members at hand, then among all.

Whoever is found joins those at hand, and is remembered for the next check: most questions have somebody already, who is
only looked at again. What is remembered so decides nothing by itself. That there is nobody is remembered by all that it
rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from dsl.analysis.claims import somebody
from dsl.analysis.crowd import Crowd
from dsl.analysis.formulas import Budget, Formula, Formulas, Search, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.remembered import Memory, Verdict, digest, everything, recalled
from dsl.analysis.views import Views
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

_FEW = 4
"""So few questions are put to the solver at once; to gather members at hand takes longer."""

_MOST_AT_HAND = 1_000
"""Members of examples that are asked first."""

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
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._touched = sum(len(rule.exercises) + len(rule.grants) + 1 for rule in artifact.rules)
        self._at_hand: dict[frozenset[str], Facts | Known] = {}
        self._gather(islice(at_hand, _MOST_AT_HAND))
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
        asked = [question for question in questions if self._recalled(self._key(question)) is None]
        served = [self._recalled(_served(question)) for question in asked]
        self._gather(one.known for one in served if one is not None and one.known is not None)
        self._search(list(self._open(asked)) if len(asked) > _FEW else asked)
        return [question for question in questions if self._is_answered_nobody(question)]

    def _is_answered_nobody(self, question: Question) -> bool:
        answer = self._recalled(self._key(question))
        return answer is not None and answer.known is None

    def _recalled(self, key: str) -> Verdict | None:
        return recalled(self._memory, key, self._facts)

    def _key(self, question: Question) -> str:
        return digest([self._rests_on, question.about])

    def _open(self, questions: Sequence[Question]) -> Iterator[Question]:
        """Yield the questions to which nobody at hand is an answer, and remember who is one to the others."""
        if self._budget.spent():
            yield from questions
            return
        self._budget.join(self._touched)
        members = list(self._at_hand.values())
        crowd = Views(self._artifact, Crowd(list(self._at_hand)))
        possible = crowd.whole.possible()
        for question in questions:
            before = crowd.formulas.joined
            fitting = (crowd.formulas.both((possible, formula)) for formula in question.asks(crowd))
            those = None if self._budget.spent() else next(filter(None, fitting), None)
            self._budget.join(crowd.formulas.joined - before)
            if those is None:
                yield question
            else:
                self._answer(question, members[(those & -those).bit_length() - 1])

    def _search(self, questions: Sequence[Question]) -> None:
        """Look for answers to `questions` among all whom the vocabulary allows."""
        # They share one search, and so what it learns; it would slow down if it were never begun anew.
        if not questions:
            return
        search = Search(self.views.formulas, [self.views.whole.possible()], self._budget)
        for question in questions:
            try:
                self._answer(question, self._found(question, search))
            except UndecidedError as error:
                self.undecided[question.about] = error

    def _answer(self, question: Question, member: Facts | Known | None) -> None:
        known = Known(member.choices, member.terms, member.numbers) if isinstance(member, Facts) else member
        self._memory[self._key(question)] = Verdict(known)
        if known is not None:
            self._memory[_served(question)] = Verdict(known)
            self._gather((known,))

    def _gather(self, members: Iterable[Facts | Known]) -> None:
        """Have `members` at hand; who is like another in all that matters is there once."""
        for member in members:
            self._at_hand.setdefault(self._names.with_defaults(self._names.true_of(member)), member)

    @cached_property
    def _names(self) -> Members:
        return Views(self._artifact, Crowd(())).whole.members

    def _found(self, question: Question, search: Search) -> Known | None:
        self._budget.next()
        before = self.views.formulas.joined
        for formula in question.asks(self.views):
            self._budget.join(self.views.formulas.joined - before)
            before = self.views.formulas.joined
            true = None if formula is False else search.found(search.also(formula))
            if true is not None:
                return self.views.whole.members.known(true)
        return None

    # --- a sample -------------------------------------------------------------------------------

    def sample(self, question: Question) -> Known | None:
        """Return the plainest of those of whom the first formula that `question` asks and that is true of anybody is.

        None: there is nobody, or nobody was found in time.
        """
        key = digest(["sample", question.about])
        sample = self._recalled(key)
        if sample is None or not self._is_answer(question, sample.known):
            try:
                sample = self._memory[key] = Verdict(self._plainest(question))
            except UndecidedError:
                return None
        return sample.known

    def _is_answer(self, question: Question, known: Known | None) -> bool:
        """Return whether `known`, a sample of an earlier release, is one of this release too."""
        if known is None:
            return False
        alone = Views(self._artifact, Crowd([self._names.with_defaults(self._names.true_of(known))]))
        possible = alone.whole.possible()
        return any(alone.formulas.both((possible, formula)) for formula in question.asks(alone))

    def _plainest(self, question: Question) -> Known | None:
        for formula in question.asks(self.views):
            known = somebody([formula], self.views.whole, self._budget)
            if known is not None:
                return known
        return None


def _served(question: Question) -> str:
    return digest(["served", question.about])
