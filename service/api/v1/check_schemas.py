"""Wire types of checks, version 1: what is asked, and what comes of rule text looked at from all sides."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from service.api.v1.schemas import LINE_PATTERN, DiagnosticV1, Digest, RuleFileV1

Count = Annotated[int, Meta(ge=0)]
Line = Annotated[int, Meta(ge=1)]
Share = Annotated[float, Meta(ge=0, le=100)]
ReferredName = Annotated[str, Meta(pattern=LINE_PATTERN, max_length=200)]


class CheckRequestV1(Struct, frozen=True, forbid_unknown_fields=True):
    """Rule text to check, the shipped prelude always included, and what is to be told beyond the diagnostics.

    `texts` are the works that the rules cite, each called `sources/NAME.md` or `.txt` beside the file that declares
    the source: quotes and sections are then held against them. `include` names what else to work out: `coverage` and
    `sources` take about as long as the check itself, `mutation` takes up to the service's own bound. `at` is the day
    that reviews and the matrix are for. `by` are the facts that make the rows of the matrix. `mutate` are the rules, by
    id, that faults are planted in, and likewise packs and `impossible`; all of them when it is left out.
    """

    files: Annotated[tuple[RuleFileV1, ...], Meta(min_length=1, max_length=500)]
    texts: Annotated[tuple[RuleFileV1, ...], Meta(max_length=100)] = ()
    include: Annotated[tuple[Literal["coverage", "mutation", "sources"], ...], Meta(max_length=3)] = ()
    at: datetime.date | None = None
    by: Annotated[tuple[ReferredName, ...], Meta(max_length=4)] = ()
    mutate: Annotated[tuple[ReferredName, ...], Meta(min_length=1, max_length=1000)] | None = None


# --- proofs -----------------------------------------------------------------------------------


class ProofV1(Struct, frozen=True):
    """One `prove` and what came of it; where it fails, a diagnostic of the same place shows a member.

    `undecided`: not in the time there is, so it may hold or not.
    """

    title: str
    pack: str
    outcome: Literal["holds", "fails", "undecided", "not_checked"]
    file: str
    line: Line


# --- coverage ---------------------------------------------------------------------------------


class KnownV1(Struct, frozen=True):
    """One thing that is known of a member. `absent`: that it is not so."""

    fact: str
    value: str | bool | float
    absent: bool = False


class BehindV1(Struct, frozen=True):
    """A rule behind an answer. `certain`: its guard is surely true, not merely not false."""

    rule: str
    certain: bool


class ReasonV1(Struct, frozen=True):
    """Why cells have their verdict: the rules behind it.

    `session` are those that decide about the whole session, `could_grant` would give a go if more were known.
    """

    verdict: str
    recommended: bool
    session: tuple[BehindV1, ...]
    applied: tuple[BehindV1, ...]
    could_grant: tuple[str, ...]


class RowV1(Struct, frozen=True):
    """One member of the matrix: for each fact of `by` its term, null for none of them.

    `assumed`: what else was assumed, so that nothing but `about` speaks against training. `cells` are places in
    `reasons`, one for each of `exercises`.
    """

    about: tuple[str | None, ...]
    assumed: tuple[KnownV1, ...]
    disposition: str
    cells: tuple[Count, ...]


class GapV1(Struct, frozen=True):
    """An exercise of which no rule says anything, and the places of the rows where that is so."""

    exercise: str
    rows: tuple[Count, ...]


class MatrixV1(Struct, frozen=True):
    """Who may do what: a row for each member of whom one thing is known, a column for each exercise.

    `assumed` is known of everybody, `denied` are questions that everybody answers with no, or none of these.
    """

    by: tuple[str, ...]
    at: datetime.date
    assumed: tuple[KnownV1, ...]
    denied: tuple[str, ...]
    exercises: tuple[str, ...]
    rows: tuple[RowV1, ...]
    reasons: tuple[ReasonV1, ...]
    gaps: tuple[GapV1, ...]


class ClauseV1(Struct, frozen=True):
    """One test of a guard, in its author's words.

    Whether some example has it true, and otherwise (false, or not known), where that decides the guard.
    """

    text: str
    file: str
    line: Line
    seen_true: bool
    seen_otherwise: bool


class StatementV1(Struct, frozen=True):
    """One statement with a guard. `fired`: some example surely has it in its answer."""

    what: Literal["rule", "override", "definition", "covers", "impossible"]
    name: str
    file: str
    line: Line
    fired: bool
    clauses: tuple[ClauseV1, ...]


class ExerciseOfRulesV1(Struct, frozen=True):
    """What the examples exercise. There are two `ways` of each clause, true and otherwise; shares are per cent."""

    examples: Count
    rules: Count
    rules_fired: Count
    rule_share: Share
    ways: Count
    ways_seen: Count
    clause_share: Share
    statements: tuple[StatementV1, ...]


class CoverageV1(Struct, frozen=True):
    """Who may do what by the rules and where they are silent, and what their examples exercise."""

    matrix: MatrixV1
    examples: ExerciseOfRulesV1


# --- mutation ---------------------------------------------------------------------------------


class SurvivorV1(Struct, frozen=True):
    """A planted fault that no example notices, in which rule.

    A fault in an override is one in the rule that it takes back. `rule` is `impossible` for a fault in what is called
    impossible, and the name of a pack for one in what it covers.

    `example` would notice it, and can be pasted into the rules; null where it was not decided in time whether there is
    one, or where the fault only adds a limit: no example can say that there is none.
    """

    rule: str
    what: str
    example: str | None


class HarmlessV1(Struct, frozen=True):
    """A planted fault that changes nobody's answer, by proof, in which rule: other rules see to it.

    `rule` is as for those that no example notices.
    """

    rule: str
    what: str


class MutationV1(Struct, frozen=True):
    """Whether the examples would notice if a rule were a little wrong.

    Of the faults planted, `noticed` make an example fail, `harmless` change nobody's answer; `score` is the share of
    the others that are noticed, in per cent, null while there are none. `untried` are rules, or what stands in `rule`
    for them, of which not all faults were planted in the time there is: name them in `mutate` to go on.
    """

    noticed: Count
    harmless: tuple[HarmlessV1, ...]
    survivors: tuple[SurvivorV1, ...]
    score: Share | None
    untried: tuple[str, ...]


# --- sources ----------------------------------------------------------------------------------


class UncitedSectionV1(Struct, frozen=True):
    """A section of a work that no rule cites, and the line of its text where it begins."""

    title: str
    line: Line


class SourceUseV1(Struct, frozen=True):
    """One source of one pack. `file` is its text; where that is null, nothing is known of its sections."""

    pack: str
    source: str
    title: str
    url: str | None
    cited_by: Count
    file: str | None
    sections: Count
    uncited: tuple[UncitedSectionV1, ...]


class ReviewV1(Struct, frozen=True):
    """When a pack is due for review; `overdue_days` is null while it is not."""

    pack: str
    review_by: datetime.date
    overdue_days: Annotated[int, Meta(ge=1)] | None


class SourcesV1(Struct, frozen=True):
    """Which works the rules cite, what of those they leave out, and when reviews are due."""

    sources: tuple[SourceUseV1, ...]
    uncited_rules: tuple[str, ...]
    reviews: tuple[ReviewV1, ...]


class CheckV1(Struct, frozen=True):
    """What came of rule text: the digest of the release that it would be, null when it has errors.

    `examples_run` counts the examples held against the answers, `proofs_held` the claims that hold for everybody,
    `proofs_failed` those that do not hold for somebody, `proofs_not_checked` those that could not be decided in the
    time there is, or because of errors elsewhere. `coverage`, `mutation` and `sources` are null where `include` does
    not name them, and where there are errors.
    """

    ok: bool
    digest: Digest | None
    diagnostics: tuple[DiagnosticV1, ...]
    examples_run: Count
    examples_failed: Count
    proofs_held: Count
    proofs_failed: Count
    proofs_not_checked: Count
    proofs: tuple[ProofV1, ...]
    coverage: CoverageV1 | None
    mutation: MutationV1 | None
    sources: SourcesV1 | None
