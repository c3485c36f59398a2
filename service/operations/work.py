"""Does what the worker process is asked to do. Only that process imports this module: it loads the solver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import assert_never

from dsl.analysis.build import build
from dsl.analysis.changes import IncomparableError
from dsl.analysis.citing import citing
from dsl.analysis.diff import compare
from dsl.analysis.example_coverage import example_coverage
from dsl.analysis.faults import Fault, Mutation, plantable
from dsl.analysis.formulas import Bounds
from dsl.analysis.matrix import TooManyRowsError, chosen_facts, matrix
from dsl.analysis.mutation import mutate
from dsl.evaluation.build import Build
from dsl.evaluation.examples import within_review
from dsl.semantics.naming import nearest
from dsl.semantics.release import Artifact, Release
from dsl.semantics.vocabulary import Kind
from dsl.syntax.source import SourceFile
from dsl.tools.findings import summary
from service.operations.compilation import Compiled, RuleFile, compiled_of
from service.operations.jobs import (
    Checked,
    CheckJob,
    Compared,
    CompareJob,
    CompileJob,
    Coverage,
    Job,
    Misnamed,
    StoredRelease,
)

_SURVIVOR_SECONDS = 2.0
"""How long is searched at most for somebody whose verdict one planted fault changes, and again for other changes."""

_MARGIN = 0.1
"""The part of a job's time that is kept free: the last fault may take longer than others, and the process to begin."""


def perform(job: Job, bounds: Bounds) -> Compiled | Checked | Compared:
    """Return what comes of `job`; the solver keeps to `bounds`."""
    begun = time.monotonic()
    match job:
        case CompileJob():
            return compiled_of(build(_sources(job.files), bounds=bounds), job.files)
        case CheckJob():
            built = build(_sources(job.files), texts=_sources(job.texts), bounds=bounds)
            return _checked(job, built, bounds, begun)
        case CompareJob():
            return _compared(job, bounds)
        case _:
            assert_never(job)


def _sources(files: Iterable[RuleFile]) -> list[SourceFile]:
    return [SourceFile(file.name, file.text) for file in files]


# --- checks -----------------------------------------------------------------------------------


def _checked(job: CheckJob, built: Build, bounds: Bounds, begun: float) -> Checked:
    check = summary(built)
    if built.release is None:
        return Checked(check)
    artifact = built.release.artifact
    if misnamed := tuple(_misnamed(job, artifact)):
        return Checked(check, misnamed=misnamed)
    try:
        coverage = _coverage(job, built, artifact) if "coverage" in job.include else None
    except TooManyRowsError as error:
        return Checked(check, misnamed=(Misnamed("/by", f"{error}; name fewer facts"),))
    sources = citing(artifact, built.bundled, job.at or job.today) if "sources" in job.include else None
    # Last of all, for it takes what time is left.
    mutation = _mutation(job, built, artifact, bounds, begun) if "mutation" in job.include else None
    return Checked(check, coverage, mutation, sources)


def _misnamed(job: CheckJob, artifact: Artifact) -> Iterator[Misnamed]:
    facts = {fact.name: fact for fact in artifact.vocabulary.facts}
    for place, name in enumerate(job.by):
        if name not in facts:
            yield Misnamed(f"/by/{place}", f"`{name}` is not a known fact", nearest(name, facts))
        elif facts[name].kind is Kind.NUMBER:
            yield Misnamed(f"/by/{place}", f"rows are made of facts with terms, and `{name}` is a number")
    known = dict.fromkeys(plantable(artifact))
    for place, name in enumerate(job.mutate or ()):
        if name not in known:
            yield Misnamed(f"/mutate/{place}", f"`{name}` is not the id of a rule", nearest(name, known))


def _coverage(job: CheckJob, built: Build, artifact: Artifact) -> Coverage:
    rows = tuple(dict.fromkeys(job.by)) or chosen_facts(artifact)
    who = matrix(artifact, job.at or within_review(artifact), rows)
    return Coverage(who, example_coverage(built.sources, artifact, built.checked))


def _mutation(job: CheckJob, built: Build, artifact: Artifact, bounds: Bounds, begun: float) -> Mutation:
    each = Bounds(bounds.seconds_each, min(bounds.seconds_all, _SURVIVOR_SECONDS))
    end = min(time.monotonic() + job.seconds, begun + job.deadline * (1 - _MARGIN))
    return mutate(artifact, built.checked, each, _until(end), job.mutate, built.impossible)


def _until(end: float) -> Callable[[Sequence[Fault]], Iterable[Fault]]:
    """Return a watcher that lets no fault be planted that would not be done at `end` if it took as long as others."""

    def watched(faults: Sequence[Fault]) -> Iterator[Fault]:
        longest = 0.0
        for fault in faults:
            now = time.monotonic()
            if now + longest >= end:
                return
            yield fault
            longest = max(longest, time.monotonic() - now)

    return watched


# --- releases ---------------------------------------------------------------------------------


def _compared(job: CompareJob, bounds: Bounds) -> Compared:
    try:
        return Compared(compare(_release(job.old), _release(job.new), bounds))
    except IncomparableError as error:
        return Compared(None, error.facts)


def _release(stored: StoredRelease) -> Release:
    return Release.from_bytes(stored.artifact, stored.digest)
