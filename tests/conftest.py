"""Settings that every test shares."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Generator, Iterator

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


@pytest.fixture(autouse=True, scope="session")
def _a_cache_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what checks remember away from the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests: one that comes last leaves the other workers with nothing to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


COUNTED = 10
"""Of so many cases of a property, the lines and branches of the first are counted: counting makes a case three times
as slow. All cases are tried alike; a line that only a rare one reaches may be reported as missed."""


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let most cases of a property run without being counted."""
    property_ = getattr(pyfuncitem.obj, "hypothesis", None)
    counting = coverage.Coverage.current()
    if property_ is None or counting is None:
        return (yield)
    inner, number = property_.inner_test, itertools.count()

    @functools.wraps(inner)
    def case(*arguments: object, **named: object) -> object:
        if next(number) % COUNTED:
            return inner(*arguments, **named)
        counting.start()
        try:
            return inner(*arguments, **named)
        finally:
            counting.stop()

    property_.inner_test = case
    counting.stop()
    try:
        return (yield)
    finally:
        property_.inner_test = inner
        counting.start()
