"""Fired rule ids and verdicts of the compiled evaluator beside the fired ids of every other engine, at every size.

Every engine gives the same ids as the oracle, for every member that it is checked with, before any of them is timed.
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Console

from dsl.semantics.release import Artifact
from tests.benchmarks import oracle
from tests.benchmarks.members import Member, members
from tests.benchmarks.peers.asking import Engine
from tests.benchmarks.peers.ours import ByTheBook, Spotter
from tests.benchmarks.rows import Row, interleaved, timed
from tests.benchmarks.workload import artifact

PEERS = (
    ("zen", "Expression"),
    ("zen", "Table"),
    ("cel", "Program"),
    ("cedar", "Policies"),
    ("rego", "Machine"),
    ("clips", "Network"),
    ("rule_engine", "Rules"),
)
"""The adapters: module and class."""

SIZES = (10, 100, 1_000, 10_000)
ALONE = 100_000
FIRED_BARS = {10: 1.5, 100: 3.5, 1_000: 12, 10_000: 40}
VERDICT_BARS = {100: 1, 1_000: 6, 10_000: 25}

_MEMBERS = 1_000
"""So many that nobody is asked about again while the answer is still warm, and not so many that who is asked about is
cold: a request that has just been read is not."""

_CHECKED = {10: 120, 100: 120, 1_000: 40, 10_000: 15}
_JUDGED = 3
_ROUNDS = 41
_SECONDS = {10: 10, 100: 15, 1_000: 25, 10_000: 40, ALONE: 10}
_PASS = 0.02
"""Seconds that an engine's turn takes, whichever it is: a slow one asks about few members, a fast one about all of them
in turn. Turns of so many members each would be over, for a fast one, before its memory is back in the caches
that the slow ones have filled."""


class DisagreementError(AssertionError):
    """An engine gives another answer than the oracle: nothing about it may be timed."""


@dataclass(frozen=True, eq=False)
class Contestant:
    """One engine that holds a rule set, and the members as it takes them."""

    package: str
    form: str
    ask: Callable[[Any], Any]
    inputs: Sequence[Any]


def run() -> list[Row]:
    """Return the rows of every size."""
    others = peers()
    return [*(row for size in SIZES for row in compared(size, others)), *alone(ALONE)]


def peers() -> list[type[Engine[Any]]]:
    """Return the adapters of the peers that are installed; the others are told of."""
    found: list[type[Engine[Any]]] = []
    for module, name in PEERS:
        try:
            found.append(getattr(importlib.import_module(f"tests.benchmarks.peers.{module}"), name))
        except ImportError as error:
            Console(stderr=True).print(f"left out: {module} {name} ({error})")
    return found


def compared(size: int, others: Iterable[type[Engine[Any]]]) -> list[Row]:
    """Return the rows of one size: what each engine takes, and how much longer than ours."""
    rules, asked = artifact(size), members(_MEMBERS)
    subject, reference = Spotter(rules), ByTheBook(rules)
    check_verdicts(subject, reference, asked[:_JUDGED])
    fired, book = held(subject, asked), held(reference, asked)
    against = [held(other(rules), asked) for other in others]
    share = check(rules, [fired, book, *against], asked[: _CHECKED.get(size, _JUDGED)])
    verdicts = Contestant(subject.package, "verdicts", subject.verdicts, fired.inputs)
    taken = microseconds([fired, verdicts, book, *against], _SECONDS[size])
    rows = [*_times(size, share, taken), _ratio(size, fired, book, taken)]
    if not against:
        return rows
    best = min(against, key=taken.__getitem__)
    rows += [_barred(_ratio(size, fired, other, taken), FIRED_BARS if other is best else {}) for other in against]
    return [*rows, _barred(_ratio(size, verdicts, best, taken), VERDICT_BARS)]


def alone(size: int) -> list[Row]:
    """Return what our evaluator takes where no other is worth the wait."""
    rules, asked = artifact(size), members(_MEMBERS)
    subject = Spotter(rules)
    fired = held(subject, asked)
    verdicts = Contestant(subject.package, "verdicts", subject.verdicts, fired.inputs)
    share = check(rules, [fired], asked[:_JUDGED])
    return _times(size, share, microseconds([fired, verdicts], _SECONDS[size]))


def held(engine: Engine[Any], asked: Sequence[Member]) -> Contestant:
    """Return `engine` with the members prepared for it."""
    return Contestant(engine.package, engine.form, engine.fired, [engine.prepare(member.facts) for member in asked])


# --- the same answers -------------------------------------------------------------------------


def check(rules: Artifact, contestants: Sequence[Contestant], asked: Sequence[Member]) -> float:
    """Return the share of the rules that fire for a member, once every contestant agrees with the oracle.

    Raises:
        DisagreementError: one does not.
    """
    count = 0
    for place, member in enumerate(asked):
        expected = sorted(oracle.fired(rules, member.facts))
        count += len(expected)
        for one in contestants:
            if sorted(one.ask(one.inputs[place])) != expected:
                raise DisagreementError(f"{one.package} ({one.form}), {len(rules.rules)} rules, member {place}")
    return count / len(asked) / len(rules.rules)


def check_verdicts(subject: Spotter, reference: ByTheBook, asked: Sequence[Member]) -> None:
    """Compare the verdicts of the whole catalogue with those of the reference.

    Raises:
        DisagreementError: they differ.
    """
    for place, member in enumerate(asked):
        if subject.verdicts(member.facts) != reference.verdicts(member.facts):
            raise DisagreementError(f"verdicts of member {place}")


# --- the clock --------------------------------------------------------------------------------


def microseconds(contestants: Sequence[Contestant], seconds: float) -> dict[Contestant, float]:
    """Return what each contestant takes for one member: the median over rounds in which all take their turns."""
    sizes = [_members_a_pass(one) for one in contestants]
    calls = {str(place): _pass(one, size) for place, (one, size) in enumerate(zip(contestants, sizes, strict=True))}
    taken = interleaved(calls, _ROUNDS, seconds)
    return {one: taken[str(place)] / sizes[place] * 1e6 for place, one in enumerate(contestants)}


def _members_a_pass(one: Contestant) -> int:
    quickest = min(timed(partial(one.ask, asked)) for asked in one.inputs[:20])
    return max(1, int(_PASS / quickest))


def _pass(one: Contestant, size: int) -> Callable[[], None]:
    """Return a call that asks about the next `size` members each time, from the first again after the last."""
    members_in_turn = itertools.cycle(one.inputs)
    ask = one.ask

    def ask_the_next() -> None:
        for asked in itertools.islice(members_in_turn, size):
            ask(asked)

    return ask_the_next


def _times(size: int, share: float, taken: Mapping[Contestant, float]) -> list[Row]:
    share_row = Row("engines", "workload", "", size, "percent of rules fired", share * 100)
    names = {one: f"{one.package}, {one.form}" for one in taken}
    return [share_row, *(Row("engines", names[one], "", size, "microseconds", time) for one, time in taken.items())]


def _ratio(size: int, subject: Contestant, other: Contestant, taken: Mapping[Contestant, float]) -> Row:
    several = len({one.form for one in taken if one.package == other.package}) > 1
    metric = f"microseconds, v. {other.form}" if several else "microseconds"
    times = taken[other] / taken[subject]
    return Row("engines", f"spotter, {subject.form}", other.package, size, metric, taken[subject], times)


def _barred(row: Row, bars: Mapping[int, float]) -> Row:
    bar = bars.get(int(row.size))
    return row if bar is None else row.at_least(bar)
