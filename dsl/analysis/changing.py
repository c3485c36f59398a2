"""What would change a verdict: which single answer, or which few together, found by trying them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, groupby, pairwise
from typing import NamedTuple

import msgspec

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.decision import Match
from dsl.evaluation.explanation import number
from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.evaluation.questions import Questions
from dsl.evaluation.reference import NO_GO
from dsl.evaluation.remembered import tests_of
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Fact, Kind

MOST_VALUES = 64
"""Values of one fact that are tried."""

MOST_PAIRS = 2_000
"""Pairs of answers that are tried."""

MOST_TOGETHER = 16
"""Answers that are given together at most."""

_FORBIDDING = ir.SESSION | frozenset(NO_GO)
_NEVER = (len(Verdict), 0)
"""Farther from a better verdict than any member that can get one."""


class Between(msgspec.Struct, frozen=True):
    """Numbers of `fact`, in its unit, from `low` to `high`; an end that is open is not among them."""

    fact: str
    low: int | float
    high: int | float
    low_open: bool = False
    high_open: bool = False


class NoneOf(msgspec.Struct, frozen=True):
    """None of `terms` of a `many of` fact, all at once."""

    fact: str
    terms: tuple[str, ...]


Answer = Match | Between | NoneOf


class Answered(msgspec.Struct, frozen=True):
    """An answer about `fact`: any one of `alternatives` does."""

    fact: str
    alternatives: tuple[Answer, ...]


class Change(msgspec.Struct, frozen=True):
    """Answers that together give `verdict`. `known`: they replace what was answered, instead of adding to it."""

    verdict: str
    better: bool
    known: bool
    answers: tuple[Answered, ...]


class Changes(msgspec.Struct, frozen=True):
    """What would change a verdict: each single answer that does; where none makes it better, the fewest found.

    `tried` counts the members that were looked at.
    """

    single: tuple[Change, ...]
    together: Change | None
    tried: int


class _Try(NamedTuple):
    """One answer to try: `value` is a term, a number, or the states of some terms; `place` orders a fact's own."""

    fact: str
    place: int
    answer: Answer
    value: str | Decimal | tuple[tuple[str, bool], ...]
    known: bool


def narrowed(artifact: Artifact, exercise: str) -> Artifact:
    """Return the part of `artifact` with a say in `exercise`: that one, the rules about it, those of the session."""
    rules = tuple(_about(rule, exercise) for rule in artifact.rules if _matters(rule, exercise))
    kept = {rule.id for rule in rules}
    exercises = tuple(one for one in artifact.vocabulary.exercises if one.name == exercise)
    return msgspec.structs.replace(
        artifact,
        vocabulary=msgspec.structs.replace(artifact.vocabulary, exercises=exercises),
        rules=rules,
        overrides=tuple(override for override in artifact.overrides if override.rule in kept),
    )


def _matters(rule: ir.Rule, exercise: str) -> bool:
    return rule.effect in ir.SESSION or exercise in rule.exercises or exercise in rule.grants


def _about(rule: ir.Rule, exercise: str) -> ir.Rule:
    return msgspec.structs.replace(
        rule,
        exercises=tuple(name for name in rule.exercises if name == exercise),
        grants=tuple(name for name in rule.grants if name == exercise),
        offers=(),
    )


