"""Turns what checks and comparisons find into wire types of version 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeVar

import msgspec

from dsl.analysis.changes import Change, Difference, Direction, Reworked, Sample
from dsl.analysis.example_coverage import ExampleCoverage
from dsl.analysis.faults import Mutation
from dsl.analysis.matrix import Matrix, Reason, Row
from dsl.evaluation.decision import Match
from service.api.v1.check_schemas import (
    BehindV1,
    CheckV1,
    CoverageV1,
    ExerciseOfRulesV1,
    GapV1,
    HarmlessV1,
    KnownV1,
    MatrixV1,
    MutationV1,
    ProofV1,
    ReasonV1,
    RowV1,
    SourcesV1,
    StatementV1,
    SurvivorV1,
)
from service.api.v1.comparison_schemas import ChangeV1, DiffV1, MeaningV1, ReworkedV1, SampleV1
from service.api.v1.mapping import diagnostics_v1
from service.operations.jobs import Checked, Coverage
from service.operations.library import Loaded

_Wire = TypeVar("_Wire")

# --- checks -----------------------------------------------------------------------------------


def check_v1(checked: Checked) -> CheckV1:
    """Return what came of checked rule text, on the wire."""
    check = checked.check
    return CheckV1(
        ok=check.ok,
        digest=check.digest,
        diagnostics=diagnostics_v1(check.diagnostics),
        examples_run=check.examples_run,
        examples_failed=check.examples_failed,
        proofs_held=check.proofs_held,
        proofs_failed=check.proofs_failed,
        proofs_not_checked=check.proofs_not_checked,
        proofs=_all(check.proofs, ProofV1),
        coverage=None if checked.coverage is None else _coverage(checked.coverage),
        mutation=None if checked.mutation is None else _mutation(checked.mutation),
        sources=None if checked.sources is None else _same(checked.sources, SourcesV1),
    )


def _same(value: object, kind: type[_Wire]) -> _Wire:
    """Return `value` as the wire type that has the same members."""
    return msgspec.convert(value, kind, from_attributes=True)


def _all(values: Iterable[object], kind: type[_Wire]) -> tuple[_Wire, ...]:
    return tuple(_same(value, kind) for value in values)


def _coverage(found: Coverage) -> CoverageV1:
    return CoverageV1(_matrix(found.matrix), _exercised(found.examples))


def _matrix(matrix: Matrix) -> MatrixV1:
    places = {row.about: place for place, row in enumerate(matrix.rows)}
    return MatrixV1(
        by=matrix.by,
        at=matrix.at,
        assumed=_known(matrix.assumed),
        denied=matrix.denied,
        exercises=matrix.exercises,
        rows=tuple(_row(row) for row in matrix.rows),
        reasons=tuple(_reason(reason) for reason in matrix.reasons),
        gaps=tuple(GapV1(name, tuple(places[row.about] for row in rows)) for name, rows in matrix.gaps.items()),
    )


def _row(row: Row) -> RowV1:
    return RowV1(row.about, _known(row.assumed), row.disposition, row.cells)


def _known(matches: Iterable[Match]) -> tuple[KnownV1, ...]:
    return tuple(KnownV1(match.fact, match.value, match.absent) for match in matches)


def _reason(reason: Reason) -> ReasonV1:
    session, applied = (_behind(rules) for rules in (reason.session, reason.applied))
    return ReasonV1(reason.verdict, reason.recommended, session, applied, reason.could_grant)


def _behind(rules: Iterable[tuple[str, bool]]) -> tuple[BehindV1, ...]:
    return tuple(BehindV1(rule, certain) for rule, certain in rules)


def _exercised(found: ExampleCoverage) -> ExerciseOfRulesV1:
    return ExerciseOfRulesV1(
        examples=found.examples,
        rules=len(found.rules),
        rules_fired=found.fired,
        rule_share=float(found.rule_share),
        ways=found.ways,
        ways_seen=found.ways_seen,
        clause_share=float(found.clause_share),
        statements=_all(found.statements, StatementV1),
    )


def _mutation(found: Mutation) -> MutationV1:
    survivors = _all(found.survivors, SurvivorV1)
    return MutationV1(found.noticed, _all(found.harmless, HarmlessV1), survivors, found.score, found.untried)


# --- comparisons ------------------------------------------------------------------------------


def diff_v1(old: Loaded, new: Loaded, found: Difference) -> DiffV1:
    """Return what `new` changes against `old`, on the wire."""
    return DiffV1(
        ruleset=new.ruleset,
        release=new.number,
        digest=new.release.digest,
        against=old.number,
        against_digest=old.release.digest,
        unchanged=found.unchanged,
        less_restrictive=found.moves("less"),
        more_restrictive=found.moves("more"),
        changes=tuple(_change(change) for change in found.changes),
        meanings=tuple(MeaningV1(one.text, one.direction and _DIRECTIONS[one.direction]) for one in found.meanings),
        other_reasons=tuple(_reworked(one) for one in found.reworked),
        rules=found.rules,
        redeclared=found.redeclared,
        undecided=found.open,
        gone=found.gone,
        new=found.new,
    )


_DIRECTIONS: Mapping[Direction, Literal["less_restrictive", "more_restrictive"]] = {
    "less": "less_restrictive",
    "more": "more_restrictive",
}


def _change(change: Change) -> ChangeV1:
    return ChangeV1(
        about="session" if change.exercise is None else "exercises",
        part=change.part,
        measure=change.measure,
        direction=_DIRECTIONS[change.direction],
        exercises=() if change.exercise is None else (change.exercise, *change.alike),
        was=change.was,
        becomes=change.becomes,
        sample=_sample(change.sample),
    )


def _reworked(one: Reworked) -> ReworkedV1:
    return ReworkedV1(one.exercises, one.rules, None if one.sample is None else _sample(one.sample))


def _sample(sample: Sample) -> SampleV1:
    return SampleV1(dict(sample.facts), dict(sample.facts_before), sample.example)
