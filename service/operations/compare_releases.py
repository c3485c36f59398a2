"""Compares two releases of a rule set."""

from __future__ import annotations

from dsl.analysis.changes import Difference
from service.operations.context import Context
from service.operations.jobs import CompareJob, StoredRelease
from service.operations.library import Loaded, no_such_release, require_ruleset
from service.problems import INCOMPARABLE_RELEASES, Fault, ProblemError


async def compare_releases(context: Context, old: Loaded, new: Loaded) -> Difference:
    """Return what `new` changes against `old`, for whom.

    Raises:
        ProblemError: a fact is declared differently, so that no member is one of both; too many others wait; it takes
            too much time or memory.
    """
    stored = [await _stored(context, loaded) for loaded in (old, new)]
    done = await context.worker.compare(CompareJob(*stored))
    if done.difference is None:
        told = f"release {new.number} declares it in another way than release {old.number}"
        faults = [Fault(f"`{name}`: {told}") for name in done.incomparable]
        raise ProblemError(
            INCOMPARABLE_RELEASES, "members of one cannot be compared with those of the other", faults=faults
        )
    return done.difference


async def _stored(context: Context, loaded: Loaded) -> StoredRelease:
    """Return the bytes that the digest is over, as they were stored: a later version may write them in another way."""
    async with context.store.reading() as work:
        found = await work.releases.artifact(await require_ruleset(work, loaded.ruleset), loaded.number)
    if found is None:
        raise no_such_release(loaded.ruleset, loaded.number)
    return StoredRelease(found[1], loaded.release.digest)
