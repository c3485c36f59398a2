"""Looks for somebody of whom one of many things is true: in the memory, among the members at hand, then among all.

Every formula is written down once, and what is found of it is remembered by what it says: after an edit only what the
edit made say something else is open. Whoever is found joins those at hand, and serves the next release too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from itertools import islice

from dsl.analysis.answers import guards_of
from dsl.analysis.at_hand import AtHand
from dsl.analysis.claims import whoever
from dsl.analysis.crowd import Crowd
from dsl.analysis.formulas import Budget, Formula, Formulas, Search, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.remembered import Memory, Verdict, answered, digest, recalled
from dsl.analysis.views import Views
from dsl.analysis.written import Anybody, Reading, Written, fingerprint
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

_MOST_AT_HAND = 1_000
"""Members of examples that are asked first."""

_Asks = Callable[[Views], Iterable[Formula]]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether there is somebody of whom one of the formulas that it `asks` is true; `about` names it in its release."""

    about: tuple[str, ...]
    asks: _Asks


class _Open:
    """A question that the memory does not answer, with those of its formulas of which it says nothing."""

    def __init__(self, question: Question, first: Formula, rest: Iterator[Formula]) -> None:
        """Take the first of them, and the others, which are not written down before they are looked at."""
        self.question = question
        self._written = [first]
        self._rest = rest

    def formulas(self) -> Iterator[Formula]:
        """Yield them all, each time anew."""
        yield from self._written
        for formula in self._rest:
            self._written.append(formula)
            yield formula


class Seeking:
    """Answers questions about one release."""

    def __init__(self, artifact: Artifact, budget: Budget, memory: Memory, at_hand: Iterable[Facts] = ()) -> None:
        """Prepare to ask; `at_hand` are members who may serve, `memory` holds what is known and who served before."""
        self._budget = budget
        # Each check writes again what is remembered, and would get no further if that took the time of what is open.
        self._writing = budget.half()
        self._memory = memory
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._views = Views(artifact, Anybody(artifact.vocabulary, Written()))
        self._possible = self._views.whole.possible()
        self._names = Members(artifact.vocabulary, guards_of(artifact), Crowd(()))
        self._at_hand = AtHand(self._names, budget)
        self._at_hand.gather(islice(at_hand, _MOST_AT_HAND))
        self._nobody: dict[tuple[str, ...], bool] = {}
        self.undecided: dict[tuple[str, ...], UndecidedError] = {}

    @cached_property
    def _everybody(self) -> Reading:
        """Return what is written as formulas about everybody."""
        return Reading(self._names.among(Formulas()))

    # --- is there anybody -----------------------------------------------------------------------

    def nobody(self, questions: Sequence[Question]) -> list[Question]:
        """Return those of `questions` that are true of nobody; of others there is somebody, or `undecided` has them."""
        asked = [one for question in questions for one in self._look_up(question)]
        served = [self._recalled(_served(one.question)) for one in asked]
        self._at_hand.gather(one.known for one in served if one is not None and one.known is not None)
        self._search(list(self._left_open(asked)))
        return [question for question in questions if self._nobody.get(question.about, False)]

    def _look_up(self, question: Question) -> Iterator[_Open]:
        """Yield `question` where the memory does not answer it."""
        if question.about in self._nobody:
            return
        unanswered = self._unanswered(question)
        try:
            first = next(unanswered, None)
        except UndecidedError as error:
            self.undecided[question.about] = error
            return
        if first is None:
            self._nobody.setdefault(question.about, True)
        else:
            yield _Open(question, first, unanswered)

    def _unanswered(self, question: Question) -> Iterator[Formula]:
        """Yield the formulas of which nothing is remembered, as long as nobody is remembered to be an answer.

        Raises:
            UndecidedError: there is no time to write them down.
        """
        self._writing.next()
        for formula, parts in self._formulas(question):
            answer = self._recalled(self._key(formula))
            (self._budget if answer is None and not self._budget.spent() else self._writing).join(parts)
            if answer is None or answer.undecided is not None:
                yield formula
            elif answer.known is not None:
                self._nobody[question.about] = False
                return

    def _formulas(self, question: Question) -> Iterator[tuple[Formula, int]]:
        """Yield whom `question` asks about, whether or not they can be, and how many parts were joined for it."""
        written = self._views.formulas
        before = written.joined
        for formula in question.asks(self._views):
            if formula is False:
                continue
            yield formula, written.joined - before
            before = written.joined

    def _recalled(self, key: str) -> Verdict | None:
        return recalled(self._memory, key, self._facts)

    def _key(self, formula: Formula) -> str:
        return fingerprint(self._views.formulas.both((self._possible, formula)))

    def _left_open(self, asked: Iterable[_Open]) -> Iterator[_Open]:
        """Yield the questions to which nobody at hand is an answer, and remember who is one to the others."""
        for one in asked:
            found = self._at_hand.one(self._possible, one.formulas())
            if found is not None:
                self._answer(one.question, *found)
            elif one.question.about not in self._nobody:
                yield one

    def _search(self, asked: Sequence[_Open]) -> None:
        """Look for answers among all whom the vocabulary allows."""
        # They share one search, and so what it learns; it would slow down if it were never begun anew.
        shared = cache(self._begun)
        for one in asked:
            try:
                self._decide(one, shared)
            except UndecidedError as error:
                self.undecided[one.question.about] = error

    def _begun(self) -> Search:
        everybody = self._everybody
        return Search(everybody.formulas, [everybody.of(self._possible)], self._budget)

    def _decide(self, one: _Open, shared: Callable[[], Search]) -> None:
        for formula in one.formulas():
            search = partial(self._found, formula, shared)
            known = answered(self._memory, self._key(formula), self._facts, self._budget.bounds, search).known
            if known is not None:
                self._answer(one.question, formula, known)
                self._at_hand.gather((known,))
                return
        self._nobody.setdefault(one.question.about, True)

    def _found(self, formula: Formula, shared: Callable[[], Search]) -> Verdict:
        """Return who there is of whom `formula` is true.

        Raises:
            UndecidedError: the bound was passed.
        """
        self._budget.next()
        everybody = self._everybody
        before = everybody.formulas.joined
        wanted = everybody.of(formula)
        self._budget.join(everybody.formulas.joined - before)
        true = None if wanted is False else shared().found(shared().also(wanted))
        return Verdict(None if true is None else everybody.members.known(true))

    def _answer(self, question: Question, formula: Formula, known: Known) -> None:
        """Remember who is an answer to `question`: `formula` is true of them."""
        self._nobody[question.about] = False
        self._memory[self._key(formula)] = self._memory[_served(question)] = Verdict(known)

    # --- a sample -------------------------------------------------------------------------------

    def sample(self, question: Question) -> Known | None:
        """Return the plainest of those of whom the first formula that `question` asks and that is true of anybody is.

        None: there is nobody, or nobody was found in time.
        """
        key = digest(["sample", question.about])
        sample = self._recalled(key)
        try:
            formulas = [formula for formula, _ in self._formulas(question)]
            if sample is None or not sample.known or not self._at_hand.is_one(sample.known, self._possible, formulas):
                sample = self._memory[key] = Verdict(self._plainest(formulas))
        except UndecidedError:
            return None
        return sample.known

    def _plainest(self, formulas: Iterable[Formula]) -> Known | None:
        everybody = self._everybody
        for formula in formulas:
            known = whoever([everybody.of(self._possible), everybody.of(formula)], everybody.members, self._budget)
            if known is not None:
                return known
        return None


def _served(question: Question) -> str:
    return digest(["served", question.about])
