"""Puts a rule in order that begins with its condition or exercise: `if pain=acute then avoid deadlift`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from dsl.syntax.automaton import END
from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.diagnostics import MOST_TO_TYPE, Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, joined
from dsl.syntax.restrictions import denies, excludes
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

CONDITIONS = frozenset({"if", "when", "whenever"})
"""The words that a rule begins with where its author puts the condition first."""

_BEFORE_ACTIONS = frozenset({"then", ",", ":"})
_OTHERWISE = frozenset({"else", "otherwise"})


def condition_first(stuck: Stuck) -> Diagnostic | None:
    """Return how a rule is written that begins with its condition; None where no action follows, or a denied one."""
    opening = stuck.token
    parts = _parts(stuck, opening) if opening is not None and opening in CONDITIONS else None
    if opening is None or parts is None:
        return None
    message = f"`{stuck.word}` does not open a statement"
    when = opening.read_as("WHEN", "when")
    whole = [*parts.action, when, *parts.guard, *parts.clauses]
    if not parts.more and _parses(whole, END) and len(joined(whole)) <= MOST_TO_TYPE:
        place = stuck.span_of(opening, [*parts.action, *parts.clauses][-1])
        return stuck.found("E102", message, f"begin with what the rule does: write `{joined(whole)}`", at=place)
    if not _parses([*parts.action, when]):
        return None
    return stuck.found("E102", message, f"begin with what the rule does: `{joined(parts.action)} when …`")


def exercise_first(stuck: Stuck) -> Diagnostic | None:
    """Return how a rule begins whose exercise stands first: `deadlift: avoid when …`; None where it is none."""
    name, behind = stuck.token, [token for token in stuck.rest[:3] if token not in _BETWEEN]
    action = [token for token in behind[:1] if token in ACTIONS]
    when = [token for token in behind[1:2] if token.kind == "WHEN"]
    if name is None or name.kind != "NAME" or not action or not when or not _parses([*action, name, *when]):
        return None
    help_ = f"begin with what the rule does: `{action[0]} {name} when …`"
    return stuck.found("E102", f"`{name}` does not open a statement", help_)


_BETWEEN = frozenset({":", "=", "is", ","})


class _Parts(NamedTuple):
    """The words behind a condition's `if`: what they ask, what they do, the clauses, and whether they say more."""

    guard: list[Token]
    action: list[Token]
    clauses: list[Token]
    more: bool


def _parts(stuck: Stuck, opening: Token) -> _Parts | None:
    tokens = list(_of_this_rule(stuck, opening))
    at = next((at for at, token in enumerate(tokens) if token in ACTIONS), None)
    if at is None:
        return None
    end = at
    while end and tokens[end - 1] in _BEFORE_ACTIONS:
        end -= 1
    if _says_more(tokens[:end]):
        return None
    said = list(takewhile(lambda token: token not in _OTHERWISE, tokens[at:]))
    action = list(takewhile(lambda token: token.kind not in CLAUSES, said))
    return _Parts(tokens[:end], action, said[len(action) :], len(said) < len(tokens[at:]))


def _says_more(before: list[Token]) -> bool:
    """Return whether more than a condition stands before the action: `then do not`, `, never`, `> 5 must not`.

    The action alone would then be the opposite of what the rule says.
    """
    if any(token in _ENDS_CONDITION for token in before):
        return True
    kinds = ["WHEN", *(token.kind for token in before)]
    asked = grammar().statement().fitting(["STOP", "SESSION", *kinds]) - len(["STOP", "SESSION", "WHEN"])
    read_so = [token for token in before if token.kind == "NAME" and token not in _VALUES]
    read_so += [token for token in before[-1:] if token.kind == "NOT"]
    return excludes(before[asked:]) or any(denies(token) for token in read_so)


_ENDS_CONDITION = frozenset({"then", ":"})
"""The words that no condition goes on behind; those right before the action are no part of `before`."""


_VALUES = frozenset({"none"})
"""What denies nothing where it is a name."""


def _of_this_rule(stuck: Stuck, opening: Token) -> Iterator[Token]:
    """Yield the words behind `if`, up to the line behind the action that is no further in."""
    acts, line = False, 0
    for token in stuck.rest:
        deeper = token.line == line or token.column > opening.column
        if acts and not deeper and token.kind not in CLAUSES:
            return
        acts, line = acts or token in ACTIONS, token.line
        yield token


def _parses(tokens: list[Token], *ends: str) -> bool:
    """Return whether a statement begins with these words."""
    kinds = [*(token.kind for token in tokens), *ends]
    return grammar().statement().fitting(kinds) == len(kinds)
