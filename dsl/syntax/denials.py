"""Recognises denials of several things, of which only the first would be denied: `unless a or b`, `isn't a or b`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, COMPARE, in_guard, joined, joins
from dsl.syntax.rewordings import DENYING
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_EXCEPTIONS = (
    *("but not if", "but not when", "but not where", "except if", "except where", "except for", "except with"),
    *("unless", "except"),
)
_BUT_NOT = ("but", "not")
"""Words before a guard that fit there, so that what they begin is told as a whole."""
_SEVERAL = 2
_SEPARATES = frozenset({"AND", "OR", "COMMA"})
_NAMES = frozenset({"NAME", *grammar().soft})
_VALUES = _NAMES | {"YES", "NO", "DECIMAL"}
_LONGEST = 4
_TELLS_NO_VALUE = frozenset({"worse", "better", "more", "less", "so", "higher", "lower", "over", "under", "both"})


# --- `unless` before the guard ----------------------------------------------------------------


class _Joined(NamedTuple):
    """The conditions of a guard in words, and what stands between them."""

    operands: list[list[Token]]
    words: list[str]

    def readings(self) -> list[str]:
        """Return the guard as it can be meant: a comma is read as the word behind it, without one as either."""
        words = set(self.words) - {","}
        if "," not in self.words or len(words) > 1:
            return [self._with(self.words)]
        return [self._with([word] * len(self.words)) for word in sorted(words or {"or", "and"}, reverse=True)]

    def _with(self, words: Sequence[str]) -> str:
        text = joined(self.operands[0])
        for word, operand in zip(words, self.operands[1:], strict=True):
            text += f"{'' if word == ',' else ' '}{word} {joined(operand)}"
        return text


_READ_AS = {"but": ("AND", "and"), "plus": ("AND", "and"), "/": ("COMMA", ",")}
"""What people write between conditions for words and signs that join them."""


def _conditions(written: Iterable[Token]) -> _Joined:
    """Return what `and`, `or` and commas join outside of parentheses; the `and` of a range joins nothing."""
    tokens = [token.read_as(*_READ_AS[token]) if token in _READ_AS else token for token in written]
    found, places = _Joined([[]], []), {*joins(tokens, _SEPARATES)}
    for at, token in enumerate(tokens):
        if at not in places:
            found.operands[-1].append(token)
        elif found.words[-1:] == [","] and not found.operands[-1]:  # `a, or b`
            found.words[-1] = str(token)
        else:
            found.words.append(str(token))
            found.operands.append([])
    return found


def exception_for_guard(stuck: Stuck) -> Diagnostic | None:
    """Recognise `allow x unless a or b`, `avoid x except if a, b`: an exception in the place of the guard."""
    start, end = _phrase_of_exception(stuck)
    rest = list(takewhile(lambda token: token.kind not in CLAUSES, stuck.tokens[end:])) if end else []
    before = list(takewhile(lambda token: token.kind != "WHEN", rest))
    if not before:
        return None
    named = "except" if stuck.tokens[start] == "except" and _only_names(before) else ""
    phrase, conditions = stuck.tokens[start:end], _conditions(before)
    if len(before) < len(rest):
        written = _with_guard(conditions, rest[len(before) + 1 :], named, before)
        last = before[-1] if named else rest[-1]
    elif len(conditions.operands) > 1 or _compares_twice(before):
        written, last = [f"when not ({reading})" for reading in conditions.readings()], rest[-1]
        written += [f"but not ({_names_in(before)}) when …"] if named else []
    else:
        enclosed = before[0].kind == "LPAR" and any(token.kind in COMPARE for token in before)
        written, last = ["when not"] if enclosed or len(phrase) > len(_BUT_NOT) else [], phrase[-1]
    return _exception(stuck, phrase, last, written) if written else None


def _compares_twice(tokens: Sequence[Token]) -> bool:
    """Return whether more than one comparison stands outside of parentheses, whatever joins them."""
    return tokens[0].kind != "LPAR" and sum(token.kind in COMPARE for token in tokens) > 1


def _with_guard(conditions: _Joined, guard: Sequence[Token], named: str, before: Sequence[Token]) -> list[str]:
    """Return how an exception is written that stands before the guard; one of names alone is about exercises."""
    if named:
        return [f"but not ({_names_in(before)})"] if len(conditions.operands) > 1 else []
    if not guard:
        return []
    rest = f"({joined(guard)})" if len(_conditions(guard).operands) > 1 else joined(guard)
    denied = [f"({one})" for one in conditions.readings()] if conditions.words else [joined(conditions.operands[0])]
    return [f"when {rest} and not {one}" for one in denied]


def _exception(stuck: Stuck, phrase: Sequence[Token], last: Token, written: Sequence[str]) -> Diagnostic:
    words, place = joined(phrase), stuck.replaceable(phrase[0], last)
    told = f"`{words}` cannot stand here" if words == "except" else f"`{words}` is not a word of the language here"
    if len(written) == 1:
        whole = place.end == last.end or len(written[0]) == len("when not")
        help_ = f"write `{written[0]}`" if whole else "write `when not (…)` around the whole guard"
        return stuck.found("E102", told, help_, at=place)
    advice = "it can be read in more than one way: write the one that you mean"
    return stuck.found("E102", told, advice, at=place, example="\n".join(written))


def _only_names(tokens: Iterable[Token]) -> bool:
    return all(token.kind in _NAMES | _SEPARATES for token in tokens)


def _names_in(tokens: Iterable[Token]) -> str:
    return ", ".join(token for token in tokens if token.kind in _NAMES)


def _phrase_of_exception(stuck: Stuck) -> tuple[int, int]:
    """Return from where to where words for an exception stand in which a guard could begin; twice 0 for none."""
    at = len(stuck.read)
    for start in range(max(1, at - 3), at + 1):
        for phrase in _EXCEPTIONS:
            end = start + phrase.count(" ") + 1
            reaches = end > at or (end == at and phrase == "but not if")  # the `if` of which was read as a name
            if reaches and " ".join(stuck.tokens[start:end]) == phrase and "WHEN" in stuck.replayed(start).accepted():
                return start, end
    return 0, 0


# --- `but only if` in the guard ---------------------------------------------------------------


def adds_condition(stuck: Stuck) -> Diagnostic | None:
    """Recognise `when a or b but only if c`: a condition that has to hold as well."""
    at = len(stuck.read)
    if stuck.token is None or "EXCEPT" not in stuck.accepted or not in_guard(stuck.read):
        return None
    end = next((at + length for length in (3, 2, 1) if " ".join(stuck.tokens[at : at + length]) in _AS_WELL), at)
    rest = list(takewhile(lambda token: token.kind not in CLAUSES, stuck.tokens[end:]))
    if end == at or not rest or stuck.unclosed:
        return None
    phrase, when = stuck.tokens[at:end], max(i for i, one in enumerate(stuck.read) if one.kind in ("WHEN", "COVERS"))
    guard = stuck.read[when + 1 :]
    told = f"`{joined(phrase)}` joins no conditions"
    if all(set(_conditions(part).words) <= {"and"} for part in (guard, rest)):
        return stuck.found("E102", told, "join both with `and`", at=stuck.span_of(phrase[0], phrase[-1]))
    written = " and ".join(f"({joined(part)})" if _conditions(part).words else joined(part) for part in (guard, rest))
    return stuck.found("E102", told, f"join both with `and`: `{written}`", at=stuck.replaceable(guard[0], rest[-1]))


_AS_WELL = frozenset({"but only if", "but only when", "but only for", "only if", "only when", "but also"})
"""What stands before a condition that has to hold as well as those before it."""


# --- `isn't a or b`, `no a or b` --------------------------------------------------------------


class _Listed(NamedTuple):
    """Values that stand side by side, the place behind the last of them, and whether `and` joins any."""

    values: list[Token]
    end: int
    both: bool


def _listed(tokens: Sequence[Token], start: int) -> _Listed:
    """Return the values from `start` on that commas, `or` and `and` join, none of them compared with anything."""
    values: list[Token] = []
    end, at, both = start, start, False
    while at < len(tokens) and tokens[at].kind in _VALUES and _stands_alone(tokens, at):
        if values and (tokens[at].kind == "DECIMAL") != (values[0].kind == "DECIMAL"):
            break
        both = both or any(token.kind == "AND" for token in tokens[end:at])
        values.append(tokens[at])
        end = at = at + 1
        while at < len(tokens) and (tokens[at].kind in _SEPARATES or tokens[at] == "/"):
            at += 1
        if at == end:
            break
    return _Listed(values, end, both)


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a value is followed by nothing that it is compared with."""
    behind = tokens[at + 1 : at + 2]
    ends = {*_SEPARATES, "RPAR", *CLAUSES}
    return tokens[at] not in _TELLS_NO_VALUE and all(word.kind in ends or word == "/" for word in behind)


