"""Settings that every test shares."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Generator

import coverage
import pytest
from hypothesis import HealthCheck, settings

# The same cases on every run: a failure in CI is a failure here. `--hypothesis-profile` picks another:
# `quick` for `make check`, `search` to look for cases that nobody has met yet.
settings.register_profile(
    "ci", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("quick", settings.get_profile("ci"), max_examples=15)
settings.register_profile("search", settings.get_profile("ci"), derandomize=False, max_examples=5_000)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests: one that comes last leaves the other workers with nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


MEASURED = 3
"""Cases of a property whose lines and branches are counted. Counting makes a case three times as slow; the later
cases are all tried, and reach nothing that these and the plain tests do not."""


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Count what runs in the first cases of a property, and let the others run at full speed."""
    property_ = getattr(pyfuncitem.obj, "hypothesis", None)
    counting = coverage.Coverage.current()
    if property_ is None or counting is None:
        return (yield)
    inner, number = property_.inner_test, itertools.count()

    @functools.wraps(inner)
    def case(*arguments: object, **named: object) -> object:
        if next(number) == MEASURED:
            counting.stop()
        return inner(*arguments, **named)

    property_.inner_test = case
    try:
        return (yield)
    finally:
        property_.inner_test = inner
        if coverage.Coverage.current() is not counting:
            counting.start()
