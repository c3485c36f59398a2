"""Names what is wrong with a single word or symbol, and how it was probably meant.

A word that has one evident reading (`AVOID`, `==`, a string in smart quotes) is reported and then read so,
that one slip does not hide the statement around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from dsl.syntax.grammar import grammar
from dsl.syntax.tree import Token

# Letters that look like others, or are written for them: Cyrillic, Greek, then those of Latin alphabets.
_CYRILLIC = (
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u043a\u04cf\u043c\u043e\u0440\u051b\u0455\u0442\u0443\u0445\u051d"
)
_GREEK = "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
_LATIN = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "\u017f": "s"}
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_LOOKALIKES = str.maketrans(
    {
        **dict(zip(_CYRILLIC, "acdehijklmopqstyxw", strict=True)),
        **dict(zip(_GREEK, "aeikvoptux", strict=True)),
        **_LATIN,
        **_UMLAUTS,
    }
)
_OPERATORS: dict[str, tuple[str, str]] = {
    "&&": ("AND", "and"),
    "&": ("AND", "and"),
    "||": ("OR", "or"),
    "|": ("OR", "or"),
    "!": ("NOT", "not"),
    "==": ("EQUAL", "="),
    "===": ("EQUAL", "="),
    ":=": ("EQUAL", "="),
    "!==": ("NOT_EQUAL", "!="),
    "<>": ("NOT_EQUAL", "!="),
    "≠": ("NOT_EQUAL", "!="),
    "=<": ("AT_MOST", "<="),
    "≤": ("AT_MOST", "<="),
    "≦": ("AT_MOST", "<="),
    "=>": ("AT_LEAST", ">="),
    "≥": ("AT_LEAST", ">="),
    "≧": ("AT_LEAST", ">="),
    "{": ("LPAR", "("),
    "[": ("LPAR", "("),
    "}": ("RPAR", ")"),
    "]": ("RPAR", ")"),
}
_COMPARISONS = frozenset({"EQUAL", "NOT_EQUAL", "AT_MOST", "AT_LEAST"})
_DATE_LIKE = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})[-./]([0-9]{4})")
_MONTHS = 12
_NUMBER_THEN_WORD = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)([a-z][a-z_]*)")
_RANGE = re.compile(r"([0-9]+(?:\.[0-9]+)?)[-–]([0-9]+(?:\.[0-9]+)?)")
_OUT_OF = re.compile(r"([0-9]+(?:\.[0-9]+)?)/([0-9]+)")
_KEBAB = re.compile(r"[a-z][a-z0-9_]*(?:-[a-z0-9_]+)+")
_LONGEST, _SHOWN = 300, 30
_QUOTES = "\"'`\u00ab\u00b4\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an author is told of one token; `reading` is how it goes on being read, None when it cannot be."""

    code: str
    message: str
    help: str | None = None
    reading: tuple[tuple[str, str], ...] | None = None


def refuse(token: Token) -> Refusal:
    """Return what is wrong with a token of a type that no statement accepts."""
    refusal = _BY_TYPE[token.kind](token[:_LONGEST])
    if len(token) <= _LONGEST or token.kind == "OPEN_STRING":
        return refusal
    return Refusal(refusal.code, f"`{token[:_SHOWN]}…` cannot be read", "it is too long to be a word or a string")


def _operator(text: str) -> Refusal:
    reading = _OPERATORS.get(text)
    if reading is None:
        return _symbol(text)
    code = "E108" if reading[0] in _COMPARISONS else "E109"
    return Refusal(code, f"`{text}` is not a symbol of the language", f"write `{reading[1]}`", (reading,))


