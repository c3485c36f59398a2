"""What to do instead, for a whole answer at once: the offers of `substitutes`, encoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

import msgspec

from dsl.evaluation import lanes
from dsl.evaluation.compiled import Found
from dsl.evaluation.remembered import kept
from dsl.evaluation.substitutes import EQUIPMENT, MOST_OFFERED, Substitutes
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Vocabulary

NOTHING = b'[],"equipment_unknown":[]'

_OCTETS = 256


class _Offered(NamedTuple):
    """What a rule offers instead of the exercises that it is about, best first; all by place in the catalogue."""

    instead_of: tuple[int, ...]
    offers: tuple[int, ...]


class _Equipped(NamedTuple):
    """Exercises for which something that they need is missing, and those of which that is not known."""

    missing: frozenset[int]
    unknown: frozenset[int]


class Replacing:
    """Finds what can replace exercises, by their places in the catalogue."""

    def __init__(self, vocabulary: Vocabulary, ranked: Sequence[ir.Rule]) -> None:
        """Index the exercises of `vocabulary`, and what the rules `ranked` offer."""
        self._names = [exercise.name for exercise in vocabulary.exercises]
        places = {name: place for place, name in enumerate(self._names)}
        substitutes = Substitutes(vocabulary)
        kin = [tuple(places[other] for other in substitutes.kin(name)) for name in self._names]
        groups = {order: group for group, order in enumerate(dict.fromkeys(kin))}
        self._group = [groups[order] for order in kin]
        self._orders = [bytes(order) if len(places) <= _OCTETS else order for order in groups]
        self._needs = [exercise.needs for exercise in vocabulary.exercises]
        self._items = tuple(sorted({item for needs in self._needs for item in needs}))
        self._offered = {
            rank: _Offered(tuple(places[name] for name in rule.exercises), tuple(places[name] for name in rule.offers))
            for rank, rule in enumerate(ranked)
            if rule.offers
        }
        self._equipped: dict[tuple[bool | None, ...], _Equipped] = {}
        self._encoded: dict[tuple[tuple[int, ...], tuple[int, ...]], bytes] = {}

    def offers(self, found: Found, facts: Facts) -> Callable[[int], bytes]:
        """Return what tells, for an exercise, the values of `instead` and `equipment_unknown`."""
        severities = found.now.severities
        going = {place for place, severity in enumerate(severities) if severity <= lanes.GO_UP_TO}
        equipped = self._equipment(facts)
        available = going - equipped.missing
        if not available:
            return lambda place: NOTHING  # noqa: ARG005 - there is nothing, whatever it is instead of
        named = self._named(found.applying, available) if found.deciding is None else {}
        kindred = self._kindred(available, len(severities))
        told: dict[int, bytes] = {}

        def tell(place: int) -> bytes:
            if place in named:
                return self._told(self._chosen(place, named[place], kindred, going), equipped.unknown)
            if place in going:
                return NOTHING
            group = self._group[place]
            if group not in told:
                told[group] = self._told(tuple(kindred(group))[:MOST_OFFERED], equipped.unknown)
            return told[group]

        return tell

    def _chosen(
        self, place: int, named: tuple[int, ...], kindred: Callable[[int], Iterable[int]], going: set[int]
    ) -> tuple[int, ...]:
        """Return what rules name, all of it, and where the exercise is no GO as many of its kin as there is room for."""
        room = 0 if place in going else max(0, MOST_OFFERED - len(named))
        kin = (other for other in kindred(self._group[place]) if other not in named)
        return (*named, *islice(kin, room))

    def _kindred(self, available: set[int], count: int) -> Callable[[int], Iterable[int]]:
        """Return what finds the kin of a group that are available, nearest first. What is no GO is not among them."""
        if count > _OCTETS:
            return lambda group: [other for other in self._orders[group] if other in available]
        blocked = bytes([place for place in range(count) if place not in available])
        return lambda group: bytes(self._orders[group]).translate(None, blocked)

    def _named(self, applying: Iterable[int], available: set[int]) -> dict[int, tuple[int, ...]]:
        """Return for exercises what the applied rules offer instead of them, the best place first, then by name."""
        best: dict[int, dict[int, int]] = {}
        for rank in applying:
            if rank in self._offered:
                about, offers = self._offered[rank]
                for place in about:
                    found = best.setdefault(place, {})
                    for position, other in enumerate(offers):
                        if other != place and other in available:
                            found[other] = min(position, found.get(other, position))
        # The catalogue is sorted by name, so its places are in the order of the names.
        return {place: tuple(sorted(found, key=lambda other: (found[other], other))) for place, found in best.items()}

    def _equipment(self, facts: Facts) -> _Equipped:
        states = facts.terms.get(EQUIPMENT, {})
        at_hand = tuple(map(states.get, self._items))
        return kept(self._equipped, at_hand, lambda: self._equip(dict(zip(self._items, at_hand, strict=True))))

    def _equip(self, at_hand: dict[str, bool | None]) -> _Equipped:
        needed = [{at_hand[item] for item in needs} for needs in self._needs]
        missing = frozenset(place for place, states in enumerate(needed) if False in states)
        unknown = frozenset(place for place, states in enumerate(needed) if None in states)
        return _Equipped(missing, unknown - missing)

    def _told(self, chosen: tuple[int, ...], unknown: frozenset[int]) -> bytes:
        doubtful = tuple([other for other in chosen if other in unknown]) if unknown else ()
        return kept(self._encoded, (chosen, doubtful), lambda: self._encode(chosen, doubtful))

    def _encode(self, chosen: Iterable[int], doubtful: Iterable[int]) -> bytes:
        encode = msgspec.json.encode
        return b'%b,"equipment_unknown":%b' % (
            encode([self._names[place] for place in chosen]),
            encode([self._names[place] for place in doubtful]),
        )
