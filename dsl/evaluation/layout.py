"""How the exercises of an answer are laid out: which rules are told of which, with which verdict and substitutes.

Of a layout everything but the reasons is fixed. What several exercises share is put together once: exercises that the
same rules are about are kin, of which only the names differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from dsl.evaluation import lanes
from dsl.evaluation.compiled import VERDICTS, Compiled, Found
from dsl.evaluation.explanation import Explainer, number, spelled
from dsl.evaluation.kinship import Kinship
from dsl.evaluation.listing import Listing
from dsl.evaluation.masks import bits, places
from dsl.evaluation.reference import tightest
from dsl.evaluation.remembered import Memory
from dsl.evaluation.replacing import Equipped, Replacing
from dsl.semantics import ir
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary

encode = msgspec.json.encode


Pick = Callable[[Any], tuple[bytes, ...]]
"""Picks the texts of some rules from texts by rank."""


class Asked(NamedTuple):
    """One exercise to answer for: what is told of it up to the verdict, and its place in the catalogue."""

    head: bytes
    place: int


class Shape(NamedTuple):
    """All that a layout of the whole catalogue depends on: rules by rank, as bits, and how each exercise comes out."""

    applying: int
    ended: bool
    undecided: int
    octets: bytes
    severities: bytes
    at_best: bytes
    at_worst: bytes
    equipped: Equipped

    @classmethod
    def of(cls, found: Found, equipped: Equipped) -> Shape:
        """Return the shape of the answer on what was `found`."""
        now = found.now
        return cls(
            bits(found.applying if found.deciding is None else found.deciding),
            found.deciding is not None,
            bits(found.undecided),
            now.octets,
            now.severities,
            found.best.severities,
            found.worst.severities,
            equipped,
        )


class Case(NamedTuple):
    """What is told of exercises of which the same is told, from the verdict on: fixed text around picked reasons."""

    verdict: bytes
    advising: Pick | None
    applying: Pick | None
    rest: bytes

    def told(self, applied: Mapping[int, bytes], advised: Mapping[int, bytes]) -> bytes:
        """Return it with the reasons `applied` and the advice `advised`, both by rank."""
        return b'%b,"advice":[%b],"applied":[%b%b' % (
            self.verdict,
            b",".join(self.advising(advised)) if self.advising else b"",
            b",".join(self.applying(applied)) if self.applying else b"",
            self.rest,
        )


class Layout(NamedTuple):
    """An answer but for its reasons: a head, a case and a tail for each exercise, and the rules that are named.

    `weight`: about how many rules and exercises all that mentions.
    """

    cases: Sequence[Case]
    heads: Sequence[bytes]
    of: Sequence[int]
    tails: Sequence[bytes]
    mentioned: frozenset[int]
    weight: int

    def told(self, applied: Mapping[int, bytes], advised: Mapping[int, bytes]) -> Iterable[bytes]:
        """Return the answers on the exercises with the reasons `applied` and the advice `advised`, both by rank."""
        told = [case.told(applied, advised) for case in self.cases]
        told.append(b"")  # what stands for no exercise is all head
        return chain.from_iterable(zip(self.heads, map(told.__getitem__, self.of), self.tails, strict=True))


class Layouts:
    """Lays out the answers of one release."""

    def __init__(
        self, vocabulary: Vocabulary, compiled: Compiled, explainer: Explainer, memory: Memory, *, texts: bool
    ) -> None:
        """Encode what is fixed; without `texts`, what the release serves once is left out."""
        self._memory = memory
        self._explainer = explainer
        self._texts = texts
        self._ranked = compiled.ranked
        self._ids = [encode(rule.id) for rule in self._ranked]
        self._heads = [self._head(e.name, e.label or spelled(e.name)) for e in vocabulary.exercises]
        self._catalogue = [self.named(name, place) for place, name in enumerate(compiled.exercises)]
        self._kinship = Kinship(compiled)
        self._replacing = Replacing(vocabulary, self._ranked)
        self.equipped = self._replacing.equipped
        self._advising = self._those(lambda rule: rule.effect is ir.Effect.ADVISE)
        self._progressing = self._those(lambda rule: rule.effect is ir.Effect.PROGRESS)
        self._bounding = self._those(lambda rule: bool(rule.limits) or rule.effect in _LOADING)
        self._ranks = Listing(range(len(self._ranked)))
        self._picks: dict[int, Pick] = {}
        self._going: dict[tuple[int, int, int, int], bytes] = {}

    def _those(self, wanted: Callable[[ir.Rule], bool]) -> int:
        return bits(rank for rank, rule in enumerate(self._ranked) if wanted(rule))

    def _head(self, name: str, label: str) -> bytes:
        told = b',"label":' + encode(label) if self._texts else b""
        return b',"exercise":' + encode(name) + told + b',"verdict":'

    def named(self, asked: str, place: int) -> Asked:
        """Return the exercise at `place`, for which the caller wrote `asked`."""
        return Asked(b'{"asked":' + encode(asked) + self._heads[place], place)

    # --- layouts ------------------------------------------------------------------------------

    def catalogue(self, shape: Shape) -> Layout:
        """Return the layout of the whole catalogue, worst verdict first, then by name."""
        order = sorted(range(len(shape.severities)), key=shape.severities.__getitem__, reverse=True)
        return self.layout(shape, [self._catalogue[place] for place in order])

    def layout(self, shape: Shape, asked: Iterable[Asked | bytes]) -> Layout:
        """Return the layout of the exercises `asked`; what stands for none comes as the whole text on it."""
        tell = self._replacing.offers(shape.severities, shape.equipped)
        cases: dict[_Key, int] = {}
        of_kin: dict[int, tuple[int, int]] = {}
        heads: list[bytes] = []
        of: list[int] = []
        tails: list[bytes] = []
        for entry in asked:
            if isinstance(entry, bytes):
                heads.append(entry)
                of.append(-1)
                tails.append(b",")
                continue
            head, place = entry
            kin = self._kinship.of[place]
            if kin not in of_kin:
                key = self._key(shape, place)
                of_kin[kin] = cases.setdefault(key, len(cases)), 0 if shape.ended else key[0]
            case, rules = of_kin[kin]
            heads.append(head)
            of.append(case)
            tails.append(tell(place, rules))
        if tails:
            tails[-1] = tails[-1][:-1]  # the comma
        mentioned, weight = 0, 3 * len(heads)
        for applied, could_grant, *_ in cases:
            mentioned |= applied | could_grant
            weight += 10 + applied.bit_count()
        ranks = frozenset(self._ranks.of(mentioned))
        return Layout([self._case(key) for key in cases], heads, of, tails, ranks, weight)

    def _key(self, shape: Shape, place: int) -> _Key:
        _, touched, granted = self._kinship.kin[self._kinship.of[place]]
        return (
            shape.applying if shape.ended else shape.applying & touched,
            shape.undecided & granted,
            shape.undecided & touched & self._progressing,
            shape.octets[place],
            shape.severities[place],
            shape.at_best[place],
            shape.at_worst[place],
        )

    def _case(self, key: _Key) -> Case:
        applied, could_grant, progress, octet, now, best, worst = key
        granting = b",".join([self._ids[rank] for rank in self._ranks.of(could_grant)]) if could_grant else b""
        return Case(
            _NO_GO[now] if now > lanes.GO_UP_TO else self._go(now, octet, applied & self._bounding, progress),
            self._pick(applied & self._advising),
            self._pick(applied),
            b'],"could_grant":[%b],"possible":%b,"instead":' % (granting, _POSSIBLE[best][worst]),
        )

    def _pick(self, rules: int) -> Pick | None:
        if not rules:
            return None
        if rules in self._picks:
            return self._picks[rules]
        first, *more = ranks = self._ranks.of(rules)
        pick: Pick = itemgetter(first, *more) if more else lambda of: (of[first],)
        return self._memory.add(self._picks, rules, pick, len(ranks) + _weight(rules))

    # --- how far a GO goes --------------------------------------------------------------------

    def _go(self, severity: int, octet: int, bounding: int, progress: int) -> bytes:
        """Return a verdict that is a GO, and how far it goes."""
        case = (severity, octet, bounding, progress)
        if case in self._going:
            return self._going[case]
        return self._memory.add(self._going, case, self._bounds(*case), _weight(bounding) + _weight(progress))

    def _bounds(self, severity: int, octet: int, bounding: int, progress: int) -> bytes:
        verdict, rules = VERDICTS[severity], [self._ranked[rank] for rank in places(bounding)]
        recommended = octet & lanes.RECOMMENDED and not octet & lanes.CAUTION
        possible = [self._ranked[rank] for rank in places(progress)]
        return b'"%b","go":true,"recommended":%b,"load_factor":%b,"limits":%b' % (
            verdict.value.encode(),
            b"true" if recommended else b"false",
            encode(number(_load_factor(verdict, rules, possible))),
            self._limited(rules),
        )

    def _limited(self, rules: Iterable[ir.Rule]) -> bytes:
        limits = tightest(limit for rule in rules for limit in rule.limits).values()
        ordered = sorted(limits, key=lambda limit: limit.measure)
        return encode([self._explainer.limit(limit) for limit in ordered])


_Key = tuple[int, int, int, int, int, int, int]
"""All that what is told of an exercise depends on, but for its name.

