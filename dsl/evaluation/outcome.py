"""What an evaluator finds out, before it is put into words: the contract between every evaluator and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dsl.semantics import ir
from dsl.semantics.verdict import Disposition, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a member may do with one exercise.

    `limits` are the tightest that apply, by measure, and empty unless the verdict is a GO. `load_factor` is
    None unless the verdict is a GO.
    """

    verdict: Verdict
    recommended: bool = False
    limits: tuple[ir.Limit, ...] = ()
    load_factor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ExerciseOutcome:
    """The judgement of one exercise, the rules behind it, and how far it could still move.

    `applied` are rules that apply, each with whether its own guard is surely true; worst effect first,
    then id. `could_grant` are rules that would grant a GO if what they ask about were known to be so.
    `best` and `worst` bound what the unknown facts leave possible, facts marked optional apart.
    """

    judgement: Judgement
    applied: tuple[tuple[ir.Rule, bool], ...]
    could_grant: tuple[ir.Rule, ...]
    best: Judgement
    worst: Judgement


@dataclass(frozen=True, slots=True)
class Outcome:
    """One member, one release, one day: the session, the contradictions, and every exercise by id.

    `session` are the session rules, referrals and general advice that apply, each with its certainty;
    `surest` is the disposition that no unknown fact can lessen. `open` are the ids of the rules whose part in the
    answer an unknown fact could still change.
    """

    disposition: Disposition
    surest: Disposition
    session: tuple[tuple[ir.Rule, bool], ...]
    contradictions: tuple[ir.Contradiction, ...]
    open: frozenset[str]
    exercises: Mapping[str, ExerciseOutcome]

    def no_laxer_than(self, other: Outcome) -> bool:
        """Return whether no verdict, and not the disposition, is less restrictive here than in `other`."""
        return self.disposition.severity >= other.disposition.severity and all(
            entry.judgement.verdict.severity >= other.exercises[name].judgement.verdict.severity
            for name, entry in self.exercises.items()
        )