class Search:
    """Tries answers on one exercise."""

    def __init__(self, artifact: Artifact, at: datetime.date) -> None:
        """Prepare to try; `artifact` is `narrowed` to the exercise, `at` the day (UTC)."""
        (self._exercise,) = (exercise.name for exercise in artifact.vocabulary.exercises)
        self._artifact = artifact
        self._at = at
        self._compiled = Compiled(artifact)
        self._questions = Questions(artifact)
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._tried = 0

    def changes(self, facts: Facts) -> Changes:
        """Return what would change the verdict of a member of whom `facts` are known.

        An answer that makes the member impossible is not offered; nor is one about the request (a `context` fact).
        """
        self._tried = 0
        now = self.outcome(facts)
        tries = list(self._tries(facts))
        tried = [(one, self._verdict(_given(facts, self._facts[one.fact], one), now)) for one in tries]
        single = tuple(_grouped(tried, self._of(now).judgement.verdict))
        open_ = [one for one in tries if not one.known]
        entry = self._of(now)
        alone = any(_wanted(Verdict(change.verdict), entry) for change in single if not change.known)
        together = None if alone else self._together(facts, now, open_)
        return Changes(single, together, self._tried)

    def outcome(self, facts: Facts) -> Outcome:
        """Return the answer for a member of whom `facts` are known."""
        return self._compiled.evaluate(facts, self._at).materialised()

    def _of(self, outcome: Outcome) -> ExerciseOutcome:
        return outcome.exercises[self._exercise]

    def _verdict(self, facts: Facts, before: Outcome) -> Verdict | None:
        """Return the verdict for `facts`; None where no member can be so, unless `before` was no better."""
        self._tried += 1
        outcome = self.outcome(facts)
        if len(outcome.contradictions) > len(before.contradictions):
            return None
        return self._of(outcome).judgement.verdict

    # --- what to try --------------------------------------------------------------------------

    def _tries(self, facts: Facts) -> Iterator[_Try]:
        tests: dict[str, list[ir.Test]] = {}
        for guard in self._guards():
            for test in tests_of(guard):
                tests.setdefault(test.fact, []).append(test)
        for name in sorted(tests):
            if not self._facts[name].context:
                yield from _tries_of(self._facts[name], tests[name], facts)

    def _guards(self) -> Iterator[ir.Guard]:
        for rule in self._artifact.rules:
            yield from self._questions.guards(rule)
        yield from (pack.covers for pack in self._artifact.packs if pack.covers is not None)

    # --- several together ---------------------------------------------------------------------

    def _together(self, facts: Facts, now: Outcome, tries: Sequence[_Try]) -> Change | None:
        """Return the fewest answers found that together make the verdict better, a GO if it can be one; or None."""
        if not _better(self._of(now).best.verdict, self._of(now).judgement.verdict):
            return None
        found = self._pair(facts, now, tries) or self._step_by_step(facts, now, tries)
        if not found:
            return None
        return self._with_alternatives(facts, now, list(found), tries)

    def _with_alternatives(self, facts: Facts, now: Outcome, chosen: list[_Try], tries: Sequence[_Try]) -> Change:
        """Return `chosen` with each answer exchanged for the best of its fact, and with all that are as good."""
        verdict = self._of(now).judgement.verdict
        answers: list[Answered] = []
        for place, one in enumerate(chosen):
            others = [
                (self._verdict(self._all(facts, [*chosen[:place], other, *chosen[place + 1 :]]), now), other)
                for other in tries
                if other.fact == one.fact
            ]
            verdict = min((found for found, _ in others if found and _wanted(found, self._of(now))),
                          key=lambda found: found.severity)  # fmt: skip
            as_good = [other for found, other in others if found is verdict]
            chosen[place] = as_good[0]
            answers.append(Answered(one.fact, tuple(_joined(as_good))))
        return Change(verdict.value, True, False, tuple(answers))

    def _pair(self, facts: Facts, now: Outcome, tries: Sequence[_Try]) -> tuple[_Try, ...]:
        if len(tries) * (len(tries) - 1) // 2 > MOST_PAIRS:
            return ()
        pairs = (pair for pair in combinations(tries, 2) if pair[0].fact != pair[1].fact)
        return next((pair for pair in pairs if self._improves(facts, pair, now)), ())

    def _step_by_step(self, facts: Facts, now: Outcome, tries: Sequence[_Try]) -> tuple[_Try, ...]:
        """Return answers found by taking, again and again, the one that leaves least in the way; none to spare."""
        chosen: list[_Try] = []
        while len(chosen) < MOST_TOGETHER and not (chosen and self._improves(facts, chosen, now)):
            left = self._in_the_way(self._all(facts, chosen), now)
            taken = {one.fact for one in chosen}
            steps = [
                (self._in_the_way(self._all(facts, [*chosen, one]), now), one) for one in tries if one.fact not in taken
            ]
            least = min(steps, key=lambda step: (step[0], step[1].fact, step[1].place), default=None)
            if least is None or least[0] >= left:
                return ()
            chosen.append(least[1])
        return self._without_spare(facts, chosen, now) if self._improves(facts, chosen, now) else ()

    def _without_spare(self, facts: Facts, chosen: Sequence[_Try], now: Outcome) -> tuple[_Try, ...]:
        needed = list(chosen)
        for one in chosen:
            fewer = [other for other in needed if other is not one]
            if self._improves(facts, fewer, now):
                needed = fewer
        return tuple(needed)

    def _improves(self, facts: Facts, answers: Sequence[_Try], now: Outcome) -> bool:
        verdict = self._verdict(self._all(facts, answers), now)
        return verdict is not None and _wanted(verdict, self._of(now))

    def _all(self, facts: Facts, answers: Iterable[_Try]) -> Facts:
        for one in answers:
            facts = _given(facts, self._facts[one.fact], one)
        return facts

    def _in_the_way(self, facts: Facts, before: Outcome) -> tuple[int, int]:
        """Return how far `facts` are from a better verdict: what it is, then how many open tests stand before it."""
        self._tried += 1
        outcome = self.outcome(facts)
        entry = self._of(outcome)
        possible = len(outcome.contradictions) <= len(before.contradictions)
        if not possible or not _wanted(entry.best.verdict, self._of(before)):
            return _NEVER
        rules = [rule for rule, _ in (*outcome.session, *entry.applied) if rule.effect in _FORBIDDING]
        waiting = len(self._questions.coverage(facts))
        waiting += sum(len(self._questions.unknown(rule, facts)) for rule in dict.fromkeys(rules))
        if not any(rule.effect in ir.PERMISSIVE for rule, _ in entry.applied):
            waiting += min((len(self._questions.unknown(rule, facts)) for rule in entry.could_grant), default=0)
        return entry.judgement.verdict.severity, waiting


