"""Which exercises a target means: itself with its kinds where a rule restricts, only itself where it permits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from dsl.semantics.declarations import Declarations
from dsl.semantics.graphs import components
from dsl.syntax import ast

_Sets = Mapping[str, frozenset[str]]
_NOBODY: frozenset[str] = frozenset()


class TooManyError(Exception):
    """Classes and kinds are so entangled that their extensions do not fit into the bound."""


@dataclass(frozen=True)
class Catalogue:
    """All exercises with their classes and kinds.

    `ancestors`: of each exercise, those it is a kind of, through any number of steps. `own`: its declared
    classes and the unions that these belong to. Names that are not declared are ignored.
    """

    exercises: frozenset[str]
    ancestors: _Sets
    own: _Sets
    _wide: dict[ast.Target, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _narrow: dict[ast.Target, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _spread: dict[str, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, declared: Declarations, bound: int) -> Catalogue:
        """Return the catalogue of `declared`, which has no cycles.

        Raises:
            TooManyError: more than `bound` pairs of an exercise and something above it.
        """
        unions = _closed({name: [part.text for part in node.union] for name, node in declared.classes.items()}, bound)
        above = _inverted(unions)
        parents = {
            name: [parent.text for parent in node.parents if parent.text in declared.exercises]
            for name, node in declared.exercises.items()
        }
        own = {
            name: _with_unions((parent.text for parent in node.parents if parent.text in declared.classes), above)
            for name, node in declared.exercises.items()
        }
        if sum(map(len, own.values())) > bound:
            raise TooManyError
        return cls(frozenset(declared.exercises), _closed(parents, bound), own)

    # --- extensions ---------------------------------------------------------------------------

    def wide(self, target: ast.Target) -> frozenset[str]:
        """Return what a restriction of `target` touches: members, kinds of both; exclusions taken narrowly."""
        known = self._wide.get(target)
        if known is None:
            excluded = _NOBODY.union(*(self._narrow_of(name.text) for name in target.exclude))
            known = self._included(target, [self._wide_of(name.text) for name in target.names]) - excluded
            self._wide[target] = known
        return known

    def narrow(self, target: ast.Target) -> frozenset[str]:
        """Return what a permission of `target` reaches: named or declared members; exclusions taken widely."""
        known = self._narrow.get(target)
        if known is None:
            known = self._permitted(target, [self._narrow_of(name.text) for name in target.names])
            self._narrow[target] = known
        return known

    def narrow_with_variants(self, target: ast.Target) -> frozenset[str]:
        """Return what a permission of `target with variants` reaches: kinds too; exclusions taken widely."""
        return self._permitted(target, [self._wide_of(name.text) for name in target.names])

    def _permitted(self, target: ast.Target, named: Sequence[frozenset[str]]) -> frozenset[str]:
        excluded = _NOBODY.union(*(self._wide_of(name.text) for name in target.exclude))
        return self._included(target, named) - excluded

    def _included(self, target: ast.Target, named: Sequence[frozenset[str]]) -> frozenset[str]:
        return self.exercises if target.any or not named else frozenset.intersection(*named)

    def _narrow_of(self, name: str) -> frozenset[str]:
        return frozenset((name,)) if name in self.exercises else self._members.get(name, _NOBODY)

    def _wide_of(self, name: str) -> frozenset[str]:
        if name not in self._spread:
            members = self._narrow_of(name)
            self._spread[name] = members.union(*(self._kinds.get(member, _NOBODY) for member in members))
        return self._spread[name]

    @cached_property
    def _members(self) -> _Sets:
        """Return the exercises that declare a class themselves, by class."""
        return _inverted(self.own)

    @cached_property
    def _kinds(self) -> _Sets:
        """Return the kinds of an exercise, by exercise."""
        return _inverted(self.ancestors)


def _with_unions(classes: Iterable[str], above: _Sets) -> frozenset[str]:
    names = frozenset(classes)
    return names.union(*(above.get(name, _NOBODY) for name in names))


def _closed(direct: Mapping[str, Sequence[str]], bound: int) -> dict[str, frozenset[str]]:
    """Return, of each name, all that its direct relations lead to."""
    closed: dict[str, frozenset[str]] = {}
    size = 0
    for component in components(direct):
        name = component[0]
        known = [other for other in direct[name] if other in closed]
        closed[name] = frozenset(known).union(*(closed[other] for other in known))
        size += len(closed[name])
        if size > bound:
            raise TooManyError
    return closed


def _inverted(related: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, others in related.items():
        for other in others:
            found.setdefault(other, set()).add(name)
    return {name: frozenset(others) for name, others in found.items()}
