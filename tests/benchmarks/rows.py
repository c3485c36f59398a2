"""What every benchmark gives: rows with a bar or without, written as JSON, printed as a table, timed side by side."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

import msgspec
from rich.table import Table

FOLDER = Path(__file__).parents[2] / "build" / "bench"
FEWEST_ROUNDS = 3
"""Rounds that are run however long they take."""


class Row(msgspec.Struct, frozen=True):
    """One figure of one benchmark.

    `value` is the subject's own figure in `metric` ("microseconds", "megabytes"); `peer` is what it is compared with,
    empty where with nothing. `ratio` puts the two against each other the way the bar speaks of it; `holds` says
    whether it keeps to `bar`, None where there is none. `size` is a number of rules unless the benchmark says
    otherwise.
    """

    bench: str
    subject: str
    peer: str
    size: int | str
    metric: str
    value: float
    ratio: float | None = None
    bar: float | None = None
    holds: bool | None = None

    def at_least(self, bar: float) -> Row:
        """Return the row with the bar that its ratio (its value where there is none) must reach."""
        return msgspec.structs.replace(self, bar=bar, holds=self._measure >= bar)

    def at_most(self, bar: float) -> Row:
        """Return the row with the bar that its ratio (its value where there is none) must not pass."""
        return msgspec.structs.replace(self, bar=bar, holds=self._measure <= bar)

    @property
    def _measure(self) -> float:
        return self.value if self.ratio is None else self.ratio


# --- giving them away -------------------------------------------------------------------------


def write(rows: Sequence[Row], name: str, folder: Path = FOLDER) -> Path:
    """Return the file that `rows` are written to, as a JSON list: `build/bench/{name}.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    return path


def table(rows: Sequence[Row]) -> Table:
    """Return `rows` as a table for a terminal."""
    found = Table(title=", ".join(sorted({row.bench for row in rows})), title_justify="left")
    for heading in ("subject", "peer", "size", "metric", "value", "ratio", "bar", ""):
        found.add_column(heading, justify="right" if heading in {"size", "value", "ratio", "bar"} else "left")
    for row in rows:
        size = f"{row.size:,}" if isinstance(row.size, int) else row.size
        figures = (_shown(row.value), _shown(row.ratio), _shown(row.bar))
        found.add_row(row.subject, row.peer, size, row.metric, *figures, _judged(row.holds))
    return found


def _shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:,.4g}" if abs(figure) < 1_000 else f"{figure:,.0f}"


def _judged(holds: bool | None) -> str:
    return {True: "[green]holds[/]", False: "[red]missed[/]", None: ""}[holds]


# --- timing -----------------------------------------------------------------------------------


def interleaved(
    calls: Mapping[str, Callable[[], object]], rounds: int, seconds: float | None = None
) -> dict[str, float]:
    """Return the median seconds that each of `calls` takes.

    Each round makes every call once, another one first each time, with garbage collection off: what slows the
    machine down for a while slows all of them. Rounds end after `seconds` have passed, three being run in any case.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    gc.collect()
    started = perf_counter()
    for place in range(rounds):
        if seconds is not None and place >= FEWEST_ROUNDS and perf_counter() - started > seconds:
            break
        first = place % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(timed(calls[name]))
    return {name: statistics.median(times) for name, times in taken.items()}


def timed(call: Callable[[], object]) -> float:
    """Return the seconds that one `call` takes; garbage is not collected while it runs."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        started = perf_counter()
        call()
        return perf_counter() - started
    finally:
        if collecting:
            gc.enable()
