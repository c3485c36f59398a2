"""Many rules, compiled: each filed under what it needs, so that cost goes with what a member gives reason for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dsl.evaluation.filed import Filed, Folder, Opened, filing_order, normal
from dsl.evaluation.lanes import APPLIES, GRANTS, MAY_APPLY, MAY_GRANT, MAY_RESTRICT, RESTRICTS, Lanes, Rows
from dsl.evaluation.masks import bits
from dsl.evaluation.once import once
from dsl.evaluation.remembered import tests_of
from dsl.evaluation.standing import Masks, Standing, Way, bounds, lifting
from dsl.evaluation.table import Table
from dsl.evaluation.truths import Tests
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.vocabulary import Fact

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Places = NDArray[np.integer[Any]]

_MOST_EMPTY = 64
"""Places of rules that are gone past which all is compiled anew."""

_TOGETHER = 1_500
"""Terms of folders whose test is not known that are looked at together; what comes of them may spare the others."""

_IN_FORCE, _IN_FORCE_MAYBE, _KEPT_BACK, _KEPT_BACK_MAYBE = 1, 2, 4, 8
"""Of a rule that something may lift: surely or possibly by a pack in force; surely or possibly by any pack."""


class _Stand(NamedTuple):
    """Ways to stand of rules whose guards are surely, or possibly, true; and what keeps their grants back."""

    applies: int
    restricts: int
    grants: int
    kept_back: int


_SURELY = _Stand(APPLIES, RESTRICTS, GRANTS, _KEPT_BACK_MAYBE)
_POSSIBLY = _Stand(MAY_APPLY, MAY_RESTRICT, MAY_GRANT, _KEPT_BACK)


class Wide:
    """Rules, with what can lift them, over one vocabulary. Each rule has a place in all arrays."""

    def __init__(
        self,
        ranked: Sequence[ir.Rule],
        overrides: Mapping[str, Sequence[ir.Override]],
        contradictions: Sequence[ir.Contradiction],
        lanes: Lanes,
        facts: Mapping[str, Fact],
    ) -> None:
        """Compile the rules `ranked`; `overrides` are by the id of the rule that they lift."""
        guards = [normal(rule.guard) for rule in ranked]
        order = filing_order(guards, facts)
        rules = [ranked[rank] for rank in order]
        guards = [guards[rank] for rank in order]
        lifts = [(place, pack, guard) for place, rule in enumerate(rules) for pack, guard in lifting(rule, overrides)]
        self._facts = facts
        lift_guards = [normal(guard) for _, _, guard in lifts]
        self.tests = Tests((test for of in (*guards, *lift_guards) for test in tests_of(of.guard)), facts)
        self.filed = Filed(guards, self.tests, facts)
        self.rows = Rows(rules, lanes)
        self.lanes = lanes
        self._settle(rules, frozenset(), ranked)
        self.lifts = Filed(lift_guards, self.tests, facts) if lifts else None
        self.lifted_rules = np.array([place for place, _, _ in lifts], dtype=np.intp)
        self._lifting_packs = [pack for _, pack, _ in lifts]
        self._contradictions = contradictions
        self._impossible = Table([[known.guard for known in contradictions]], facts) if contradictions else None

    def _settle(self, rules: Sequence[ir.Rule], empty: frozenset[int], ranked: Sequence[ir.Rule]) -> None:
        """Note of the rule at each place all that is asked of it; of one that is `empty` nothing ever is."""
        self._crown()
        self._rules, self._empty = rules, empty
        ranks = {rule.id: rank for rank, rule in enumerate(ranked)}
        self.names = _objects([_beside(rule.id) for rule in rules])
        self.rank = np.array([ranks.get(rule.id, 0) for rule in rules], dtype=np.int32)
        packs = {name: place for place, name in enumerate(dict.fromkeys(rule.pack for rule in rules))}
        self._packs = tuple(packs)
        self.pack = np.array([packs[rule.pack] for rule in rules], dtype=np.intp)
        self.permissive = np.array([rule.effect in ir.PERMISSIVE for rule in rules], dtype=bool)
        self.bounding = np.array([bounds(rule) for rule in rules], dtype=bool)

    def revised(self, ranked: Sequence[ir.Rule], overrides: Mapping[str, Sequence[ir.Override]]) -> Wide | None:
        """Return this with the rules as they are `ranked` now; None where that is better compiled anew.

        A rule that is new gets a place behind all others, the place of one that is gone stays empty; only the folders
        that these are filed in are made anew. Overrides are what they were.
        """
        now = {rule.id: rule for rule in ranked}
        gone = {at: rule for at, rule in enumerate(self._rules) if at not in self._empty and now.get(rule.id) != rule}
        kept = {rule.id for at, rule in enumerate(self._rules) if at not in self._empty and at not in gone}
        new = [rule for rule in ranked if rule.id not in kept]
        empty = self._empty | gone.keys()
        if len(empty) > _MOST_EMPTY or any([*lifting(rule, overrides)] for rule in (*gone.values(), *new)):
            return None
        added = {at: normal(rule.guard) for at, rule in enumerate(new, len(self._rules))}
        tests = self.tests.with_late(test for rule in new for test in tests_of(rule.guard))
        if tests is None:
            return None
        filed = self.filed.revised({at: normal(rule.guard) for at, rule in gone.items()}, added, tests)
        if filed is None:
            return None
        found = copy(self)
        found.tests, found.filed, found.rows = tests, filed, self.rows.with_more(new)
        found._settle([*[now.get(rule.id, rule) for rule in self._rules], *new], empty, ranked)  # noqa: SLF001 - of this very class
        return found

    def _crown(self) -> None:
        """Note of each folder what its rules come to at most while nothing is sure; what is rare comes first."""
        for folder in self.filed.folders.values():
            folder.most = self.rows.joined([(MAY_APPLY, self.filed.owners(folder))])
        rest = 0
        for folder in reversed(self.filed.arranged(lambda folder: self.lanes.session(folder.most))):
            folder.rest = rest = rest | folder.most

    def stand(self, facts: Facts, overdue: frozenset[str]) -> Standing[Any]:
        """Return how the rules stand for a member while the packs `overdue` are past their review."""
        return _Standing(self, facts, overdue)

    def fired(self, facts: Facts, overdue: frozenset[str]) -> list[str]:
        """Return the ids of the rules that apply with a guard that is surely true."""
        if overdue or self.lifts is not None:
            return _Standing(self, facts, overdue).fired()
        filed = self.filed
        truths = np.frombuffer(self.tests.truths(facts), np.uint8)
        sure = filed.sure(filed.open(filed.held(facts), truths))
        found: list[str] = self.names.take(_once(_with(sure, filed.by_itself(facts)[0]))).tolist()
        return found

    def impossible(self, facts: Facts) -> list[ir.Contradiction]:
        """Return what cannot all be so, and yet is."""
        if self._impossible is None:
            return []
        _, sure = self._impossible.fold(0, *self._impossible.survivors(facts), facts)
        return [self._contradictions[place] for place in self._impossible.guards(0, sure)]

    def late(self, overdue: frozenset[str]) -> Bools:
        """Return which rules are of packs that are `overdue`."""
        return np.array([pack in overdue for pack in self._packs], dtype=bool).take(self.pack)

    def liftings(self, may_lift: Places, lift: Places, overdue: frozenset[str]) -> NDArray[np.uint8]:
        """Return for every rule what the exceptions and overrides come to that surely, or at least may, hold."""
        found = np.zeros(len(self.names), dtype=np.uint8)
        of = self.lifted_rules
        found[of.take(may_lift)] |= _KEPT_BACK_MAYBE
        found[of.take(lift)] |= _KEPT_BACK
        if overdue:
            in_force = np.array([pack not in overdue for pack in self._lifting_packs], dtype=bool)
            may_lift, lift = may_lift.compress(in_force.take(may_lift)), lift.compress(in_force.take(lift))
        found[of.take(may_lift)] |= _IN_FORCE_MAYBE
        found[of.take(lift)] |= _IN_FORCE
        return found


def _objects(items: Sequence[object]) -> NDArray[np.object_]:
    found = np.empty(len(items), dtype=object)
    found[:] = items
    return found


def _beside(name: str) -> str:
    """Return a copy of `name`. Copies made one after the other lie together, as the rules that apply together do."""
    return name.encode().decode()


def _once(places: Places) -> Places:
    """Return `places`, each once, lowest first."""
    found = places.copy()
    found.sort(kind="stable")  # what is filed together comes in order: this only merges
    new = np.empty(len(found), dtype=bool)
    new[:1] = True
    np.not_equal(found[1:], found[:-1], out=new[1:])
    return found.compress(new)


def _with(places: Places, more: Sequence[int]) -> Places:
    return np.concatenate((places, np.array(more, dtype=np.intp))) if more else places


class _Standing(Standing["Bools"]):
    """How the rules stand for one member, worked out when it is asked for.

    Sets of rules are truths for each of `_possible`, the rules of which something may apply.
    """

    def __init__(self, wide: Wide, facts: Facts, overdue: frozenset[str]) -> None:
        self._wide = wide
        self._facts = facts
        self._overdue = overdue

    # --- guards -------------------------------------------------------------------------------

    @once
    def _truths(self) -> NDArray[np.uint8]:
        return np.frombuffer(self._wide.tests.truths(self._facts), dtype=np.uint8)

    @once
    def _held(self) -> Opened:
        filed = self._wide.filed
        return filed.open(filed.held(self._facts), self._truths)

    @once
    def _alone(self) -> tuple[list[int], list[int]]:
        return self._wide.filed.by_itself(self._facts)

    @once
    def _sure(self) -> Places:
        """Return the rules whose guard is surely true."""
        return _once(_with(self._wide.filed.sure(self._held), self._alone[0]))

    @once
    def _possible(self) -> Places:
        """Return the rules whose guard may be true."""
        filed = self._wide.filed
        doubtful = filed.doubtful(self._facts)
        found = filed.possible(self._held)
        if doubtful:
            found = np.concatenate((found, self._possibly_in(doubtful)))
        return _once(_with(found, self._alone[1]))

    @once
    def _lifted(self) -> NDArray[np.uint8] | None:
        """Return for every rule what may lift it; None where nothing can lift any."""
        wide = self._wide
        if wide.lifts is None:
            return None
        held, doubtful = wide.lifts.held(self._facts), wide.lifts.doubtful(self._facts)
        surely, possibly = wide.lifts.by_itself(self._facts)
        may_lift = _with(wide.lifts.possible(wide.lifts.open(held + doubtful, self._truths)), possibly)
        if not len(may_lift):
            return None
        lift = _with(wide.lifts.sure(wide.lifts.open(held, self._truths)), surely)
        return wide.liftings(may_lift, lift, self._overdue)

    # --- the whole ----------------------------------------------------------------------------

    @once
    def contradictions(self) -> Sequence[ir.Contradiction]:
        return self._wide.impossible(self._facts)

    @once
    def masks(self) -> Masks[Bools]:
        possible = self._possible
        may = np.ones(len(possible), dtype=bool)
        certain = np.zeros(len(possible), dtype=bool)
        certain[possible.searchsorted(self._sure)] = True
        restricts, fixed, grants, may_restrict, may_grant = certain, certain, certain, may, may
        if self._lifted is not None:
            lifted = self._lifted.take(possible)
            restricts, may_restrict = certain & (lifted & _IN_FORCE == 0), lifted & _IN_FORCE == 0
            fixed = certain & (lifted & _IN_FORCE_MAYBE == 0)
            grants, may_grant = certain & (lifted & _KEPT_BACK_MAYBE == 0), lifted & _KEPT_BACK == 0
        if self._overdue:
            timely = ~self._wide.late(self._overdue).take(possible)
            grants, may_grant = grants & timely, may_grant & timely
        return Masks(certain, restricts, may_restrict, fixed, grants, may_grant)

    @once
    def permissive(self) -> Bools:
        return self._wide.permissive.take(self._possible)

    @once
    def bounding(self) -> Bools:
        return self._wide.bounding.take(self._possible)

    def ranks(self, rules: Bools) -> list[int]:
        found: list[int] = np.sort(self._wide.rank.take(self._possible.compress(rules))).tolist()
        return found

    def by_rank(self, rules: Bools) -> int:
        return bits(self.ranks(rules))

    def joined(self, ways: Iterable[tuple[int, Bools]]) -> int:
        possible = self._possible
        return self._wide.rows.joined([(way, possible.compress(rules)) for way, rules in ways])

    # --- what is asked most -------------------------------------------------------------------

    def fired(self) -> list[str]:
        wide, sure = self._wide, self._sure
        if self._lifted is not None or self._overdue:
            permissive = wide.permissive.take(sure)
            restricts, grants = self._in_force(sure), self._granting(sure, _KEPT_BACK_MAYBE)
            sure = sure.compress(np.where(permissive, grants, restricts))
        found: list[str] = wide.names.take(sure).tolist()
        return found

    def row(self, way: Way) -> int:
        """Return what the rules come to; as they stand, of what may apply only as much as decides about verdicts."""
        if way is not Way.NOW:
            return super().row(way)
        filed, rows, (surely, possibly) = self._wide.filed, self._wide.rows, self._alone
        sure, may = filed.surely_or_not(self._held)
        sure, may = _with(sure, surely), _with(may, possibly)
        if self._lifted is not None:  # what surely applies may yet grant something only possibly
            may = np.concatenate((sure, may))
        some, doubtful = _first(filed.doubtful(self._facts))
        if some:
            may = np.concatenate((may, self._possibly_in(some)))
        row = rows.joined([*self._ways(sure, _SURELY), *self._ways(may, _POSSIBLY)])
        while doubtful:
            settled = self._wide.lanes.settled(row)
            if doubtful[0].rest | settled == settled:
                break
            some, doubtful = _first([folder for folder in doubtful if folder.most | settled != settled])
            if some:
                row |= rows.joined(self._ways(self._possibly_in(some), _POSSIBLY))
        return row

    def _possibly_in(self, folders: Sequence[Folder]) -> Places:
        return self._wide.filed.possible(self._wide.filed.open(folders, self._truths))

    def _ways(self, places: Places, stand: _Stand) -> list[tuple[int, Places]]:
        """Return in which ways the rules at `places` stand, whose guards are surely or possibly true."""
        if self._lifted is None and not self._overdue:
            return [(stand.applies, places)]
        restricting, granting = self._in_force(places), self._granting(places, stand.kept_back)
        return [(stand.restricts, places.compress(restricting)), (stand.grants, places.compress(granting))]

    def _in_force(self, places: Places) -> Bools:
        """Return which rules at `places` nothing surely lifts."""
        if self._lifted is None:
            return np.ones(len(places), dtype=bool)
        found: Bools = self._lifted.take(places) & _IN_FORCE == 0
        return found

    def _granting(self, places: Places, kept_back: int) -> Bools:
        """Return which rules at `places` may grant."""
        found: Bools = np.ones(len(places), dtype=bool)
        if self._lifted is not None:
            found &= self._lifted.take(places) & kept_back == 0
        if self._overdue:
            found &= ~self._wide.late(self._overdue).take(places)
        return found


def _first(folders: list[Folder]) -> tuple[list[Folder], list[Folder]]:
    """Return `folders` in two parts, the first to look into before the others."""
    terms = 0
    for place, folder in enumerate(folders, 1):
        terms += folder.size
        if terms >= _TOGETHER:
            return folders[:place], folders[place:]
    return folders, []
