"""Runs the parse table that lark makes of the grammar, one token at a time, and builds the tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from lark.parsers.lalr_analysis import Shift

from dsl.syntax.tree import Child, Node, Token

if TYPE_CHECKING:
    from lark.grammar import Rule
    from lark.parsers.lalr_analysis import ParseTableBase

END = "$END"
"""The kind of token that stands behind the last one."""

_Value: TypeAlias = Child | list[Child]
"""What a rule has become: a node or a token, or the children that a rule without a node of its own gives away."""


class _Reduction(NamedTuple):
    """A rule that has been read: how many values it is made of, its name, and what builds one value of them."""

    size: int
    name: str
    build: Callable[[list[_Value]], _Value]


class State:
    """A row of the table: what follows each token, and each rule that has been read."""

    __slots__ = ("after", "reductions", "shifts")

    def __init__(self) -> None:
        self.shifts: dict[str, State] = {}
        self.reductions: dict[str, _Reduction] = {}
        self.after: dict[str, State] = {}


def automaton(table: ParseTableBase[int], start: str) -> State:
    """Return the state that awaits `start`, every other one behind it."""
    states = {number: State() for number in table.states}
    reductions: dict[Rule, _Reduction] = {}
    for number, row in table.states.items():
        state = states[number]
        for name, (action, to) in row.items():
            if action is not Shift:
                state.reductions[name] = reductions.setdefault(to, _reduction(to))
            elif name.isupper():
                state.shifts[name] = states[to]
            else:
                state.after[name] = states[to]
    states[table.end_states[start]].shifts[END] = State()
    return states[table.start_states[start]]


def _reduction(rule: Rule) -> _Reduction:
    name = str(rule.origin.name)
    splices = any(_is_hidden(symbol.name) for symbol in rule.expansion)
    build: Callable[[list[_Value]], _Value]
    match _is_hidden(name), rule.options.expand1, splices:
        case True, _, True:
            build = _spliced
        case True, _, False:
            build = _as_they_are
        case _, True, _:
            build = partial(_node_of_many, name)
        case _, _, True:
            build = partial(_node_of_spliced, name)
        case _:
            build = cast("Callable[[list[_Value]], _Value]", partial(Node, name))
    return _Reduction(len(rule.expansion), name, build)


def _is_hidden(name: str) -> bool:
    """Return whether a rule has no node of its own: its name says so, or the grammar repeats it."""
    return name.startswith("_")


def _as_they_are(values: list[_Value]) -> list[Child]:
    return values  # type: ignore[return-value]  # none of them is a list, for no part of the rule is hidden


def _node_of_spliced(kind: str, values: list[_Value]) -> Node:
    return Node(kind, _spliced(values))


def _node_of_many(kind: str, values: list[_Value]) -> Child:
    """Return the only child, or else a node."""
    children = _spliced(values)
    return children[0] if len(children) == 1 else Node(kind, children)


def _spliced(values: list[_Value]) -> list[Child]:
    """Return `values`, those of hidden rules among them; a list at the front is lengthened and not copied."""
    children: list[Child] = []
    for value in values:
        if not isinstance(value, list):
            children.append(value)
        elif children:
            children += value
        else:
            children = value
    return children


class Parser:
    """One statement on its way through the table."""

    __slots__ = ("_states", "_values")

    def __init__(self, start: State) -> None:
        self._states = [start]
        self._values: list[_Value] = []

    def feed(self, token: Token) -> bool:
        """Take the next token; return whether it fits. After one that does not, the parser is of no more use."""
        states, values, kind = self._states, self._values, token.kind
        while (reduction := states[-1].reductions.get(kind)) is not None:
            size, name, build = reduction
            if size:
                read = values[-size:]
                del values[-size:], states[-size:]
            else:
                read = []
            values.append(build(read))
            states.append(states[-1].after[name])
        following = states[-1].shifts.get(kind)
        if following is None:
            return False
        states.append(following)
        values.append(token)
        return True

    def finish(self, last: Token) -> Node | None:
        """Return the tree of the statement that `last` ends; None where it is not whole."""
        return cast("Node", self._values[-2]) if self.feed(last.read_as(END, "")) else None

    def accepted(self) -> frozenset[str]:
        """Return the kinds of tokens that fit next, each tried: the table alone promises too many."""
        here = self._states[-1]
        return frozenset(kind for kind in (*here.shifts, *here.reductions) if _goes_on(list(self._states), kind))

    def fitting(self, kinds: Sequence[str]) -> int:
        """Return how many tokens of these kinds would fit next, one after the other; the parser stays as it is."""
        states = list(self._states)
        return next((count for count, kind in enumerate(kinds) if not _goes_on(states, kind)), len(kinds))


def _goes_on(states: list[State], kind: str) -> bool:
    """Move `states` past a token without building anything; return whether it fits."""
    while (reduction := states[-1].reductions.get(kind)) is not None:
        del states[len(states) - reduction.size :]
        states.append(states[-1].after[reduction.name])
    following = states[-1].shifts.get(kind)
    if following is not None:
        states.append(following)
    return following is not None
