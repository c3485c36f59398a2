"""What rules do to exercises, a byte an exercise: whole catalogues are joined by one `or` of integers.

A lane has a byte for each exercise, in catalogue order, and one more for the session. A bit stands for a verdict, or
for a grant; the join of the verdicts is then the highest of them, looked up byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from dsl.evaluation.masks import Union
from dsl.semantics import ir
from dsl.semantics.verdict import Disposition, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRANTED, CAUTION, MODIFY, GRANTABLE, ASK, CLEARANCE, AVOID, RECOMMENDED = (1 << place for place in range(8))
"""Bits of an exercise's byte. `GRANTED`: surely; `GRANTABLE`: at least possibly."""

SCREEN, STOP, URGENT, EMERGENCY = (1 << place for place in range(4))
"""Bits of the session's byte."""

_TO_GRANTED = 3
"""How far `GRANTABLE` is from `GRANTED`."""

_TO_ASK = 4
"""How far `ASK` is from there, before `CLEARANCE` and `AVOID`."""

_RESTRICTS = {
    ir.Effect.AVOID: (AVOID, ASK),
    ir.Effect.CLEARANCE: (CLEARANCE, ASK),
    ir.Effect.MODIFY: (MODIFY, MODIFY),
    ir.Effect.CAUTION: (CAUTION, CAUTION),
}
"""What an effect does to the exercises that it touches: when its rule surely applies, and when it may."""

_ENDS = {ir.Effect.STOP: STOP, ir.Effect.URGENT: URGENT, ir.Effect.EMERGENCY: EMERGENCY}

_WAYS = 6
RESTRICTS, MAY_RESTRICT, GRANTS, MAY_GRANT, APPLIES, MAY_APPLY = range(_WAYS)
"""Ways in which a rule may stand: what it restricts, what it grants, and both."""

_FEW = 1024
"""Rules up to which their lanes are joined byte by byte of the mask instead of by array."""


def _joined(octet: int) -> Verdict:
    """Return the verdict that the bits of one exercise come to, the session apart."""
    bits = (
        (AVOID, Verdict.AVOID),
        (CLEARANCE, Verdict.CLEARANCE),
        (ASK, Verdict.ASK),
        (MODIFY, Verdict.MODIFY),
        (CAUTION, Verdict.CAUTION),
    )
    granted = Verdict.ALLOWED if octet & GRANTED else Verdict.ASK if octet & GRANTABLE else Verdict.UNREVIEWED
    return max([granted, *(verdict for bit, verdict in bits if octet & bit)], key=lambda verdict: verdict.severity)


def _severities(least: Verdict) -> bytes:
    return bytes(max(least.severity, _joined(octet).severity) for octet in range(256))


_OPEN, _SCREENED = _severities(Verdict.ALLOWED), _severities(Verdict.ASK)
_OVER = bytes([Verdict.AVOID.severity]) * 256

GO_UP_TO = Verdict.MODIFY.severity
"""The severity up to which a verdict is a GO."""


def _disposition(octet: int) -> Disposition:
    """Return what the session's byte comes to."""
    if octet & EMERGENCY:
        return Disposition.EMERGENCY
    if octet & URGENT:
        return Disposition.URGENT
    if octet & STOP:
        return Disposition.STOP
    return Disposition.SCREEN if octet & SCREEN else Disposition.PROCEED


def _session(octet: int) -> tuple[Disposition, bytes]:
    disposition = _disposition(octet)
    if disposition.ends_session:
        return disposition, _OVER
    return disposition, _SCREENED if disposition is Disposition.SCREEN else _OPEN


SESSIONS = tuple(_session(octet) for octet in range(16))
"""What the session's byte comes to: the disposition, and the severity of the verdict for each byte of an exercise."""


