"""The matrix of a release: what members of whom one thing is known may do, exercise by exercise, and where nobody said.

A row is a member with one condition in one phase, say, who is otherwise well; a column is an exercise. A cell that is
`unreviewed` is a gap: no rule grants the exercise to such a member, and none takes it away.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise, product
from typing import assert_never

import msgspec

from dsl.evaluation.compiled import Compiled, Found
from dsl.evaluation.decision import Match
from dsl.evaluation.explanation import number
from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.semantics import ir
from dsl.semantics.declarations import EQUIPMENT, NONE
from dsl.semantics.facts import Door
from dsl.semantics.lints import tested
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Exercise, Fact, Kind

MOST_ROWS = 400
"""Rows of one matrix: past that nobody reads it."""

_PASSES = 2
"""How often each number is chosen anew: what the others are by then may leave it more room."""

_Raw = Mapping[str, object]
_BESIDE = frozenset({ir.Effect.ADVISE, ir.Effect.ROUTINE})
"""Effects that decide no verdict."""


class TooManyRowsError(ValueError):
    """The facts that rows are made of have more combinations than anybody reads."""


class Reason(msgspec.Struct, frozen=True):
    """Why cells have their verdict: rules by id, each with whether its own guard is surely true.

    `session` are those that decide about the whole session; `could_grant` would give a go if more were known.
    """

    verdict: str
    recommended: bool
    session: tuple[tuple[str, bool], ...]
    applied: tuple[tuple[str, bool], ...]
    could_grant: tuple[str, ...]


class Row(msgspec.Struct, frozen=True):
    """One member: what the row is about, what was assumed beside it, what becomes of the session.

    `about` holds for each fact of `Matrix.by` its term, None for none of them. `cells` are places in
    `Matrix.reasons`, one for each exercise of `Matrix.exercises`.
    """

    about: tuple[str | None, ...]
    assumed: tuple[Match, ...]
    disposition: str
    cells: tuple[int, ...]


class Matrix(msgspec.Struct, frozen=True):
    """Rows, columns and cells. `at` is the day that it holds for; every row assumes `assumed` as well.

    `denied` are the questions answered with no, or with none of these; what is in neither is not known.
    """

    by: tuple[str, ...]
    at: datetime.date
    assumed: tuple[Match, ...]
    denied: tuple[str, ...]
    exercises: tuple[str, ...]
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]

    def verdict(self, row: Row, column: int) -> Verdict:
        """Return the verdict of a cell."""
        return Verdict(self.reasons[row.cells[column]].verdict)

    @property
    def gaps(self) -> dict[str, tuple[Row, ...]]:
        """Return the exercises that nothing is said about, each with the rows where that is so."""
        found = {
            name: tuple(row for row in self.rows if self.verdict(row, column) is Verdict.UNREVIEWED)
            for column, name in enumerate(self.exercises)
        }
        return {name: rows for name, rows in found.items() if rows}


def chosen_facts(artifact: Artifact) -> tuple[str, ...]:
    """Return what the rows are about unless somebody says otherwise.

    Of the facts with several values at once, that which most rules test, and of those with one value the same: the
    conditions, say, and their phases. Red flags, equipment and whom packs cover are no rows, and no more facts are
    chosen than `MOST_ROWS` have room for.
    """
    uses = Counter(fact for rule in artifact.rules if rule.effect not in _BESIDE for fact in set(tested(rule.guard)))
    covered = {test for pack in artifact.packs if pack.covers is not None for test in tested(pack.covers)}
    facts = [fact for fact in artifact.vocabulary.facts if uses[fact.name] and fact.name not in covered | {EQUIPMENT}]
    chosen: list[Fact] = []
    for kind in (Kind.MANY_OF, Kind.ONE_OF):
        fact = _most_used(kind, facts, uses)
        if fact is not None and _size([_row_values(one) for one in (*chosen, fact)]) <= MOST_ROWS:
            chosen.append(fact)
    return tuple(fact.name for fact in chosen)


def _most_used(kind: Kind, facts: Iterable[Fact], uses: Mapping[str, int]) -> Fact | None:
    fit = [fact for fact in facts if fact.kind is kind and not (fact.context or fact.optional or _flagged(fact))]
    return max(fit, key=lambda fact: uses[fact.name], default=None)


def _flagged(fact: Fact) -> bool:
    return fact.red_flag or any(term.red_flag for term in fact.terms)


def matrix(artifact: Artifact, at: datetime.date, by: Sequence[str], known: _Raw | None = None) -> Matrix:
    """Return the matrix of `artifact` on the day `at`.

    Args:
        artifact: what was compiled.
        at: the day, in UTC, that reviews are held against.
        by: the facts that rows are about, with terms; of a `many of` fact each term alone, and none of them.
        known: more that is known of everybody in the matrix, as the facts door reads it.

    Raises:
        TooManyRowsError: `by` has more combinations than `MOST_ROWS`.
        FactsError: `known` does not fit the vocabulary.
    """
    facts = {fact.name: fact for fact in artifact.vocabulary.facts}
    values = [_row_values(facts[name]) for name in by]
    combinations = [*product(*values)] if _size(values) <= MOST_ROWS else None
    if combinations is None:
        raise TooManyRowsError(f"{_size(values)} rows; at most {MOST_ROWS} are made")
    return _Making(artifact, at, tuple(by), dict(known or {})).matrix(combinations)


def _size(values: Sequence[Sequence[object]]) -> int:
    size = 1
    for one in values:
        size *= len(one)
    return size


def _row_values(fact: Fact) -> list[str | None]:
    match fact.kind:
        case Kind.MANY_OF:
            return [None, *(term.name for term in fact.terms)]
        case Kind.ONE_OF:
            return [term.name for term in fact.terms]
        case Kind.YES_NO:
            return ["no", "yes"]
        case Kind.NUMBER:
            return [None]
        case _:
            assert_never(fact.kind)


class _Making:
    """Makes the rows of one matrix."""

    def __init__(self, artifact: Artifact, at: datetime.date, by: tuple[str, ...], known: dict[str, object]) -> None:
        self._artifact = artifact
        self._at = at
        self._by = by
        self._known = known
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._door = Door(artifact.vocabulary)
        self._compiled = Compiled(artifact)
        self._reasons: dict[Reason, int] = {}
        self._thresholds = _thresholds(artifact)
        self._numbers = [fact for fact in artifact.vocabulary.facts if self._is_free(fact)]

    def _is_free(self, fact: Fact) -> bool:
        """Return whether a row may assume the number that speaks least against training."""
        stated = fact.name in self._by or fact.name in self._known
        return fact.name in self._thresholds and not (stated or fact.context or fact.optional)

    def matrix(self, combinations: Iterable[tuple[str | None, ...]]) -> Matrix:
        covered = self._covered()
        base = self._denied() | covered | self._known
        columns = _columns(self._artifact)
        rows = [self._row(about, base, columns) for about in combinations]
        common = tuple(one for one in rows[0].assumed if all(one in row.assumed for row in rows))
        return Matrix(
            by=self._by,
            at=self._at,
            assumed=(
                *(match for fact, value in (covered | self._known).items() for match in _said(fact, value)),
                *common,
            ),
            denied=tuple(name for name in self._denied() if base[name] in (False, [])),
            exercises=columns,
            rows=tuple(
                msgspec.structs.replace(row, assumed=tuple(one for one in row.assumed if one not in common))
                for row in rows
            ),
            reasons=tuple(self._reasons),
        )

    def _denied(self) -> dict[str, object]:
        """Return everything that can be answered with no, answered so: red flags, risks, clearance."""
        denied: dict[str, object] = {}
        for fact in self._artifact.vocabulary.facts:
            if fact.name not in self._by and fact.name != EQUIPMENT and not (fact.context or fact.optional):
                if fact.kind is Kind.MANY_OF:
                    denied[fact.name] = []
                elif fact.kind is Kind.YES_NO:
                    denied[fact.name] = False
        return denied

    def _covered(self) -> dict[str, object]:
        """Return what makes a member one of those whom the packs are for."""
        found: dict[str, object] = {}
        for fact, value in (one for pack in self._artifact.packs if pack.covers for one in _fulfilling(pack.covers)):
            if fact not in self._by and fact not in self._known:
                before = found.get(fact)
                many = self._facts[fact].kind is Kind.MANY_OF
                found[fact] = [*(before if isinstance(before, list) else []), value] if many else value
        return found

    def _row(self, about: tuple[str | None, ...], base: _Raw, columns: Sequence[str]) -> Row:
        member = {**base, **{fact: self._as_raw(fact, value) for fact, value in zip(self._by, about, strict=True)}}
        assumed = self._mildest(member)
        member |= assumed
        outcome = self._evaluated(member).materialised()
        cells = tuple(self._cell(outcome, outcome.exercises[name]) for name in columns)
        return Row(about, tuple(_said_of(assumed)), outcome.disposition.value, cells)

    def _mildest(self, member: _Raw) -> dict[str, Decimal]:
        """Return the numbers that speak least against training: as few as it takes, each as low as it may be."""
        candidates = {fact.name: self._candidates(fact) for fact in self._numbers}
        assumed = {name: values[0] for name, values in candidates.items()}
        least = self._against({**member, **assumed})
        for name in [*candidates] * _PASSES:
            for value in candidates[name]:
                against = self._against({**member, **assumed, name: value})
                if against < least:
                    least, assumed[name] = against, value
        for name in candidates:
            others = {other: value for other, value in assumed.items() if other != name}
            if self._against({**member, **others}) <= least:
                assumed = others
        return assumed

    def _as_raw(self, fact: str, value: str | None) -> object:
        match self._facts[fact].kind:
            case Kind.MANY_OF:
                return [] if value is None else [value]
            case Kind.YES_NO:
                return value == "yes"
            case Kind.ONE_OF | Kind.NUMBER:
                return value
            case _:
                assert_never(self._facts[fact].kind)

    def _candidates(self, fact: Fact) -> list[Decimal]:
        """Return the numbers that guards tell apart, and one between each two of them."""
        ends = (end for end in (fact.low, fact.high) if end is not None)
        tried = sorted({*self._thresholds[fact.name], *ends})
        between = ((low + high) / 2 for low, high in pairwise(tried))
        return [value for value in sorted({*tried, *between}) if not fact.whole or value == value.to_integral_value()]

    def _evaluated(self, member: _Raw) -> Found:
        return self._compiled.evaluate(self._door.read(member, self._artifact.vocabulary), self._at)

    def _against(self, member: _Raw) -> int:
        """Return how much stands against training: the sum of the verdicts' places in their chain."""
        return sum(self._evaluated(member).verdicts())

    def _cell(self, outcome: Outcome, entry: ExerciseOutcome) -> int:
        session = tuple((rule.id, certain) for rule, certain in outcome.session if rule.effect in ir.SESSION)
        applied = tuple((rule.id, certain) for rule, certain in entry.applied if rule.effect not in _BESIDE)
        granting = () if entry.judgement.verdict.go else tuple(rule.id for rule in entry.could_grant)
        of_exercise = tuple(one for one in applied if one not in session)
        reason = Reason(entry.judgement.verdict.value, entry.judgement.recommended, session, of_exercise, granting)
        return self._reasons.setdefault(reason, len(self._reasons))


