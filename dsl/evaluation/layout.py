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
from dsl.evaluation.remembered import Memory, kept
from dsl.evaluation.replacing import Equipped, Replacing
from dsl.evaluation.standing import bounds
from dsl.semantics import ir
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary

encode = msgspec.json.encode

_SPOKEN = 500_000
"""What is remembered of rules that apply together weighs, in some 30 bytes each."""

_A_SPOKEN = 20

Pick = Callable[[Any], tuple[bytes, ...]]
"""Picks the texts of some rules from texts by rank."""


class Asked(NamedTuple):
    """One exercise to answer for: what is told of it up to the verdict, and its place in the catalogue.

    What stands for no exercise has no place, and everything is told in its head.
    """

    head: bytes
    place: int | None


class Spoken(NamedTuple):
    """Rules that apply to an exercise: what picks their reasons and their advice, and which of them do more than that.

    `bounding` have a say in how far a GO goes, `offering` name something instead; both are bits by rank.
    """

    applying: Pick
    advising: Pick
    bounding: int
    offering: int


Case = tuple[bytes, Pick, Pick, bytes]
"""What is told of kin: the text up to the advice, what picks the advice and the reasons, the text behind those."""


class Layout(NamedTuple):
    """An answer but for its reasons: a head, a case and a tail for each exercise.

    `of` says which of the `cases` each exercise is, `advising` and `applying` all that these pick. `mentioned` are the
    rules that are named, as bits by rank.
    """

    cases: Sequence[Case]
    advising: frozenset[Pick]
    applying: frozenset[Pick]
    heads: Sequence[bytes]
    of: Sequence[int]
    tails: Sequence[bytes]
    mentioned: int

    @property
    def weight(self) -> int:
        """Return about what its lists take, in units of some 30 bytes."""
        return 3 * len(self.heads) + 4 * len(self.cases)

    def told(self, applied: Mapping[int, bytes], advised: Mapping[int, bytes]) -> Iterable[bytes]:
        """Return the answers on the exercises with the reasons `applied` and the advice `advised`, both by rank."""
        advice = {pick: b",".join(pick(advised)) for pick in self.advising}
        reasons = {pick: b",".join(pick(applied)) for pick in self.applying}
        join = b"".join
        told = [
            join((verdict, advice[advising], b'],"applied":[', reasons[applying], rest))
            for verdict, advising, applying, rest in self.cases
        ]
        told.append(b"")  # what stands for no exercise is all head
        return chain.from_iterable(zip(self.heads, map(told.__getitem__, self.of), self.tails, strict=True))


