"""What the worker process is asked to do, and what it answers: plain values that cross a process boundary.

None of them needs the solver: it is loaded by the process that works, not by the one that answers requests.
"""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

from dsl.analysis.changes import Difference
from dsl.analysis.citing import Citing
from dsl.analysis.example_coverage import ExampleCoverage
from dsl.analysis.faults import Mutation
from dsl.analysis.matrix import Matrix
from dsl.tools.findings import Check
from service.operations.compilation import Compiled, RuleFile

LENGTH_BYTES = 4
"""A message to the process, and one from it, is its length in so many bytes, and as many bytes of JSON."""

Part = Literal["coverage", "mutation", "sources"]
"""What a check tells beyond what was found."""


class CompileJob(msgspec.Struct, frozen=True, tag="compile"):
    """Rule text to compile."""

    files: tuple[RuleFile, ...]


class CheckJob(msgspec.Struct, frozen=True, tag="check"):
    """Rule text to look at from all sides that are named in `include`.

    `texts` are works that the rules cite. Reviews are held against `today`. `at` is the day that the matrix is for,
    the last before a review is due where it is None; `by` are the facts of its rows, chosen where there are none.
    `mutate` are the rules that faults are planted in, all of them where it is None, for `seconds` at most, and so that
    the whole job is done within `deadline` seconds.
    """

    files: tuple[RuleFile, ...]
    today: datetime.date
    texts: tuple[RuleFile, ...] = ()
    include: frozenset[Part] = frozenset()
    at: datetime.date | None = None
    by: tuple[str, ...] = ()
    mutate: tuple[str, ...] | None = None
    seconds: float = 0.0
    deadline: float = 0.0


class StoredRelease(msgspec.Struct, frozen=True):
    """A release as it is stored."""

    artifact: bytes
    digest: str


class CompareJob(msgspec.Struct, frozen=True, tag="compare"):
    """Two releases to compare."""

    old: StoredRelease
    new: StoredRelease


Job = CompileJob | CheckJob | CompareJob


class Coverage(msgspec.Struct, frozen=True):
    """Who may do what, and what the examples exercise."""

    matrix: Matrix
    examples: ExampleCoverage


class Misnamed(msgspec.Struct, frozen=True):
    """Something that a job names and the rules do not have: where in the job, and what is near."""

    pointer: str
    detail: str
    near: str | None = None


class Checked(msgspec.Struct, frozen=True, tag="checked"):
    """What came of a check. A part is None where it was not asked for, and where the text has errors.

    Where there is something `misnamed`, no part was made.
    """

    check: Check
    coverage: Coverage | None = None
    mutation: Mutation | None = None
    sources: Citing | None = None
    misnamed: tuple[Misnamed, ...] = ()


class Compared(msgspec.Struct, frozen=True, tag="compared"):
    """What one release changes against another; None where they take the facts named `incomparable` differently."""

    difference: Difference | None
    incomparable: tuple[str, ...] = ()


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The worker itself is at fault; what it was is logged under `occurrence`."""

    occurrence: str


class Exhausted(msgspec.Struct, frozen=True, tag="exhausted"):
    """The job takes more memory than the worker may have."""


Result = Compiled | Checked | Compared | Exhausted | Failed
