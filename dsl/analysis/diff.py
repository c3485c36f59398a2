"""What a new release changes for somebody: whose answers become less restrictive, whose more, and which stay.

Both releases are asked about the same members: those whom both vocabularies allow. What only one of them knows of (a
fact, a term) the other does not see; values of a `one of` fact, and numbers, are those that both take. No pack is past
its review.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

import msgspec

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.claims import somebody
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, Formula, Formulas, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.witness import example_text, facts_of
from dsl.evaluation.explanation import spelled
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

Direction = Literal["less", "more"]
"""Less restrictive than before, or more."""


class IncomparableError(ValueError):
    """The two releases take a fact of the same name in different ways; `facts` names them."""

    def __init__(self, facts: Iterable[str]) -> None:
        """Carry the names, at least one."""
        self.facts = tuple(facts)
        super().__init__(", ".join(self.facts))


class Change(msgspec.Struct, frozen=True):
    """Somebody's answer that changes: on `exercise`, or where that is null on the session, from `was` to `becomes`.

    `example`: a sample member, as an example that holds of the new release and can be pasted into its rules. `alike`
    are further exercises to which the same happens for the same reasons.
    """

    direction: Direction
    exercise: str | None
    was: str
    becomes: str
    example: str
    alike: tuple[str, ...] = ()


class Difference(msgspec.Struct, frozen=True):
    """What one release changes against another.

    Where `changes`, `undecided` and `faults` have nothing, it is proved that nobody's verdict or disposition changes.
    `reasons`: exercises on which every verdict stays, while the rules about them differ. `undecided`: what could not be
    decided in bounds. `gone`, `new`: facts, terms and exercises that only one of the two knows. `faults`: what the
    solver and the reference do not agree about, a fault of this program, and so not decided either.
    """

    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    undecided: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    faults: tuple[str, ...] = ()

    def laxer(self) -> bool:
        """Return whether somebody's answer becomes less restrictive, or could, as far as is known."""
        return bool(self.undecided or self.faults) or any(change.direction == "less" for change in self.changes)


def compare(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Difference:
    """Return what `new` changes against `old`.

    Raises:
        IncomparableError: a fact is of another kind in `new`.
    """
    return _Comparison(old.artifact, new.artifact, bounds).difference()


class _Comparison:
    """Asks two releases about the same members."""

    def __init__(self, old: Artifact, new: Artifact, bounds: Bounds) -> None:
        self._facts = tuple(_shared(old.vocabulary, new.vocabulary))
        guards = chain(guards_of(old), guards_of(new))
        members = Members(Vocabulary(facts=self._facts), guards, Formulas())
        self._old = Answers(old, members=members)
        self._new = Answers(new, members=members)
        self._references = Reference(old), Reference(new)
        self._formulas = members.formulas
        self._budget = Budget(bounds)
        self._undecided: list[str] = []
        self._faults: list[str] = []
        self._unsettled: set[str | None] = set()

    def difference(self) -> Difference:
        """Return everything that differs."""
        old, new = self._old.artifact, self._new.artifact
        changes = (*self._sessions(), *self._verdicts())
        moved = self._unsettled | {name for change in changes for name in (change.exercise, *change.alike)}
        shared = sorted(self._old.touching.keys() & self._new.touching.keys())
        return Difference(
            changes=changes,
            reasons=tuple(name for name in shared if name not in moved and _rules(old, name) != _rules(new, name)),
            undecided=tuple(self._undecided),
            faults=tuple(self._faults),
            gone=tuple(_only_in(old.vocabulary, new.vocabulary)),
            new=tuple(_only_in(new.vocabulary, old.vocabulary)),
        )

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
                self._undecided.append(f"{_whether(exercise, direction)}: {error}")
                self._unsettled.update((exercise, *others))
                continue
            if member is not None:
                yield from self._change("less" if direction == "less" else "more", exercise, others, member)

    def _somebody(self, formula: Formula) -> Known | None:
        return somebody([self._new.possible(), formula], self._old, self._budget)

    def _change(
        self, direction: Direction, exercise: str | None, others: tuple[str, ...], member: Known
    ) -> Iterator[Change]:
        """Yield the change for `member`, as the reference tells it; telling of none is a fault of this program."""
        was, becomes = (self._told(reference, exercise, member) for reference in self._references)
        if becomes is was or (becomes.severity < was.severity) is not (direction == "less"):
            facts = facts_of(member, {fact.name: fact for fact in self._facts})
            self._faults.append(
                f"{_whether(exercise, direction)}: the solver says so of {facts}, the reference does not"
            )
            self._unsettled.update((exercise, *others))
            return
        example = example_text(
            f"{spelled(exercise) if exercise else 'The session'}: {was.value} becomes {becomes.value}",
            member,
            {fact.name: fact for fact in self._facts},
            _expected(exercise, becomes),
        )
        yield Change(direction, exercise, was.value, becomes.value, example, others)

    def _told(self, reference: Reference, exercise: str | None, member: Known) -> Verdict | Disposition:
        terms = {fact.name: terms_of(fact, member.terms.get(fact.name, {})) for fact in self._facts if fact.terms}
        known = {name: states for name, states in terms.items() if name in member.terms}
        outcome = reference.evaluate(Facts(member.choices, known, member.numbers), datetime.date.min)
        return outcome.disposition if exercise is None else outcome.exercises[exercise].judgement.verdict


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


def _whether(exercise: str | None, direction: str) -> str:
    return f"whether {exercise or 'the session'} becomes {direction} restrictive"


def _rules(artifact: Artifact, exercise: str) -> list[ir.Rule]:
    return [rule for rule in artifact.rules if exercise in rule.exercises or exercise in rule.grants]


def _identity(formula: Formula) -> object:
    return formula if isinstance(formula, bool) else formula.get_id()


def _expected(exercise: str | None, becomes: Verdict | Disposition) -> Claim:
    match becomes:
        case Verdict():
            return VerdictExpected((exercise or "",), Bound.EXACTLY, becomes, NOWHERE)
        case Disposition():
            return SessionExpected(Bound.EXACTLY, becomes, NOWHERE)