def _symbol(text: str) -> Refusal:
    advice = {
        ";": "statements are divided by beginning the next one on a new line",
        ".": "a full stop stands only in numbers, such as `0.5`, and in names of packs and rules",
        "?": "leave it out, or put it inside of the quotes",
        "//": "a comment begins with `#`",
        "/*": "a comment begins with `#`",
        "*/": "a comment begins with `#`",
        "°": "write `deg` for an angle; there is no unit of temperature",
        **dict.fromkeys(("-", "–", "—", "--"), "between two numbers, write `to`; a remark begins with `#`"),
    }
    return Refusal("E109", f"`{text}` is not a symbol of the language", advice.get(text))


def _open_string(text: str) -> Refusal:
    last = text.rstrip()[-1]
    instead = f" instead of `{last}`" if last in _QUOTES[1:] else ""
    return Refusal(
        "E112",
        "the string has no closing quote on its line",
        f'close it with `"`{instead}; a string cannot go on in the next line',
    )


def _glued_string(text: str) -> Refusal:
    end = text.rindex('"') + 1
    word = text[end:]
    return Refusal(
        "E121",
        f"`{word}` is stuck to the string before it",
        f"put a space before `{word}`",
        (("STRING", text[:end]), _word_token(word)),
    )


def _other_quotes(text: str) -> Refusal:
    body = text.strip(_QUOTES)
    straight = f'"{body.replace(chr(92), "")}"'
    kind = "single quotes" if text[0] == "'" else "quotes other than straight ones"
    closed = len(text) > 1 and text[-1] in _QUOTES
    return Refusal(
        "E111", f"strings do not stand in {kind}", f"write `{straight}`", (("STRING", straight),) if closed else None
    )


def _contraction(text: str) -> Refusal:
    """Return what is wrong with `isn't`, read as the one word that people take it for."""
    plain = text.replace("\u2019", "'")
    return Refusal("E102", f"`{plain}` is not a word of the language", "write `not`", (("NAME", plain),))


def _glued_percent(text: str) -> Refusal:
    return Refusal(
        "E121",
        f"`{text[1:]}` is stuck to the `%` before it",
        f"write `% {text[1:]}`",
        (("PERCENT", "%"), _word_token(text[1:])),
    )


def _word(text: str) -> Refusal:
    """Return what is wrong with a word or number that is neither."""
    if not text.isascii():
        return _foreign_letters(text)
    if text[0].isdigit() or text[0] in "-.":
        return _number(text)
    if any("A" <= char <= "Z" for char in text):
        lower = text.lower()
        if lower in grammar().keywords:
            return Refusal(
                "E118",
                f"words of the language are written in small letters: `{text}`",
                f"write `{lower}`",
                (_word_token(lower),),
            )
        plain = _plain(lower)
        return Refusal(
            "E118", f"names are written in small letters: `{text}`", f"write `{plain}`", (_word_token(plain),)
        )
    if _KEBAB.fullmatch(text):
        joined, words = text.replace("-", "_"), text.split("-")
        if all(word in grammar().keywords for word in words):
            apart = " ".join(words)
            reading = tuple(_word_token(word) for word in words)
            return Refusal("E125", f"`{text}` is written without a hyphen", f"write `{apart}`", reading)
        return Refusal(
            "E125", f"`{text}` has a hyphen, which names cannot have", f"write `{joined}`", (("NAME", joined),)
        )
    plain = _plain(text)
    return Refusal(
        "E125",
        f"`{text}` is not a name",
        f"write `{plain}`" if plain != text else "names are made of a to z, digits and `_`",
        None,
    )


def _foreign_letters(text: str) -> Refusal:
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LOOKALIKES))
    ascii_only = "".join(char for char in decomposed if char.isascii())
    odd = next(char for char in text if not char.isascii())
    title = unicodedata.name(odd, f"U+{ord(odd):04X}").lower()
    plain = _plain(ascii_only)
    message = f"`{odd}` ({title}) is not a letter from a to z"
    if not re.fullmatch(r"[a-z]\w*", plain):
        return Refusal("E124", message, "names are made of a to z, digits and `_`")
    return Refusal("E124", message, f"write `{plain}`", (_word_token(plain),))