def _columns(artifact: Artifact) -> tuple[str, ...]:
    """Return the exercises, those of one movement class beside each other."""

    def place(exercise: Exercise) -> tuple[str, str]:
        return min(exercise.classes, default="~"), exercise.label or exercise.name

    return tuple(exercise.name for exercise in sorted(artifact.vocabulary.exercises, key=place))


def _thresholds(artifact: Artifact) -> dict[str, set[Decimal]]:
    """Return the numbers that guards hold facts against."""
    found: dict[str, set[Decimal]] = {}
    guards = [guard for rule in artifact.rules for guard in (rule.guard, *(one.guard for one in rule.exceptions))]
    for guard in (*guards, *(one.guard for one in artifact.contradictions), *(one.guard for one in artifact.overrides)):
        for test in _comparisons(guard):
            found.setdefault(test.fact, set()).add(test.value)
    return found


def _comparisons(guard: ir.Guard) -> Iterator[ir.Compare]:
    match guard:
        case ir.Compare():
            yield guard
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            for operand in guard.operands:
                yield from _comparisons(operand)
        case ir.Always() | ir.Never() | ir.Choice() | ir.Has() | ir.Unknown():
            return
        case _:
            assert_never(guard)


def _fulfilling(guard: ir.Guard) -> Iterator[tuple[str, object]]:
    """Yield values of facts that go towards `guard`: the first of several ways."""
    match guard:
        case ir.Has(present=True):
            yield guard.fact, guard.term
        case ir.Choice(negated=False):
            yield guard.fact, {"yes": True, "no": False}.get(guard.values[0], guard.values[0])
        case ir.AllOf():
            for operand in guard.operands:
                yield from _fulfilling(operand)
        case ir.AnyOf() | ir.AtLeast():
            yield from _fulfilling(guard.operands[0])
        case ir.Always() | ir.Never() | ir.Has() | ir.Choice() | ir.Compare() | ir.Unknown():
            return
        case _:
            assert_never(guard)


def _said_of(raw: _Raw) -> Iterator[Match]:
    for fact, value in raw.items():
        yield from _said(fact, value)


def _said(fact: str, value: object) -> Iterator[Match]:
    """Yield what is stated of one fact in the shape in which answers state it."""
    match value:
        case []:
            yield Match(fact, NONE)
        case list():
            yield from (Match(fact, str(term)) for term in value)
        case bool() | str():
            yield Match(fact, value)
        case Decimal():
            yield Match(fact, number(value))
        case int() | float():
            yield Match(fact, value)
        case {"value": amount, "unit": unit}:
            yield Match(fact, f"{amount} {unit}")
        case {**states}:
            for state, absent in (("present", False), ("absent", True)):
                terms = states.get(state)
                yield from (Match(fact, str(term), absent) for term in (terms if isinstance(terms, list) else ()))
        case _:
            return  # null: not known
