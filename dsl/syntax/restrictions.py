"""Knows the words that restrict, deny or join: without one of them a rule says something else.

No help may have an author leave such a word out: one keystroke would make an exclusion, a condition or a limit vanish.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsl.syntax.guard_words import COMPARE, joins
from dsl.syntax.tree import Token

DENIALS = frozenset(
    (
        *("not", "never", "no", "nor", "neither", "none", "cannot", "cant", "dont", "doesnt", "isnt", "without"),
        *("stop", "refuse", "refused", "disallow", "disallowed", "hardly", "barely", "rarely", "seldom"),
    )
)
"""The words that turn what is said into its opposite, or nearly so; so does whatever ends in `n't`."""

EXCLUDING = frozenset({"but", "except", "excepting", "excluding", "exclude", "unless", "save", "apart", "other", "bar"})
"""The words that leave something out of what is said."""

_CONDITIONS = frozenset({"if", "when", "whenever", "where", "only", "with", "until", "while", "provided", "after"})
_JOINS = frozenset({"and", "or", "xor", "nand"})
_BOUNDS = frozenset(
    (
        *("max", "maximum", "min", "minimum", "most", "least", "more", "less", "than", "up", "below", "under", "above"),
        *("over", "between", "within", "outside", "limit"),
    )
)
_KINDS = COMPARE | {"OPEN_STRING", "OTHER_QUOTES"}

_CHANGING = EXCLUDING | _CONDITIONS | _JOINS | _BOUNDS


def denies(token: Token) -> bool:
    """Return whether a word turns what is said into its opposite, or nearly so."""
    return token.lower() in DENIALS or token.lower().replace("\u2019", "'").endswith("n't")


def excludes(tokens: Iterable[Token]) -> bool:
    """Return whether words deny something, or leave something out of what is said."""
    return any(denies(token) or token.lower() in EXCLUDING for token in tokens)


def restricts(tokens: Iterable[Token]) -> bool:
    """Return whether a rule says something else without these words: they deny, exclude, ask, join or compare.

    A quote that is never closed takes in what stands behind it, and so does too.
    """
    return any(denies(token) or token.lower() in _CHANGING or token.kind in _KINDS for token in tokens)


def joins_conditions(tokens: Sequence[Token]) -> bool:
    """Return whether `and` or `or` joins conditions among `tokens`."""
    return any(True for _ in joins(tokens, ("AND", "OR")))
