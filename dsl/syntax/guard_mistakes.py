"""Recognises mistakes in guards: `and` mixed with `or`, other languages' comparisons, lists, parentheses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_words import CLAUSES, COMPARE, in_guard, joined, with_unit
from dsl.syntax.source import Span
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_IN_LISTS = frozenset({"COMMA", "OR", "LPAR", "RPAR"})
_VALUES = frozenset({"NAME", "DECIMAL", "YES", "NO"})
_ASKING = re.compile(
    r"(?!not |and |or |when )(?P<fact>\w+) (?:(?:is|are|=|!=) )?(?:not )?(?:unknown|known|missing|unanswered|null)\b"
    r"|(?:not )?known (?P<behind>\w+)"
)
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "="}


# --- `and` mixed with `or` --------------------------------------------------------------------


@dataclass
class _Chain:
    """A guard without its parentheses' insides: its operands, the words between them, whether a `)` ends it."""

    operands: list[list[Token]] = field(default_factory=lambda: [[]])
    words: list[str] = field(default_factory=list)
    closed: bool = False

    def read(self, tokens: Iterable[Token]) -> None:
        """Take in tokens up to the end of the guard."""
        depth, between = 0, False
        for token in tokens:
            depth += (token.kind == "LPAR") - (token.kind == "RPAR")
            if depth < 0 or (depth == 0 and (token.kind in CLAUSES or token.kind == "COMMA")):
                self.closed = depth < 0 or token.kind == "COMMA"
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
    """Recognise `a and b or c`, and show both of its readings; where a parenthesis is open before it, name that."""
    if stuck.token is None or stuck.kind not in ("AND", "OR"):
        return None
    start = _guard_start(stuck.read)
    if start is None:
        return None
    chain = _Chain()
    chain.read(stuck.tokens[start:])
    if {"and", "or"} - set(chain.words):
        return None
    readings = f"{chain.reading('and')}\n{chain.reading('or')}"
    if stuck.unclosed and not chain.closed:
        return stuck.found(
            "E105",
            "this parenthesis is not closed",
            "write `)` behind the part that it opens, as one of these does",
            at=stuck.span_of(stuck.unclosed[-1]),
            example=readings,
        )
    return stuck.found(
        "E107",
        "`and` and `or` are mixed, so that the guard can be read in two ways",
        "write the one that you mean",
        example=readings,
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


# --- comparisons ------------------------------------------------------------------------------


def asks_whether_known(stuck: Stuck) -> Diagnostic | None:
    """Recognise `pain=unknown`, `pain is not known`: asking whether a fact is known, in whatever words."""
    at = len(stuck.read)
    for start in range(max(1, at - 3), at + 1):
        tokens = stuck.tokens[start : start + 5]
        match = _ASKING.match(" ".join(tokens))
        last = start + match.group().count(" ") if match else 0
        if match and last >= at - 1 and (in_guard(stuck.read) or stuck.opener == "EXAMPLE"):
            return _asking(stuck, match["fact"] or match["behind"], stuck.span_of(tokens[0], stuck.tokens[last]))
    return None


def _asking(stuck: Stuck, fact: str, place: Span) -> Diagnostic:
    """Return the finding about words that ask whether `fact` is known."""
    if stuck.opener == "PROVE":
        return stuck.found("E108", "what nobody knows is not compared", f"write `unknown {fact}`", at=place)
    if stuck.opener == "EXAMPLE":
        advice = f"leave `{fact}` out: what is not given is unknown"
        return stuck.found("E309", f"no example says that `{fact}` is unknown", advice, at=place)
    return stuck.found(
        "E309",
        f"no rule can ask whether `{fact}` is unknown",
        "leave it out: an unknown fact already makes a no-go rule `ask`, and a permission not apply",
        at=place,
    )


def no_comparison(stuck: Stuck) -> Diagnostic | None:
    """Recognise `load 50 %`: a number with nothing that compares it."""
    if stuck.token is None or stuck.kind != "DECIMAL" or not {"AT_MOST", "AT_LEAST"} <= stuck.accepted:
        return None
    name, written = stuck.read[-1], with_unit(stuck.tokens[len(stuck.read) :])
    value = joined(written)
    return stuck.found(
        "E108",
        f"nothing says how `{name}` and `{value}` are compared",
        f"write `{name} <= {value}` for at most, or write `{name} >= {value}` for at least",
        at=stuck.span_of(name, written[-1]),
    )


def compared_twice(stuck: Stuck) -> Diagnostic | None:
    """Recognise `pain=chronic > 12 weeks`, `age > 65 but not > 80`: a second comparison of one fact."""
    words = stuck.tokens[len(stuck.read) :]
    denied = [word.kind for word in words[:2]] == ["BUT", "NOT"]
    sign, behind = words[2 * denied : 2 * denied + 1], words[2 * denied + 1 :]
    if not behind or sign[0].kind not in COMPARE - {"IN", "BETWEEN"} or not in_guard(stuck.read):
        return None
    compared = [name for name, compare in pairwise(stuck.read) if compare.kind in COMPARE]
    if not compared or stuck.after not in ("NAME", "DECIMAL", "PERCENT") or "AND" not in stuck.accepted:
        return None
    value = [*sign, *with_unit(behind)]
    told, place = f"`{sign[0]}` compares no fact", stuck.span_of(words[0], value[-1])
    if denied:
        return stuck.found("E108", told, f"write `and not {joined([compared[-1], *value])}`", at=place)
    advice = f"write `and …`, a comparison of its own, such as `and {compared[-1]} {joined(value)}`"
    return stuck.found("E108", told, advice, at=place)


def number_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `5 < pain_level`."""
    number, sign, fact = [*stuck.tokens[len(stuck.read) :], *[stuck.read[-1]] * 3][:3]
    if stuck.kind != "DECIMAL" or "UNKNOWN" not in stuck.accepted or fact.kind != "NAME" or sign not in _MIRRORED:
        return None
    place = stuck.span_of(number, fact)
    wanted = joined([fact, _MIRRORED[sign], number])
    return stuck.found("E108", "the fact comes first in a comparison", f"write `{wanted}`", at=place)


def no_such_thing(stuck: Stuck) -> Diagnostic | None:
    """Recognise `no clearance`, `has disc_herniation`: a condition that compares nothing."""
    if stuck.token is None or stuck.kind not in ("NO", "HAS") or "UNKNOWN" not in stuck.accepted or not stuck.rest:
        return None
    thing, place = stuck.rest[0], stuck.span_of(stuck.token, stuck.rest[0])
    if stuck.kind == "HAS":
        advice = f"write the fact and its value: `fact={thing}`"
        return stuck.found("E108", f"`has {thing}` names no fact", advice, at=place)
    advice = f"write `{thing}=no` where it is yes or no, `{thing}=none` where it has listed values"
    return stuck.found("E108", f"`no {thing}` compares nothing", advice, at=place)


_NEAR = 6


def bare_list(stuck: Stuck) -> Diagnostic | None:
    """Recognise lists that lack `in` or their parentheses: `in a, b`, `=(a, b)`, `=a, b`."""
    if stuck.token is None or not in_guard(stuck.read):
        return None
    tokens, at = stuck.tokens, len(stuck.read)
    if stuck.after == "IN" and stuck.kind in _VALUES:
        return _as_list(stuck, tokens, at - 2, at)
    if stuck.after == "EQUAL" and stuck.kind == "LPAR":
        return _as_list(stuck, tokens, at - 2, at + 1)
    if (
        (stuck.after, stuck.kind) == ("NAME", "LPAR")
        and tokens[at - 2].kind in _BEFORE_OPERANDS
        and _only_values(tokens[at + 1 :])
    ):
        return _as_list(stuck, tokens, at - 1, at + 1)
    compared = stuck.after in _VALUES and tokens[at - 2].kind == "EQUAL" and "INSTEAD" not in stuck.following(_NEAR)
    if stuck.word in (",", "/") and compared and _lists_values(tokens[at:]):
        return _as_list(stuck, tokens, at - 3, at - 1)
    return None


def called_like_a_function(stuck: Stuck) -> Diagnostic | None:
    """Recognise `AND(a, b)`, `any of a, b`, `all of (a, b)`: a word before the conditions that it joins."""
    for start in range(max(1, len(stuck.read) - 2), len(stuck.read) + 1):
        words = [token.lower() for token in stuck.tokens[start : start + 2]]
        word = _JOINS.get(" ".join(words)) or _JOINS.get("".join(words))
        if word is not None and in_guard(stuck.read[:start]) and stuck.tokens[start - 1].kind in _BEFORE_OPERANDS:
            return _between_conditions(stuck, start, word)
    return None


_JOINS = {"and(": "and", "or(": "or", **dict.fromkeys(("all of", "both of"), "and"), "any of": "or", "either of": "or"}
_BEFORE_OPERANDS = frozenset({"WHEN", "COVERS", "LPAR", "AND", "OR", "NOT"})


def _between_conditions(stuck: Stuck, start: int, word: str) -> Diagnostic | None:
    """Return the finding about conditions with `word` before them, from `start` on; None where they end nowhere."""
    opening = [*takewhile(lambda token: token.kind in ("OF", "LPAR"), stuck.tokens[start + 1 :])]
    first, closed = start + 1 + len(opening), any(token.kind == "LPAR" for token in opening)
    listed = [*takewhile(lambda token: token.kind not in CLAUSES and token.kind != "RPAR", stuck.tokens[first:])]
    end = first + len(listed) - (0 if closed else 1)
    told = f"conditions have `{word}` between them"
    commas = [token for token in listed if token.kind == "COMMA"]
    if not commas or any(token.kind in ("AND", "OR", "LPAR") for token in listed):  # which could be joined otherwise
        return stuck.found("E102", told, f"write the conditions with `{word}` between them")
    if closed and [token.kind for token in stuck.tokens[end : end + 1]] != ["RPAR"]:
        return None
    written = joined(token.read_as("AND", word) if token.kind == "COMMA" else token for token in listed)
    goes_on = any(token.kind in ("AND", "OR") for token in stuck.tokens[end + 1 : end + 2])
    alone = stuck.tokens[start - 1].kind in ("WHEN", "COVERS") and not goes_on
    place = stuck.span_of(stuck.tokens[start], stuck.tokens[end])
    help_ = f"write `{written}`" if alone else f"write `({written})`"
    return stuck.found("E102", told, help_, at=place)


def _only_values(tokens: Sequence[Token]) -> bool:
    """Return whether values stand up to the closing parenthesis, commas between them."""
    kinds = [token.kind for token in takewhile(lambda token: token.kind != "RPAR", tokens)]
    return bool(kinds) and set(kinds[::2]) <= _VALUES and set(kinds[1::2]) <= {"COMMA", "OR"}


def _lists_values(tokens: Sequence[Token]) -> bool:
    """Return whether a value follows the comma, and no comparison of its own."""
    kinds = [token.kind for token in tokens[1:3]]
    return bool(kinds) and kinds[0] in _VALUES and COMPARE.isdisjoint(kinds)


def _as_list(stuck: Stuck, tokens: Sequence[Token], name: int, first: int) -> Diagnostic:
    """Return the finding about a list whose fact stands at `name` and whose values begin at `first`."""
    negated = tokens[name].kind == "NOT"
    fact = f"{tokens[name - 1]} not in" if negated else f"{tokens[name]} in"
    listed = [*takewhile(lambda one: one.kind in _VALUES | _IN_LISTS or one == "/", tokens[first:])]
    values = ", ".join(token for token in listed if token.kind in _VALUES)
    place = stuck.span_of(tokens[name - 1] if negated else tokens[name], (listed or tokens[first - 1 :])[-1])
    advice = f"write `{fact} ({values or '…'})`"
    return stuck.found("E140", "several values stand in parentheses after `in`", advice, at=place)


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
    if stuck.kind not in COMPARE or not behind_number or not in_guard(stuck.read):
        return None
    number, name = stuck.read[-2:]
    help_ = f"write `{number} and {name}`, or write `{number} or {name}`"
    return stuck.found("E101", f"`and` or `or` is missing before `{name}`", help_, at=stuck.span_of(number, name))
