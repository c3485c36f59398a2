"""The day of a request as one more thing that is known of members, where some day of review is on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from dsl.analysis.members import Known
from dsl.semantics import ir
from dsl.semantics.vocabulary import Fact, Kind

DAY = " day"
"""The day of the request, as a number that is known of members; no fact can be called so."""


def day_of_request(days: Sequence[datetime.date]) -> Iterator[Fact]:
    """Yield the day as a fact, where some day of review is on it."""
    if days:
        first, last = (Decimal(day.toordinal()) for day in (days[0], days[-1]))
        yield Fact(DAY, Kind.NUMBER, low=first, high=last + 1, whole=True)


def past(days: Iterable[datetime.date]) -> list[ir.Compare]:
    """Return that each of `days` is past."""
    return [ir.Compare(DAY, ">", Decimal(day.toordinal())) for day in days]


def day_of(member: Known) -> datetime.date:
    """Return the day of the request; where it makes no difference, one before all reviews."""
    return datetime.date.fromordinal(int(member.numbers[DAY])) if DAY in member.numbers else datetime.date.min
