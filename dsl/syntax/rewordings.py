"""Recognises everyday English, and other languages' words and signs, where the rules have a word of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, in_guard, in_limit, joined, with_unit
from dsl.syntax.restrictions import denies, joins_conditions
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_AT_MOST = ("at most", "up to", "no more than", "max", "maximum", "lte", "le")
_AT_LEAST = ("at least", "no less than", "min", "minimum", "gte", "ge")
_BELOW = (
    *("less than", "lower than", "smaller than", "fewer than", "younger than", "shorter than"),
    *("below", "under", "lt", "<"),
)
_ABOVE = (
    *("greater than", "more than", "higher than", "bigger than", "larger than", "older than", "longer than"),
    *("above", "over", "exceeds", "gt", ">"),
)
_EQUAL = ("equals", "equal", "equal to", "exactly")
_DENIED = ("does not", "doesn't", "do not", "don't")
_OPPOSITE = {"<=": ">", ">=": "<", "<": ">=", ">": "<=", "=": "!="}


def _or_equal(phrases: Sequence[str]) -> Iterator[str]:
    """Yield how people add to a comparison that the value itself counts: `less than or equal to`, `equal or below`."""
    for words in {*phrases, *(phrase.removesuffix(" than") for phrase in phrases)}:
        yield from (f"{words} or {same}" for same in ("equal", "equal to", "equals", "="))
        yield from (f"{same} or {words}" for same in ("equal", "equal to"))


def _or_beyond(phrases: Sequence[str]) -> Iterator[str]:
    """Yield how people add that behind the number: `7 or higher`, `65 and over`."""
    for words in phrases:
        yield from (f"# {word} {words.removesuffix(' than')}" for word in ("or", "and"))


def _compared_so() -> Iterator[tuple[str, str]]:
    """Yield phrases that compare and what is written for them, each also denied: `is not above`."""
    for sign, phrases in (
        ("<=", (*_AT_MOST, *_or_equal(_BELOW), *_or_beyond(_BELOW))),
        (">=", (*_AT_LEAST, *_or_equal(_ABOVE), *_or_beyond(_ABOVE), "# +")),
        *(("<", _BELOW), (">", _ABOVE), ("=", _EQUAL)),
    ):
        for words in phrases:
            number = " #" if "#" in words else ""
            for verb in ("", "is ", "are ", "for "):
                yield f"{verb}{words}", f"{sign}{number}"
            for denied in ("not", "is not", "are not", "isn't", "aren't"):
                yield f"{denied} {words}", f"{_OPPOSITE[sign]}{number}"


_COMPARED = {
    **{phrase: (meaning,) for phrase, meaning in _compared_so() if phrase not in ("<", ">")},
    **dict.fromkeys(("is", "are"), ("=",)),
    "does not exceed": ("<=",),
    **dict.fromkeys(("has", "contains", "includes", "of", ":"), ("=",)),
    **dict.fromkeys(("is not", "are not", "isn't", "aren't", "isnt", "not =", "not", "lacks", "is no"), ("!=",)),
    **dict.fromkeys(("has not", "hasn't", "does not have", "doesn't have"), ("!=",)),
    **dict.fromkeys((f"{does} {verb}" for does in _DENIED for verb in ("include", "contain", "equal")), ("!=",)),
    "> =": (">=",),
    "= >": (">=",),
    "< =": ("<=",),
    "= <": ("<=",),
    "to": ("<=",),
    "is in": ("in",),
    **dict.fromkeys(("is not in", "isn't in"), ("not in",)),
}
"""How people compare, and the signs that do."""

DENYING = frozenset({"!=", *(phrase for phrase, meaning in _COMPARED.items() if meaning == ("!=",))})
"""How people say that a fact does not have a value."""

_COUNTED = tuple(enumerate(("one", "two", "three", "four", "five", "six"), start=1))
_PEOPLE = (
    *("patients", "people", "members", "clients", "athletes", "those", "anyone", "anybody", "somebody", "everyone"),
    *("a patient", "a member", "a client", "an athlete"),
)
_HAVE = ("with", "who have", "who has", "that have", "having")

_WORDED = {
    **dict.fromkeys(("where", "while", "whenever", "provided", "for", "in"), ("when",)),
    "=": ("when", "is"),
    **dict.fromkeys(("when", "if"), ("given", "when")),
    "with": ("given", "when", "needs"),
    **dict.fromkeys(("only if", "if and only if", "only when"), ("when",)),
    **dict.fromkeys(("aka", "alias", "called", "or"), ("also",)),
    **dict.fromkeys(("unless", "except if", "except", "but not"), ("except when", "but not", "when not")),
    **dict.fromkeys(("but not when", "but not if", "but not where"), ("except when",)),
    "but": ("but not",),
    **dict.fromkeys(("excluding", "excepting", "without", "apart from", "other than"), ("but not",)),
    **dict.fromkeys(("plus", "also", "as well as"), ("and",)),
    ", and": (",", "and"),
    ", or": (",", "or"),
    **dict.fromkeys((";", "/"), (",", "or")),
    **dict.fromkeys(("percent", "pct", "per cent"), ("%",)),
    **dict.fromkeys(("reason", "since"), ("because",)),
    **dict.fromkeys(("message", "tell"), ("say",)),
    **dict.fromkeys(("source", "cite", "see", "ref", "reference"), ("from",)),
    **dict.fromkeys(("uses", "requires"), ("needs",)),
    **dict.fromkeys(("using", "use"), ("instead", "to")),
    **dict.fromkeys(("all exercises", "all", "every", "each", "everything", "any exercise"), ("any",)),
    **dict.fromkeys(("training", "exercise", "workout", "everything"), ("session", "any")),
    **dict.fromkeys(("then", "should be"), ("expect",)),
    **dict.fromkeys((">=", "> ="), ("at least",)),
    **dict.fromkeys(("<=", "< ="), ("at most",)),
    **dict.fromkeys(("yes / no", "yes no", "yes , no", "yes and no", "boolean", "bool"), ("yes or no",)),
    **dict.fromkeys(("true or false", "true / false", "true , false"), ("yes or no",)),
    **dict.fromkeys(("from # to #", "between # and #", "# - #", "# \u2013 #", "# and #"), ("# to #", "in # to #")),
    **dict.fromkeys(("-", "--", "\u2013", "\u2014"), (":",)),
    **{word: (str(number),) for number, word in _COUNTED},
    ",": ("and", "<"),
    ":": ("when", "is"),
    "as": ("when", "because"),
    "before": ("for",),
    "of": ("for",),
    **dict.fromkeys(("# of", "# or more of"), ("at least # of",)),
    **{f"{word}{more} of": (f"at least {n} of",) for n, word in _COUNTED for more in ("", " or more")},
    "one of": ("at least 1 of", "scale"),
    "any of": ("at least 1 of",),
    "and / or": ("or",),
    **{f"{so} {who} {have}": ("when",) for so in ("for", "in") for who in _PEOPLE for have in _HAVE},
}
"""Words that other languages, and people, use for words of this one."""

_NEEDLESS = (
    *("the", "a", "an", "is", "are", "be", "to be", "should be", "must be", "exercise", "exercises"),
    *("either", "both", "department", "room", "for", "that", "also", "then", ",", ":", "=", "("),
    *("-", "--", "\u2013", "\u2014"),
)
"""What says nothing where it is too much."""

_NEEDLESS_AFTER = {"to": "REFER", "of": "INSTEAD"}
"""What says nothing behind one word."""

_ADVICE = {
    "all of": "write the conditions with `and` between them",
    "instead of": "write `instead` and what is offered, such as `instead glute_bridge`",
    "neither": "write `not (… or …)`",
    "nor": "write `not (… or …)`",
    **dict.fromkeys(("isn't", "aren't", "hasn't"), "write `not fact=value`"),
    "without": "write `not` and a condition, such as `not clearance=yes`",
    "http": 'write `url "…"`',
    "https": 'write `url "…"`',
}
"""What has no word of its own in the language, and how it is said."""

_LONGEST = 7
_COMPARATIVE = {word for phrase in (*_BELOW, *_ABOVE, *_EQUAL, *_AT_MOST, *_AT_LEAST) for word in phrase.split()}
"""Words that compare, and so are no value."""

_VAGUE = [[word, more] for word in ("or", "and") for more in ("worse", "better", "so", "thereabouts")]
"""What is said behind a number that tells no direction."""


class _Found(NamedTuple):
    """A phrase in the text: from which token to before which, and what to write for it."""

    start: int
    end: int
    instead: tuple[str, ...]


def reworded(stuck: Stuck) -> Diagnostic | None:
    """Recognise a phrase at the place that fits once the language's own words stand for it."""
    if stuck.token is None:
        return None
    return next((_said(stuck, code, found) for code, found in _readings(stuck)), None)