# --- answers to try ---------------------------------------------------------------------------


def _tries_of(fact: Fact, tests: Sequence[ir.Test], facts: Facts) -> Iterator[_Try]:
    match fact.kind:
        case Kind.NUMBER:
            tested = {test.value for test in tests if isinstance(test, ir.Compare)}
            yield from _numbers(fact, tested, facts.numbers.get(fact.name))
        case Kind.MANY_OF:
            yield from _terms(fact, {test.term for test in tests if isinstance(test, ir.Has)}, facts)
        case Kind.ONE_OF | Kind.YES_NO:
            yield from _choices(fact, facts.choices.get(fact.name))


def _choices(fact: Fact, given: str | None) -> Iterator[_Try]:
    values = [term.name for term in fact.terms] if fact.terms else ["yes", "no"]
    for place, value in enumerate(values[:MOST_VALUES]):
        if value != given:
            shown = value == "yes" if fact.kind is Kind.YES_NO else value
            yield _Try(fact.name, place, Match(fact.name, shown), value, given is not None)


def _terms(fact: Fact, tested: set[str], facts: Facts) -> Iterator[_Try]:
    states = facts.terms.get(fact.name, {})
    asked = [term.name for term in fact.terms if term.name in tested][:MOST_VALUES]
    open_ = tuple(term for term in asked if term not in states)
    if len(open_) > 1:
        yield _Try(fact.name, 0, NoneOf(fact.name, open_), tuple((term, False) for term in open_), False)
    for place, term in enumerate(asked, start=1):
        for state in (True, False):
            if states.get(term) is not state:
                answer = Match(fact.name, term, absent=not state)
                yield _Try(fact.name, place, answer, ((term, state),), term in states)


