"""Reads and moves the stable channel: forward is promotion, back is rollback."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from service.operations.compatibility import breaking_changes
from service.operations.context import Context
from service.operations.library import Loaded, require_release, require_ruleset
from service.problems import (
    BREAKING_PROMOTION,
    PRECONDITION_FAILED,
    RELEASE_NOT_FOUND,
    RELEASE_UNAVAILABLE,
    UNKNOWN_RELEASE,
    Fault,
    ProblemError,
)
from service.records import STABLE, Channel
from service.store.repositories import TakenError

_MOST_NAMED = 50


async def read_channel(context: Context, ruleset: str) -> Channel:
    """Return where the stable channel of `ruleset` points.

    Raises:
        ProblemError: no such rule set.
    """
    async with context.store.reading() as work:
        return await work.channels.read(await require_ruleset(work, ruleset), STABLE)


async def promote(
    context: Context, ruleset: str, number: int, *, expected: Callable[[Channel], bool], breaking: bool = False
) -> Channel:
    """Point the stable channel of `ruleset` at release `number`, and answer with it from now on.

    Args:
        context: what to work with.
        ruleset: the rule set.
        number: the release to point at.
        expected: whether a state of the channel is the one that the caller wants to replace.
        breaking: whether what is accepted now may be refused from now on.

    Raises:
        ProblemError: no such rule set or release; the channel is not as expected; the release cannot be
            loaded, or would refuse what is accepted now. The channel stays where it was.
    """
    channel = await read_channel(context, ruleset)
    _check(channel, expected)
    loaded = await _loaded(context, ruleset, number)
    if channel.release == number:
        return channel
    if channel.release is not None and not breaking:
        await _check_compatible(context, channel.release, loaded)
    moved = await _move(context, loaded, channel)
    context.library.activate(loaded, moved.version)
    return moved


def _check(channel: Channel, expected: Callable[[Channel], bool]) -> None:
    if not expected(channel):
        raise ProblemError(PRECONDITION_FAILED, f"{STABLE} has moved; read it again")


async def _loaded(context: Context, ruleset: str, number: int) -> Loaded:
    try:
        return await context.library.pinned(ruleset, number)
    except ProblemError as error:
        if error.kind is not RELEASE_NOT_FOUND:
            raise
        raise ProblemError(UNKNOWN_RELEASE, error.detail, faults=[Fault(error.detail, pointer="/release")]) from error


async def _check_compatible(context: Context, number: int, new: Loaded) -> None:
    try:
        now = await context.library.pinned(new.ruleset, number)
    except ProblemError as error:
        if error.kind is RELEASE_UNAVAILABLE:
            return  # a release that cannot be loaded accepts nothing, and must not keep its successor out
        raise
    changes = breaking_changes(now.release.artifact.vocabulary, new.release.artifact.vocabulary)
    if changes:
        raise ProblemError(
            BREAKING_PROMOTION,
            f"release {new.number} would refuse what release {number} accepts, in {len(changes)} ways; "
            "say `breaking: true` to promote it all the same",
            faults=[Fault(change) for change in changes[:_MOST_NAMED]],
        )


async def _move(context: Context, to: Loaded, seen: Channel) -> Channel:
    try:
        async with context.store.writing() as work:
            ruleset = await require_ruleset(work, to.ruleset)
            _check(await work.channels.read(ruleset, STABLE), lambda now: now.version == seen.version)
            head = await require_release(work, ruleset, to.number)
            return await work.channels.move(ruleset, STABLE, head, datetime.datetime.now(datetime.UTC))
    except TakenError as error:
        raise ProblemError(PRECONDITION_FAILED, f"{STABLE} has moved; read it again") from error
