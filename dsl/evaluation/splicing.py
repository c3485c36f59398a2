"""The answer as bytes: what is fixed was encoded when the release was loaded, and is put together here.

It is the JSON of `Decision`, byte for byte, made without the objects.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from dsl.evaluation.asking import Asking
from dsl.evaluation.compiled import Compiled, Found
from dsl.evaluation.explanation import Explainer, advice, ending, referral
from dsl.evaluation.layout import Asked, Layouts, Shape
from dsl.evaluation.reference import holds
from dsl.evaluation.remembered import Remembered, kept
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Release

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


class Name(NamedTuple):
    """An exercise as the caller `asked` for it: the `exercise` that it stands for, or None and what it is `near` to."""

    asked: str
    exercise: str | None
    near: tuple[str, ...] = ()


class Splicer:
    """Puts the answers of one release together."""

    def __init__(self, release: Release, compiled: Compiled, explainer: Explainer, *, texts: bool) -> None:
        """Encode what is fixed; without `texts`, what the release serves once is left out."""
        artifact = release.artifact
        self._explainer = explainer
        self._texts = texts
        self._ranked = compiled.ranked
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)
        self._head = b'{"digest":' + encode(release.digest) + b',"at":'
        self._every = range(len(compiled.exercises))
        self._places = {name: place for place, name in enumerate(compiled.exercises)}
        self._reasons = [self._remembered(rule) for rule in self._ranked]
        self._ids = [encode(rule.id) for rule in self._ranked]
        by_id = sorted(range(len(self._ranked)), key=lambda rank: self._ranked[rank].id)
        self._alphabetical = {rank: place for place, rank in enumerate(by_id)}
        self._about_nothing = frozenset(rank for rank, rule in enumerate(self._ranked) if not rule.exercises)
        self._asking = Asking(artifact, compiled, explainer, texts=texts)
        self._layouts = Layouts(artifact.vocabulary, compiled, explainer, texts=texts)
        self._explained: dict[datetime.date, list[bytes]] = {}
        self._rules_told: dict[tuple[frozenset[int], datetime.date], bytes] = {}

    # --- the whole answer ---------------------------------------------------------------------

    def answer(
        self, found: Found, facts: Facts, asked: Sequence[Name] | None, at: datetime.datetime, due: int | None
    ) -> bytes:
        """Return the answer about the exercises `asked`, None for the whole catalogue; `due` is when a review is."""
        shape = Shape.of(found, self._layouts.equipped(facts))
        if asked is None:
            layout, places = self._layouts.catalogue(shape), self._every
        else:
            layout = self._layouts.layout(shape, [self._asked(name, found) for name in asked])
            places = sorted({self._places[name.exercise] for name in asked if name.exercise is not None})
        speaking = found.applying if found.deciding is None else found.deciding
        reasons = {rank: self._reasons[rank](facts) for rank in speaking}
        session = {rank: reason for rank, reason in reasons.items() if rank in self._about_nothing}
        applied = {rank: reason.applied for rank, reason in reasons.items()}
        advised = {rank: reason.exercise_advice for rank, reason in reasons.items()}
        return b"".join(
            (
                self._head,
                encode(at),
                b',"review_due_in_days":%b,"disposition":"%b"' % (encode(due), found.disposition.value.encode()),
                self._session(found, facts, session),
                b',"exercises":[',
                layout.told(applied, advised),
                b"]",
                self._rules(layout.mentioned.union(session), at.date()),
                b',"questions":[',
                self._asking.questions(found, facts, places),
                b"]}",
            )
        )

    def _asked(self, name: Name, found: Found) -> Asked | bytes:
        if name.exercise is not None:
            return self._layouts.named(name.asked, self._places[name.exercise])
        answer = self._explainer.unresolved(name.asked, found.disposition, name.near)
        return encode(answer if self._texts else without(answer, "label"))

    def _rules(self, mentioned: frozenset[int], today: datetime.date) -> bytes:
        """Return what stands behind each rule of the answer; the day decides which reviews are overdue."""
        if not self._texts:
            return b""
        key = (mentioned, today)
        return (
            self._rules_told[key] if key in self._rules_told else kept(self._rules_told, key, lambda: self._tell(*key))
        )

    def _tell(self, mentioned: Iterable[int], today: datetime.date) -> bytes:
        told = kept(self._explained, today, lambda: self._explanations(today), _DAYS)
        ordered = sorted(mentioned, key=self._alphabetical.__getitem__)
        return b',"rules":{' + b",".join([told[rank] for rank in ordered]) + b"}"

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


def without(answer: msgspec.Struct, *names: str) -> dict[str, Any]:
    """Return `answer` as an object of JSON without the fields `names`."""
    told: dict[str, Any] = msgspec.to_builtins(answer)
    return {name: value for name, value in told.items() if name not in names}
