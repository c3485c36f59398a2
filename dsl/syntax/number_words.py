"""Reads numbers that are written in words: `fifty`, `twenty-five`, and shares such as `half` and `three quarters`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dsl.syntax.tree import Token

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = {
    **{word: number for number, word in enumerate(_SMALL)},
    **{word: 10 * number for number, word in enumerate(_TENS, start=2)},
}
_SHARES = {"half": 50, "quarter": 25, "quarters": 25, "fifth": 20, "tenth": 10}
"""Parts of a whole, in percent; a third is none that a number can say."""


def in_digits(tokens: Sequence[Token]) -> list[Token]:
    """Return `tokens` with each number in words as one number; a share in words as a number and `%`."""
    return [one for spelt, run in groupby(tokens, _is_number) for one in (_in_digits([*run]) if spelt else run)]


def says_number(token: Token) -> bool:
    """Return whether a token is a number, in digits or in words, or a share in words."""
    return token.kind == "DECIMAL" or _is_number(token)


def says_part(token: Token) -> bool:
    """Return whether a word is, or ends in, a part of a whole: `half`, `quarters`."""
    return token.split("_")[-1] in _SHARES


def _is_number(token: Token) -> bool:
    return all(word in _NUMBERS or word in _SHARES or word == "hundred" for word in token.split("_"))


def _in_digits(run: Sequence[Token]) -> Iterator[Token]:
    """Yield what one number in words says."""
    number, words = 0, [word for token in run for word in token.split("_")]
    for word in words:
        number = number + _NUMBERS[word] if word in _NUMBERS else (number or 1) * _SHARES.get(word, 100)
    yield run[0].read_as("DECIMAL", str(number))
    if words[-1] in _SHARES:
        yield run[-1].read_as("PERCENT", "%")