Rules by rank, as bits: those that apply, those that could grant, those that could let the load progress. Then its
octet, and the severity of its verdict as it is, at best and at worst.
"""


def _weight(rules: int) -> int:
    """Return what a set of rules weighs as the key of something that is remembered."""
    return 10 + rules.bit_length() // 240


_LOADING = {ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS}


def _load_factor(verdict: Verdict, applied: Sequence[ir.Rule], possible: Iterable[ir.Rule]) -> Decimal:
    """Return what to multiply a planned load with, given the rules that apply and those that may let it progress."""
    if reductions := [rule.step for rule in applied if rule.effect is ir.Effect.REDUCE and rule.step is not None]:
        return min(reductions)
    steps = [rule.step for rule in applied if rule.effect is ir.Effect.PROGRESS and rule.step is not None]
    held = any(rule.effect is ir.Effect.HOLD for rule in applied)
    if not steps or held or verdict is not Verdict.ALLOWED:
        return Decimal(1)
    return min([*steps, *(rule.step for rule in possible if rule.step is not None)])


_NO_GO = [
    b'"%b","go":false,"recommended":false,"load_factor":null,"limits":[]' % verdict.value.encode()
    for verdict in VERDICTS
]
_POSSIBLE = [
    [b'{"best":"%b","worst":"%b"}' % (best.value.encode(), worst.value.encode()) for worst in VERDICTS]
    for best in VERDICTS
]
