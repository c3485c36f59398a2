"""What evaluation takes beside reading its request and writing its answer: it must never be what makes an answer slow.

Reading is from the bytes of a request to facts. Evaluation is from facts to all that the answer says: verdicts as
they stand, at best and at worst, rules that apply or wait, open questions, substitutes of every exercise. Writing is
what is left of an answer made from facts; the limits of an exercise, which are looked up there, count as writing.
"""

from __future__ import annotations

import datetime
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import msgspec

from dsl.evaluation.asking import Asking
from dsl.evaluation.build import compile_paths
from dsl.evaluation.compiled import Compiled
from dsl.evaluation.evaluator import Evaluator
from dsl.evaluation.explanation import Explainer
from dsl.evaluation.kinship import Kinship
from dsl.evaluation.masks import bits
from dsl.evaluation.questions import Questions
from dsl.evaluation.replacing import Replacing
from dsl.semantics.facts import Door, Facts
from dsl.semantics.reading import shipped_rules
from dsl.semantics.release import Artifact, Release
from dsl.semantics.vocabulary import Fact, Kind
from tests.benchmarks.engines import DisagreementError
from tests.benchmarks.members import members
from tests.benchmarks.rows import Row, interleaved
from tests.benchmarks.workload import artifact

SHIPPED_BAR = 0.5
BAR = 1
SIZE = 10_000
PACK = "back_pain"

_AT = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
_SEED = 5
_ROUNDS = 31
_A_PASS = 25
_MET_BEFORE = 300
_CHECKED = 3
_SECONDS = 20
_GIVEN = 0.75
_FLAGGED = 0.01
_MOST_LISTED = 3

_Item = TypeVar("_Item")


def run() -> list[Row]:
    """Return the rows of the shipped pack and of a large rule set."""
    shipped = compile_paths([shipped_rules() / PACK])
    count = _MET_BEFORE + _ROUNDS * _A_PASS
    about_shipped = list(requests_about(shipped.artifact.vocabulary.facts, count))
    about_many = [msgspec.json.encode(member.request) for member in members(count)]
    return [
        *answered(shipped, about_shipped, len(shipped.artifact.rules), SHIPPED_BAR),
        *answered(Release(artifact(SIZE)), about_many, SIZE, BAR),
    ]


def answered(release: Release, requests: Sequence[bytes], size: int, bar: float) -> list[Row]:
    """Return what each part of an answer takes, and evaluation as a share of the other two."""
    check(release, requests[:_CHECKED])
    taken = _microseconds(release, requests)
    written = taken["answered"] - taken["read"] - taken["evaluated"]
    read = taken["parsed"] + taken["read"]
    share = taken["evaluated"] / (read + written)
    return [
        Row("growth", "reading the request", "", size, "microseconds", read),
        Row("growth", "writing the answer", "", size, "microseconds", written),
        Row("growth", "spotter, verdicts and bounds", "", size, "microseconds", taken["judged"]),
        Row(
            "growth", "spotter, evaluation", "reading and writing", size, "microseconds", taken["evaluated"], share
        ).at_most(bar),
    ]


def check(release: Release, requests: Iterable[bytes]) -> None:
    """Compare the bytes of answers with those of decisions.

    Raises:
        DisagreementError: they differ.
    """
    evaluator = Evaluator(release)
    for request in requests:
        facts = msgspec.json.decode(request)
        decision = evaluator.evaluate(facts, asked_with=release, at=_AT)
        if evaluator.answer(facts, asked_with=release, at=_AT) != msgspec.json.encode(decision):
            raise DisagreementError("an answer says something else than its decision")