def _readings(stuck: Stuck) -> Iterator[tuple[str, _Found]]:
    """Yield what the text may be meant to say: first where the next two words fit behind it, then where one does.

    What is left out altogether needs both: without a value, `pain=, pain_level=5` would do without its comma as well.
    """
    for confirmed in (2, 1):
        for start, end in _stretches(len(stuck.read), len(stuck.tokens)):
            if _but_more(stuck.tokens, start):
                continue
            for code, meanings in _meanings(stuck.tokens[:end], start):
                for meaning in meanings:
                    found = _Found(start, end, _filled(meaning, stuck.tokens[start:end]))
                    if (meaning or confirmed > 1) and _goes_on(stuck, found, confirmed):
                        yield code, found


def _but_more(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a `but` excludes nothing: `<= 70 % but not more than 40 kg`, `any but only deadlift`."""
    return tokens[at].kind == "BUT" and (in_limit(tokens[:at]) or tokens[at + 1 : at + 2] == ["only"])


def advised(stuck: Stuck) -> Diagnostic | None:
    """Recognise a phrase that the language says in another way altogether."""
    for start, end in _stretches(len(stuck.read), len(stuck.tokens)):
        phrase = " ".join(stuck.tokens[start:end])
        if phrase in _ADVICE:
            place = stuck.span_of(stuck.tokens[start], stuck.tokens[end - 1])
            return stuck.found("E102", f"`{phrase}` is not a word of the language here", _ADVICE[phrase], at=place)
    return None


def _stretches(place: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of tokens that begin at the place, or reach up to it: the longest first."""
    for length in range(_LONGEST, 0, -1):
        for start in range(place, max(-1, place - length - 1), -1):
            if start + length <= end:
                yield start, start + length


def _meanings(tokens: Sequence[Token], start: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what the words from `start` on may be meant to say, each with the code that reports it."""
    words = " ".join("#" if part[0].kind == "DECIMAL" else part[0].lower() for part in _parts(tokens[start:]))
    if words in _COMPARED:
        yield "E108", _COMPARED[words]
    if words in _WORDED:
        yield "E102", _WORDED[words]
    if words in _NEEDLESS or (start and _NEEDLESS_AFTER.get(words) == tokens[start - 1].kind):
        yield "E101", ("",)


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the words of a phrase one by one, a number together with its unit."""
    while tokens:
        part = with_unit(tokens)
        yield part
        tokens = tokens[len(part) :]


def _filled(meaning: str, tokens: Sequence[Token]) -> tuple[str, ...]:
    """Return the words of a meaning, the numbers of the text in its blanks."""
    numbers = (part for part in _parts(tokens) if part[0].kind == "DECIMAL")
    return tuple(word for place in meaning.split() for word in (next(numbers) if place == "#" else (place,)))


def _goes_on(stuck: Stuck, found: _Found, confirmed: int) -> bool:
    """Return whether the statement goes on with the words that stand for a phrase."""
    behind = [token.kind for token in stuck.tokens[found.end :]][:confirmed]
    kinds = [*(_kind(word) for word in found.instead), *(behind or ["$END"])]
    return stuck.replayed(found.start).fitting(kinds) == len(kinds)


@cache
def _kind(word: str) -> str:
    return next(token.kind for token in grammar().tokens(word, 0, len(word)))


def _said(stuck: Stuck, code: str, found: _Found) -> Diagnostic:
    tokens = stuck.tokens[found.start : found.end]
    phrase, place = " ".join(tokens), stuck.span_of(tokens[0], tokens[-1])
    if code == "E108" and _compares(stuck, found.start):
        value = _compared(stuck, found)
        whole = stuck.span_of(stuck.tokens[found.start - 1], [*tokens, *value][-1])
        help_ = _comparison(stuck, found, value)
        return stuck.found(code, f"`{phrase}` is not how values are compared", help_, at=whole)
    if not found.instead:
        what = "the parentheses" if phrase == "(" else f"`{phrase}`"
        return stuck.found("E101", f"`{phrase}` is not needed here", f"leave {what} out", at=place)
    known = all(token.kind != "NAME" for token in tokens)
    told = "cannot stand here" if known else "is not a word of the language here"
    if found.instead == ("when", "not") and (denied := _denied_guard(stuck, found, f"`{phrase}` {told}")) is not None:
        return denied
    if phrase in _UNCLEAR_JOINS and found.instead[0] in ("and", "or"):
        return _either_join(stuck, found.start, told)
    before = stuck.tokens[found.start - 1]
    if before.end == tokens[0].start and found.instead[0].isalpha():  # `acute, pain_level`: `and` needs its space
        help_ = f"write `{joined([before, *found.instead])}`"
        return stuck.found("E102", f"`{phrase}` {told}", help_, at=stuck.span_of(before, tokens[-1]))
    return stuck.found("E102", f"`{phrase}` {told}", f"write `{joined(found.instead)}`", at=place)


def _denied_guard(stuck: Stuck, found: _Found, told: str) -> Diagnostic | None:
    """Return the finding about `unless a or b`, in which all of the guard is denied; None where it is one condition."""
    guard = list(takewhile(lambda token: token.kind not in CLAUSES, stuck.tokens[found.end :]))
    if not joins_conditions(guard):
        return None
    first = stuck.tokens[found.start]
    place = stuck.replaceable(first, guard[-1])
    on_one_line = place.end == guard[-1].end
    help_ = f"write `when not ({joined(guard)})`" if on_one_line else "write `when not (…)` around the whole guard"
    return stuck.found("E102", told, help_, at=place if on_one_line else stuck.span_of(first))


_UNCLEAR_JOINS = frozenset({",", ";", "/"})
"""What joins conditions without saying whether both must hold."""


def _either_join(stuck: Stuck, at: int, told: str) -> Diagnostic:
    """Return the finding about a sign between conditions: which of both words it stands for, its author knows."""
    before, sign = stuck.tokens[at - 1 : at + 1]
    close = [before] if before.end == sign.start else []
    both, one = (joined([*close, word]) for word in ("and", "or"))
    help_ = f"write `{both}`, or write `{one}` where one of the two is enough"
    return stuck.found("E102", f"`{sign}` {told}", help_, at=stuck.span_of([*close, sign][0], sign))


def _compared(stuck: Stuck, found: _Found) -> Sequence[Token]:
    """Return the value behind a phrase, unless it holds the values itself."""
    inside = any(word[0].isdigit() for word in found.instead)
    return () if inside else with_unit(stuck.tokens[found.end :])


def _comparison(stuck: Stuck, found: _Found, value: Sequence[Token]) -> str:
    """Return how to write the whole comparison: in a limit the last value counts as allowed."""
    fact, instead = stuck.tokens[found.start - 1], found.instead
    behind = stuck.tokens[found.end + len(value) :]
    denied = any(denies(word) for word in stuck.tokens[found.start : found.end])
    if value and (_says_more(value, behind) or (denied and _compares_on(behind))):
        if stuck.opener == "EXAMPLE":
            return f"write `{fact}=…`, one value: an example is about one member"
        return f"write `{fact} …`: one of `<`, `<=`, `=`, `>=` and `>`, then the value"
    if in_limit(stuck.tokens[: found.start]):
        instead = tuple({"<": "<=", ">": ">="}.get(word, word) for word in instead)
    if instead == ("!=",):
        return f"write `{joined(['not', fact, '=', *value])}`"
    return f"write `{joined([fact, *instead, *value])}`"


def _says_more(value: Sequence[Token], behind: Sequence[Token]) -> bool:
    """Return whether the words behind a phrase are no plain value: `under or maybe 3`, `roughly 3`, `7 or worse`."""
    if value[0].kind == "NAME":
        return value[0] in _COMPARATIVE or value[0] in _UNDECIDED or [token.kind for token in behind[:1]] == ["DECIMAL"]
    words = [str(token) for token in behind[:2]]
    ends = words[:1] in (["or"], ["and"]) and words[-1] in _COMPARATIVE and not _counts(behind[2:])
    return ends or words in _VAGUE


_UNDECIDED = frozenset({"neither", "either", "both", "any", "only"})
"""What stands before several values, and is none."""


def _compares_on(behind: Sequence[Token]) -> bool:
    """Return whether a second comparison follows without a fact, as in `not under 3 or over 7`: is it denied too?"""
    join, sign = [*(str(token) for token in behind[:2]), "", ""][:2]
    return join in ("and", "or") and (sign in _COMPARATIVE or sign in _OPPOSITE)


def _counts(tokens: Sequence[Token]) -> bool:
    """Return whether a number follows, as it does in `under 3 or more than 7`."""
    return any(token.kind == "DECIMAL" for token in tokens[:2])


def _compares(stuck: Stuck, place: int) -> bool:
    """Return whether a comparison stands at the place."""
    before = stuck.tokens[:place]
    return stuck.opener == "EXAMPLE" or in_limit(before) or in_guard(before)
