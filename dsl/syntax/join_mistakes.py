"""Recognises joins of conditions that can be read in two ways, or that the language has no word for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_words import CLAUSES, COMPARE, in_guard, joined, with_unit
from dsl.syntax.restrictions import joins_conditions
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_VALUES = frozenset({"NAME", "DECIMAL", "YES", "NO"})
_JOINED_SO = {
    "nor": "write `not (… or …)` for none of them",
    "xor": "write `(… and not …) or (not … and …)` for one of the two and not the other",
}


def joined_in_other_words(stuck: Stuck) -> Diagnostic | None:
    """Recognise `not a nor b`, `a xor b`: joins that are more than the `or` that they look like."""
    if in_guard(stuck.read[:-1]) and [*stuck.read[-1:], stuck.word] == ["none", "of"]:
        place = stuck.span_of(stuck.read[-1], stuck.token)
        return stuck.found("E102", "`none of` is not a word of the language", _JOINED_SO["nor"], at=place)
    if stuck.word not in _JOINED_SO or not in_guard(stuck.read):
        return None
    told = f"`{stuck.word}` is not a word of the language"
    if stuck.word == "nor" and _one_denial(stuck):
        return stuck.found("E102", told, "write `and not`")
    return stuck.found("E102", told, _JOINED_SO[stuck.word])


def _one_denial(stuck: Stuck) -> bool:
    """Return whether the guard is one denied condition, and one more behind the place: `and not` says the same."""
    start = max(at for at, token in enumerate(stuck.read) if token.kind in ("WHEN", "COVERS")) + 1
    guard = [*stuck.read[start:], *takewhile(lambda token: token.kind not in CLAUSES, stuck.rest)]
    return guard[0].kind == "NOT" and not joins_conditions(guard) and stuck.following(2)[1] in _VALUES | {"LPAR"}


def unlisted_conditions(stuck: Stuck) -> Diagnostic | None:
    """Recognise `at least 2 of a, b`: conditions without their parentheses."""
    if stuck.token is None or stuck.after != "OF" or stuck.accepted != {"LPAR"} or stuck.kind not in _VALUES:
        return None
    listed = [*takewhile(lambda token: token.kind not in CLAUSES, stuck.tokens[len(stuck.read) :])]
    counted = joined(stuck.read[-4:])
    told = f"what is counted stands in parentheses after `{counted}`"
    if joins_conditions(listed):  # which may join what is counted, or what is counted with the rest
        return stuck.found("E140", told, f"write `{counted} (…, …)`, commas between the conditions that are counted")
    place = stuck.replaceable(stuck.read[-4], listed[-1])
    return stuck.found("E140", told, f"write `{counted} ({joined(listed)})`", at=place)


def fact_left_out(stuck: Stuck) -> Diagnostic | None:
    """Recognise `pain_level > 5 or < 2`: a comparison that leaves out its fact."""
    if (
        stuck.kind not in COMPARE - {"IN", "BETWEEN"}
        or stuck.after not in ("AND", "OR", "NOT")
        or not in_guard(stuck.read)
    ):
        return None
    pairs = zip(reversed(stuck.read[:-1]), reversed(stuck.read), strict=False)
    fact = next((name for name, sign in pairs if sign.kind in COMPARE), None)
    if fact is None:
        return None
    sign, *behind = stuck.tokens[len(stuck.read) :]
    value = [sign, *with_unit(behind)]
    told, written = f"`{stuck.word}` compares no fact", joined([fact, *value])
    denied = _denied_before(stuck.read)
    if not denied:
        return stuck.found("E108", told, f"write `{written}`", at=stuck.span_of(value[0], value[-1]))
    join = stuck.read[-1]
    readings = f"not ({joined(denied[1:])} {join} {written})\n{joined(denied)} {join} {written}"
    advice = "`not` reaches what stands right behind it; write the one that you mean"
    return stuck.found("E108", told, advice, at=stuck.replaceable(denied[0], value[-1]), example=readings)


def _denied_before(read: Sequence[Token]) -> Sequence[Token]:
    """Return the condition before the `and` or `or` that is read last, if it begins with `not`; else nothing."""
    *before, join = read
    depth = 0
    operand: list[Token] = []
    for token in reversed(before):
        depth += (token.kind == "RPAR") - (token.kind == "LPAR")
        if depth < 0 or (depth == 0 and token.kind in _BEFORE_OPERANDS):
            break
        operand.insert(0, token)
    return operand if join.kind != "NOT" and operand[:1] == ["not"] else []


_BEFORE_OPERANDS = frozenset({"WHEN", "COVERS", "COMMA", "AND", "OR"})
