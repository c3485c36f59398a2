"""Checks rule text without storing it."""

from __future__ import annotations

import msgspec

from service.operations.compilation import with_distinct_names
from service.operations.context import Context
from service.operations.jobs import Checked, CheckJob
from service.problems import INVALID_BODY, Fault, ProblemError


async def check_rules(context: Context, job: CheckJob) -> Checked:
    """Return what comes of the files of `job`: the digest of the release that they would be, or why there is none.

    Raises:
        ProblemError: the job names a fact or a rule that the text does not have; too many others wait; it takes too
            much time or memory.
    """
    files = tuple(with_distinct_names(job.files))
    done = await context.worker.check(msgspec.structs.replace(job, files=files))
    if done.misnamed:
        faults = [
            Fault(one.detail, pointer=one.pointer, did_you_mean=() if one.near is None else (one.near,))
            for one in done.misnamed
        ]
        raise ProblemError(INVALID_BODY, faults[0].detail, faults=faults)
    return done
