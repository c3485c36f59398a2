"""The command: run all benchmarks, or those that are named; print their tables and write `build/bench/NAME.json`."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence

from rich.console import Console

from tests.benchmarks.rows import Row, table, write

BENCHES = ("engines", "growth", "service", "load", "memory")


def main(names: Sequence[str]) -> int:
    """Return how the command exits: 0, or 1 where a benchmark could not be run. A missed bar is told, no failure."""
    wrong = [name for name in names if name not in BENCHES]
    if wrong:
        Console(stderr=True).print(f"no benchmark {', '.join(wrong)}; there are {', '.join(BENCHES)}")
        return 2
    if len(names) == 1:
        return _run(names[0])
    return max(_run_apart(name) for name in names or BENCHES)


def _run_apart(name: str) -> int:
    """Run one benchmark in a process of its own, so that none inherits the memory of another."""
    command = [sys.executable, "-m", "tests.benchmarks", name]
    return min(1, subprocess.run(command, check=False).returncode)


def _run(name: str) -> int:
    rows: list[Row] = importlib.import_module(f"tests.benchmarks.{name}").run()
    console = Console(width=None if sys.stdout.isatty() else 150)
    console.print(table(rows))
    missed = sum(row.holds is False for row in rows)
    held = sum(row.holds is True for row in rows)
    console.print(f"{name}: {held} bars hold, {missed} missed; written to {write(rows, name).name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
