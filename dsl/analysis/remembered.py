"""What has been found out about one release, for the next: found again by the very formula that it is about."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from decimal import Decimal

import msgspec

from dsl.analysis.formulas import Bounds, UndecidedError
from dsl.analysis.members import Known, within
from dsl.semantics.vocabulary import Fact, Kind


class Verdict(msgspec.Struct, frozen=True):
    """What was found: somebody of whom a formula is true, or nobody; or that it was not decided in so many seconds.

    `about_nobody`: the guard of a proof holds for nobody.
    """

    known: Known | None = None
    about_nobody: bool = False
    undecided: float | None = None


Memory = MutableMapping[str, Verdict]
"""What was found, by the fingerprint of the formula that it is about."""


def recalled(memory: Memory, key: str, facts: Mapping[str, Fact]) -> Verdict | None:
    """Return what `memory` has by `key`; None where it has nothing, or a member whom `facts` do not allow."""
    verdict = memory.get(key)
    return None if verdict is None or not (verdict.known is None or _is_member(verdict.known, facts)) else verdict


def answered(
    memory: Memory, key: str, facts: Mapping[str, Fact], bounds: Bounds, search: Callable[[], Verdict]
) -> Verdict:
    """Return what `memory` has by `key`, else what `search` finds, for `memory` to have.

    What passed the bound by itself is remembered as well, and not tried again within it: it would pass it again.

    Raises:
        UndecidedError: it is not decided, now or before.
    """
    verdict = recalled(memory, key, facts)
    if verdict is None or verdict.undecided is not None:
        if verdict is not None and verdict.undecided is not None and verdict.undecided >= bounds.seconds_each:
            raise UndecidedError(verdict.undecided, alone=True)
        verdict = memory[key] = _searched(memory, key, search)
    return verdict


def _searched(memory: Memory, key: str, search: Callable[[], Verdict]) -> Verdict:
    try:
        return search()
    except UndecidedError as error:
        if error.alone:
            memory[key] = Verdict(undecided=error.seconds)
        raise


def _is_member(known: Known, facts: Mapping[str, Fact]) -> bool:
    return (
        all(name in facts and choice in _choices(facts[name]) for name, choice in known.choices.items())
        and all(name in facts and states.keys() <= _terms(facts[name]) for name, states in known.terms.items())
        and all(name in facts and _is_number(facts[name], number) for name, number in known.numbers.items())
    )


def _choices(fact: Fact) -> Collection[str]:
    if fact.kind is Kind.YES_NO:
        return ("yes", "no")
    return {term.name for term in fact.terms} if fact.kind is Kind.ONE_OF else ()


def _terms(fact: Fact) -> AbstractSet[str]:
    return {term.name for term in fact.terms} if fact.kind is Kind.MANY_OF else frozenset()


def _is_number(fact: Fact, number: Decimal) -> bool:
    if fact.kind is not Kind.NUMBER or not number.is_finite() or (fact.whole and number != number.to_integral_value()):
        return False
    return within(fact, number)


def digest(parts: object) -> str:
    """Return the fingerprint of `parts`, plain values."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
