"""The answer as bytes: what is fixed was encoded when the release was loaded, and is put together here.

It is the JSON of `Decision`, byte for byte, made without the objects.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import msgspec

from dsl.evaluation.asking import Asking
from dsl.evaluation.compiled import Compiled, Found
from dsl.evaluation.explanation import Explainer, advice, ending, referral
from dsl.evaluation.kinship import Kinship
from dsl.evaluation.layout import Asked, Layout, Layouts
from dsl.evaluation.listing import Listing
from dsl.evaluation.masks import bits
from dsl.evaluation.once import OnDemand
from dsl.evaluation.questions import Questions
from dsl.evaluation.reference import holds
from dsl.evaluation.remembered import Memory, Remembered
from dsl.evaluation.replacing import Equipped
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition

encode = msgspec.json.encode

_PLANNED = 300_000
_UNIT = 30
"""What plans weigh that are remembered, in units of so many bytes."""

_REASONS = 4_096
"""Rules put into words that are remembered; each takes some half a kilobyte."""


class Said(NamedTuple):
    """What a rule has to say, encoded: advice, as it stands with an exercise and in full; whom to refer to; the end."""

    exercise_advice: bytes
    advice: bytes
    referral: bytes
    ending: bytes


class Reason(NamedTuple):
    """A rule that applies, put into words: what of the member it goes by, and what it has to say."""

    applied: bytes
    exercise_advice: bytes
    advice: bytes
    referral: bytes
    ending: bytes


class Name(NamedTuple):
    """An exercise as the caller `asked` for it: the `exercise` that it stands for, or None and what it is `near` to."""

    asked: str
    exercise: str | None
    near: tuple[str, ...] = ()


_Speaking = tuple[int, Callable[[Facts], Hashable], Mapping[Hashable, Reason], Remembered[Reason]]
"""A rule that is told of exercises: its rank, and what puts it into words, in parts."""


class Plan(NamedTuple):
    """An answer but for its reasons. Members differ in their values; the rules that apply to them are often the same.

    `open`: something that is not known could change it. `speaking` are the rules that are told of exercises, `session`
    those about none, with what puts them into words.
    """

    disposition: Disposition
    open: bool
    speaking: Sequence[_Speaking]
    session: Sequence[tuple[ir.Rule, Remembered[Reason]]]
    layout: Layout
    places: Sequence[int]
    rules: Sequence[bytes]

    @property
    def weight(self) -> int:
        """Return about what the plan takes that nothing else holds: its lists, and what stands behind its rules."""
        return self.layout.weight + 2 * len(self.speaking) + sum(map(len, self.rules)) // _UNIT


class Prepared(NamedTuple):
    """What all who put the answers of one release together share."""

    compiled: Compiled
    explainer: Explainer
    questions: Questions
    kinship: Kinship


class Splicer:
    """Puts the answers of one release together."""

    def __init__(self, release: Release, prepared: Prepared, *, texts: bool) -> None:
        """Encode what is fixed; without `texts`, what the release serves once is left out."""
        artifact, compiled, explainer = release.artifact, prepared.compiled, prepared.explainer
        self._explainer = explainer
        self._texts = texts
        self._ranked = compiled.ranked
        self._digest = b'"digest":' + encode(release.digest) + b',"at":'
        self._dispositions = {one: b',"disposition":' + encode(one) for one in Disposition}
        self._every = range(len(compiled.exercises))
        self._places = {name: place for place, name in enumerate(compiled.exercises)}
        self._memory = Memory(_PLANNED)
        memory = Memory(_REASONS)
        wording = _Wording(
            explainer, frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional), texts
        )
        ranked = self._ranked
        reasons = OnDemand[int, Remembered[Reason]](
            lambda rank: Remembered([ranked[rank].guard], partial(_reason, wording, ranked[rank], {}), memory)
        )
        self._ranks = Listing(range(len(ranked)))
        self._speaking = OnDemand[int, _Speaking](lambda rank: _speaking(rank, reasons[rank]))
        self._reasons = reasons
        self._about_nothing = bits(rank for rank, rule in enumerate(self._ranked) if not rule.exercises)
        self._asking = Asking(artifact, compiled, explainer, prepared.questions, texts=texts)
        self._layouts = Layouts(artifact.vocabulary, compiled, explainer, prepared.kinship, texts=texts)
        by_id = sorted(ranked, key=lambda rule: rule.id)
        alphabetical = {rule.id: place for place, rule in enumerate(by_id)}
        self._alphabetical = Listing([alphabetical[rule.id] for rule in ranked])
        # The day decides which packs are overdue, and of what stands behind rules nothing else: such sets are few.
        self._explained = OnDemand[frozenset[str], OnDemand[int, bytes]](
            lambda overdue: OnDemand(lambda place: _explained(explainer, by_id[place], overdue))
        )
        self._plans: dict[tuple[Hashable, Equipped, frozenset[str]], Plan] = {}

    # --- the whole answer ---------------------------------------------------------------------

    def answer(
        self, found: Found, facts: Facts, asked: Sequence[Name] | None, at: datetime.datetime, due: int | None
    ) -> list[bytes]:
        """Return the answer about the exercises `asked`, None for the whole catalogue; `due` is when a review is.

        It comes in pieces, from the second member of the object on.
        """
        plan = self._planned(found, facts, asked)
        applied, advised = {}, {}
        for rank, key_of, known, reason in plan.speaking:
            key = key_of(facts)
            told = known[key] if key in known else reason(facts)
            applied[rank], advised[rank] = told[0], told[1]
        return [
            self._digest,
            encode(at),
            b',"review_due_in_days":',
            encode(due),
            self._dispositions[plan.disposition],
            *self._session(plan, found, facts),
            b',"exercises":[',
            *plan.layout.told(applied, advised),
            *plan.rules,
            b',"questions":[',
            self._asking.questions(found, facts, plan.places) if plan.open or facts.suggested else b"",
            b"]}",
        ]

    def _planned(self, found: Found, facts: Facts, asked: Sequence[Name] | None) -> Plan:
        equipped = self._layouts.equipped(facts)
        if asked is not None or (signature := found.signature) is None:
            return self._plan(found, equipped, asked)
        key = (signature, equipped, found.overdue)
        if key in self._plans:
            return self._plans[key]
        plan = self._plan(found, equipped, None)
        return self._memory.add(self._plans, key, plan, plan.weight)

    def _plan(self, found: Found, equipped: Equipped, asked: Sequence[Name] | None) -> Plan:
        if asked is None:
            layout, places = self._layouts.catalogue(found, equipped), tuple(self._every)
        else:
            layout = self._layouts.layout(found, equipped, [self._asked(name, found) for name in asked])
            places = tuple(sorted({self._places[name.exercise] for name in asked if name.exercise is not None}))
        session = found.speaking & self._about_nothing
        return Plan(
            disposition=found.disposition,
            open=found.open,
            speaking=[self._speaking[rank] for rank in self._ranks.of(found.speaking & layout.mentioned)],
            session=[(self._ranked[rank], self._reasons[rank]) for rank in self._ranks.of(session)],
            layout=layout,
            places=places,
            rules=self._rules(layout.mentioned | session, found.overdue) if self._texts else (b"]",),
        )

    def _asked(self, name: Name, found: Found) -> Asked:
        if name.exercise is not None:
            return self._layouts.named(name.asked, self._places[name.exercise])
        answer = self._explainer.unresolved(name.asked, found.disposition, name.near)
        return Asked(encode(answer if self._texts else without(answer, "label")), None)

    def _rules(self, mentioned: int, overdue: frozenset[str]) -> Sequence[bytes]:
        """Return what stands behind each rule of the answer, in the order of their ids."""
        told = map(self._explained[overdue].__getitem__, sorted(self._alphabetical.of(mentioned)))
        return (b'],"rules":{', b",".join(told), b"}")

    def _session(self, plan: Plan, found: Found, facts: Facts) -> Iterable[bytes]:
        """Return what is not about single exercises: session rules, referrals, advice and contradictions."""
        told = [(rule, reason(facts)) for rule, reason in plan.session]
        if plan.disposition.ends_session:
            said = [reason.ending for _, reason in told]
        else:
            waiting = [rule for rule, _ in told if rule.effect in ir.SESSION]
            paused = self._explainer.paused(plan.disposition, facts, waiting)
            said = [*map(encode, paused), *(reason.advice for rule, reason in told if rule.effect is ir.Effect.ADVISE)]
        contradictions = self._explainer.contradictions(found.contradictions, facts) if found.contradictions else ()
        return (
            b',"session":[',
            b",".join([reason.applied for rule, reason in told if rule.effect in ir.SESSION]),
            b'],"referrals":[',
            b",".join([reason.referral for _, reason in told if reason.referral]),
            b'],"advice":[',
            b",".join(said),
            b'],"contradictions":',
            encode(contradictions),
        )


def _speaking(rank: int, reason: Remembered[Reason]) -> _Speaking:
    return rank, reason.key, reason.found, reason


def _explained(explainer: Explainer, rule: ir.Rule, overdue: frozenset[str]) -> bytes:
    """Return what stands behind `rule`, encoded, while the packs `overdue` are past their review."""
    return encode(rule.id) + b":" + encode(explainer.rule(rule, overdue=rule.pack in overdue))


class _Wording(NamedTuple):
    """What it takes to put a rule into words. It knows nothing of the splicer, which thus is no part of any cycle."""

    explainer: Explainer
    optional: frozenset[str]
    texts: bool


def _reason(wording: _Wording, rule: ir.Rule, said: dict[bool, Said], facts: Facts) -> Reason:
    """Return why `rule` applies, and what is `said` of it, which depends only on whether it surely does."""
    certain = holds(rule.guard, facts, wording.optional) is True
    if certain not in said:
        said[certain] = _said(rule, certain, texts=wording.texts)
    return Reason(encode(wording.explainer.applied(rule, certain, facts)), *said[certain])


def _said(rule: ir.Rule, certain: bool, *, texts: bool) -> Said:
    """Return what `rule` has to say beyond why it applies; most rules have nothing."""
    told = short = ended = b""
    if rule.effect is ir.Effect.ADVISE:
        given = advice(rule, certain)
        told = encode(given)
        short = told if texts else encode(without(given, "text"))
    if rule.effect in ir.SESSION:
        ended = encode(ending(rule, certain))
    referred = referral(rule, certain)
    return Said(short, told, b"" if referred is None else encode(referred), ended)


def without(answer: msgspec.Struct, *names: str) -> dict[str, Any]:
    """Return `answer` as an object of JSON without the fields `names`."""
    told: dict[str, Any] = msgspec.to_builtins(answer)
    return {name: value for name, value in told.items() if name not in names}