class Lanes:
    """The shape of all lanes of a release: its exercises, and the packs that demand grants of their own.

    A row is one lane, and for each of those packs one more with its grants alone.
    """

    def __init__(self, exercises: Sequence[str], demanding: Sequence[str]) -> None:
        """Number `exercises` and the `demanding` packs."""
        self.places = {name: place for place, name in enumerate(exercises)}
        self.length = len(exercises) + 1
        self._demanding = {pack: place for place, pack in enumerate(demanding, 1)}
        self.size = self.length * (1 + len(demanding))
        self._whole = (1 << (8 * self.length)) - 1
        grants = GRANTED | GRANTABLE
        self._not_grants = int.from_bytes(bytes([255 ^ grants]) * len(exercises) + b"\xff", "little")
        self._all = (1 << (8 * self.size)) - 1
        self._granted = int.from_bytes(bytes([GRANTED]) * len(exercises), "little")

    def rows(self, rule: ir.Rule) -> tuple[int, ...]:
        """Return what `rule` does in each of the ways that it may stand."""
        restricts, may_restrict = self._restricting(rule)
        grants, may_grant = self._granting(rule)
        return (restricts, may_restrict, grants, may_grant, restricts | grants, may_restrict | may_grant)

    def _restricting(self, rule: ir.Rule) -> tuple[int, int]:
        if rule.effect in _ENDS:
            last = 8 * (self.length - 1)
            return _ENDS[rule.effect] << last, SCREEN << last
        surely, possibly = _RESTRICTS.get(rule.effect, (0, 0))
        return self._lane(rule.exercises, surely), self._lane(rule.exercises, possibly)

    def _granting(self, rule: ir.Rule) -> tuple[int, int]:
        recommends = RECOMMENDED if rule.effect is ir.Effect.RECOMMEND else 0
        surely, possibly = (
            self._lane(rule.grants, GRANTED | GRANTABLE | recommends),
            self._lane(rule.grants, GRANTABLE),
        )
        if place := self._demanding.get(rule.pack):
            shift = 8 * self.length * place
            surely |= self._lane(rule.grants, GRANTED | GRANTABLE) << shift
            possibly |= possibly << shift
        return surely, possibly

    def _lane(self, exercises: Iterable[str], octet: int) -> int:
        if not octet:
            return 0
        lane = bytearray(self.length)
        for exercise in exercises:
            lane[self.places[exercise]] = octet
        return int.from_bytes(lane, "little")

    def session(self, row: int) -> int:
        """Return the byte of the session."""
        return row >> 8 * (self.length - 1) & 0xFF

    def settled(self, row: int) -> int:
        """Return `row` with all bits that could change no verdict any more, whatever else may apply.

        What may apply makes no verdict worse than `ask`, and no session worse than `screen`.
        """
        if self.session(row):
            return self._all
        asks = (row >> _TO_ASK | row >> _TO_ASK + 1 | row >> _TO_ASK + 2) & self._granted
        settled = asks * 255
        for place in self._demanding.values():
            settled |= asks * 255 << 8 * self.length * place
        return row | settled

    def octets(self, row: int, demanding: Sequence[str]) -> bytes:
        """Return each exercise's byte, and last the session's.

        A grant counts where all `demanding` packs give theirs; where one grant is in doubt, the join is in doubt.
        """
        lane = row & self._whole
        if not demanding:
            return lane.to_bytes(self.length, "little")
        granted, doubted = lane & self._granted, lane >> _TO_GRANTED & ~lane & self._granted
        for pack in demanding:
            grants = row >> (8 * self.length * self._demanding[pack])
            granted, doubted = granted & grants, doubted | grants >> _TO_GRANTED & ~grants & self._granted
        lane = lane & self._not_grants | granted | (granted | doubted) << _TO_GRANTED
        return lane.to_bytes(self.length, "little")


_ABREAST = 16
"""Rows that are joined as one long one: short rows cost more to go through than to read."""


