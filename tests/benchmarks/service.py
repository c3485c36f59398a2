"""The service under load: the recommendations endpoint beside a bare Litestar handler and a raw ASGI callable.

All three run over Granian under the service's own settings, decode the same question (a member with every fact of
the questionnaire, about one kilobyte) and send the same bytes: the whole catalogue of the shipped back-pain pack.
wrk asks, one of them at a time, in turns. It and the server share the machine, so that eight connections keep one
or two workers busy without queueing far; two connections show what an answer takes when there is no queue. Bars are
on one question asked over and over; a thousand members asked about in turns show what is owed to the repetition.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
import msgspec

from tests.benchmarks.rows import Row
from tests.benchmarks.service_peers import ANSWER, PATH
from tests.service.support import SERVE, Server, served

SPOTTER, LITESTAR, RAW = "spotter", "litestar", "raw-asgi"
NAMES = (SPOTTER, LITESTAR, RAW)
TARGETS = {
    SPOTTER: "tests.benchmarks.service_worker:app",
    LITESTAR: "tests.benchmarks.service_peers:litestar",
    RAW: "tests.benchmarks.service_peers:raw_asgi",
}

BUSY, CALM = 8, 2
"""Connections: enough to saturate the workers, and so few that answers hardly wait for one another."""

SECONDS = 2
WARM_UP = 1
MEMBERS = 1_000


class Trial(NamedTuple):
    """How the three are asked: over so many connections, about one member or many, so many rounds."""

    connections: int
    rounds: int
    members: int = 1

    def size(self, workers: int) -> str:
        """Return how a row calls it."""
        whom = "" if self.members == 1 else f", {self.members} members"
        return f"{workers} worker{'s' if workers > 1 else ''}, {self.connections} connections{whom}"

    @property
    def barred(self) -> bool:
        """Return whether the bars are on it."""
        return (self.connections, self.members) == (BUSY, 1)


TRIALS = {1: (Trial(BUSY, 7), Trial(CALM, 3), Trial(BUSY, 3, MEMBERS)), 2: (Trial(BUSY, 7),)}
"""What is tried, by the number of workers."""

LEAST_THROUGHPUT = 0.85
MOST_P99 = 1.5

FACTS: dict[str, Any] = {
    "age": 46,
    "clearance": True,
    "complaint": ["back"],
    "condition": ["disc_herniation"],
    "direction_preference": "extension",
    "equipment": ["barbell", "dumbbell", "kettlebell", "machine", "band", "box", "cable", "bench", "rack", "dowel"],
    "first_session": False,
    "fixed_posture": {"value": 45, "unit": "min"},
    "flare_now": False,
    "hrv_change": -12,
    "known_symptom": {"present": [], "absent": ["leg_pain", "numbness", "tingling", "weakness"]},
    "mastered": ["brace", "squat", "hinge"],
    "minor_trauma": False,
    "moment": "before",
    "new_back_pain": False,
    "next_day": "settled",
    "pain": "chronic",
    "pain_after": 1,
    "pain_character": ["ache"],
    "pain_level": 2.5,
    "provoked_by": ["squat", "calf_raise"],
    "recovery": 62,
    "resting_rise": 4,
    "risk": {"present": [], "absent": ["cancer", "fracture", "osteoporosis", "pregnancy", "spinal_surgery"]},
    "sleep_hours": {"value": 430, "unit": "min"},
    "sleep_quality": "fair",
    "stress": 5,
    "symptom": [],
    "target_beaten": 1,
    "weeks_missed": 2,
    "workplace": "strained",
}
QUESTION: dict[str, object] = {
    "asked_with": 1,
    "subject": "pseudonym-1f3a9c02-7c1d-4e0b-9a55-0d8c2b7f6e41",
    "at": "2026-11-22T09:00:00Z",
    "facts": FACTS,
}

PUBLISHED = "published the shipped rule set back-pain"
"""What each worker of the service says in its log once it is about to answer."""

_LOAD = Path(__file__).with_name("service_load.lua")
_DECISION = len(b'{"decision":"00000000-0000-7000-8000-000000000000"')


class Load(msgspec.Struct, frozen=True):
    """What wrk has measured: the percentiles are milliseconds."""

    requests: int
    seconds: float
    failed: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Return the requests a second."""
        return self.requests / self.seconds


def run() -> list[Row]:
    """Return requests a second and percentiles of the service, beside those of its peers."""
    if shutil.which("wrk") is None:
        raise RuntimeError("the service is measured with wrk, which is not installed (Debian, Ubuntu: wrk)")
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows: list[Row] = []
        for workers, trials in TRIALS.items():
            with _servers(folder, workers) as urls:
                for trial in trials:
                    loads = _rounds(folder, urls, trial)
                    rows += rows_of(loads, trial.size(workers), barred=trial.barred)
        return rows


# --- the servers ------------------------------------------------------------------------------


@contextmanager
def _servers(folder: Path, workers: int) -> Iterator[dict[str, str]]:
    """Start the three, and hand over the address of each; the answers of all are the same bytes."""
    for count in (1, MEMBERS):
        (folder / f"questions-{count}").write_bytes(b"\n".join(map(msgspec.json.encode, questions(count))) + b"\n")
    with ExitStack() as running:
        spotter = running.enter_context(served(folder / f"{SPOTTER}-{workers}", _script(SPOTTER, workers)))
        _await_all(spotter, workers)
        answer = _answer(spotter.url)
        (folder / "answer.json").write_bytes(answer)
        urls = {SPOTTER: spotter.url}
        for name in (LITESTAR, RAW):
            environ = {ANSWER: str(folder / "answer.json")}
            urls[name] = running.enter_context(served(folder / name, _script(name, workers), **environ)).url
        _check(urls, answer)
        yield urls


