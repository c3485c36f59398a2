"""Compares two releases of a rule set."""

from __future__ import annotations

from dsl.analysis.changes import Difference
from service.operations.context import Context
from service.operations.jobs import CompareJob, StoredRelease
from service.operations.library import Loaded
from service.problems import INCOMPARABLE_RELEASES, Fault, ProblemError


async def compare_releases(context: Context, old: Loaded, new: Loaded) -> Difference:
    """Return what `new` changes against `old`, for whom.

    Raises:
        ProblemError: a fact is declared differently, so that no member is one of both; too many others wait; it takes
            too much time or memory.
    """
    done = await context.worker.compare(CompareJob(_stored(old), _stored(new)))
    if done.difference is None:
        told = f"release {new.number} declares it in another way than release {old.number}"
        faults = [Fault(f"`{name}`: {told}") for name in done.incomparable]
        raise ProblemError(
            INCOMPARABLE_RELEASES, "members of one cannot be compared with those of the other", faults=faults
        )
    return done.difference


def _stored(loaded: Loaded) -> StoredRelease:
    return StoredRelease(loaded.release.canonical_bytes, loaded.release.digest)
