"""Recognises mistakes in guards: `and` mixed with `or`, other languages' comparisons, lists, parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

CLAUSES = frozenset(
    {
        "ABSOLUTE",
        "ASKED",
        "AUTHOR",
        "BECAUSE",
        "EVIDENCE",
        "EXCEPT",
        "EXPECT",
        "FROM",
        "INSTEAD",
        "LIMIT",
        "REVIEW",
        "SAY",
        "TO",
    }
)
"""The words that begin a clause, and so end the guard before them."""

_COMPARE = frozenset({"EQUAL", "NOT_EQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN", "BETWEEN"})
_IN_LISTS = frozenset({"COMMA", "OR", "LPAR", "RPAR"})
_VALUES = frozenset({"NAME", "DECIMAL", "YES", "NO"})
_IN_OTHER_WORDS = {"IS": "=", "HAS": "=", "LACKS": "!=", "COLON": "="}
_SPLIT_COMPARATORS = {
    ("MORETHAN", "EQUAL"): ">=",
    ("LESSTHAN", "EQUAL"): "<=",
    ("NOT", "EQUAL"): "!=",
    ("EQUAL", "MORETHAN"): ">=",
    ("EQUAL", "LESSTHAN"): "<=",
}


# --- `and` mixed with `or` --------------------------------------------------------------------


@dataclass
class _Chain:
    """A guard without its parentheses' insides: its operands, and the words between them."""

    operands: list[list[Token]] = field(default_factory=lambda: [[]])
    words: list[str] = field(default_factory=list)

    def read(self, tokens: Iterable[Token]) -> None:
        """Take in tokens up to the end of the guard."""
        depth, between = 0, False
        for token in tokens:
            depth += (token.kind == "LPAR") - (token.kind == "RPAR")
            if depth < 0 or (depth == 0 and (token.kind in CLAUSES or token.kind == "COMMA")):
                return
            if depth == 0 and token.kind in ("AND", "OR") and not between:
                self.words.append(str(token))
                self.operands.append([])
                continue
            if depth == 0:
                between = token.kind == "BETWEEN" or (between and token.kind != "AND")
            self.operands[-1].append(token)

    def reading(self, closer: str) -> str:
        """Return the guard with parentheses around what the word `closer` joins."""
        groups = [[joined(self.operands[0])]]
        for word, operand in zip(self.words, self.operands[1:], strict=True):
            if word == closer:
                groups[-1].append(joined(operand))
            else:
                groups.append([joined(operand)])
        wider = "or" if closer == "and" else "and"
        inner = f" {closer} "
        return f" {wider} ".join(f"({inner.join(group)})" if len(group) > 1 else group[0] for group in groups)


def mixed(stuck: Stuck) -> Diagnostic | None:
    """Recognise `a and b or c`, and show both of its readings."""
    if stuck.token is None or stuck.kind not in ("AND", "OR"):
        return None
    start = _guard_start(stuck.read)
    if start is None:
        return None
    chain = _Chain()
    chain.read([*stuck.read[start:], stuck.token, *stuck.rest])
    if {"and", "or"} - set(chain.words):
        return None
    return stuck.found(
        "E107",
        "`and` and `or` are mixed, so that the guard can be read in two ways",
        "write the one that you mean",
        example=f"{chain.reading('and')}\n{chain.reading('or')}",
    )


def _guard_start(read: Sequence[Token]) -> int | None:
    """Return where the innermost guard begins that the last token stands in; None outside of guards."""
    depth = 0
    for at in range(len(read) - 1, -1, -1):
        kind = read[at].kind
        depth += (kind == "RPAR") - (kind == "LPAR")
        if depth < 0 or (depth == 0 and kind in ("WHEN", "COVERS", "COMMA")):
            return None if at and read[at - 1].kind == "IN" else at + 1
    return None


def in_guard(stuck: Stuck) -> bool:
    """Return whether the place lies in a guard."""
    kinds = [token.kind for token in stuck.read]
    start = max((at for at, kind in enumerate(kinds) if kind in ("WHEN", "COVERS")), default=-1)
    return start >= 0 and not CLAUSES.intersection(kinds[start:])


def joined(tokens: Iterable[str]) -> str:
    """Return tokens as text, one space apart where the language has one."""
    text = " ".join(tokens)
    text = re.sub(r"\( ", "(", re.sub(r" (?=[),:])", "", text))
    return re.sub(r" = ", "=", text)


# --- comparisons ------------------------------------------------------------------------------


