"""What a new release changes for somebody: whose answers become less restrictive, whose more, and which stay.

Both releases are asked about the same members: those whom both vocabularies allow. What only one of them knows of (a
fact, a term) the other does not see; values of a `one of` fact, and numbers, are those that both take. No pack is past
its review. Of whom something impossible is said is among them: a proof leaves such a one out, the service answers.
"""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.changes import Change, Difference, Direction, IncomparableError, Reworked, Sample
from dsl.analysis.claims import whoever
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, Formula, Formulas, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.witness import example_text, facts_of, plain_facts
from dsl.evaluation.explanation import spelled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.checked import Claim, SessionExpected, VerdictExpected
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import Artifact, Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE


def compare(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Difference:
    """Return what `new` changes against `old`.

    Raises:
        IncomparableError: a fact is of another kind in `new`.
    """
    return _Comparison(old.artifact, new.artifact, bounds).difference()


def first_change(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Change | None:
    """Return something that `new` changes for somebody; None: it is proved that nobody's answer changes.

    Raises:
        IncomparableError: a fact is of another kind in `new`.
        UndecidedError: none was found, and it is not known whether there is none.
    """
    comparison = _Comparison(old.artifact, new.artifact, bounds)
    found = next(comparison.changes(), None)
    if found is None and (comparison.undecided or comparison.faults):
        raise UndecidedError(bounds.seconds_each)
    return found


class _Comparison:
    """Asks two releases about the same members."""

    def __init__(self, old: Artifact, new: Artifact, bounds: Bounds) -> None:
        self._facts = tuple(_shared(old.vocabulary, new.vocabulary))
        guards = chain(guards_of(old), guards_of(new))
        members = Members(Vocabulary(facts=self._facts), guards, Formulas())
        self._old = Answers(old, members=members)
        self._new = Answers(new, members=members)
        self._references = Reference(old), Reference(new)
        self._members = members
        self._formulas = members.formulas
        self._budget = Budget(bounds)
        self.undecided: list[str] = []
        self.faults: list[str] = []
        self._unsettled: set[str | None] = set()

    def difference(self) -> Difference:
        """Return everything that differs."""
        old, new = self._old.artifact, self._new.artifact
        changes = tuple(self.changes())
        moved = self._unsettled | {name for change in changes for name in (change.exercise, *change.alike)}
        reworked = tuple(self._reworked(moved))
        return Difference(
            changes=changes,
            reasons=tuple(sorted(name for one in reworked for name in one.exercises if name not in moved)),
            undecided=tuple(self.undecided),
            faults=tuple(self.faults),
            gone=tuple(_only_in(old.vocabulary, new.vocabulary)),
            new=tuple(_only_in(new.vocabulary, old.vocabulary)),
            reworked=reworked,
        )

    def changes(self) -> Iterator[Change]:
        """Yield what changes for somebody, the session first; what is not decided on the way is in `undecided`."""
        yield from self._sessions()
        yield from self._verdicts()

    # --- the session --------------------------------------------------------------------------

    def _sessions(self) -> Iterator[Change]:
        stricter = [Disposition.SCREEN, Disposition.STOP, Disposition.URGENT, Disposition.EMERGENCY]
        pairs = [(self._old.session_at_least(one), self._new.session_at_least(one)) for one in stricter]
        yield from self._changes(pairs, None, ())

    # --- exercises ----------------------------------------------------------------------------

    def _verdicts(self) -> Iterator[Change]:
        alike: dict[tuple[object, ...], list[str]] = {}
        bounds: dict[tuple[object, ...], list[tuple[Formula, Formula]]] = {}
        for name in sorted(self._old.touching.keys() & self._new.touching.keys()):
            pairs = [
                (self._old.verdict_at_least(name, verdict), self._new.verdict_at_least(name, verdict))
                for verdict in list(Verdict)[1:]
            ]
            key = tuple(_identity(formula) for pair in pairs for formula in pair)
            alike.setdefault(key, []).append(name)
            bounds[key] = pairs
        for key, names in alike.items():
            yield from self._changes(bounds[key], names[0], tuple(names[1:]))

    def _changes(
        self, pairs: Iterable[tuple[Formula, Formula]], exercise: str | None, others: tuple[str, ...]
    ) -> Iterator[Change]:
        """Yield a change in each direction that is there; `pairs` are "at least so restrictive", old and new."""
        formulas, stated = self._formulas, [pair for pair in pairs if _identity(pair[0]) != _identity(pair[1])]
        if not stated:
            return
        less = formulas.either(formulas.both((was, formulas.opposite(becomes))) for was, becomes in stated)
        more = formulas.either(formulas.both((becomes, formulas.opposite(was))) for was, becomes in stated)
        for direction, formula in (("less", less), ("more", more)):
            try:
                member = self._somebody(formula)
            except UndecidedError as error:
                self.undecided.append(f"{_whether(exercise, others, direction)}: {error}")
                self._unsettled.update((exercise, *others))
                continue
            if member is not None:
                yield from self._change("less" if direction == "less" else "more", exercise, others, member)

    def _somebody(self, formula: Formula) -> Known | None:
        """Return somebody of whom `formula` is true, rather one of whom neither release finds anything impossible."""
        said = self._formulas.either((self._old.contradicted(), self._new.contradicted()))
        return whoever([formula], self._members, self._budget, self._formulas.opposite(said))

    def _change(
        self, direction: Direction, exercise: str | None, others: tuple[str, ...], member: Known
    ) -> Iterator[Change]:
        """Yield the change for `member`, as the reference tells it; telling of none is a fault of this program."""
        was, becomes = (self._told(reference, exercise, member) for reference in self._references)
        if becomes is was or (becomes.severity < was.severity) is not (direction == "less"):
            facts = facts_of(member, {fact.name: fact for fact in self._facts})
            whether = _whether(exercise, others, direction)
            self.faults.append(f"{whether}: the solver says so of {facts}, the reference does not")
            self._unsettled.update((exercise, *others))
            return
        told = f"{spelled(exercise) if exercise else 'The session'}: {was.value} becomes {becomes.value}"
        sample = self._sample(told, member, _expected(exercise, becomes))
        yield Change(direction, exercise, was.value, becomes.value, sample, others)

    def _sample(self, title: str, member: Known, claim: Claim) -> Sample:
        """Return `member` with what each of the two releases knows of the facts."""
        before, after = (_known_to(answers.artifact.vocabulary, member) for answers in (self._old, self._new))
        facts = {fact.name: fact for fact in self._new.artifact.vocabulary.facts}
        facts_before = {fact.name: fact for fact in self._old.artifact.vocabulary.facts}
        return Sample(
            example_text(title, after, facts, claim), plain_facts(after, facts), plain_facts(before, facts_before)
        )

    def _told(self, reference: Reference, exercise: str | None, member: Known) -> Verdict | Disposition:
        outcome = self._outcome(reference, member)
        return outcome.disposition if exercise is None else outcome.exercises[exercise].judgement.verdict

    def _outcome(self, reference: Reference, member: Known) -> Outcome:
        terms = {fact.name: terms_of(fact, member.terms.get(fact.name, {})) for fact in self._facts if fact.terms}
        known = {name: states for name, states in terms.items() if name in member.terms}
        return reference.evaluate(Facts(member.choices, known, member.numbers), datetime.date.min)

    # --- what verdicts do not tell ------------------------------------------------------------

    def _reworked(self, moved: Container[str | None]) -> Iterator[Reworked]:
        """Yield rules that differ, of the session first; each set of them with the exercises that it is about in both.

        Of what `moved` those are left out that may have moved it.
        """
        if differing := self._differing(None, moved):
            yield Reworked((), differing, self._sample_of(differing, None))
        groups: dict[tuple[str, ...], list[str]] = {}
        for name in sorted(self._old.touching.keys() & self._new.touching.keys()):
            if differing := self._differing(name, moved):
                groups.setdefault(differing, []).append(name)
        for rules, names in groups.items():
            yield Reworked(tuple(names), rules, self._sample_of(rules, names[0]))

    def _differing(self, about: str | None, moved: Container[str | None]) -> tuple[str, ...]:
        was, becomes = (_rules(answers.artifact, about) for answers in (self._old, self._new))
        differing = (name for name in was | becomes if was.get(name) != becomes.get(name))
        mere = about not in moved
        return tuple(sorted(name for name in differing if mere or not _moves(was.get(name), becomes.get(name))))

    def _sample_of(self, rules: Sequence[str], about: str | None) -> Sample | None:
        """Return a member to whom one of `rules` applies in one release and not so in the other."""
        applying = (
            answers.guard(stated.rule.guard).surely
            for answers in (self._old, self._new)
            for name, stated in _rules(answers.artifact, about).items()
            if name in rules
        )
        try:
            member = self._somebody(self._formulas.either(applying))
        except UndecidedError:
            return None
        if member is None:
            return None
        before, after = (self._outcome(reference, member) for reference in self._references)
        if _applied(before, about) == _applied(after, about):
            return None
        becomes = after.disposition if about is None else after.exercises[about].judgement.verdict
        title = f"{spelled(about) if about else 'The session'}: {becomes.value} for other reasons"
        return self._sample(title, member, _expected(about, becomes))


# --- two vocabularies -------------------------------------------------------------------------


def _shared(old: Vocabulary, new: Vocabulary) -> Iterator[Fact]:
    """Yield the facts of both, each with what both take of it; of a `many of` fact, with the terms of either."""
    was, becomes = ({fact.name: fact for fact in vocabulary.facts} for vocabulary in (old, new))
    both = sorted(was.keys() & becomes.keys())
    if differing := [name for name in both if not _alike(was[name], becomes[name])]:
        raise IncomparableError(differing)
    for name in sorted(was.keys() | becomes.keys()):
        yield _joined(was[name], becomes[name]) if name in both else was.get(name) or becomes[name]


def _alike(one: Fact, other: Fact) -> bool:
    return (one.kind, one.unit, one.whole, one.default) == (other.kind, other.unit, other.whole, other.default)


def _joined(one: Fact, other: Fact) -> Fact:
    names = {term.name for term in other.terms}
    terms = tuple(term for term in one.terms if term.name in names)
    if one.kind is Kind.MANY_OF:
        known = {term.name for term in terms}
        terms = (*one.terms, *(term for term in other.terms if term.name not in known | {t.name for t in one.terms}))
    low = max((bound for bound in (one.low, other.low) if bound is not None), default=None)
    high = min((bound for bound in (one.high, other.high) if bound is not None), default=None)
    return msgspec.structs.replace(one, terms=terms, low=low, high=high)


def _only_in(one: Vocabulary, other: Vocabulary) -> Iterator[str]:
    """Yield what callers can name with `one` and not with `other`."""
    exercises = {exercise.name for exercise in other.exercises}
    facts = {fact.name: {term.name for term in fact.terms} for fact in other.facts}
    for fact in one.facts:
        if fact.name not in facts:
            yield fact.name
        else:
            yield from (f"{fact.name}={term.name}" for term in fact.terms if term.name not in facts[fact.name])
    yield from (exercise.name for exercise in one.exercises if exercise.name not in exercises)


def _known_to(vocabulary: Vocabulary, member: Known) -> Known:
    """Return what `vocabulary` has words for of `member`."""
    terms = {fact.name: {term.name for term in fact.terms} for fact in vocabulary.facts}
    return Known(
        {name: value for name, value in member.choices.items() if name in terms},
        {
            name: {term: state for term, state in states.items() if term in terms[name]}
            for name, states in member.terms.items()
            if name in terms
        },
        {name: value for name, value in member.numbers.items() if name in terms},
    )


def _whether(exercise: str | None, others: Sequence[str], direction: str) -> str:
    told = ", ".join((exercise, *others)) if exercise else "the session"
    return f"whether {told} becomes {direction} restrictive"


class _Stated(NamedTuple):
    """A rule with what lifts it."""

    rule: ir.Rule
    overrides: tuple[ir.Override, ...]


def _rules(artifact: Artifact, about: str | None) -> dict[str, _Stated]:
    """Return the rules about an exercise, or those about none."""
    rules = (
        rule
        for rule in artifact.rules
        if (not rule.exercises and not rule.grants if about is None else about in (*rule.exercises, *rule.grants))
    )
    return {rule.id: _Stated(rule, tuple(one for one in artifact.overrides if one.rule == rule.id)) for rule in rules}


def _moves(was: _Stated | None, becomes: _Stated | None) -> bool:
    """Return whether a verdict or the disposition can be another for what differs between two states of a rule."""
    return _deciding(was) != _deciding(becomes)


def _deciding(stated: _Stated | None) -> object:
    """Return of a rule all that decides verdicts and the disposition."""
    if stated is None or stated.rule.effect in _BESIDE:
        return None
    rule, overrides = stated
    exceptions = [exception.guard for exception in rule.exceptions]
    return rule.effect, rule.guard, exceptions, overrides, rule.exercises, rule.grants


_BESIDE = frozenset({ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS, ir.Effect.ROUTINE, ir.Effect.ADVISE})
"""Effects that decide no verdict and no disposition."""


def _applied(outcome: Outcome, about: str | None) -> object:
    return outcome.session if about is None else outcome.exercises[about].applied


def _identity(formula: Formula) -> object:
    return formula if isinstance(formula, bool) else formula.get_id()


def _expected(exercise: str | None, becomes: Verdict | Disposition) -> Claim:
    match becomes:
        case Verdict():
            return VerdictExpected((exercise or "",), Bound.EXACTLY, becomes, NOWHERE)
        case Disposition():
            return SessionExpected(Bound.EXACTLY, becomes, NOWHERE)
