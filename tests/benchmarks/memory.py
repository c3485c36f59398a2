"""What an evaluator keeps in memory at each size, beside the artifact that it is made from.

Every figure comes from a process of its own: what Python's allocators and numpy hold after building, answering some
members and collecting garbage, less what they held before. Whatever is shared with the artifact counts once, there.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.release import Release
from tests.benchmarks.members import members
from tests.benchmarks.peers.ours import DAY
from tests.benchmarks.rows import Row
from tests.benchmarks.workload import MANY_THRESHOLDS, USUAL_THRESHOLDS, artifact

SETS = (
    (100, USUAL_THRESHOLDS),
    (1_000, USUAL_THRESHOLDS),
    (10_000, USUAL_THRESHOLDS),
    (10_000, MANY_THRESHOLDS),
    (100_000, USUAL_THRESHOLDS),
)
"""Rules, and distinct thresholds of each number."""
BARRED = 10_000
MOST_MEGABYTES = 30

_ANSWERED = 40
_LARGEST_ANSWERING = 10_000
"""Rules beyond which the evaluator with its answers is not measured: it would take too long."""


_Built = TypeVar("_Built")


class Kept(NamedTuple):
    """Megabytes that stay allocated for the artifact, for the compiled evaluator, for the one that answers."""

    artifact: float
    compiled: float
    answering: float | None


def run() -> list[Row]:
    """Return the rows of every set."""
    return [row for size, thresholds in SETS for row in _rows(size, thresholds, _apart(size, thresholds))]


def _rows(size: int, thresholds: int, kept: Kept) -> Iterator[Row]:
    metric = f"megabytes, {thresholds} thresholds a number"
    yield Row("memory", "artifact", "", size, metric, kept.artifact)
    for subject, megabytes in (
        ("spotter, compiled", kept.compiled),
        (f"spotter, after {_ANSWERED} answers", kept.answering),
    ):
        if megabytes is not None:
            row = Row("memory", subject, "", size, metric, megabytes)
            yield row.at_most(MOST_MEGABYTES) if size == BARRED else row


def _apart(size: int, thresholds: int) -> Kept:
    command = [sys.executable, "-m", "tests.benchmarks.memory", str(size), str(thresholds)]
    return msgspec.json.decode(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, type=Kept)


# --- in a process of its own ------------------------------------------------------------------


def kept(size: int, thresholds: int) -> Kept:
    """Return what stays allocated for a rule set, now that nothing else has been."""
    asked = members(_ANSWERED)

    def compiled() -> Compiled:
        found = Compiled(rules)
        for member in asked:
            outcome = found.evaluate(member.facts, DAY)
            outcome.fired(), outcome.verdicts()
        return found

    def answering() -> Evaluator:
        found = Evaluator(Release(rules))
        for member in asked:
            found.answer(member.request, asked_with=found.release)
        return found

    tracemalloc.start()
    rules, of_artifact = _allocated(lambda: artifact(size, thresholds))
    _, of_compiled = _allocated(compiled)
    of_answering = _allocated(answering)[1] if size <= _LARGEST_ANSWERING else None
    return Kept(of_artifact, of_compiled, of_answering)


def _allocated(build: Callable[[], _Built]) -> tuple[_Built, float]:
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    built = build()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    return built, (after - before) / 1e6


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(kept(int(sys.argv[1]), int(sys.argv[2]))))