def other_comparison(stuck: Stuck) -> Diagnostic | None:
    """Recognise `pain is acute`, `pain > = 5`, `not = acute`, `condition has x` in a guard."""
    if stuck.token is None or not in_guard(stuck):
        return None
    split = _SPLIT_COMPARATORS.get((stuck.after, stuck.kind))
    if split is not None:
        place = stuck.span_of(stuck.read[-1], stuck.token)
        return stuck.found("E108", f"`{stuck.read[-1]} {stuck.word}` is not a comparison", f"write `{split}`", at=place)
    if stuck.kind in _IN_OTHER_WORDS and "EQUAL" in stuck.accepted:
        wanted = "!=" if stuck.following(2)[1:] == ("NOT",) else _IN_OTHER_WORDS[stuck.kind]
        where = "stands only in examples" if stuck.kind in ("HAS", "LACKS") else "is not how values are compared"
        return stuck.found("E108", f"`{stuck.word}` {where}", f"write `{wanted}`")
    return None


def bare_list(stuck: Stuck) -> Diagnostic | None:
    """Recognise lists that lack `in` or their parentheses: `in a, b`, `=(a, b)`, `=a, b`."""
    if stuck.token is None or not in_guard(stuck):
        return None
    tokens = [*stuck.read, stuck.token, *stuck.rest]
    at = len(stuck.read)
    if stuck.after == "IN" and stuck.kind in _VALUES:
        return _as_list(stuck, tokens, at - 2, at)
    if stuck.after == "EQUAL" and stuck.kind == "LPAR":
        return _as_list(stuck, tokens, at - 2, at + 1)
    compared = stuck.after in _VALUES and tokens[at - 2].kind == "EQUAL"
    if stuck.kind == "COMMA" and compared and stuck.following(2)[1:] != ("$END",):
        return _as_list(stuck, tokens, at - 3, at - 1)
    return None


def _as_list(stuck: Stuck, tokens: Sequence[Token], name: int, first: int) -> Diagnostic:
    """Return the finding about a list whose fact stands at `name` and whose values begin at `first`."""
    negated = tokens[name].kind == "NOT"
    fact = f"{tokens[name - 1]} not in" if negated else f"{tokens[name]} in"
    listed = takewhile(lambda token: token.kind in _VALUES | _IN_LISTS, tokens[first:])
    values = ", ".join(token for token in listed if token.kind in _VALUES)
    return stuck.found("E140", "several values stand in parentheses after `in`", f"write `{fact} ({values or '…'})`")


# --- parentheses ------------------------------------------------------------------------------


def unopened(stuck: Stuck) -> Diagnostic | None:
    """Recognise a closing parenthesis that closes nothing."""
    if stuck.kind != "RPAR" or stuck.unclosed:
        return None
    return stuck.found("E106", "this parenthesis closes none", "leave it out, or open one with `(` before it")


def unclosed(stuck: Stuck) -> Diagnostic | None:
    """Recognise a parenthesis that is still open where the guard or list ends."""
    if not stuck.unclosed or "RPAR" not in stuck.accepted:
        return None
    if stuck.token is not None and stuck.kind not in CLAUSES and not stuck.fits("RPAR", *stuck.following(2)):
        return None
    return stuck.found(
        "E105",
        "this parenthesis is not closed",
        f"write `)` after `{stuck.read[-1]}`",
        at=stuck.span_of(stuck.unclosed[-1]),
    )


def or_in_list(stuck: Stuck) -> Diagnostic | None:
    """Recognise `or` between the parts of a list."""
    if stuck.kind not in ("OR", "AND") or "COMMA" not in stuck.accepted:
        return None
    advice = f"write a comma instead of `{stuck.word}`"
    return stuck.found("E116", f"`{stuck.word}` does not join the parts of a list", advice)


def read_as_unit(stuck: Stuck) -> Diagnostic | None:
    """Recognise `x > 1 y = 2`, in which the second fact was read as the unit of the first one's number."""
    behind_number = [token.kind for token in stuck.read[-2:]] == ["DECIMAL", "NAME"]
    if stuck.kind not in _COMPARE or not behind_number or not in_guard(stuck):
        return None
    number, name = stuck.read[-2:]
    return stuck.found(
        "E101", f"`and` or `or` is missing before `{name}`", f"write `{number} and {name}`", at=stuck.span_of(name)
    )


GUARD_MISTAKES = (mixed, or_in_list, other_comparison, bare_list, read_as_unit, unopened, unclosed)
