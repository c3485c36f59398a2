"""A member's facts as JSON from a file or from standard input, read strictly."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO

from dsl.semantics.facts import described
from dsl.tools.terminal import Failure

LARGEST = 1 << 20
"""Bytes read at most: the facts of one member are a few hundred."""
DEEPEST = 32
"""Levels of nesting read at most."""
_LONGEST_NUMBER = 40
BODY = frozenset({"facts", "exercises", "asked_with", "at", "subject"})
"""Keys of the request body of the service that mean something here."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a facts file asks: the facts, and what a whole request body says beside them."""

    facts: Mapping[str, object]
    exercises: tuple[str, ...] | None = None
    asked_with: int | None = None
    at: str | None = None


def read_request(path: str) -> Request:
    """Return the request in the file at `path`, or on standard input for `-`.

    The file holds either the facts themselves or the request body of the service, `{"facts": {…}, …}`.

    Raises:
        Failure: the file cannot be read, is not JSON, or is not of either form.
    """
    place = "standard input" if path == "-" else path
    value = _decoded(_bytes_of(path, place), place)
    if not isinstance(value, dict):
        raise Failure(f'{place}: expected a JSON object of facts, such as {{"pain": "acute"}}, not {described(value)}')
    return _body(value, place) if isinstance(value.get("facts"), dict) else Request(value)


def _bytes_of(path: str, place: str) -> bytes:
    try:
        if path == "-":
            return _bounded(sys.stdin.buffer, place)
        with Path(path).open("rb") as file:
            return _bounded(file, place)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Failure(f"{place}: cannot be read: {reason.lower()}") from error


def _bounded(file: BinaryIO, place: str) -> bytes:
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Failure(f"{place}: longer than the {LARGEST // 1024} KiB that facts may take")
    return data


def _decoded(data: bytes, place: str) -> object:
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_no_number,
                           object_pairs_hook=_object)  # fmt: skip
    except UnicodeDecodeError as error:
        raise Failure(f"{place}: not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Failure(f"{place}: not JSON: {error.msg[0].lower()}{error.msg[1:]} at {where}") from error
    except RecursionError as error:
        raise _too_deep(place) from error
    except ValueError as error:
        raise Failure(f"{place}: {error}") from error
    _check_depth_and_text(value, place)
    return value


def _number(digits: str) -> int | Decimal:
    if len(digits) > _LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:12]}… has more digits than any fact")
    try:
        return int(digits) if digits.lstrip("-").isdigit() else Decimal(digits)
    except InvalidOperation as error:
        raise ValueError(f"{digits} is not a number that any fact can have") from error


def _no_number(word: str) -> object:
    raise ValueError(f"{word} is not a number; leave a fact out when it is not known")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{twice}` is given twice; each fact can have one value")
    return found


def _check_depth_and_text(value: object, place: str) -> None:
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep(place)
        match item:
            case dict():
                waiting.extend((part, depth + 1) for pair in item.items() for part in pair)
            case list():
                waiting.extend((part, depth + 1) for part in item)
            case str() if any("\ud800" <= char <= "\udfff" for char in item):
                raise Failure(f"{place}: a text holds half of a character (a lone surrogate)")
            case _:
                pass


def _too_deep(place: str) -> Failure:
    return Failure(f"{place}: nested deeper than {DEEPEST} levels; facts are a flat object")


def _body(value: Mapping[str, object], place: str) -> Request:
    unknown = sorted(set(value) - BODY)
    if unknown:
        raise Failure(f"{place}: `{unknown[0]}` is not part of a request; known are {', '.join(sorted(BODY))}")
    facts, at, asked = value["facts"], value.get("at"), value.get("asked_with")
    if not isinstance(facts, dict):
        raise Failure(f"{place}: `facts` must be an object, not {described(facts)}")
    if not (at is None or isinstance(at, str)):
        raise Failure(f"{place}: `at` must be a date and time in quotes, not {described(at)}")
    if isinstance(asked, bool) or not (asked is None or isinstance(asked, int)):
        raise Failure(f"{place}: `asked_with` must be the number of a release, not {described(asked)}")
    return Request(facts, _names(value.get("exercises"), place), asked, at)


def _names(value: object, place: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise Failure(f"{place}: `exercises` must be a list of names")
    return tuple(value)
