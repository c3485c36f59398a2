"""The two chains that answers stand on: verdicts of an exercise, dispositions of a session."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Verdict(enum.StrEnum):
    """What a member may do with one exercise, least restrictive first; the first three are a GO.

    `severity` is the place in the chain, 0 for `allowed`; `go` whether the member may do the exercise.
    """

    severity: int
    go: bool

    ALLOWED = "allowed"
    CAUTION = "caution"
    MODIFY = "modify"
    UNREVIEWED = "unreviewed"
    ASK = "ask"
    CLEARANCE = "clearance"
    AVOID = "avoid"


class Disposition(enum.StrEnum):
    """What becomes of the whole session, mildest first.

    `severity` is the place in the chain, 0 for `proceed`; `ends_session` whether no exercise may be done any more.
    """

    severity: int
    ends_session: bool

    PROCEED = "proceed"
    SCREEN = "screen"
    STOP = "stop"
    URGENT = "urgent"
    EMERGENCY = "emergency"


# Plain attributes, because evaluation reads them millions of times.
for _place, _verdict in enumerate(Verdict):
    _verdict.severity, _verdict.go = _place, _place <= list(Verdict).index(Verdict.MODIFY)
for _place, _disposition in enumerate(Disposition):
    _disposition.severity = _place
    _disposition.ends_session = _place >= list(Disposition).index(Disposition.STOP)


def join_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the most restrictive of `verdicts`; `allowed` when there are none."""
    return max(verdicts, key=lambda verdict: verdict.severity, default=Verdict.ALLOWED)


def join_dispositions(dispositions: Iterable[Disposition]) -> Disposition:
    """Return the most severe of `dispositions`; `proceed` when there are none."""
    return max(dispositions, key=lambda disposition: disposition.severity, default=Disposition.PROCEED)
