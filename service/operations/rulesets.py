"""Creates and reads rule sets."""

from __future__ import annotations

import datetime

from service.operations.context import Context
from service.operations.library import require_ruleset
from service.problems import RULESET_EXISTS, ProblemError
from service.records import Ruleset
from service.store.repositories import TakenError


async def create_ruleset(context: Context, name: str, title: str) -> Ruleset:
    """Return the new rule set `name`, which has no release yet.

    Raises:
        ProblemError: there is one of this name.
    """
    try:
        async with context.store.writing() as work:
            return await work.rulesets.add(name, title, datetime.datetime.now(datetime.UTC))
    except TakenError as error:
        raise ProblemError(RULESET_EXISTS, f"there is already a rule set {name}") from error


async def read_ruleset(context: Context, name: str) -> Ruleset:
    """Return the rule set `name`.

    Raises:
        ProblemError: there is none.
    """
    async with context.store.reading() as work:
        return await require_ruleset(work, name)


async def list_rulesets(context: Context, after: str | None, limit: int) -> tuple[list[Ruleset], str | None]:
    """Return up to `limit` rule sets by name after `after`, and where the next page begins, if there is one."""
    async with context.store.reading() as work:
        found = await work.rulesets.page(after, limit + 1)
    more = len(found) > limit
    return found[:limit], found[limit - 1].name if more else None
