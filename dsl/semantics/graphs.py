"""Cycles among names, and an order in which each comes after what it depends on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Node = TypeVar("_Node", bound=Hashable)


def components(depends: Mapping[_Node, Sequence[_Node]]) -> list[tuple[_Node, ...]]:
    """Return the strongly connected components of a graph, each after those that it depends on.

    A component of more than one node is a cycle; so is one whose node depends on itself. What `depends` has
    no entry for is left out.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972; written with a stack of its own,
    since rule text decides how deep the graph is.
    """
    search = _Search(depends)
    for node in depends:
        search.visit(node)
    return search.found


def cycles(depends: Mapping[_Node, Sequence[_Node]]) -> Iterator[tuple[_Node, ...]]:
    """Yield every cyclic component of a graph, its members in the order in which one leads to the next."""
    for component in components(depends):
        if len(component) > 1 or component[0] in depends[component[0]]:
            yield _round_trip(min(component, key=str), frozenset(component), depends)


def _round_trip(start: _Node, members: frozenset[_Node], depends: Mapping[_Node, Sequence[_Node]]) -> tuple[_Node, ...]:
    """Return a shortest way from `start` back to itself."""
    came_from: dict[_Node, _Node] = {}
    frontier = [start]
    while frontier:
        following: list[_Node] = []
        for node in frontier:
            for other in depends[node]:
                if other == start:
                    return tuple(reversed(list(_way_back(node, start, came_from))))
                if other in members and other not in came_from:
                    came_from[other] = node
                    following.append(other)
        frontier = following
    return (start,)


def _way_back(node: _Node, start: _Node, came_from: Mapping[_Node, _Node]) -> Iterator[_Node]:
    while node != start:
        yield node
        node = came_from[node]
    yield start


@dataclass
class _Search(Generic[_Node]):
    """The state of one depth-first search."""

    depends: Mapping[_Node, Sequence[_Node]]
    found: list[tuple[_Node, ...]] = field(default_factory=list)
    _index: dict[_Node, int] = field(default_factory=dict)
    _low: dict[_Node, int] = field(default_factory=dict)
    _open: dict[_Node, None] = field(default_factory=dict)

    def visit(self, root: _Node) -> None:
        if root in self._index:
            return
        path = [(root, self._enter(root))]
        while path:
            node, rest = path[-1]
            if (other := next(rest, None)) is None:
                path.pop()
                self._leave(node, path[-1][0] if path else None)
            elif other not in self._index:
                path.append((other, self._enter(other)))
            elif other in self._open:
                self._low[node] = min(self._low[node], self._index[other])

    def _enter(self, node: _Node) -> Iterator[_Node]:
        self._index[node] = self._low[node] = len(self._index)
        self._open[node] = None
        return (other for other in self.depends[node] if other in self.depends)

    def _leave(self, node: _Node, caller: _Node | None) -> None:
        if caller is not None:
            self._low[caller] = min(self._low[caller], self._low[node])
        if self._low[node] == self._index[node]:
            self.found.append(tuple(self._close(node)))

    def _close(self, root: _Node) -> Iterable[_Node]:
        while True:
            node, _ = self._open.popitem()
            yield node
            if node == root:
                return
