"""Checks rule text without storing it."""

from __future__ import annotations

from collections.abc import Sequence

from service.operations.compilation import Compiled, RuleFile, with_distinct_names
from service.operations.context import Context


async def check_rules(context: Context, files: Sequence[RuleFile]) -> Compiled:
    """Return what comes of `files`: the digest of the release that they would be, or why there is none.

    Raises:
        ProblemError: too many uploads wait, or this one takes too much time or memory.
    """
    return await context.compiler.compile(with_distinct_names(files))