def denied_values(stuck: Stuck) -> Diagnostic | None:
    """Recognise `condition isn't a or b`, `pain != a, b`: several values, none of which is meant."""
    at = len(stuck.read)
    if stuck.token is None or not in_guard(stuck.read):
        return None
    for start in range(max(1, at - 3), at + 1):
        for end in range(start + _LONGEST, start, -1):
            if " ".join(stuck.tokens[start:end]).lower() not in DENYING or stuck.tokens[start - 1].kind not in _NAMES:
                continue
            listed = _listed(stuck.tokens, end)
            if len(listed.values) >= _SEVERAL and listed.end > at and in_guard(stuck.tokens[:start]):
                return _none_of(stuck, start - 1, listed)
    return None


def _none_of(stuck: Stuck, fact: int, listed: _Listed) -> Diagnostic:
    name = stuck.tokens[fact]
    help_ = none_of(str(name), [str(value) for value in listed.values], both=listed.both)
    place = stuck.replaceable(name, stuck.tokens[listed.end - 1])
    return stuck.found("E140", "several values stand in parentheses after `not in`", help_, at=place)


def none_of(fact: str, values: Sequence[str], *, both: bool) -> str:
    """Return how to write that a fact has none of `values`; where `and` joins them, also that it has not all."""
    neither = f"write `{fact} not in ({', '.join(values)})` for none of them"
    if not both:
        return neither
    together = " and ".join(f"{fact}={value}" for value in values)
    return f"{neither}; where it can have several at once, write `not ({together})` for not all"


