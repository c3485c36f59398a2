"""What more rules cost: microseconds at each size, how they grow from one to the next, and beside the whole answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from dsl.semantics.release import Artifact
from tests.benchmarks import answering
from tests.benchmarks.engines import Contestant, held, microseconds
from tests.benchmarks.members import Member, members
from tests.benchmarks.peers.ours import Spotter
from tests.benchmarks.rows import Row
from tests.benchmarks.workload import MANY_THRESHOLDS, USUAL_THRESHOLDS, artifact

SIZES = (1_000, 10_000, 100_000)
HARD = 10_000
"""The size at which many thresholds are measured too."""
MOST_A_DECADE = 2.6

_MEMBERS = 1_000
_SECONDS = 25


def run() -> list[Row]:
    """Return the rows of fired ids and of verdicts, all sizes measured in turns, then those of whole answers."""
    return [*grown(SIZES, HARD), *answering.run()]


def grown(sizes: Sequence[int], hard: int) -> list[Row]:
    """Return what each of `sizes` takes, and `hard` with many thresholds; bars are for what it grows by."""
    asked = members(_MEMBERS)
    sets = [*((size, USUAL_THRESHOLDS) for size in sizes), (hard, MANY_THRESHOLDS)]
    held_by_form = list(zip(*(_forms(artifact(*of), asked) for of in sets), strict=True))
    taken = microseconds([one for form in held_by_form for one in form], _SECONDS)
    return [row for form in held_by_form for row in _rows(form, sizes, hard, taken)]


def _forms(rules: Artifact, asked: Sequence[Member]) -> tuple[Contestant, Contestant]:
    subject = Spotter(rules)
    fired = held(subject, asked)
    return fired, Contestant(subject.package, "verdicts", subject.verdicts, fired.inputs)


def _rows(
    form: Sequence[Contestant], sizes: Sequence[int], hard: int, taken: Mapping[Contestant, float]
) -> Iterator[Row]:
    *usual, many = form
    for place, (size, one) in enumerate(zip(sizes, usual, strict=True)):
        row = Row("growth", f"spotter, {one.form}", "", size, "microseconds", taken[one])
        if not place:
            yield row
        else:
            grown_by = taken[one] / taken[usual[place - 1]]
            yield msgspec.structs.replace(row, ratio=grown_by).at_most(MOST_A_DECADE)
    metric = f"microseconds, {MANY_THRESHOLDS} thresholds a number"
    yield Row("growth", f"spotter, {many.form}", "", hard, metric, taken[many])
