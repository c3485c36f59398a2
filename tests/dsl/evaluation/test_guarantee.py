"""The guarantee of the language, over generated packs and partly known members.

GO-soundness: whatever is learnt later, a GO stays a GO. Beside it: order, duplicates and the split into files
never change an answer; time only tightens; what may still change is bounded, and asked about.
"""

from __future__ import annotations

import datetime
import random
from functools import lru_cache

from hypothesis import event, given, settings
from hypothesis import strategies as st

from dsl.evaluation.evaluator import Evaluator
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.questions import Questions
from dsl.evaluation.reference import Reference
from dsl.semantics.compiler import compile_sources
from dsl.semantics.facts import Door, Facts
from dsl.semantics.ir import Limit
from dsl.semantics.release import Artifact, Release
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary
from dsl.syntax.source import SourceFile
from tests.dsl.evaluation.generated import DATES, EXERCISES, Member, Pack, Raw, crowds, members, packs

PACKS = 3 * settings().max_examples
"""Packs of each property, each with four to eight members: the guarantee is worth more cases than the rest."""


@lru_cache(maxsize=4)
def release_of(sources: tuple[tuple[str, str], ...]) -> Release:
    """Return the release of generated text, which always compiles."""
    compilation = compile_sources([SourceFile(name, text) for name, text in sources], with_prelude=False)
    assert compilation.release is not None, [found.message for found in compilation.diagnostics]
    return compilation.release


def compiled(generated: tuple[Pack, ...]) -> Artifact:
    return release_of(tuple((f"{pack.name}.rules", pack.text()) for pack in generated)).artifact


@lru_cache(maxsize=4)
def door(vocabulary: Vocabulary) -> Door:
    return Door(vocabulary)


def read(artifact: Artifact, raw: Raw) -> Facts:
    return door(artifact.vocabulary).read(raw, artifact.vocabulary)


def answer(artifact: Artifact, raw: Raw, day: str) -> Outcome:
    return Reference(artifact).evaluate(read(artifact, raw), datetime.date.fromisoformat(day))


