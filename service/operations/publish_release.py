"""Publishes rule text as the next release of a rule set."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dsl.tools.findings import Finding
from service.operations.compilation import Compiled, RuleFile, sha256, source_bytes, with_distinct_names
from service.operations.context import Context
from service.operations.library import require_ruleset
from service.problems import INVALID_RULES, PUBLISH_CONFLICT, Fault, ProblemError
from service.records import NewRelease, ReleaseHead, Ruleset
from service.store.repositories import TakenError
from service.store.unit_of_work import UnitOfWork

_ATTEMPTS = 5
_ERROR = "error"


async def publish_release(
    context: Context, ruleset: str, files: Sequence[RuleFile]
) -> tuple[ReleaseHead, bool, tuple[Finding, ...]]:
    """Return the release, whether it is new, and what was found in its text besides errors.

    Text that equals the latest release's, with the same outcome, is that release: publishing it again
    (after a lost answer, say) takes no new number.

    Raises:
        ProblemError: no such rule set; the text has errors, and nothing was stored; others took the number.
    """
    async with context.store.reading() as work:
        await require_ruleset(work, ruleset)  # before the work of compiling
    named = with_distinct_names(files)
    compiled = await context.worker.compile(named)
    new = _new_release(compiled, named)
    head, created = await store_release(context, ruleset, new)
    return head, created, compiled.findings


def _new_release(compiled: Compiled, files: Sequence[RuleFile]) -> NewRelease:
    if compiled.artifact is None or compiled.digest is None:
        raise ProblemError(INVALID_RULES, "nothing was stored", faults=_faults(compiled.findings, files))
    return as_new_release(compiled.artifact, compiled.digest, compiled.source)


def as_new_release(artifact: bytes, digest: str, source: Sequence[RuleFile]) -> NewRelease:
    """Return what is stored of a compiled upload."""
    text = source_bytes(source)
    return NewRelease(digest, artifact, sha256(text), text, datetime.datetime.now(datetime.UTC))


def _faults(findings: Sequence[Finding], files: Sequence[RuleFile]) -> list[Fault]:
    places = {file.name: place for place, file in enumerate(files)}
    return [_fault(found, places.get(found.file)) for found in findings if found.severity == _ERROR]


def _fault(found: Finding, place: int | None) -> Fault:
    return Fault(
        found.message,
        pointer="/files" if place is None else f"/files/{place}/text",
        code=found.code,
        file=found.file,
        line=found.line,
        column=found.column,
        help=found.help,
    )


async def store_release(context: Context, ruleset: str, new: NewRelease) -> tuple[ReleaseHead, bool]:
    """Return the stored release, and whether it took a new number.

    Raises:
        ProblemError: no such rule set; others kept taking the number.
    """
    for _ in range(_ATTEMPTS):
        try:
            async with context.store.writing() as work:
                return await _store(work, await require_ruleset(work, ruleset), new)
        except TakenError:
            continue
    raise ProblemError(PUBLISH_CONFLICT, "others took the number; nothing was stored, publish again")


async def _store(work: UnitOfWork, ruleset: Ruleset, new: NewRelease) -> tuple[ReleaseHead, bool]:
    latest = await work.releases.latest(ruleset)
    if latest and (latest.digest, latest.source_digest) == (new.digest, new.source_digest):
        return latest, False
    return await work.releases.add(ruleset, new), True
