"""How the rules of a release stand for one member: what every way of working it out has to say.

Sets of rules are masks of bits where rules are few, arrays of truths where they are many; both know `&`, `|` and `~`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from dsl.evaluation.lanes import APPLIES, GRANTS, MAY_APPLY, MAY_GRANT, MAY_RESTRICT, RESTRICTS
from dsl.evaluation.once import once
from dsl.semantics import ir

Rules = TypeVar("Rules", bound=Any)
"""A set of rules."""


class Way(enum.Enum):
    """A way to look at rules: as they stand, or with every unknown fact decided for the best, or for the worst."""

    NOW = "now"
    BEST = "best"
    WORST = "worst"


class Masks(NamedTuple, Generic[Rules]):
    """How rules stand for one member: a set each, in the words of `reference.Standing`.

    `certain`: the guard is true. `restricts`, `may_restrict`: the rule applies with a true guard, or at least an
    unknown one. `fixed`: it restricts, and nothing unknown can lift it. `grants`, `may_grant`: its guard is true
    and nothing lifts it, surely or at least possibly.
    """

    certain: Rules
    restricts: Rules
    may_restrict: Rules
    fixed: Rules
    grants: Rules
    may_grant: Rules


class Seen(NamedTuple, Generic[Rules]):
    """The rules, looked at in one way: those that restrict and that grant, surely and at least possibly."""

    restricts: Rules
    may_restrict: Rules
    grants: Rules
    may_grant: Rules


class Standing(ABC, Generic[Rules]):
    """How the rules of one release stand for one member. What is told of rules are their ranks, lowest first."""

    # --- what differs -------------------------------------------------------------------------

    @property
    @abstractmethod
    def contradictions(self) -> Sequence[ir.Contradiction]:
        """Return what cannot all be so, and yet is."""

    @property
    @abstractmethod
    def masks(self) -> Masks[Rules]:
        """Return how each rule stands."""

    @property
    def signature(self) -> Hashable | None:
        """Return how each rule stands, as something to compare; None where that is too much."""
        return None

    @property
    @abstractmethod
    def permissive(self) -> Rules:
        """Return the rules that only permit."""

    @property
    @abstractmethod
    def bounding(self) -> Rules:
        """Return the rules that have a say in how far a GO goes: those with limits, or with an effect on the load."""

    @abstractmethod
    def ranks(self, rules: Rules) -> list[int]:
        """Return the ranks of `rules`."""

    @abstractmethod
    def by_rank(self, rules: Rules) -> int:
        """Return the ranks of `rules` as the bits of a mask."""

    @abstractmethod
    def joined(self, ways: Iterable[tuple[int, Rules]]) -> int:
        """Return the join of the rows of rules, given those that stand in each way."""

    @abstractmethod
    def fired(self) -> list[str]:
        """Return the ids of the rules that apply with a guard that is surely true."""

    # --- what follows -------------------------------------------------------------------------

    def row(self, way: Way) -> int:
        """Return what the rules come to, exercise by exercise, looked at in this `way`."""
        if way is not Way.NOW:
            restricts, _, grants, _ = self.seen(way)
            return self.joined(((RESTRICTS, restricts), (GRANTS, grants)))
        _, restricts, may_restrict, _, grants, may_grant = self.masks
        if restricts is grants and may_restrict is may_grant:
            return self.joined(((APPLIES, grants), (MAY_APPLY, may_grant ^ grants)))
        return self.joined(
            (
                (RESTRICTS, restricts),
                (MAY_RESTRICT, may_restrict ^ restricts),
                (GRANTS, grants),
                (MAY_GRANT, may_grant ^ grants),
            )
        )

    def seen(self, way: Way) -> Seen[Rules]:
        """Return the rules, looked at in this `way`."""
        masks = self.masks
        match way:
            case Way.NOW:
                return Seen(masks.restricts, masks.may_restrict, masks.grants, masks.may_grant)
            case Way.BEST:
                return Seen(masks.fixed, masks.fixed, masks.may_grant, masks.may_grant)
            case Way.WORST:
                return Seen(masks.may_restrict, masks.may_restrict, masks.grants, masks.grants)

    @property
    def applying(self) -> Rules:
        """Return the rules that apply, session and exercises alike."""
        masks, permissive = self.masks, self.permissive
        applying: Rules = masks.may_restrict & ~permissive | masks.grants & permissive
        return applying

    @property
    def undecided(self) -> Rules:
        """Return the rules that would grant something if what they ask about were known to be so."""
        undecided: Rules = self.masks.may_grant ^ self.masks.grants
        return undecided

    @once
    def waiting(self) -> list[int]:
        """Return the rules of which an unknown fact could change what they do."""
        masks = self.masks
        return self.ranks(masks.may_restrict ^ masks.fixed | masks.may_grant ^ masks.grants)

    @property
    def open(self) -> bool:
        """Return whether an unknown fact could change what some rule does."""
        return bool(self.waiting)

    @once
    def certain(self) -> frozenset[int]:
        """Return the rules whose own guard is surely true."""
        return frozenset(self.ranks(self.masks.certain))


_LOADING = frozenset({ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS})


def bounds(rule: ir.Rule) -> bool:
    """Return whether `rule` has a say in how far a GO goes: limits, or an effect on the load."""
    return bool(rule.limits) or rule.effect in _LOADING


def lifting(rule: ir.Rule, overrides: Mapping[str, Sequence[ir.Override]]) -> Iterable[tuple[str, ir.Guard]]:
    """Yield what can lift `rule`, each with its pack: its own exceptions, and the overrides of other packs."""
    for exception in rule.exceptions:
        yield rule.pack, exception.guard
    for override in overrides.get(rule.id, ()):
        yield override.pack, override.guard