def _numbers(fact: Fact, tested: Iterable[Decimal], given: Decimal | None) -> Iterator[_Try]:
    low, high = fact.low or Decimal(0), fact.high or Decimal(0)
    ends = sorted({low, high, *(value for value in tested if low < value < high)})[:MOST_VALUES]
    places = [(end, end) for end in ends] + list(pairwise(ends))
    for place, (first, last) in enumerate(sorted(places)):
        sample = _sample(fact, first, last)
        if sample is None or (given is not None and (given == first == last or first < given < last)):
            continue
        apart = first != last
        answer = Between(fact.name, number(first), number(last), apart, apart)
        yield _Try(fact.name, place, answer, sample, given is not None)


def _sample(fact: Fact, low: Decimal, high: Decimal) -> Decimal | None:
    """Return a number from `low` to `high`, neither of the two unless they are one; None where there is none."""
    if low == high:
        return low if not fact.whole or low == low.to_integral_value() else None
    if not fact.whole:
        return (low + high) / 2
    first = low.to_integral_value("ROUND_FLOOR") + 1
    return first if first < high else None


def _given(facts: Facts, fact: Fact, one: _Try) -> Facts:
    """Return `facts` with one answer more, or in place of another."""
    match one.value:
        case str():
            return msgspec.structs.replace(facts, choices={**facts.choices, fact.name: one.value})
        case Decimal():
            return msgspec.structs.replace(facts, numbers={**facts.numbers, fact.name: one.value})
        case _:
            states = terms_of(fact, {**facts.terms.get(fact.name, {}), **dict(one.value)})
            return msgspec.structs.replace(facts, terms={**facts.terms, fact.name: states})


# --- what came of them ------------------------------------------------------------------------


def _better(verdict: Verdict, than: Verdict) -> bool:
    """Return whether `verdict` is an improvement; that nobody has reviewed the exercise is none."""
    return verdict.severity < than.severity and verdict is not Verdict.UNREVIEWED


def _wanted(verdict: Verdict, now: ExerciseOutcome) -> bool:
    """Return whether `verdict` is what to look for instead of what is `now`: better, and a GO if that is possible."""
    better = _better(verdict, now.judgement.verdict)
    return better and (verdict.go or now.judgement.verdict.go or not now.best.verdict.go)


def _grouped(tried: Iterable[tuple[_Try, Verdict | None]], now: Verdict) -> Iterator[Change]:
    """Yield the answers that change the verdict, alike ones of a fact together, the greatest change first."""
    changing = [
        (one, verdict)
        for one, verdict in tried
        if verdict is not None and (_better(verdict, now) or verdict.severity > now.severity)
    ]
    changing.sort(key=lambda pair: _rank(pair[0], pair[1], now))
    for (fact, known, verdict), group in groupby(changing, key=lambda pair: (pair[0].fact, pair[0].known, pair[1])):
        answers = tuple(_joined([one for one, _ in group]))
        yield Change(verdict.value, verdict.severity < now.severity, known, (Answered(fact, answers),))


def _rank(one: _Try, verdict: Verdict, now: Verdict) -> tuple[bool, int, bool, str, int]:
    worse = verdict.severity > now.severity
    return worse, -verdict.severity if worse else verdict.severity, one.known, one.fact, one.place


def _joined(tries: Sequence[_Try]) -> Iterator[Answer]:
    """Yield the answers of `tries`; ranges of numbers that touch each other become one."""
    last: tuple[int, Between] | None = None
    for one in tries:
        if not isinstance(one.answer, Between):
            yield one.answer
        elif last is not None and one.place == last[0] + 1:
            upper = one.answer
            last = one.place, msgspec.structs.replace(last[1], high=upper.high, high_open=upper.high_open)
        else:
            if last is not None:
                yield last[1]
            last = one.place, one.answer
    if last is not None:
        yield last[1]