def _microseconds(release: Release, requests: Sequence[bytes]) -> dict[str, float]:
    """Return what each part takes for one member whom nobody has met before, others having been met."""
    vocabulary = release.artifact.vocabulary
    evaluator, door, evaluation = Evaluator(release), Door(vocabulary), _Evaluation(release.artifact)
    parsed = [msgspec.json.decode(request) for request in requests]
    known = [door.read(facts, vocabulary) for facts in parsed]
    for facts, read in zip(parsed[:_MET_BEFORE], known, strict=False):
        evaluation.evaluate(read)
        evaluator.answer(facts, asked_with=release, at=_AT)
    calls: dict[str, Callable[[], None]] = {
        "parsed": _passes(msgspec.json.decode, requests),
        "read": _passes(lambda facts: door.read(facts, vocabulary), parsed),
        "judged": _passes(evaluation.judge, known),
        "evaluated": _passes(evaluation.evaluate, known),
        "answered": _passes(lambda facts: evaluator.answer(facts, asked_with=release, at=_AT), parsed),
    }
    return {name: seconds / _A_PASS * 1e6 for name, seconds in interleaved(calls, _ROUNDS, _SECONDS).items()}


def _passes(ask: Callable[[_Item], object], items: Sequence[_Item]) -> Callable[[], None]:
    """Return a call that asks about the next few of those who have not been met before."""
    starts = range(_MET_BEFORE, len(items) - _A_PASS + 1, _A_PASS)
    groups = itertools.cycle([items[start : start + _A_PASS] for start in starts])

    def ask_the_next() -> None:
        for item in next(groups):
            ask(item)

    return ask_the_next


class _Evaluation:
    """Everything that an answer is found out by, nothing of how it is put together."""

    def __init__(self, rules: Artifact) -> None:
        self._compiled = Compiled(rules)
        self._asking = Asking(rules, self._compiled, Explainer(rules), Questions(rules), texts=True)
        self._replacing = Replacing(rules.vocabulary, self._compiled.ranked)
        kinship = Kinship(self._compiled)
        self._offering = bits(rank for rank, rule in enumerate(self._compiled.ranked) if rule.offers)
        self._touched = [kinship.kin[number].touched for number in kinship.of]

    def judge(self, facts: Facts) -> object:
        """Return the verdicts as they stand, at best and at worst."""
        found = self._compiled.evaluate(facts, _AT.date())
        return found.now, found.best, found.worst

    def evaluate(self, facts: Facts) -> object:
        """Return all of it."""
        found = self._compiled.evaluate(facts, _AT.date())
        offering = found.speaking & self._offering if found.deciding is None else 0
        offers = self._replacing.offers(found.now.severities, self._replacing.equipped(facts))
        return (
            (found.now, found.best, found.worst, found.speaking, found.undecided, found.deciding),
            self._asking.questions(found, facts, range(len(self._touched))),
            [offers(place, offering & touched) for place, touched in enumerate(self._touched)],
        )


# --- members of any vocabulary ----------------------------------------------------------------


def requests_about(facts: Iterable[Fact], count: int) -> Iterator[bytes]:
    """Yield requests about `facts`, the same ones on every run; a quarter of each is unknown, red flags are rare."""
    chosen, asked = random.Random(_SEED), list(facts)  # noqa: S311 - the same on every run is the point
    for _ in range(count):
        yield msgspec.json.encode({fact.name: _value(fact, chosen) for fact in asked if chosen.random() < _GIVEN})


def _value(fact: Fact, chosen: random.Random) -> object:
    flagged = chosen.random() < _FLAGGED
    terms = [term.name for term in fact.terms if flagged or not term.red_flag]
    match fact.kind:
        case Kind.YES_NO:
            return flagged if fact.red_flag else chosen.random() < 1 / 2
        case Kind.ONE_OF:
            return chosen.choice(terms)
        case Kind.MANY_OF:
            most = 0 if fact.red_flag and not flagged else min(_MOST_LISTED, len(terms))
            return chosen.sample(terms, chosen.randint(0, most))
        case Kind.NUMBER:
            low, high = float(fact.low or 0), float(fact.high or 0)
            return chosen.randint(round(low), round(high)) if fact.whole else round(chosen.uniform(low, high), 1)
