"""What to do instead, for a whole answer at once: the offers of `substitutes`, encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import NamedTuple

import msgspec

from dsl.evaluation import lanes
from dsl.evaluation.masks import places
from dsl.evaluation.remembered import kept
from dsl.evaluation.substitutes import EQUIPMENT, MOST_OFFERED, Substitutes
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Vocabulary

_REST = b',"did_you_mean":[]},'
"""What ends the answer on an exercise that was found."""

NOTHING = b'[],"equipment_unknown":[]' + _REST

_OCTETS = 256
_NO_GROUP = -1
_NO_GO = bytes(severity > lanes.GO_UP_TO for severity in range(_OCTETS))

Order = bytes | tuple[int, ...]
"""Exercises in an order, by their places in the catalogue; bytes where those fit."""

_Told = Order | tuple[Order, tuple[int, ...]]
"""Exercises that are offered, and those of them for which it is not known whether what they need is at hand."""


class Equipped(NamedTuple):
    """Exercises for which something that they need is missing, and those of which that is not known."""

    missing: frozenset[int]
    unknown: frozenset[int]


class Replacing:
    """Finds what can replace exercises, by their places in the catalogue."""

    def __init__(self, vocabulary: Vocabulary, ranked: Sequence[ir.Rule]) -> None:
        """Index the exercises of `vocabulary`, and what the rules `ranked` offer."""
        self._names = [exercise.name for exercise in vocabulary.exercises]
        at = {name: place for place, name in enumerate(self._names)}
        substitutes = Substitutes(vocabulary)
        kin = [tuple(at[other] for other in substitutes.kin(name)) for name in self._names]
        groups = {order: group for group, order in enumerate(dict.fromkeys(kin))}
        self._group = [groups[order] for order in kin]
        self._orders = [self._order(order) for order in groups]
        self._needs = [exercise.needs for exercise in vocabulary.exercises]
        self._items = tuple(sorted({item for needs in self._needs for item in needs}))
        self._every = range(len(self._names))
        self._nothing = self._order(())
        self._offers = {rank: [at[name] for name in rule.offers] for rank, rule in enumerate(ranked) if rule.offers}
        self._orders_named: dict[int, Order] = {}
        self._hand: dict[tuple[bool | None, ...], Equipped] = {}
        self._encoded: dict[_Told, bytes] = {}

    def offers(self, severities: bytes, equipped: Equipped) -> Callable[[int, int], bytes]:
        """Return what tells `instead` and `equipment_unknown` of the exercise at a place.

        It is given the place, and those of the rules which apply there that offer something, as bits by rank.
        """
        no_go = severities.translate(_NO_GO)
        if all(no_go):
            return lambda place, offering: NOTHING  # noqa: ARG005 - there is nothing, whatever it is instead of
        left = _leaving({*compress(self._every, no_go), *equipped.missing}, len(severities))
        told: dict[tuple[Order, int], bytes] = {}

        def tell(place: int, offering: int) -> bytes:
            group = self._group[place] if severities[place] > lanes.GO_UP_TO else _NO_GROUP
            if not offering and group == _NO_GROUP:
                return NOTHING
            named = self._named(place, offering) if offering else self._nothing
            key = (named, group)
            if key not in told:
                chosen = left(named)
                if group != _NO_GROUP:
                    chosen = _filled(chosen, left(self._orders[group]))
                told[key] = self._told(chosen, equipped.unknown)
            return told[key]

        return tell

    def _named(self, place: int, offering: int) -> Order:
        """Return what the rules `offering` name instead of the exercise at `place`: the best first, then by name."""
        named = self._orders_named.get(offering)
        if named is None:
            named = self._remember_named(offering)
        return _without(named, place) if place in named else named

    def _remember_named(self, offering: int) -> Order:
        best: dict[int, int] = {}
        for rank in places(offering):
            for position, other in enumerate(self._offers[rank]):
                best[other] = min(position, best.get(other, position))
        # The catalogue is sorted by name, so places in it are in the order of the names.
        order = self._order(sorted(best, key=lambda other: (best[other], other)))
        return kept(self._orders_named, offering, lambda: order)

    def _order(self, found: Iterable[int]) -> Order:
        return bytes(found) if len(self._names) <= _OCTETS else tuple(found)

    def equipped(self, facts: Facts) -> Equipped:
        """Return for which exercises the equipment of a member does not suffice, and of which that is not known."""
        states = facts.terms.get(EQUIPMENT, {})
        at_hand = tuple(map(states.get, self._items))
        return kept(self._hand, at_hand, lambda: self._equip(dict(zip(self._items, at_hand, strict=True))))

    def _equip(self, at_hand: dict[str, bool | None]) -> Equipped:
        needed = [{at_hand[item] for item in needs} for needs in self._needs]
        missing = frozenset(place for place, states in enumerate(needed) if False in states)
        unknown = frozenset(place for place, states in enumerate(needed) if None in states)
        return Equipped(missing, unknown - missing)

    def _told(self, chosen: Order, unknown: frozenset[int]) -> bytes:
        doubtful = tuple([place for place in chosen if place in unknown]) if unknown else ()
        key = (chosen, doubtful) if doubtful else chosen
        return self._encoded[key] if key in self._encoded else self._remember(key, chosen, doubtful)

    def _remember(self, key: _Told, chosen: Order, doubtful: tuple[int, ...]) -> bytes:
        return kept(self._encoded, key, lambda: self._encode(chosen, doubtful))

    def _encode(self, chosen: Iterable[int], doubtful: Iterable[int]) -> bytes:
        encode = msgspec.json.encode
        return b'%b,"equipment_unknown":%b%b' % (
            encode([self._names[place] for place in chosen]),
            encode([self._names[place] for place in doubtful]),
            _REST,
        )


def _leaving(blocked: set[int], count: int) -> Callable[[Order], Order]:
    """Return what leaves of an order those that are not `blocked`: no GO, or without what they need."""
    if count > _OCTETS:
        return lambda order: tuple(place for place in order if place not in blocked)
    octets = bytes(blocked)
    return lambda order: bytes(order).translate(None, octets)


def _without(order: Order, place: int) -> Order:
    if isinstance(order, bytes):
        return order.replace(bytes([place]), b"")
    return tuple(other for other in order if other != place)


def _filled(named: Order, kin: Order) -> Order:
    """Return what rules name, all of it, and as many of the kin as there is room for."""
    room = max(0, MOST_OFFERED - len(named))
    if isinstance(named, bytes) and isinstance(kin, bytes):
        return named + kin.translate(None, named)[:room]
    return (*named, *[place for place in kin if place not in named][:room])