def none_of_several(stuck: Stuck) -> Diagnostic | None:
    """Recognise `no knee_locking or giving_way`, `without locking, giving_way`: several things, none of which is so."""
    if stuck.token is None or not in_guard(stuck.read):
        return None
    at = len(stuck.read) - (stuck.read[-1] == "without")  # which was read as the name of a definition
    if not (stuck.tokens[at].kind == "NO" or stuck.tokens[at] == "without"):
        return None
    listed = _listed(stuck.tokens, at + 1)
    fits = "UNKNOWN" in stuck.replayed(at).accepted()
    if not fits:
        return None
    if len(listed.values) < _SEVERAL or not _only_names(listed.values):
        return _something_of_several(stuck, at)
    phrase = joined(stuck.tokens[at : listed.end])
    yes = " or ".join(f"{one}=yes" for one in listed.values)
    none = " and ".join(f"{one}=none" for one in listed.values)
    help_ = f"write `not ({yes})` where they are yes or no, or write `({none})` where they have listed values"
    place = stuck.replaceable(stuck.tokens[at], stuck.tokens[listed.end - 1])
    return stuck.found("E108", f"`{phrase}` compares nothing", help_, at=place)


def _something_of_several(stuck: Stuck, at: int) -> Diagnostic | None:
    """Return the finding about `no acute or chronic pain`; None where one thing alone is denied."""
    denied = list(takewhile(lambda token: token.kind not in CLAUSES and token.kind != "RPAR", stuck.tokens[at:]))
    conditions = _conditions(denied)
    words = [part for part in conditions.operands[1:2] if part and COMPARE.isdisjoint(token.kind for token in part)]
    if not words or conditions.words[0] == "and" or words[0][0].kind not in _NAMES:
        return None
    phrase = joined([*conditions.operands[0], conditions.words[0], *words[0]])
    place = stuck.replaceable(stuck.tokens[at], words[0][-1])
    advice = "write `not (… or …)`, a comparison in the place of each"
    return stuck.found("E108", f"`{phrase}` compares nothing", advice, at=place)
