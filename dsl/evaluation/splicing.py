"""The answer as bytes: what is fixed was encoded when the release was loaded, and is put together here.

It is the JSON of `Decision`, byte for byte, made without the objects. What several exercises share is put together once:
exercises that the same rules are about are kin, of which only the names differ.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from dsl.evaluation import lanes
from dsl.evaluation.asking import Asking
from dsl.evaluation.compiled import VERDICTS, Compiled, Found
from dsl.evaluation.explanation import Explainer, advice, ending, number, referral, spelled
from dsl.evaluation.kinship import Kinship
from dsl.evaluation.reference import holds, tightest
from dsl.evaluation.remembered import Remembered, kept
from dsl.evaluation.replacing import Replacing
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Release
from dsl.semantics.verdict import Verdict

encode = msgspec.json.encode

_DAYS = 8
"""Days of which it is remembered which reviews are overdue: answers are about today, now and then about another day."""


class Reason(NamedTuple):
    """A rule that applies, put into words.

    `advice` is there of `advise`, in full and as it stands with an exercise; `referral` where there is one to make;
    `ending` is what a rule that ends the session has to say.
    """

    applied: bytes
    advice: bytes
    exercise_advice: bytes
    referral: bytes
    ending: bytes


class Asked(NamedTuple):
    """One exercise to answer for: the name as the caller wrote it, encoded, and its place in the catalogue."""

    name: bytes
    place: int


class Splicer:
    """Puts the answers of one release together."""

    def __init__(self, release: Release, compiled: Compiled, explainer: Explainer, *, texts: bool) -> None:
        """Encode what is fixed; without `texts`, what the release serves once is left out."""
        artifact = release.artifact
        vocabulary = artifact.vocabulary
        self._compiled = compiled
        self._explainer = explainer
        self._texts = texts
        self._ranked = compiled.ranked
        self._optional = frozenset(fact.name for fact in vocabulary.facts if fact.optional)
        self._head = b'{"digest":' + encode(release.digest) + b',"at":'
        self._names = [encode(name) for name in compiled.exercises]
        self._heads = [self._exercise_head(e.name, e.label or spelled(e.name)) for e in vocabulary.exercises]
        self._reasons = [self._remembered(rule) for rule in self._ranked]
        self._ids = [encode(rule.id) for rule in self._ranked]
        by_id = sorted(range(len(self._ranked)), key=lambda rank: self._ranked[rank].id)
        self._alphabetical = {rank: place for place, rank in enumerate(by_id)}
        self._kinship = Kinship(compiled)
        self._about_nothing = self._those(lambda rule: not rule.exercises)
        self._special = self._those(
            lambda rule: (
                bool(rule.limits or rule.offers)
                or rule.effect in (ir.Effect.ADVISE, ir.Effect.HOLD, ir.Effect.REDUCE, ir.Effect.PROGRESS)
            )
        )
        self._progressing = self._those(lambda rule: rule.effect is ir.Effect.PROGRESS)
        self._asking = Asking(artifact, compiled, explainer, texts=texts)
        self._replacing = Replacing(vocabulary, self._ranked)
        self._limits: dict[tuple[int, ...], bytes] = {}
        self._explained: dict[datetime.date, list[bytes]] = {}

    def _those(self, wanted: Callable[[ir.Rule], bool]) -> frozenset[int]:
        return frozenset(rank for rank, rule in enumerate(self._ranked) if wanted(rule))

    def _exercise_head(self, name: str, label: str) -> bytes:
        told = b',"label":' + encode(label) if self._texts else b""
        return b',"exercise":' + encode(name) + told + b',"verdict":'

    # --- the whole answer ---------------------------------------------------------------------

    def catalogue(self, found: Found) -> list[Asked | bytes]:
        """Return the whole catalogue, worst verdict first, then by name."""
        severities = found.now.severities
        order = sorted(range(len(severities)), key=severities.__getitem__, reverse=True)
        return [Asked(self._names[place], place) for place in order]

    def named(self, asked: str, place: int) -> Asked:
        """Return the exercise at `place`, for which the caller wrote `asked`."""
        return Asked(encode(asked), place)

    def unresolved(self, asked: str, found: Found, near: tuple[str, ...]) -> bytes:
        """Return the answer on a name that stands for no exercise."""
        answer = self._explainer.unresolved(asked, found.disposition, near)
        return encode(answer if self._texts else without(answer, "label"))

    def answer(
        self, found: Found, facts: Facts, asked: Sequence[Asked | bytes], at: datetime.datetime, due: int | None
    ) -> bytes:
        """Return the answer about the exercises `asked`; what stands for none of them comes ready as bytes."""
        places = {entry.place for entry in asked if isinstance(entry, Asked)}
        kin = {self._kinship.of[place] for place in places}
        speaking = found.applying if found.deciding is None else found.deciding
        session = speaking if found.deciding else [rank for rank in speaking if rank in self._about_nothing]
        reasons = [(rank, self._reasons[rank](facts)) for rank in speaking]
        blocks, mentioned = self._blocks(found, reasons, kin)
        mentioned.update(session)
        entries = self._entries(found, facts, asked, blocks)
        return b"".join(
            (
                self._head,
                encode(at),
                b',"review_due_in_days":%b,"disposition":"%b"' % (encode(due), found.disposition.value.encode()),
                self._session(found, facts, reasons),
                b',"exercises":[',
                b",".join(entries),
                b"]",
                self._rules(mentioned, at.date()),
                b',"questions":[',
                self._asking.questions(found, facts, sorted(places)),
                b"]}",
            )
        )

    def _rules(self, mentioned: Iterable[int], today: datetime.date) -> bytes:
        """Return what stands behind each rule of the answer; the day decides which reviews are overdue."""
        if not self._texts:
            return b""
        told = kept(self._explained, today, lambda: self._explanations(today), _DAYS)
        return b',"rules":{' + b",".join([told[rank] for rank in sorted(mentioned, key=self._alphabetical.get)]) + b"}"

    def _explanations(self, today: datetime.date) -> list[bytes]:
        explain = self._explainer.rule
        return [name + b":" + encode(explain(rule, today)) for name, rule in zip(self._ids, self._ranked, strict=True)]

    # --- rules that apply ---------------------------------------------------------------------

    def _remembered(self, rule: ir.Rule) -> Remembered[Reason]:
        return Remembered([rule.guard], lambda facts: self._reason(rule, facts))

    def _reason(self, rule: ir.Rule, facts: Facts) -> Reason:
        certain = holds(rule.guard, facts, self._optional) is True
        said = advice(rule, certain)
        referred = referral(rule, certain)
        return Reason(
            applied=encode(self._explainer.applied(rule, certain, facts)),
            advice=encode(said),
            exercise_advice=encode(said if self._texts else without(said, "text")),
            referral=b"" if referred is None else encode(referred),
            ending=encode(ending(rule, certain)),
        )

    def _session(self, found: Found, facts: Facts, told: Sequence[tuple[int, Reason]]) -> bytes:
        """Return what is not about single exercises: session rules, referrals, advice and contradictions."""
        effects = [(self._ranked[rank].effect, reason) for rank, reason in told if rank in self._about_nothing]
        if found.deciding is not None:
            said = [reason.ending for _, reason in effects]
        else:
            waiting = [self._ranked[rank] for rank, _ in told if self._ranked[rank].effect in ir.SESSION]
            paused = self._explainer.paused(found.disposition, facts, waiting)
            said = [*map(encode, paused), *(r.advice for effect, r in effects if effect is ir.Effect.ADVISE)]
        contradictions = self._explainer.contradictions(found.contradictions, facts) if found.contradictions else ()
        return b',"session":[%b],"referrals":[%b],"advice":[%b],"contradictions":%b' % (
            b",".join([reason.applied for effect, reason in effects if effect in ir.SESSION]),
            b",".join([reason.referral for _, reason in effects if reason.referral]),
            b",".join(said),
            encode(contradictions),
        )

    # --- exercises ----------------------------------------------------------------------------

    def _entries(
        self, found: Found, facts: Facts, asked: Sequence[Asked | bytes], blocks: Sequence[bytes]
    ) -> list[bytes]:
        """Return the answers on the exercises `asked`, in that order."""
        of, heads = self._kinship.of, self._heads
        offers = self._replacing.offers(found, facts)
        return [
            entry
            if isinstance(entry, bytes)
            else b'{"asked":'
            + entry.name
            + heads[entry.place]
            + blocks[of[entry.place]]
            + offers(entry.place)
            + b',"did_you_mean":[]}'
            for entry in asked
        ]

    def _blocks(
        self, found: Found, reasons: Sequence[tuple[int, Reason]], wanted: set[int]
    ) -> tuple[list[bytes], set[int]]:
        """Return what is told of the `wanted` kin, from the verdict on, and the rules that are named there."""
        count, touched = self._kinship.count, self._kinship.touched
        everywhere = found.deciding is not None
        applied: list[list[bytes]] = [[] for _ in range(count)]
        special: list[list[tuple[int, Reason]]] = [[] for _ in range(count)]
        mentioned: set[int] = set()
        for rank, reason in reasons:
            about = wanted if everywhere else touched[rank]
            if wanted.isdisjoint(about):
                continue
            mentioned.add(rank)
            piece = reason.applied
            for kin in about:
                applied[kin].append(piece)
            if rank in self._special:
                for kin in about:
                    special[kin].append((rank, reason))
        undecided, progress = self._undecided(found, wanted)
        mentioned.update(rank for kin in wanted for rank in undecided[kin])
        blocks = [b""] * count
        for kin in wanted:
            blocks[kin] = self._block(found, kin, applied[kin], special[kin], undecided[kin], progress[kin])
        return blocks, mentioned

    def _undecided(self, found: Found, wanted: set[int]) -> tuple[list[list[int]], list[list[int]]]:
        """Return for each kin the rules that could grant it a GO, and those that could let its load progress."""
        granting: list[list[int]] = [[] for _ in range(self._kinship.count)]
        progress: list[list[int]] = [[] for _ in range(self._kinship.count)]
        for rank in found.undecided:
            for kin in self._kinship.granted[rank]:
                if kin in wanted:
                    granting[kin].append(rank)
            if rank in self._progressing:
                for kin in self._kinship.touched[rank]:
                    progress[kin].append(rank)
        return granting, progress

    def _block(
        self,
        found: Found,
        kin: int,
        applied: Sequence[bytes],
        special: Sequence[tuple[int, Reason]],
        undecided: Sequence[int],
        progress: Sequence[int],
    ) -> bytes:
        place = self._kinship.first[kin]
        severity = found.now.severities[place]
        verdict = _NO_GO[severity] if severity > lanes.GO_UP_TO else self._go(found, place, special, progress)
        said = b",".join([reason.exercise_advice for rank, reason in special if self._advises(rank)])
        return b'%b,"advice":[%b],"applied":[%b],"could_grant":[%b],"possible":%b,"instead":' % (
            verdict,
            said,
            b",".join(applied),
            b",".join([self._ids[rank] for rank in undecided]),
            _POSSIBLE[found.best.severities[place]][found.worst.severities[place]],
        )

    def _advises(self, rank: int) -> bool:
        return self._ranked[rank].effect is ir.Effect.ADVISE

    def _go(self, found: Found, place: int, special: Sequence[tuple[int, Reason]], progress: Sequence[int]) -> bytes:
        """Return the verdict that is a GO, with how far it goes."""
        octet = found.now.octets[place]
        recommended = octet & lanes.RECOMMENDED and not octet & lanes.CAUTION
        verdict = VERDICTS[found.now.severities[place]]
        ranks = tuple(rank for rank, _ in special)
        limits = kept(self._limits, ranks, lambda: self._limited(ranks)) if ranks else b"[]"
        return b'"%b","go":true,"recommended":%b,"load_factor":%b,"limits":%b' % (
            verdict.value.encode(),
            b"true" if recommended else b"false",
            encode(number(self._load_factor(verdict, ranks, progress))),
            limits,
        )

    def _limited(self, ranks: Iterable[int]) -> bytes:
        limits = tightest(limit for rank in ranks for limit in self._ranked[rank].limits).values()
        ordered = sorted(limits, key=lambda limit: limit.measure)
        return encode([self._explainer.limit(limit) for limit in ordered])

    def _load_factor(self, verdict: Verdict, applied: Iterable[int], undecided: Iterable[int]) -> Decimal:
        rules = [self._ranked[rank] for rank in applied]
        if reductions := [rule.step for rule in rules if rule.effect is ir.Effect.REDUCE and rule.step is not None]:
            return min(reductions)
        steps = [rule.step for rule in rules if rule.effect is ir.Effect.PROGRESS and rule.step is not None]
        held = any(rule.effect is ir.Effect.HOLD for rule in rules)
        if not steps or held or verdict is not Verdict.ALLOWED:
            return Decimal(1)
        return min([*steps, *(step for rank in undecided if (step := self._ranked[rank].step) is not None)])


def without(answer: msgspec.Struct, *names: str) -> dict[str, Any]:
    """Return `answer` as an object of JSON without the fields `names`."""
    told: dict[str, Any] = msgspec.to_builtins(answer)
    return {name: value for name, value in told.items() if name not in names}


_NO_GO = [
    b'"%b","go":false,"recommended":false,"load_factor":null,"limits":[]' % verdict.value.encode()
    for verdict in VERDICTS
]
_POSSIBLE = [
    [b'{"best":"%b","worst":"%b"}' % (best.value.encode(), worst.value.encode()) for worst in VERDICTS]
    for best in VERDICTS
]
