"""Reads releases."""

from __future__ import annotations

import msgspec

from service.operations.compilation import RuleFile
from service.operations.context import Context
from service.operations.library import Loaded, no_such_release, require_release, require_ruleset
from service.problems import CHANNEL_EMPTY, RELEASE_UNAVAILABLE, ProblemError
from service.records import STABLE, ReleaseHead

_source_decoder = msgspec.json.Decoder(tuple[RuleFile, ...])


async def read_release(context: Context, ruleset: str, number: int) -> ReleaseHead:
    """Return release `number` of `ruleset`.

    Raises:
        ProblemError: there is none.
    """
    async with context.store.reading() as work:
        return await require_release(work, await require_ruleset(work, ruleset), number)


async def list_releases(
    context: Context, ruleset: str, before: int | None, limit: int
) -> tuple[list[ReleaseHead], int | None]:
    """Return up to `limit` releases, newest first, before number `before`, and where the next page begins.

    Raises:
        ProblemError: no such rule set.
    """
    async with context.store.reading() as work:
        found = await work.releases.page(await require_ruleset(work, ruleset), before, limit + 1)
    more = len(found) > limit
    return found[:limit], found[limit - 1].number if more else None


async def read_source(context: Context, ruleset: str, number: int) -> tuple[ReleaseHead, tuple[RuleFile, ...]]:
    """Return release `number` of `ruleset` with the files it was compiled from.

    Raises:
        ProblemError: there is none.
    """
    async with context.store.reading() as work:
        found = await work.releases.source(await require_ruleset(work, ruleset), number)
    if found is None:
        raise no_such_release(ruleset, number)
    head, source = found
    return head, _source_decoder.decode(source)


async def active_release(context: Context, ruleset: str) -> Loaded:
    """Return the release that the stable channel of `ruleset` answers with.

    Raises:
        ProblemError: no such rule set; nothing was promoted yet; the release cannot be loaded.
    """
    active = context.library.active(ruleset)
    if active is None:
        async with context.store.reading() as work:
            await require_ruleset(work, ruleset)
        raise ProblemError(CHANNEL_EMPTY, f"no release of {ruleset} has been promoted to {STABLE}")
    if active.loaded is None:
        raise ProblemError(RELEASE_UNAVAILABLE, f"the release that {STABLE} of {ruleset} points at cannot be loaded")
    return active.loaded
