"""The members whom benchmarks ask about: a request as JSON would bring it, and the facts that the door makes of it."""

from __future__ import annotations

import random
from typing import NamedTuple

from dsl.semantics.facts import Door, Facts
from tests.benchmarks.clinic import CHOICES, MANY, NUMBERS, VOCABULARY, YES_NO, Number

_SEED = 11
_MISSING_NUMBER = 0.25
_MISSING_CHOICE = 0.1
_MISSING_LIST = 0.05
_PARTIAL_LIST = 0.08
_MENTIONED = 6
_LISTED = {"condition": (1, 8), "equipment": (3, 12), "symptom": (1, 9)}


class Member(NamedTuple):
    """One member: what the request says, and what is then known."""

    request: dict[str, object]
    facts: Facts


def members(count: int) -> list[Member]:
    """Return the first `count` members, the same ones on every run; of each something is usually unknown."""
    chosen = random.Random(_SEED)  # noqa: S311 - the same on every run is the point
    door = Door(VOCABULARY)
    requests = [_request(chosen) for _ in range(count)]
    return [Member(request, door.read(request, VOCABULARY)) for request in requests]


def _request(chosen: random.Random) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in MANY:
        if chosen.random() >= _MISSING_LIST:
            found[name] = _listed(name, chosen)
    for name, values in CHOICES.items():
        if chosen.random() >= _MISSING_CHOICE:
            found[name] = chosen.choice(values)
    if chosen.random() >= _MISSING_CHOICE:
        found[YES_NO] = chosen.random() < 0.1
    for name, number in NUMBERS.items():
        if chosen.random() >= _MISSING_NUMBER:
            found[name] = _measured(number, chosen)
    return found


def _listed(name: str, chosen: random.Random) -> object:
    """Return a complete list; now and then what is present and what is absent, the rest unknown."""
    low, high = _LISTED[name]
    present = chosen.sample(MANY[name], chosen.randint(low, high))
    if chosen.random() >= _PARTIAL_LIST:
        return sorted(present)
    absent = chosen.sample([term for term in MANY[name] if term not in present], _MENTIONED)
    return {"present": sorted(present), "absent": sorted(absent)}


def _measured(number: Number, chosen: random.Random) -> float:
    middle = (number.low + number.high) / 2
    value = chosen.triangular(number.low, number.high, middle)
    return int(value) if number.step == 1 else round(value, 2)
