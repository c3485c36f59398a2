"""One body of rules, compiled: which of them stand, and how, as masks of bits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from dsl.evaluation.lanes import Joining, Lanes, set_places
from dsl.evaluation.table import Table, bits
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Fact

_FEW = 1024
"""Rules up to which the bits of a mask are listed eight at a time instead of by array."""

Item = TypeVar("Item")


class Masks(NamedTuple):
    """How the rules of a part stand for one member: a mask each, in the words of `reference.Standing`.

    `certain`: the guard is true. `restricts`, `may_restrict`: the rule applies with a true guard, or at least an
    unknown one. `fixed`: it restricts, and nothing unknown can lift it. `grants`, `may_grant`: its guard is true
    and nothing lifts it, surely or at least possibly.
    """

    certain: int
    restricts: int
    may_restrict: int
    fixed: int
    grants: int
    may_grant: int

    @property
    def open(self) -> int:
        """Return the rules of which an unknown fact could change what they do."""
        if self.fixed == self.may_restrict and self.grants == self.may_grant:
            return 0
        return self.may_restrict & ~self.fixed | self.may_grant & ~self.grants


class Lift(NamedTuple):
    """What can lift the rule with the bit `rule`: an exception of its own `pack`, or an override of another."""

    bit: int
    rule: int
    pack: str


class Part:
    """Rules, with what can lift them, over one vocabulary."""

    def __init__(
        self,
        rules: Sequence[ir.Rule],
        overrides: Mapping[str, Sequence[ir.Override]],
        contradictions: Sequence[ir.Contradiction],
        lanes: Lanes,
        facts: Mapping[str, Fact],
        ranks: Mapping[str, int],
    ) -> None:
        """Compile `rules`; `overrides` are by the id of the rule that they lift, `ranks` say which rule is told first."""
        lifting = [
            (place, pack, guard) for place, rule in enumerate(rules) for pack, guard in _lifting(rule, overrides)
        ]
        self.table = Table(
            ([rule.guard for rule in rules], [guard for _, _, guard in lifting], [c.guard for c in contradictions]),
            facts,
        )
        of_rules, of_lifts, of_contradictions = self.table.spans
        self.rules = [rules[place] for place in of_rules.guards]
        self.bit = {rule.id: bit for bit, rule in enumerate(self.rules)}
        lifts = [lifting[place] for place in of_lifts.guards]
        self._listed_lifts = Listing(
            [Lift(1 << bit, 1 << self.bit[rules[of].id], pack) for bit, (of, pack, _) in enumerate(lifts)]
        )
        self._lifting = bool(lifts)
        self._contradictions = [(1 << bit, contradictions[place]) for bit, place in enumerate(of_contradictions.guards)]
        self.joining = Joining(self.rules, lanes)
        self._lanes = lanes
        self.permissive = self.mask(lambda rule: rule.effect in ir.PERMISSIVE)
        self.limiting = self.mask(lambda rule: bool(rule.limits))
        self.about_nothing = self.mask(lambda rule: not rule.exercises)
        self.loading = self.mask(lambda rule: rule.effect in (ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS))
        self._of_pack = {name: self.mask(lambda rule, name=name: rule.pack == name) for name in {r.pack for r in rules}}
        self.listing = Listing(self.rules)
        self.names = Listing([rule.id for rule in self.rules])
        self.ranks = Listing([ranks[rule.id] for rule in self.rules])

    def mask(self, wanted: Callable[[ir.Rule], bool]) -> int:
        """Return the mask of the rules that are `wanted`."""
        return bits(bit for bit, rule in enumerate(self.rules) if wanted(rule))

    @cached_property
    def touching(self) -> Sequence[int]:
        """Return for each exercise, in catalogue order, the rules that touch it."""
        return self._by_exercise(lambda rule: rule.exercises)

    @cached_property
    def granting(self) -> Sequence[int]:
        """Return for each exercise, in catalogue order, the rules that can grant it a GO."""
        return self._by_exercise(lambda rule: rule.grants)

    def _by_exercise(self, of: Callable[[ir.Rule], Iterable[str]]) -> Sequence[int]:
        found: dict[str, list[int]] = defaultdict(list)
        for bit, rule in enumerate(self.rules):
            for exercise in of(rule):
                found[exercise].append(bit)
        return [bits(found[exercise]) for exercise in self._lanes.places]

    def stand(self, facts: Facts, overdue: frozenset[str]) -> tuple[Masks, list[ir.Contradiction]]:
        """Return how the rules stand while the packs `overdue` are past their review, and what cannot all be so."""
        could, sure = self.table.survivors(facts)
        possible, certain = self.table.fold(0, could, sure, facts)
        masks = Masks(certain, certain, possible, certain, certain, possible)
        if self._lifting:
            masks = self._lifted(masks, *self.table.fold(1, could, sure, facts), overdue)
        if overdue:
            late = self._in(overdue)
            masks = masks._replace(grants=masks.grants & ~late, may_grant=masks.may_grant & ~late)
        return masks, self._impossible(could, sure, facts) if self._contradictions else []

    def _impossible(self, could: int, sure: int, facts: Facts) -> list[ir.Contradiction]:
        _, certain = self.table.fold(2, could, sure, facts)
        return [contradiction for bit, contradiction in self._contradictions if certain & bit] if certain else []

    def _lifted(self, masks: Masks, may_lift: int, lift: int, overdue: frozenset[str]) -> Masks:
        """Return `masks` after exceptions and overrides. Of an overdue pack they lift nothing, and go on keeping back."""
        if not may_lift:
            return masks
        in_force = in_force_maybe = kept_back = kept_back_maybe = 0
        for bit, rule, pack in self._listed_lifts.of(may_lift):
            kept_back_maybe |= rule
            surely = bit & lift
            if surely:
                kept_back |= rule
            if pack not in overdue:
                in_force_maybe |= rule
                if surely:
                    in_force |= rule
        return Masks(
            certain=masks.certain,
            restricts=masks.restricts & ~in_force,
            may_restrict=masks.may_restrict & ~in_force,
            fixed=masks.fixed & ~in_force_maybe,
            grants=masks.grants & ~kept_back_maybe,
            may_grant=masks.may_grant & ~kept_back,
        )

    def _in(self, packs: frozenset[str]) -> int:
        found = 0
        for pack in packs:
            found |= self._of_pack.get(pack, 0)
        return found


def _lifting(rule: ir.Rule, overrides: Mapping[str, Sequence[ir.Override]]) -> Iterable[tuple[str, ir.Guard]]:
    for exception in rule.exceptions:
        yield rule.pack, exception.guard
    for override in overrides.get(rule.id, ()):
        yield override.pack, override.guard


class Listing(Generic[Item]):
    """Lists what the bits of a mask stand for."""

    def __init__(self, items: Sequence[Item]) -> None:
        """List among `items`, the lowest bit's first."""
        self._items = items
        self._few = len(items) <= _FEW
        self._size = (len(items) + 7) // 8
        if self._few:
            self._cells = tuple(_Cell(items[8 * at : 8 * at + 8]) for at in range(self._size))

    @cached_property
    def _array(self) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        array = np.empty(len(self._items), dtype=object)
        array[:] = self._items
        return array

    def of(self, mask: int) -> list[Item]:
        """Return what the bits of `mask` stand for, lowest first."""
        if not self._few:
            return self._array.take(set_places(mask, len(self._items))).tolist()
        found: list[Item] = []
        for cell, octet in zip(self._cells, mask.to_bytes(self._size, "little"), strict=True):
            if octet:
                found += cell[octet]
        return found


class _Cell(dict[int, tuple[Item, ...]]):
    """Eight items, by which of them are wanted; each worked out when first needed."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__()
        self._items = items

    def __missing__(self, octet: int) -> tuple[Item, ...]:
        found = self[octet] = tuple(item for place, item in enumerate(self._items) if octet >> place & 1)
        return found
