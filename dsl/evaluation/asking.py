"""What to ask next, for a whole answer at once: the questions of `questions`, encoded.

Sets of exercises are integers with a byte for each, 1 for those in the set: that is how the verdicts come.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import msgspec

from dsl.evaluation import lanes
from dsl.evaluation.compiled import Compiled, Found, View
from dsl.evaluation.explanation import Explainer, why
from dsl.evaluation.masks import places
from dsl.evaluation.once import OnDemand
from dsl.evaluation.questions import Open, Question, Questions
from dsl.evaluation.reference import NO_GO, SESSION
from dsl.evaluation.remembered import Memory, Remembered, kept
from dsl.evaluation.standing import bounds
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Fact

_OPEN = 4_096
"""Sets of open facts of a rule that are remembered; each takes some hundred bytes."""

_ASK = Verdict.ASK.severity


def _where(wanted: Iterable[int]) -> bytes:
    """Return the table that turns the octets `wanted` into 1 and all others into 0."""
    found = bytearray(256)
    for octet in wanted:
        found[octet] = 1
    return bytes(found)


_NOT_ZERO = _where(range(1, 256))
_GO = _where(range(lanes.GO_UP_TO + 1))
_BELOW_ASK = _where(range(_ASK))
_BELOW = {effect: _where(range(verdict.severity)) for effect, verdict in NO_GO.items()}
_RECOMMENDED = _where(o for o in range(256) if o & lanes.RECOMMENDED and not o & lanes.CAUTION)


def _set(octets: bytes, table: bytes) -> int:
    return int.from_bytes(octets.translate(table), "little")


@dataclass(slots=True)
class _Gathered:
    """What waits for one fact: open terms, exercises, and the ranks of the rules."""

    terms: set[str] = field(default_factory=set)
    exercises: int = 0
    ranks: set[int] = field(default_factory=set)


class Asking:
    """Finds and encodes the open questions of one release."""

    def __init__(
        self, artifact: Artifact, compiled: Compiled, explainer: Explainer, questions: Questions, *, texts: bool
    ) -> None:
        """Index the guards of `artifact`; without `texts`, what the release serves once is left out."""
        self._explainer = explainer
        self._texts = texts
        self._compiled = compiled
        self._ranked = compiled.ranked
        at = {name: place for place, name in enumerate(compiled.exercises)}
        ranked = self._ranked
        self._about = OnDemand[int, int](
            lambda rank: _members(at[name] for name in {*ranked[rank].exercises, *ranked[rank].grants})
        )
        memory = Memory(_OPEN)
        self._open = OnDemand[int, Remembered[frozenset[Open]]](
            lambda rank: Remembered(
                questions.with_conditions(questions.guards(ranked[rank])),
                partial(questions.unknown, ranked[rank]),
                memory,
            )
        )
        covering = [pack.covers for pack in artifact.packs if pack.covers is not None]
        self._coverage = Remembered(questions.with_conditions(covering), questions.coverage, memory)
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._bounding = {rank for rank, rule in enumerate(self._ranked) if bounds(rule)}
        self._heads: dict[tuple[str, tuple[str, ...]], tuple[bytes, bool]] = {}
        self._reasons: dict[int | None, bytes] = {}

    def questions(self, found: Found, facts: Facts, asked: Sequence[int]) -> bytes:
        """Return the questions of an answer about the exercises at the places `asked`."""
        if not found.open and not facts.suggested:
            return b""
        gathered: dict[str, _Gathered] = {}
        exercises = _members(asked)
        self._gather_session(gathered, found, facts, exercises)
        self._gather_exercises(gathered, found, facts, exercises)
        for fact, term in facts.suggested:
            gathered.setdefault(fact, _Gathered()).terms.add(term)
        told = sorted((self._told(fact, one) for fact, one in gathered.items()), key=lambda told: told.urgency)
        return b",".join([one.text for one in told])

    # --- what waits ---------------------------------------------------------------------------

    def _gather_session(self, gathered: dict[str, _Gathered], found: Found, facts: Facts, exercises: int) -> None:
        surest = found.surest
        settled = 0 if surest.ends_session else exercises
        for rank in found.waiting:
            effect = self._ranked[rank].effect
            if effect in SESSION and SESSION[effect].severity > surest.severity:
                _gather(gathered, self._open[rank](facts), settled, rank)

    def _gather_exercises(self, gathered: dict[str, _Gathered], found: Found, facts: Facts, exercises: int) -> None:
        movable = self._movable(found) & exercises
        if not movable:
            return
        matters = _Matters(found.best, found.worst)
        for rank in found.waiting:
            if waiting := self._about[rank] & movable & matters.where(self._ranked[rank].effect):
                _gather(gathered, self._open[rank](facts), waiting, rank)
        _gather(gathered, self._coverage(facts), movable, None)

    def _movable(self, found: Found) -> int:
        """Return the exercises of which any answer could change the verdict, a limit or the load factor."""
        best, worst = found.best, found.worst
        moved = int.from_bytes(best.severities, "little") ^ int.from_bytes(worst.severities, "little")
        movable = _set(moved.to_bytes(len(best.severities), "little"), _NOT_ZERO)
        going = _set(best.severities, _GO) & ~movable
        movable |= going & (_set(best.octets, _RECOMMENDED) ^ _set(worst.octets, _RECOMMENDED))
        bounded = 0
        for rank in found.waiting:
            if rank in self._bounding:
                bounded |= self._about[rank]
        for place in _places(bounded & going & ~movable):
            if found.judgement(place, best) != found.judgement(place, worst):
                movable |= 1 << 8 * place
        return movable

    # --- how it is put ------------------------------------------------------------------------

    def _told(self, name: str, gathered: _Gathered) -> _Told:
        fact = self._facts[name]
        terms = tuple(term.name for term in fact.terms if term.name in gathered.terms)
        head, red_flag = kept(self._heads, (name, terms), lambda: self._head(fact, terms))
        settles = gathered.exercises.bit_count()
        ranks = sorted(gathered.ranks)
        reason = b',"why":' + self._why(ranks) if self._texts else b""
        return _Told((not red_flag, -settles, name), b'%b%b,"settles":%d}' % (head, reason, settles))

    def _head(self, fact: Fact, terms: tuple[str, ...]) -> tuple[bytes, bool]:
        """Return a question up to the reason for it, and whether it is about a red flag."""
        red_flag = fact.red_flag or any(term.red_flag and term.name in terms for term in fact.terms)
        told = msgspec.to_builtins(self._explainer.question(Question(fact, terms, red_flag=red_flag)))
        del told["why"], told["settles"]
        if not self._texts:
            del told["ask"]
            for option in told["options"] or ():
                del option["label"]
        return msgspec.json.encode(told)[:-1], red_flag

    def _why(self, ranks: Sequence[int]) -> bytes:
        """Return the reason for a question that the rules `ranks` wait for, the worst first."""
        telling = next((rank for rank in ranks if self._ranked[rank].because), ranks[0] if ranks else None)
        rules = () if telling is None else (self._ranked[telling],)
        return kept(self._reasons, telling, lambda: msgspec.json.encode(why(rules)))


class _Told(NamedTuple):
    """One question, and what decides how soon it is asked."""

    urgency: tuple[bool, int, str]
    text: bytes


class _Matters:
    """On which exercises a rule could decide between the best answer and the worst, by what it does."""

    def __init__(self, best: View, worst: View) -> None:
        self._best = best.severities
        self._going = _set(best.severities, _GO)
        self._granted = _set(best.severities, _BELOW_ASK) & ~_set(worst.severities, _GO) | self._going

    def where(self, effect: ir.Effect) -> int:
        if effect in _BELOW:
            return _set(self._best, _BELOW[effect])
        return self._granted if effect in ir.GRANTING else self._going


def _members(places: Iterable[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << 8 * place
    return found


def _places(members: int) -> list[int]:
    return [bit >> 3 for bit in places(members)]


def _gather(gathered: dict[str, _Gathered], found: Iterable[Open], exercises: int, rank: int | None) -> None:
    for fact, term in found:
        entry = gathered.setdefault(fact, _Gathered())
        entry.exercises |= exercises
        if term is not None:
            entry.terms.add(term)
        if rank is not None:
            entry.ranks.add(rank)
