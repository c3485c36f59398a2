"""The two chains that answers stand on: verdicts of an exercise, dispositions of a session."""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Verdict(enum.Enum):
    """What a member may do with one exercise, least restrictive first; the first three are a GO."""

    ALLOWED = "allowed"
    CAUTION = "caution"
    MODIFY = "modify"
    UNREVIEWED = "unreviewed"
    ASK = "ask"
    CLEARANCE = "clearance"
    AVOID = "avoid"

    @property
    def severity(self) -> int:
        """Return the place in the chain, 0 for `allowed`."""
        return _VERDICT_SEVERITY[self]

    @property
    def go(self) -> bool:
        """Return whether the member may do the exercise."""
        return self.severity <= Verdict.MODIFY.severity


_VERDICT_SEVERITY = {verdict: place for place, verdict in enumerate(Verdict)}


class Disposition(enum.Enum):
    """What becomes of the whole session, mildest first."""

    PROCEED = "proceed"
    SCREEN = "screen"
    STOP = "stop"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def severity(self) -> int:
        """Return the place in the chain, 0 for `proceed`."""
        return _DISPOSITION_SEVERITY[self]

    @property
    def ends_session(self) -> bool:
        """Return whether no exercise may be done any more."""
        return self.severity >= Disposition.STOP.severity


_DISPOSITION_SEVERITY = {disposition: place for place, disposition in enumerate(Disposition)}


def join_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the most restrictive of `verdicts`; `allowed` when there are none."""
    return max(verdicts, key=lambda verdict: verdict.severity, default=Verdict.ALLOWED)


def join_dispositions(dispositions: Iterable[Disposition]) -> Disposition:
    """Return the most severe of `dispositions`; `proceed` when there are none."""
    return max(dispositions, key=lambda disposition: disposition.severity, default=Disposition.PROCEED)
