"""What one rule's part in an answer is, remembered by the few facts that it goes by.

Members are practically all distinct; what a single rule looks at is not. So an answer is never remembered as a whole,
but what was worked out for a rule is, as long as the same rule meets the same values.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Generic, TypeVar, assert_never

from dsl.semantics import ir
from dsl.semantics.facts import Facts

Value = TypeVar("Value")
_Key = TypeVar("_Key", bound=Hashable)
_Read = Callable[[Facts], Hashable]
_NOTHING: Mapping[str, bool] = {}
_READS = 16_384
"""Ways to read one fact that rules share."""


class Memory:
    """How much may be remembered by all that share it: past that the oldest is forgotten."""

    __slots__ = ("_kept", "_most", "_weight")

    def __init__(self, most: int) -> None:
        """Have room for values that weigh `most` together."""
        self._most = most
        self._weight = 0
        self._kept: deque[tuple[dict[Any, Any], Hashable, int]] = deque()

    def add(self, found: dict[_Key, Value], key: _Key, value: Value, weight: int = 1) -> Value:
        """Remember in `found` the `value` for `key`, and return it. What weighs more than there is room for is not."""
        if weight > self._most:
            return value
        self._weight += weight
        while self._weight > self._most:
            oldest, forgotten, freed = self._kept.popleft()
            del oldest[forgotten]
            self._weight -= freed
        self._kept.append((found, key, weight))
        found[key] = value
        return value


class Remembered(Generic[Value]):
    """A function of facts that depends on `guards` only, and is worked out once for the same values.

    `key` reads from facts what the value depends on, `found` has the values that are remembered by that: for whoever
    cannot afford a call for each.
    """

    __slots__ = ("_memory", "_work_out", "found", "key")

    def __init__(self, guards: Iterable[ir.Guard], work_out: Callable[[Facts], Value], memory: Memory) -> None:
        """Remember in `memory` what `work_out` returns; it must not look at facts that no guard of `guards` tests."""
        self.key = projection(guards)
        self._work_out = work_out
        self._memory = memory
        self.found: dict[Hashable, Value] = {}

    def __call__(self, facts: Facts) -> Value:
        """Return the value for `facts`."""
        key = self.key(facts)
        found = self.found
        if key in found:
            return found[key]
        return self._memory.add(found, key, self._work_out(facts))


def projection(guards: Iterable[ir.Guard]) -> _Read:
    """Return what reads from facts all that `guards` go by, as something that can be compared."""
    tests = [test for guard in guards for test in tests_of(guard)]
    terms: dict[str, dict[str, None]] = {}
    plain: dict[_Plain, None] = {}
    for test in tests:
        match test:
            case ir.Has():
                terms.setdefault(test.fact, {})[test.term] = None
            case ir.Choice():
                plain[("choices", test.fact)] = None
            case ir.Compare():
                plain[("numbers", test.fact)] = None
            case ir.Unknown():
                terms.setdefault(test.fact, {}).update(dict.fromkeys(test.terms))
                plain[("choices", test.fact)] = plain[("numbers", test.fact)] = None
            case _:
                assert_never(test)
    reads = [_plain(kind, fact) for kind, fact in plain] + [_terms(fact, tuple(of)) for fact, of in terms.items()]
    return _together(reads)


_Plain = tuple[str, str]


def tests_of(guard: ir.Guard) -> Iterator[ir.Test]:
    """Yield every test in `guard`."""
    match guard:
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            for operand in guard.operands:
                yield from tests_of(operand)
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            yield guard
        case ir.Always() | ir.Never():
            return
        case _:
            assert_never(guard)


@lru_cache(_READS)
def _plain(kind: str, fact: str) -> _Read:
    if kind == "choices":
        return lambda facts: facts.choices.get(fact)
    return lambda facts: facts.numbers.get(fact)


@lru_cache(_READS)
def _terms(fact: str, terms: tuple[str, ...]) -> _Read:
    if len(terms) == 1:
        (only,) = terms
        return lambda facts: facts.terms.get(fact, _NOTHING).get(only)
    return lambda facts: tuple(map(facts.terms.get(fact, _NOTHING).get, terms))


def _together(reads: list[_Read]) -> _Read:
    match reads:
        case []:
            return lambda facts: None  # noqa: ARG005 - whatever the facts are
        case [one]:
            return one
        case [one, other]:
            return lambda facts: (one(facts), other(facts))
        case _:
            return lambda facts: tuple([read(facts) for read in reads])


def kept(found: dict[_Key, Value], key: _Key, work_out: Callable[[], Value], most: int = 4_096) -> Value:
    """Return what `found` has for `key`, else what `work_out` returns; of more than `most` the oldest is forgotten."""
    if key in found:
        return found[key]
    if len(found) >= most:
        del found[next(iter(found))]
    value = found[key] = work_out()
    return value
