"""Recognises ranges and scores that are written in other words than `between 3 and 5`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_words import in_guard, in_limit, joined, with_unit
from dsl.syntax.refusals import part_of
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_FARTHEST = 8
_MEASURED = frozenset({"NAME", "LOAD"})
_DENIES = frozenset({"not", "isn't", "aren't", "outside"})
_SAYS_RANGE = frozenset({"between", "outside", "within", "from"})
_BEFORE_RANGES = frozenset({"is", "are", "in", "of", "=", "("}) | _DENIES | _SAYS_RANGE
_BETWEEN = frozenset({"to", "-", "--", "\u2013", "\u2014"})


def as_range(stuck: Stuck) -> Diagnostic | None:
    """Recognise `is not between 3 and 5`, `in 3 to 5`, `= 3-5`: a range that is not said with two ends."""
    at = len(stuck.read)
    if stuck.token is None:
        return None
    if (range_first := _range_first(stuck)) is not None:
        return range_first
    named = (start for start in range(at - 1, max(0, at - _FARTHEST), -1) if stuck.read[start].kind in _MEASURED)
    found = (range_ for start in named if (range_ := _range_of(stuck.tokens, start)) is not None)
    range_ = next((one for one in found if one.written[-1].start >= stuck.span.start), None)
    if range_ is None:
        return None
    before, place = stuck.read[: range_.start], stuck.span_of(range_.written[0], range_.written[-1])
    words = joined(range_.written[1:])
    if in_guard(before):
        return stuck.found("E108", f"`{words}` is not how a range is asked for", f"write `{range_.asked()}`", at=place)
    if stuck.opener == "EXAMPLE":
        advice = f"write one value, such as `{range_.written[0]}={joined(range_.low)}`: an example is about one member"
        return stuck.found("E108", f"`{words}` is no value", advice, at=place)
    if in_limit(before) and not range_.denied:
        return stuck.found("E110", f"`{words}` is two limits in one", f"write `{range_.limited()}`", at=place)
    return None


def _range_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `between pain_level 3 and 5`."""
    words = stuck.tokens[len(stuck.read) :]
    if stuck.kind != "BETWEEN" or not in_guard(stuck.read) or [one.kind for one in words[1:2]] != ["NAME"]:
        return None
    fact, low = words[1], with_unit(words[2:])
    high = with_unit(words[3 + len(low) :])
    if [one.kind for one in (*low[:1], *high[:1])] != ["DECIMAL", "DECIMAL"]:
        return None
    if words[2 + len(low)] not in _BETWEEN | {"and", "or"}:
        return None
    low, high = _in_one_unit(low, high)
    help_ = f"write `{fact} between {joined(low)} and {joined(high)}`"
    return stuck.found("E108", "the fact comes first in a comparison", help_, at=stuck.span_of(words[0], high[-1]))


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def from_two_sides(stuck: Stuck) -> Diagnostic | None:
    """Recognise `0 <= pain_level <= 3`: a number on either side of the fact."""
    tokens, at = stuck.tokens, len(stuck.read)
    if stuck.kind != "DECIMAL" or "UNKNOWN" not in stuck.accepted or not in_guard(stuck.read):
        return None
    one = with_unit(tokens[at:])
    first, fact, second = [*tokens[at + len(one) :], *[tokens[0]] * 3][:3]
    other = with_unit(tokens[at + len(one) + 3 :])
    if fact.kind != "NAME" or not {first, second} <= _MIRRORED.keys() or [t.kind for t in other[:1]] != ["DECIMAL"]:
        return None
    end = at + len(one) + 3 + len(other)
    if {first, second} <= {"<="} or {first, second} <= {">="}:
        low, high = (one, other) if first == "<=" else (other, one)
        written = f"{fact} between {joined(low)} and {joined(high)}"
    else:
        written = f"{joined([fact, _MIRRORED[first], *one])} and {joined([fact, second, *other])}"
        beside = {tokens[at - 1].kind, *(token.kind for token in tokens[end : end + 1])}
        written = f"({written})" if beside & {"NOT", "OR"} else written
    place = stuck.replaceable(tokens[at], other[-1])
    return stuck.found("E108", "a fact is not compared from two sides at once", f"write `{written}`", at=place)


@dataclass(frozen=True)
class _Range:
    """A range in some author's words: where it begins, all its words, its ends, and whether it is denied."""

    start: int
    written: Sequence[Token]
    low: Sequence[Token]
    high: Sequence[Token]
    denied: bool

    def asked(self) -> str:
        """Return the range as a guard asks for it."""
        low, high = _in_one_unit(self.low, self.high)
        return f"{'not ' * self.denied}{self.written[0]} between {joined(low)} and {joined(high)}"

    def limited(self) -> str:
        """Return the range as two limits."""
        name = self.written[0]
        low, high = _in_one_unit(self.low, self.high)
        return f"{name} >= {joined(low)}, {name} <= {joined(high)}"


def _in_one_unit(low: Sequence[Token], high: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
    """Return both ends of a range with their units: one that stands behind one end only is that of the other too.

    Without it, the fact's own unit would be read: `3 to 5 week` of a fact in days as 3 days to 5 weeks.
    """
    return [*low[:1], *(low[1:] or high[1:])], [*high[:1], *(high[1:] or low[1:])]


def _range_of(tokens: Sequence[Token], start: int) -> _Range | None:
    """Return the range that stands behind the name at `start`; None if none does.

    Without a word such as `between`, two values that `and` or `or` joins are no range.
    """
    how = list(takewhile(lambda token: token in _BEFORE_RANGES, tokens[start + 1 :]))
    rest = tokens[start + 1 + len(how) :]
    low = with_unit(rest)
    high = with_unit(rest[len(low) + 1 :])
    values = [token.kind for token in (*low[:1], *high[:1])]
    between = str(rest[len(low)]) if high else ""
    said = _SAYS_RANGE.intersection(how)
    if values != ["DECIMAL", "DECIMAL"] or between not in (_BETWEEN | {"and", "or"} if said else _BETWEEN):
        return None
    end = start + 1 + len(how) + len(low) + 1 + len(high)
    end += tokens[end : end + 1] == [")"] if "(" in how else 0
    denied = sum(token in _DENIES for token in how) % 2 == 1
    return _Range(start, tokens[start:end], low, high, denied)


def out_of(stuck: Stuck) -> Diagnostic | None:
    """Recognise `5 / 10`, `5 out of 10`: a score with the most that it can be."""
    written = stuck.read[-2:] if stuck.after == "NAME" and stuck.read[-1] == "out" else stuck.read[-1:]
    if stuck.word not in ("/", "of") or [one.kind for one in (written[0], *stuck.rest[:1])] != ["DECIMAL", "DECIMAL"]:
        return None
    tokens = [*written, stuck.word, stuck.rest[0]]
    place = stuck.span_of(written[0], stuck.rest[0])
    score = f"write `{written[0]}`, where {stuck.rest[0]} is the highest value"
    advice = part_of(str(written[0]), str(stuck.rest[0])) if stuck.word == "/" else score
    return stuck.found("E126", f"`{joined(tokens)}` is not a number", advice, at=place)