def _number(text: str) -> Refusal:
    """Return what is wrong with something that begins as a number does."""
    if _DATE_LIKE.fullmatch(text):
        return _date(text)
    if match := _NUMBER_THEN_WORD.fullmatch(text):
        number, word = match.groups()
        return Refusal(
            "E121",
            f"`{word}` is stuck to the number before it",
            f"write `{number} {word}`",
            (("DECIMAL", number), _word_token(word)),
        )
    if match := _RANGE.fullmatch(text):
        low, high = match.groups()
        return Refusal(
            "E126",
            f"`{text}` is not a number",
            f"write `{low} to {high}`",
            (("DECIMAL", low), ("TO", "to"), ("DECIMAL", high)),
        )
    if match := _OUT_OF.fullmatch(text):
        return Refusal("E126", f"`{text}` is not a number", part_of(*match.groups()), (("DECIMAL", match[1]),))
    if re.fullmatch(r"-?\.[0-9]+", text):
        whole = text.replace(".", "0.")
        return Refusal("E126", f"`{text}` has no digit before the point", f"write `{whole}`", (("DECIMAL", whole),))
    return Refusal(
        "E126",
        f"`{text}` is neither a number nor a name",
        "numbers are written `7`, `-2` or `0.5`; names begin with a letter",
    )


def part_of(number: str, whole: str) -> str:
    """Return how to write what stands before and behind a slash: a score, a part of one, or a time.

    To clinicians `3/12` is three months; the number alone would be in the unit of its fact, which can be weeks.
    """
    if (unit := _TIMES.get(whole)) is not None:
        return f"write `{number} {unit}` where {number} {unit}s are meant; a score is written without its highest value"
    if whole in _PARTS and "." not in number:
        part = f"{float(number) / int(whole):.2f}".rstrip("0").rstrip(".")
        return f"write `{part}` where a part of one is meant, or write `{number}` where {whole} is the highest value"
    return f"write `{number}`, where {whole} is the highest value"


_TIMES = {"7": "day", "52": "week", "12": "month"}
"""What days, weeks and months are written as parts of, in clinical notes."""
_PARTS = frozenset({"2", "3", "4"})


def _date(text: str) -> Refusal:
    match = _YEAR_FIRST.fullmatch(text)
    if match is None:
        return Refusal("E119", f"`{text}` is not a date", _year_first(text))
    year, month, day = match.groups()
    written = f"{year}-{month:0>2}-{day:0>2}"
    return Refusal("E119", f"`{text}` is not a date", f"write `{written}`", (("DATE", written),))


def _year_first(text: str) -> str:
    """Return how a date that does not begin with its year is written: day and month exchanged may both be meant."""
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return "write it as year-month-day, such as `2027-05-01`"
    one, other, year = match.groups()
    readings = [
        f"`{year}-{month:0>2}-{day:0>2}`" for day, month in ((one, other), (other, one)) if int(month) <= _MONTHS
    ]
    if "." in text:  # where dates have dots, the day comes first
        readings = readings[:1]
    return f"write {' or '.join(dict.fromkeys(readings))}, year first" if readings else "write year, month and day"


def _plain(text: str) -> str:
    return re.sub(r"_+", "_", re.sub(r"[^a-z0-9_.]", "_", text)).strip("_.")


def _word_token(word: str) -> tuple[str, str]:
    """Return the token type that a word has when it stands by itself."""
    kind = grammar().keywords.get(word)
    if kind is None:
        kind = "NAME" if re.fullmatch(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*", word) else "STRAY"
    return kind, word


_BY_TYPE: dict[str, Callable[[str], Refusal]] = {
    "CONTRACTION": _contraction,
    "GLUED_STRING": _glued_string,
    "OPEN_STRING": _open_string,
    "OTHER_QUOTES": _other_quotes,
    "WORD": _word,
    "GLUED_PERCENT": _glued_percent,
    "OPERATOR": _operator,
    "STRAY": _symbol,
}