def _script(name: str, workers: int) -> str:
    if name == SPOTTER and workers == 1:
        return SERVE
    call = f"web_server({TARGETS[name]!r}, '127.0.0.1', int(os.environ['SPOTTER_PORT']), workers={workers})"
    return f"import os; from service.serving import web_server; {call}.serve()"


def _await_all(spotter: Server, workers: int) -> None:
    deadline = time.monotonic() + 60
    while spotter.log.count(PUBLISHED) < workers:
        if time.monotonic() > deadline:
            raise RuntimeError(f"not every worker of the service has started: {spotter.log}")
        time.sleep(0.1)


def _answer(url: str) -> bytes:
    given = httpx.post(url + PATH, content=msgspec.json.encode(QUESTION), headers={"Content-Type": "application/json"})
    return given.raise_for_status().content


def _check(urls: Mapping[str, str], answer: bytes) -> None:
    """Check that all send the same bytes, a fresh id of the decision apart."""
    for name, url in urls.items():
        given = _answer(url)
        if given[_DECISION:] != answer[_DECISION:] or (name != SPOTTER and given != answer):
            raise RuntimeError(f"{name} does not send the answer that it is to be compared with")


# --- the load ---------------------------------------------------------------------------------


def questions(count: int) -> list[dict[str, object]]:
    """Return the question about the one member, then about others, no two of whom are in the same state."""
    chosen = random.Random(3)  # noqa: S311 - the same on every run is the point
    return [QUESTION, *({**QUESTION, "facts": {**FACTS, **_state(chosen)}} for _ in range(count - 1))]


def _state(chosen: random.Random) -> dict[str, object]:
    return {
        "age": chosen.randint(18, 80),
        "condition": chosen.sample(["disc_herniation", "sciatica", "strain", "sprain"], chosen.randint(0, 2)),
        "equipment": sorted(chosen.sample(FACTS["equipment"], 8)),
        "hrv_change": chosen.randint(-40, 40),
        "mastered": chosen.sample(["brace", "squat", "hinge", "lunge"], chosen.randint(1, 3)),
        "pain": chosen.choice(["acute", "subacute", "chronic"]),
        "pain_level": chosen.randint(1, 12) / 2,
        "provoked_by": chosen.sample(["squat", "hinge", "lunge", "leg_press"], chosen.randint(0, 3)),
        "recovery": chosen.randint(10, 90),
        "resting_rise": chosen.randint(0, 20),
        "sleep_hours": {"value": chosen.randint(240, 540), "unit": "min"},
        "stress": chosen.randint(1, 9),
    }


def _rounds(folder: Path, urls: Mapping[str, str], trial: Trial) -> dict[str, list[Load]]:
    """Return what each has borne, round by round; another one comes first in each."""
    asked = folder / f"questions-{trial.members}"
    for name in NAMES:
        load(urls[name], asked, trial.connections, WARM_UP)
    loads: dict[str, list[Load]] = {name: [] for name in NAMES}
    for place in range(trial.rounds):
        first = place % len(NAMES)
        for name in NAMES[first:] + NAMES[:first]:
            loads[name].append(load(urls[name], asked, trial.connections, SECONDS))
    return loads


def load(url: str, asked: Path, connections: int, seconds: int) -> Load:
    """Return how the server at `url` bears so many connections that ask without a pause."""
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(_LOAD)]
    told = subprocess.run(
        ["wrk", *options, url + PATH, "--", str(asked)],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    borne = msgspec.json.decode(told.stdout.splitlines()[-1], type=Load)
    if borne.failed or not borne.requests:
        raise RuntimeError(f"{borne.failed} requests of {borne.requests} failed")
    return borne


# --- the rows ---------------------------------------------------------------------------------

RATE, MIDDLE, TAIL = "requests a second", "milliseconds, median", "milliseconds, p99"
FIGURES: Mapping[str, Callable[[Load], float]] = {
    RATE: lambda load: load.rate,
    MIDDLE: lambda load: load.p50,
    TAIL: lambda load: load.p99,
}


def rows_of(loads: Mapping[str, Sequence[Load]], size: str, *, barred: bool) -> list[Row]:
    """Return the figures of the service beside each peer's, then the peers' own; bars are those on bare Litestar."""
    compared = [_compared(loads, peer, size, metric) for peer in (LITESTAR, RAW) for metric in FIGURES]
    own = [_figure(loads, peer, size, metric) for peer in (LITESTAR, RAW) for metric in FIGURES]
    return [_barred(row) if barred else row for row in compared] + own


def _compared(loads: Mapping[str, Sequence[Load]], peer: str, size: str, metric: str) -> Row:
    """Return the median of the ratios of each round, in which both were asked within seconds of each other."""
    figure = FIGURES[metric]
    ratios = [figure(ours) / figure(theirs) for ours, theirs in zip(loads[SPOTTER], loads[peer], strict=True)]
    row = _figure(loads, SPOTTER, size, metric)
    return msgspec.structs.replace(row, peer=peer, ratio=statistics.median(ratios))


def _figure(loads: Mapping[str, Sequence[Load]], name: str, size: str, metric: str) -> Row:
    return Row("service", name, "", size, metric, statistics.median(map(FIGURES[metric], loads[name])))


def _barred(row: Row) -> Row:
    if (row.peer, row.metric) == (LITESTAR, RATE):
        return row.at_least(LEAST_THROUGHPUT)
    if (row.peer, row.metric) == (LITESTAR, TAIL):
        return row.at_most(MOST_P99)
    return row
