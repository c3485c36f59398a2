"""Cycles, and orders in which each name comes after what it depends on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsl.semantics.graphs import components, cycles

GRAPHS = st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 9), max_size=4), max_size=9)


def reached(graph: dict[int, list[int]], start: int) -> set[int]:
    seen: set[int] = set()
    waiting = [other for other in graph[start] if other in graph]
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += [other for other in graph[node] if other in graph]
    return seen


@given(GRAPHS)
def test_components_hold_what_reaches_each_other_and_follow_what_they_depend_on(graph: dict[int, list[int]]) -> None:
    done: set[int] = set()
    for component in components(graph):
        for node in component:
            together = {other for other in reached(graph, node) if node in reached(graph, other)} | {node}
            assert together == set(component)
            assert reached(graph, node) <= done | set(component)
        done |= set(component)
    assert done == set(graph)


@given(GRAPHS)
def test_every_cycle_leads_back_to_itself(graph: dict[int, list[int]]) -> None:
    found = list(cycles(graph))
    for cycle in found:
        for node, following in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert following in graph[node]
        assert len(set(cycle)) == len(cycle)
    on_cycles = {node for node in graph if node in reached(graph, node)}
    assert len(found) <= len(on_cycles)
    assert bool(found) is bool(on_cycles)


def test_depth_costs_no_stack() -> None:
    chain = {place: [place + 1] for place in range(50_000)} | {50_000: []}
    assert [component[0] for component in components(chain)][:2] == [50_000, 49_999]
    ring = {place: [(place + 1) % 50_000] for place in range(50_000)}
    assert len(next(iter(cycles(ring)))) == 50_000
