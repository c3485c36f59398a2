"""What to ask next: every unknown fact that could still change the answer, the most useful first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from dsl.evaluation.outcome import ExerciseOutcome, Judgement, Outcome
from dsl.evaluation.reference import NO_GO, SESSION, by_severity, holds
from dsl.evaluation.remembered import tests_of
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Fact

Open = tuple[str, str | None]
"""A fact that is not known, or one term of a `many of` fact that is not."""


@dataclass(slots=True)
class Question:
    """One fact to ask about.

    `terms`: the terms of a `many of` fact that are open. `settles`: the exercises whose verdict could change by
    the answer. `rules`: those that wait for it, worst first. `red_flag`: the fact or an open term is one.
    """

    fact: Fact
    terms: tuple[str, ...] = ()
    settles: frozenset[str] = frozenset()
    rules: tuple[ir.Rule, ...] = ()
    red_flag: bool = False


@dataclass(slots=True)
class _Gathering:
    terms: set[str] = field(default_factory=set)
    exercises: set[str] = field(default_factory=set)
    rules: dict[str, ir.Rule] = field(default_factory=dict)


class Questions:
    """Finds the open questions of one release."""

    def __init__(self, artifact: Artifact) -> None:
        """Index the guards of `artifact`."""
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._optional = frozenset(name for name, fact in self._facts.items() if fact.optional)
        self._session = [rule for rule in artifact.rules if rule.effect in SESSION]
        self._packs = [pack for pack in artifact.packs if pack.covers is not None]
        self._overrides: dict[str, list[ir.Guard]] = {}
        for override in artifact.overrides:
            self._overrides.setdefault(override.rule, []).append(override.guard)
        self._touching: dict[str, list[ir.Rule]] = {}
        for rule in artifact.rules:
            for exercise in sorted({*rule.exercises, *rule.grants}):
                self._touching.setdefault(exercise, []).append(rule)

    def open(self, outcome: Outcome, facts: Facts, exercises: Sequence[str]) -> tuple[Question, ...]:
        """Return the questions of an answer about `exercises`: red flags first, then by how much each settles."""
        gathered: dict[str, _Gathering] = {}
        ended = outcome.surest.ends_session
        for rule in self._session_in_question(outcome):
            _gather(gathered, self.unknown(rule, facts), rule, () if ended else exercises)
        covered = self.coverage(facts)
        open_in: dict[str, frozenset[Open]] = {}
        for exercise in exercises:
            entry = outcome.exercises[exercise]
            if not _movable(entry):
                continue
            for rule in self._touching.get(exercise, ()):
                if rule.id in outcome.open and _could_matter(rule, entry):
                    if rule.id not in open_in:
                        open_in[rule.id] = self.unknown(rule, facts)
                    _gather(gathered, open_in[rule.id], rule, (exercise,))
            _gather(gathered, covered, None, (exercise,))
        for fact, term in facts.suggested:
            gathered.setdefault(fact, _Gathering()).terms.add(term)
        return tuple(sorted((self._question(name, found) for name, found in gathered.items()), key=_urgency))

    def _session_in_question(self, outcome: Outcome) -> Iterator[ir.Rule]:
        return (
            rule
            for rule in self._session
            if rule.id in outcome.open and SESSION[rule.effect].severity > outcome.surest.severity
        )

    def guards(self, rule: ir.Rule) -> tuple[ir.Guard, ...]:
        """Return what a rule depends on: its guard, and what could lift it."""
        lifting = [*(exception.guard for exception in rule.exceptions), *self._overrides.get(rule.id, ())]
        return (rule.guard, *lifting)

    def with_conditions(self, guards: Iterable[ir.Guard]) -> list[ir.Guard]:
        """Return `guards`, and the conditions under which the facts that they test are asked about."""
        stated = list(guards)
        tested = {test.fact for guard in stated for test in tests_of(guard)}
        conditions = [self._facts[fact].asked_when for fact in sorted(tested)]
        return [*stated, *(condition for condition in conditions if condition is not None)]

    def unknown(self, rule: ir.Rule, facts: Facts) -> frozenset[Open]:
        """Return what is not known in a rule: in its guard, and in what could lift it."""
        return frozenset(found for part in self.guards(rule) for found in self._askable(part, facts))

    def coverage(self, facts: Facts) -> frozenset[Open]:
        """Return what is not known of whom the packs cover."""
        return frozenset(found for pack in self._packs if pack.covers for found in self._askable(pack.covers, facts))

    def _askable(self, guard: ir.Guard, facts: Facts) -> Iterator[Open]:
        """Yield what is open in `guard`, but nothing that is asked only where something else holds that may not."""
        for fact, term in open_tests(guard, facts, self._optional):
            asked_when = self._facts[fact].asked_when
            if asked_when is None or holds(asked_when, facts) is True:
                yield fact, term

    def _question(self, name: str, found: _Gathering) -> Question:
        fact = self._facts[name]
        terms = tuple(term.name for term in fact.terms if term.name in found.terms)
        flagged = fact.red_flag or any(term.red_flag and term.name in found.terms for term in fact.terms)
        return Question(fact, terms, frozenset(found.exercises), tuple(by_severity(found.rules.values())), flagged)


def _urgency(question: Question) -> tuple[bool, int, str]:
    return (not question.red_flag, -len(question.settles), question.fact.name)


def _gather(
    gathered: dict[str, _Gathering], found: Iterable[Open], rule: ir.Rule | None, exercises: Iterable[str]
) -> None:
    for fact, term in found:
        entry = gathered.setdefault(fact, _Gathering())
        entry.exercises.update(exercises)
        if term is not None:
            entry.terms.add(term)
        if rule is not None:
            entry.rules[rule.id] = rule


def _movable(entry: ExerciseOutcome) -> bool:
    """Return whether any answer could change the verdict, a limit or the load factor."""
    return _essence(entry.best) != _essence(entry.worst)


def _essence(judgement: Judgement) -> tuple[object, ...]:
    return judgement.verdict, judgement.recommended, judgement.limits, judgement.load_factor


def _could_matter(rule: ir.Rule, entry: ExerciseOutcome) -> bool:
    """Return whether `rule` could decide between the best and the worst answer on an exercise that it touches."""
    best, worst = entry.best.verdict, entry.worst.verdict
    if rule.effect in NO_GO:
        return NO_GO[rule.effect].severity > best.severity
    if rule.effect in ir.GRANTING and best.severity < Verdict.ASK.severity and not worst.go:
        return True
    return best.go


def open_tests(guard: ir.Guard, facts: Facts, optional: frozenset[str] = frozenset()) -> Iterator[Open]:
    """Yield the facts and terms that keep `guard` unknown; nothing when it is decided."""
    if holds(guard, facts, optional) is not None:
        return
    match guard:
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            for operand in guard.operands:
                yield from open_tests(operand, facts, optional)
        case ir.Has():
            yield guard.fact, guard.term
        case ir.Choice() | ir.Compare():
            yield guard.fact, None
        case ir.Always() | ir.Never() | ir.Unknown():
            return
        case _:
            assert_never(guard)