class Rows:
    """The rows of rules, of which many are alike, as an array: for many of them at once."""

    def __init__(self, rules: Sequence[ir.Rule], lanes: Lanes) -> None:
        """Make the rows of `rules`."""
        self._lanes = lanes
        self._numbers: dict[tuple[object, ...], int] = {}
        self._rows = [0]
        words = (lanes.size + 7) // 8
        self._matrix = _matrix(self._rows, words)
        self._of = np.empty((_WAYS, 0), dtype=np.intp)
        self._words = words
        self._padding = [np.zeros(count, dtype=np.intp) for count in range(_ABREAST)]
        self._add(rules)

    def _add(self, rules: Sequence[ir.Rule]) -> None:
        known = len(self._rows)
        first = np.array([self._number(rule) for rule in rules], dtype=np.intp)
        self._of = np.concatenate((self._of, first + np.arange(_WAYS)[:, np.newaxis]), axis=1)
        self._matrix = np.concatenate((self._matrix, _matrix(self._rows[known:], self._words)))

    def _number(self, rule: ir.Rule) -> int:
        """Return where the rows of `rule` begin, a row for each way to stand."""
        kind = (rule.effect, rule.exercises, rule.grants, rule.pack)
        if kind not in self._numbers:
            self._numbers[kind] = len(self._rows)
            self._rows += self._lanes.rows(rule)
        return self._numbers[kind]

    def with_more(self, rules: Sequence[ir.Rule]) -> Rows:
        """Return these rows and, behind them, those of `rules`."""
        found = copy(self)
        found._numbers, found._rows = dict(self._numbers), list(self._rows)  # noqa: SLF001 - of this very class
        found._add(rules)  # noqa: SLF001 - as above
        return found

    def row(self, way: int, place: int) -> int:
        """Return what the rule at `place` does when it stands in the given `way`."""
        row: int = self._rows[self._of[way, place]]
        return row

    def joined(self, ways: Iterable[tuple[int, NDArray[np.integer[Any]]]]) -> int:
        """Return the join of ways to stand, each with the places of the rules that stand so, in any order."""
        numbers = [self._of[way].take(places) for way, places in ways]
        count = sum(map(len, numbers))
        if not count:
            return 0
        numbers.append(self._padding[-count % _ABREAST])
        rows = self._matrix.take(np.concatenate(numbers), axis=0).reshape(-1, _ABREAST * self._words)
        joined: NDArray[np.uint64] = np.bitwise_or.reduce(
            np.bitwise_or.reduce(rows, axis=0).reshape(_ABREAST, -1), axis=0
        )
        return int.from_bytes(joined.tobytes(), "little")


class Joining:
    """Joins the rows of the rules in a mask."""

    def __init__(self, rules: Sequence[ir.Rule], lanes: Lanes) -> None:
        """Make the rows of `rules`, in the order of their bits."""
        rows = Rows(rules, lanes)
        self._count = len(rules)
        self._rows = rows if len(rules) > _FEW else None
        if self._rows is None:
            self._ways = [Union([rows.row(way, place) for place in range(len(rules))]) for way in range(_WAYS)]

    def joined(self, ways: Iterable[tuple[int, int]]) -> int:
        """Return the join of `ways` to stand, each with the mask of the rules that stand so."""
        if self._rows is not None:
            return self._rows.joined([(way, set_places(mask, self._count)) for way, mask in ways if mask])
        found = 0
        for way, mask in ways:
            if mask:
                found |= self._ways[way].of(mask)
        return found


def set_places(mask: int, count: int) -> NDArray[np.intp]:
    """Return the places of the bits of `mask` that are set, lowest first; for masks of `count` bits, many of them."""
    octets = np.frombuffer(mask.to_bytes((count + 7) // 8, "little"), dtype=np.uint8)
    return np.unpackbits(octets, bitorder="little").view(bool).nonzero()[0]


def _matrix(rows: Sequence[int], words: int) -> NDArray[np.uint64]:
    octets = b"".join([row.to_bytes(8 * words, "little") for row in rows])
    return np.frombuffer(octets, dtype=np.uint64).reshape(len(rows), words)