def contains(outer: Limit | None, inner: Limit | None) -> bool:
    """Return whether every value that `inner` lets through, `outer` lets through."""
    if outer is None:
        return True
    if inner is None:
        return False
    low = outer.low is None or (inner.low is not None and inner.low >= outer.low)
    high = outer.high is None or (inner.high is not None and inner.high <= outer.high)
    return low and high


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES)
def test_a_go_stays_a_go_whatever_is_learnt(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    for member in crowd:
        before, after = answer(artifact, member.partial, day), answer(artifact, member.complete, day)
        if after.contradictions:
            continue  # nobody is like that: the guarantee is about possible members
        for exercise in EXERCISES:
            was, became = before.exercises[exercise].judgement, after.exercises[exercise].judgement
            if not was.verdict.go:
                continue
            event(f"GO with part of the facts: {was.verdict.value}")
            assert became.verdict.severity <= was.verdict.severity
            limits = {limit.measure: limit for limit in was.limits}
            for limit in became.limits:
                assert contains(limit, limits.get(limit.measure))
            assert was.load_factor is not None
            assert became.load_factor is not None
            assert became.load_factor >= was.load_factor


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES)
def test_an_optional_fact_adds_no_more_than_caution(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    for member in crowd:
        before, after = (
            answer(artifact, member.partial, day),
            answer(artifact, {**member.partial, **member.optional}, day),
        )
        assert after.disposition is before.disposition
        for exercise in EXERCISES:
            was, became = before.exercises[exercise].judgement, after.exercises[exercise].judgement
            if not was.verdict.go:
                continue
            if became.verdict is not was.verdict:
                event("an optional fact added caution")
                assert (was.verdict, became.verdict) == (Verdict.ALLOWED, Verdict.CAUTION)
            assert became.limits == was.limits


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES)
def test_what_is_still_possible_is_bounded(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    for member in crowd:
        before, after = answer(artifact, member.partial, day), answer(artifact, member.complete, day)
        if after.contradictions:
            continue  # nobody is like that: the guarantee is about possible members
        assert before.surest.severity <= after.disposition.severity
        for exercise in EXERCISES:
            entry, found = before.exercises[exercise], after.exercises[exercise].judgement.verdict
            assert entry.best.verdict.severity <= found.severity <= entry.worst.verdict.severity
            # `ask` is no bound: with everything known it becomes a GO, or something else, `unreviewed` included.
            assert entry.best.verdict.severity <= entry.judgement.verdict.severity
            assert entry.judgement.verdict.go is entry.worst.verdict.go


@settings(max_examples=PACKS)
@given(packs(), crowds(), DATES)
def test_what_could_change_an_answer_is_asked(generated: tuple[Pack, ...], crowd: list[Member], day: str) -> None:
    artifact = compiled(generated)
    questions = Questions(artifact)
    for member in crowd:
        before, after = answer(artifact, member.partial, day), answer(artifact, member.complete, day)
        if after.contradictions:
            continue  # nobody is like that: the guarantee is about possible members
        facts = read(artifact, member.partial)
        asked = questions.open(before, facts, EXERCISES)
        if before.disposition is not after.disposition:
            assert asked
        settled = {exercise for question in asked for exercise in question.settles}
        for exercise in EXERCISES:
            entry, learnt = before.exercises[exercise], after.exercises[exercise].judgement
            if entry.judgement != learnt and entry.best != entry.worst:
                event("learning more changed an answer")
                assert exercise in settled
            if entry.best == entry.worst:  # nothing left to learn, even where `ask` stands for `unreviewed`
                assert learnt == entry.best
        flags = [question.red_flag for question in asked]
        assert flags == sorted(flags, reverse=True)


@settings(max_examples=PACKS)
@given(packs(), crowds(), st.data())
def test_time_only_tightens(generated: tuple[Pack, ...], crowd: list[Member], data: st.DataObject) -> None:
    artifact = compiled(generated)
    for member in crowd:
        early, late = sorted((data.draw(DATES), data.draw(DATES)))
        before, after = answer(artifact, member.partial, early), answer(artifact, member.partial, late)
        assert after.disposition.severity >= before.disposition.severity
        for exercise in EXERCISES:
            was, became = before.exercises[exercise].judgement, after.exercises[exercise].judgement
            if became.verdict is not was.verdict:
                event("review dates passed and it mattered")
            # `ask` may become `unreviewed`, where the grant that it waited for has lapsed.
            if (was.verdict, became.verdict) != (Verdict.ASK, Verdict.UNREVIEWED):
                assert became.verdict.severity >= was.verdict.severity


@settings(max_examples=PACKS)
@given(packs(), members(), DATES, st.randoms(use_true_random=False))
def test_order_duplicates_and_files_leave_no_trace(
    generated: tuple[Pack, ...], member: Member, day: str, shuffler: random.Random
) -> None:
    whole = release_of(tuple((f"{pack.name}.rules", pack.text()) for pack in generated))
    files: list[tuple[str, str]] = []
    for pack in generated:
        statements = [*pack.statements, *shuffler.sample(pack.statements, k=min(3, len(pack.statements)))]
        shuffler.shuffle(statements)
        cut = shuffler.randint(0, len(statements))
        files.append((f"{pack.name}-a.rules", pack.text(tuple(statements[:cut]))))
        files.append((f"{pack.name}-b.rules", pack.text(tuple(statements[cut:]))))
    shuffler.shuffle(files)
    other = release_of(tuple(files))
    assert other.canonical_bytes == whole.canonical_bytes
    assert other.digest == whole.digest
    at = datetime.datetime.fromisoformat(f"{day}T12:00:00+00:00")
    answers = [Evaluator(release).evaluate(member.partial, asked_with=whole, at=at) for release in (whole, other)]
    assert answers[0].to_json() == answers[1].to_json()


@settings(max_examples=PACKS)
@given(packs(), members(), DATES)
def test_an_answer_is_a_function_of_what_goes_in(generated: tuple[Pack, ...], member: Member, day: str) -> None:
    release = Release(compiled(generated))
    again = Release.from_bytes(release.canonical_bytes, release.digest)
    at = datetime.datetime.fromisoformat(f"{day}T00:00:00+00:00")
    first = Evaluator(release).evaluate(member.partial, asked_with=release, at=at)
    assert Evaluator(again).evaluate(dict(reversed(member.partial.items())), asked_with=again, at=at) == first


GRANTS = ("allow", "recommend", "modify", "caution")


@settings(max_examples=PACKS)
@given(packs(), members(), DATES)
def test_silence_is_never_permission(generated: tuple[Pack, ...], member: Member, day: str) -> None:
    silent = tuple(
        Pack(pack.name, pack.header, tuple(text for text in pack.statements if not _grants(text))) for pack in generated
    )
    found = answer(compiled(silent), member.complete, day)
    assert not any(entry.judgement.verdict.go for entry in found.exercises.values())


def _grants(statement: str) -> bool:
    words = statement.partition(": ")[2] if statement.startswith("rule ") else statement
    return words.startswith(GRANTS) or statement.startswith("override ")