class Layouts:
    """Lays out the answers of one release."""

    def __init__(
        self, vocabulary: Vocabulary, compiled: Compiled, explainer: Explainer, kinship: Kinship, *, texts: bool
    ) -> None:
        """Encode what is fixed; without `texts`, what the release serves once is left out."""
        self._memory = Memory(_SPOKEN)
        self._explainer = explainer
        self._texts = texts
        self._ranked = compiled.ranked
        self._ids = Listing([encode(rule.id) for rule in self._ranked])
        self._ranks = Listing(range(len(self._ranked)))
        self._heads = [self._head(e.name, e.label or spelled(e.name)) for e in vocabulary.exercises]
        self._catalogue = [self.named(name, place) for place, name in enumerate(compiled.exercises)]
        self._kinship = kinship
        self._replacing = Replacing(vocabulary, self._ranked)
        self.equipped = self._replacing.equipped
        self._advising = self._those(lambda rule: rule.effect is ir.Effect.ADVISE)
        self._progressing = self._those(lambda rule: rule.effect is ir.Effect.PROGRESS)
        self._bounding = self._those(bounds)
        self._offering = self._those(lambda rule: bool(rule.offers))
        self._spoken: dict[int, Spoken] = {}
        self._advice: dict[int, Pick] = {}
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

    def catalogue(self, found: Found, equipped: Equipped) -> Layout:
        """Return the layout of the whole catalogue, worst verdict first, then by name."""
        severities = found.now.severities
        order = sorted(range(len(severities)), key=severities.__getitem__, reverse=True)
        return self.layout(found, equipped, [self._catalogue[place] for place in order])

    def layout(self, found: Found, equipped: Equipped, asked: Sequence[Asked]) -> Layout:
        """Return the layout of the exercises `asked`."""
        tell = self._replacing.offers(found.now.severities, equipped)
        kin_of = self._kinship.of
        kin = [-1 if place is None else kin_of[place] for _, place in asked]
        numbers = {name: number for number, name in enumerate(sorted({*kin} - {-1}))}
        cases, offers, mentioned = self._cases(found, numbers)
        tails = [
            b"," if place is None else tell(place, offers[name]) for (_, place), name in zip(asked, kin, strict=True)
        ]
        if tails:
            tails[-1] = tails[-1][:-1]  # the comma
        return Layout(
            cases,
            frozenset([case[1] for case in cases]),
            frozenset([case[2] for case in cases]),
            [head for head, _ in asked],
            [numbers.get(name, -1) for name in kin],
            tails,
            mentioned,
        )

    def _cases(self, found: Found, kin: Iterable[int]) -> tuple[list[Case], dict[int, int], int]:
        """Return the case of each `kin`, which rules offer something to which, and all rules that are mentioned."""
        speaking, undecided, ended = found.speaking, found.undecided, found.deciding is not None
        now, best, worst = found.now, found.best.severities, found.worst.severities
        octets, severities = now.octets, now.severities
        spoken_of, kindred, progressing = self._spoken.get, self._kinship.kin, self._progressing
        cases: list[Case] = []
        offers: dict[int, int] = {}
        mentioned = 0
        for name in kin:
            first, touched, granted = kindred[name]
            applied, could_grant = speaking if ended else speaking & touched, undecided & granted
            applying, advising, bounding, offering = spoken_of(applied) or self._speak(applied)
            severity = severities[first]
            if severity > lanes.GO_UP_TO:
                verdict = _NO_GO[severity]
            else:
                verdict = self._go(severity, octets[first], bounding, undecided & touched & progressing)
            rest = _REST[best[first]][worst[first]]
            if could_grant:
                rest = rest.replace(_NOTHING_GRANTS, b'"could_grant":[%b]' % b",".join(self._ids.of(could_grant)))
            cases.append((verdict, advising, applying, rest))
            offers[name] = 0 if ended else offering
            mentioned |= applied | could_grant
        return cases, offers, mentioned

    def _speak(self, rules: int) -> Spoken:
        advising = rules & self._advising
        advice = kept(self._advice, advising, lambda: self._pick(advising))
        spoken = Spoken(self._pick(rules), advice, rules & self._bounding, rules & self._offering)
        return self._memory.add(self._spoken, rules, spoken, _A_SPOKEN + rules.bit_count() + rules.bit_length() // 80)

    def _pick(self, rules: int) -> Pick:
        ranks = self._ranks.of(rules)
        if len(ranks) > 1:
            return itemgetter(*ranks)
        return lambda of: tuple([of[rank] for rank in ranks])

    # --- how far a GO goes --------------------------------------------------------------------

    def _go(self, severity: int, octet: int, bounding: int, progress: int) -> bytes:
        """Return a verdict that is a GO, and how far it goes."""
        case = (severity, octet, bounding, progress)
        going = self._going
        return going[case] if case in going else kept(going, case, lambda: self._bounds(*case))

    def _bounds(self, severity: int, octet: int, bounding: int, progress: int) -> bytes:
        verdict, rules = VERDICTS[severity], [self._ranked[rank] for rank in places(bounding)]
        recommended = octet & lanes.RECOMMENDED and not octet & lanes.CAUTION
        possible = [self._ranked[rank] for rank in places(progress)]
        return b'"%b","go":true,"recommended":%b,"load_factor":%b,"limits":%b,"advice":[' % (
            verdict.value.encode(),
            b"true" if recommended else b"false",
            encode(number(_load_factor(verdict, rules, possible))),
            self._limited(rules),
        )

    def _limited(self, rules: Iterable[ir.Rule]) -> bytes:
        limits = tightest(limit for rule in rules for limit in rule.limits).values()
        ordered = sorted(limits, key=lambda limit: limit.measure)
        return encode([self._explainer.limit(limit) for limit in ordered])


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
    b'"%b","go":false,"recommended":false,"load_factor":null,"limits":[],"advice":[' % verdict.value.encode()
    for verdict in VERDICTS
]
_NOTHING_GRANTS = b'"could_grant":[]'
_REST = [
    [
        b'],%b,"possible":{"best":"%b","worst":"%b"},"instead":'
        % (_NOTHING_GRANTS, best.value.encode(), worst.value.encode())
        for worst in VERDICTS
    ]
    for best in VERDICTS
]
"""What follows on the reasons, by the severity of the best and of the worst verdict that is still possible."""
