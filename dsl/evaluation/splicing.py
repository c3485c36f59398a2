"""The answer as bytes: what is fixed was encoded when the release was loaded, and is put together here.

It is the JSON of `Decision`, byte for byte, made without the objects. What several exercises share is put together once:
exercises that the same rules are about are kin, of which only the names differ.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
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
from dsl.evaluation.part import Listing
from dsl.evaluation.replacing import Replacing
from dsl.evaluation.table import bits, places
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
    """One exercise to answer for: what is told of it up to the verdict, and its place in the catalogue."""

    head: bytes
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
        self._heads = [self._exercise_head(e.name, e.label or spelled(e.name)) for e in vocabulary.exercises]
        self._catalogue = [self.named(name, place) for place, name in enumerate(compiled.exercises)]
        self._reasons = [self._remembered(rule) for rule in self._ranked]
        self._ids = [encode(rule.id) for rule in self._ranked]
        by_id = sorted(range(len(self._ranked)), key=lambda rank: self._ranked[rank].id)
        self._alphabetical = [0] * len(by_id)
        for place, rank in enumerate(by_id):
            self._alphabetical[rank] = place
        self._kinship = Kinship(compiled)
        self._about_nothing = self._those(lambda rule: not rule.exercises)
        self._advising = self._those(lambda rule: rule.effect is ir.Effect.ADVISE)
        self._limiting = self._those(lambda rule: bool(rule.limits))
        self._loading = self._those(lambda rule: rule.step is not None or rule.effect is ir.Effect.HOLD)
        self._progressing = bits(self._those(lambda rule: rule.effect is ir.Effect.PROGRESS))
        self._ranks = Listing(range(len(self._ranked)))
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
        return [self._catalogue[place] for place in order]

    def named(self, asked: str, place: int) -> Asked:
        """Return the exercise at `place`, for which the caller wrote `asked`."""
        return Asked(b'{"asked":' + encode(asked) + self._heads[place], place)

    def unresolved(self, asked: str, found: Found, near: tuple[str, ...]) -> bytes:
        """Return the answer on a name that stands for no exercise."""
        answer = self._explainer.unresolved(asked, found.disposition, near)
        return encode(answer if self._texts else without(answer, "label"))

    def answer(
        self, found: Found, facts: Facts, asked: Sequence[Asked | bytes], at: datetime.datetime, due: int | None
    ) -> bytes:
        """Return the answer about the exercises `asked`; what stands for none of them comes ready as bytes."""
        wanted = {entry.place for entry in asked if isinstance(entry, Asked)}
        speaking = found.applying if found.deciding is None else found.deciding
        reasons = {rank: self._reasons[rank](facts) for rank in speaking}
        blocks, mentioned = self._blocks(found, reasons, {self._kinship.of[place] for place in wanted})
        session = {rank: reason for rank, reason in reasons.items() if rank in self._about_nothing}
        mentioned.update(session)
        return b"".join(
            (
                self._head,
                encode(at),
                b',"review_due_in_days":%b,"disposition":"%b"' % (encode(due), found.disposition.value.encode()),
                self._session(found, facts, session),
                b',"exercises":[',
                self._entries(found, facts, asked, blocks),
                b"]",
                self._rules(mentioned, at.date()),
                b',"questions":[',
                self._asking.questions(found, facts, sorted(wanted)),
                b"]}",
            )
        )

    def _rules(self, mentioned: Iterable[int], today: datetime.date) -> bytes:
        """Return what stands behind each rule of the answer; the day decides which reviews are overdue."""
        if not self._texts:
            return b""
        told = kept(self._explained, today, lambda: self._explanations(today), _DAYS)
        return (
            b',"rules":{'
            + b",".join([told[rank] for rank in sorted(mentioned, key=self._alphabetical.__getitem__)])
            + b"}"
        )

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

    def _session(self, found: Found, facts: Facts, told: Mapping[int, Reason]) -> bytes:
        """Return what is not about single exercises: session rules, referrals, advice and contradictions."""
        effects = [(self._ranked[rank].effect, reason) for rank, reason in told.items()]
        if found.deciding is not None:
            said = [reason.ending for _, reason in effects]
        else:
            waiting = [self._ranked[rank] for rank in told if self._ranked[rank].effect in ir.SESSION]
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
        self, found: Found, facts: Facts, asked: Sequence[Asked | bytes], blocks: Mapping[int, bytes]
    ) -> bytes:
        """Return the answers on the exercises `asked`, in that order."""
        of, offers = self._kinship.of, self._replacing.offers(found, facts)
        pieces: list[bytes] = []
        for entry in asked:
            if isinstance(entry, bytes):
                pieces += (b",", entry)
            else:
                head, place = entry
                pieces += (b",", head, blocks[of[place]], offers(place), b',"did_you_mean":[]}')
        return b"".join(pieces[1:])

    def _blocks(
        self, found: Found, reasons: Mapping[int, Reason], wanted: Iterable[int]
    ) -> tuple[dict[int, bytes], set[int]]:
        """Return what is told of the `wanted` kin, from the verdict on, and the rules that are named there.

        Kin differ by the rules that are about them; where the rules that apply are the same, so is what is told.
        """
        kinship, now, best, worst = self._kinship, found.now, found.best, found.worst
        everywhere = 0 if found.deciding is None else bits(found.deciding)
        applying, undecided = bits(reasons), bits(found.undecided)
        blocks: dict[int, bytes] = {}
        told: dict[_Case, bytes] = {}
        mentioned = 0
        for kin in wanted:
            place = kinship.first[kin]
            touched = kinship.touched[kin]
            case = _Case(
                everywhere or applying & touched,
                undecided & kinship.granted[kin],
                undecided & touched & self._progressing,
                now.octets[place],
                now.severities[place],
                best.severities[place],
                worst.severities[place],
            )
            if case not in told:
                told[case] = self._block(case, reasons)
                mentioned |= case.applied | case.could_grant
            blocks[kin] = told[case]
        return blocks, set(self._ranks.of(mentioned))

    def _block(self, case: _Case, reasons: Mapping[int, Reason]) -> bytes:
        ranks = self._ranks.of(case.applied)
        advised = [reasons[rank].exercise_advice for rank in ranks if rank in self._advising]
        return b'%b,"advice":[%b],"applied":[%b],"could_grant":[%b],"possible":%b,"instead":' % (
            _NO_GO[case.now] if case.now > lanes.GO_UP_TO else self._go(case, ranks),
            b",".join(advised),
            b",".join([reasons[rank].applied for rank in ranks]),
            b",".join([self._ids[rank] for rank in places(case.could_grant)]) if case.could_grant else b"",
            _POSSIBLE[case.best][case.worst],
        )

    def _go(self, case: _Case, ranks: Sequence[int]) -> bytes:
        """Return the verdict that is a GO, with how far it goes."""
        recommended = case.octet & lanes.RECOMMENDED and not case.octet & lanes.CAUTION
        verdict = VERDICTS[case.now]
        limiting = tuple([rank for rank in ranks if rank in self._limiting])
        return b'"%b","go":true,"recommended":%b,"load_factor":%b,"limits":%b' % (
            verdict.value.encode(),
            b"true" if recommended else b"false",
            encode(number(self._load_factor(verdict, ranks, case.progress))),
            kept(self._limits, limiting, lambda: self._limited(limiting)) if limiting else b"[]",
        )

    def _limited(self, ranks: Iterable[int]) -> bytes:
        limits = tightest(limit for rank in ranks for limit in self._ranked[rank].limits).values()
        ordered = sorted(limits, key=lambda limit: limit.measure)
        return encode([self._explainer.limit(limit) for limit in ordered])

    def _load_factor(self, verdict: Verdict, applied: Iterable[int], undecided: int) -> Decimal:
        rules = [self._ranked[rank] for rank in applied if rank in self._loading]
        if reductions := [rule.step for rule in rules if rule.effect is ir.Effect.REDUCE and rule.step is not None]:
            return min(reductions)
        steps = [rule.step for rule in rules if rule.effect is ir.Effect.PROGRESS and rule.step is not None]
        held = any(rule.effect is ir.Effect.HOLD for rule in rules)
        if not steps or held or verdict is not Verdict.ALLOWED:
            return _UNCHANGED
        possible = [self._ranked[rank].step for rank in places(undecided)]
        return min([*steps, *(step for step in possible if step is not None)])


_UNCHANGED = Decimal(1)


class _Case(NamedTuple):
    """All that what is told of an exercise depends on, but for its name: rules by rank, and how it comes out."""

    applied: int
    could_grant: int
    progress: int
    octet: int
    now: int
    best: int
    worst: int


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
