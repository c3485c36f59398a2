"""One body of rules, compiled: which of them stand, and how, as masks of bits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from dsl.evaluation.filed import filing_order, normal
from dsl.evaluation.lanes import Joining, Lanes
from dsl.evaluation.listing import Listing
from dsl.evaluation.masks import Union, bits
from dsl.evaluation.once import once
from dsl.evaluation.standing import Masks, Standing, bounds, lifting
from dsl.evaluation.table import Table
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Fact

_FEW = 1024
"""Rules up to which their ranks are joined as bits; of more, they are listed."""


class Part:
    """Rules, with what can lift them, over one vocabulary."""

    def __init__(
        self,
        ranked: Sequence[ir.Rule],
        overrides: Mapping[str, Sequence[ir.Override]],
        contradictions: Sequence[ir.Contradiction],
        lanes: Lanes,
        facts: Mapping[str, Fact],
    ) -> None:
        """Compile the rules `ranked`; `overrides` are by the id of the rule that they lift."""
        order = filing_order(
            [normal(rule.guard) for rule in ranked], facts
        )  # those that may apply together lie together
        rules = [ranked[rank] for rank in order]
        lifted = [(place, pack, guard) for place, rule in enumerate(rules) for pack, guard in lifting(rule, overrides)]
        self.table = Table(
            ([rule.guard for rule in rules], [guard for _, _, guard in lifted], [c.guard for c in contradictions]),
            facts,
        )
        of_rules, of_lifts, _ = self.table.spans
        self.rules = [rules[place] for place in of_rules.guards]
        bit_of = {place: bit for bit, place in enumerate(of_rules.guards)}
        lifts = [lifted[place] for place in of_lifts.guards]
        self._lifts_of = {
            name: bits(bit for bit, (_, pack, _) in enumerate(lifts) if pack == name) for _, name, _ in lifts
        }
        self._lifted_by = Union([1 << bit_of[of] for of, _, _ in lifts])
        self._liftable = bits(bit_of[place] for place, _, _ in lifted)
        self._contradictions = contradictions
        self.joining = Joining(self.rules, lanes)
        self.permissive = self.mask(lambda rule: rule.effect in ir.PERMISSIVE)
        self.bounding = self.mask(bounds)
        self._of_pack = {name: self._mask_of(name) for name in {rule.pack for rule in rules}}
        names = [rule.id for rule in self.rules]
        self.names = Listing(names)
        self._names_of_terms = Listing([names[rule] for rule in of_rules.owners()])
        self._terms = of_rules.whole
        self._liftable_terms = of_rules.spread(self._liftable)
        self._by_themselves = bool(self.table.alone[0])
        ranks = [order[place] for place in of_rules.guards]
        self.ranks = Listing(ranks)
        self._by_rank = Union([1 << rank for rank in ranks]) if len(ranks) <= _FEW else None

    def mask(self, wanted: Callable[[ir.Rule], bool]) -> int:
        """Return the mask of the rules that are `wanted`."""
        return bits(bit for bit, rule in enumerate(self.rules) if wanted(rule))

    def _mask_of(self, pack: str) -> int:
        return self.mask(lambda rule: rule.pack == pack)

    def by_rank(self, rules: int) -> int:
        """Return the ranks of `rules` as the bits of a mask."""
        return bits(self.ranks.of(rules)) if self._by_rank is None else self._by_rank.of(rules)

    def stand(self, facts: Facts, overdue: frozenset[str]) -> Standing[int]:
        """Return how the rules stand for a member while the packs `overdue` are past their review."""
        return _Standing(self, facts, overdue)

    def fired(self, facts: Facts, overdue: frozenset[str]) -> list[str]:
        """Return the ids of the rules that apply with a guard that is surely true, without asking which others may."""
        sure = self.table.surely(facts) & self._terms
        if overdue or self._by_themselves or sure & self._liftable_terms:
            return self.stand(facts, overdue).fired()
        found = self._names_of_terms.of(sure)
        return list(dict.fromkeys(found)) if sure >> len(self.rules) else found

    def stood(self, facts: Facts, overdue: frozenset[str]) -> tuple[Masks[int], list[ir.Contradiction]]:
        """Return how the rules stand, worked out, and what cannot all be so."""
        could, sure = self.table.survivors(facts)
        possible, certain = self.table.fold(0, could, sure, facts)
        masks = Masks(certain, certain, possible, certain, certain, possible)
        if self._liftable:
            masks = self._lifted(masks, *self.table.fold(1, could, sure, facts), overdue)
        if overdue:
            late = _in(overdue, self._of_pack)
            masks = masks._replace(grants=masks.grants & ~late, may_grant=masks.may_grant & ~late)
        return masks, self._impossible(could, sure, facts) if self._contradictions else []

    def _impossible(self, could: int, sure: int, facts: Facts) -> list[ir.Contradiction]:
        _, certain = self.table.fold(2, could, sure, facts)
        return [self._contradictions[place] for place in self.table.guards(2, certain)]

    def _lifted(self, masks: Masks[int], may_lift: int, lift: int, overdue: frozenset[str]) -> Masks[int]:
        """Return `masks` after exceptions and overrides. An overdue pack's lift nothing, and go on keeping back."""
        if not may_lift:
            return masks
        kept_back_maybe = in_force_maybe = self._lifted_by.of(may_lift)
        kept_back = in_force = kept_back_maybe if lift is may_lift else self._lifted_by.of(lift)
        if overdue:
            late = _in(overdue, self._lifts_of)
            in_force_maybe, in_force = self._lifted_by.of(may_lift & ~late), self._lifted_by.of(lift & ~late)
        return Masks(
            certain=masks.certain,
            restricts=masks.restricts & ~in_force,
            may_restrict=masks.may_restrict & ~in_force,
            fixed=masks.fixed & ~in_force_maybe,
            grants=masks.grants & ~kept_back_maybe,
            may_grant=masks.may_grant & ~kept_back,
        )


def _in(packs: frozenset[str], of_pack: Mapping[str, int]) -> int:
    """Return what is of any of `packs`, as a mask."""
    found = 0
    for pack in packs:
        found |= of_pack.get(pack, 0)
    return found


class _Standing(Standing[int]):
    """How the rules of a part stand for one member, worked out when it is asked for."""

    def __init__(self, part: Part, facts: Facts, overdue: frozenset[str]) -> None:
        self._part = part
        self._facts = facts
        self._overdue = overdue

    @once
    def _stood(self) -> tuple[Masks[int], list[ir.Contradiction]]:
        return self._part.stood(self._facts, self._overdue)

    @property
    def masks(self) -> Masks[int]:
        return self._stood[0]

    @property
    def contradictions(self) -> Sequence[ir.Contradiction]:
        return self._stood[1]

    @property
    def signature(self) -> Hashable:
        """Return how each rule stands."""
        return self.masks

    @property
    def permissive(self) -> int:
        return self._part.permissive

    @property
    def bounding(self) -> int:
        return self._part.bounding

    def ranks(self, rules: int) -> list[int]:
        return sorted(self._part.ranks.of(rules)) if rules else []

    def by_rank(self, rules: int) -> int:
        return self._part.by_rank(rules) if rules else 0

    def joined(self, ways: Iterable[tuple[int, int]]) -> int:
        return self._part.joining.joined(ways)

    def fired(self) -> list[str]:
        part, masks = self._part, self.masks
        return part.names.of(masks.restricts & ~part.permissive | masks.grants & part.permissive)
