"""The shipped pack, compiled once, its examples run."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from dsl import Decision, Evaluator, Release, compile_paths
from tests.rules.shipped import RULES

WITHIN_REVIEW = datetime.datetime(2027, 1, 15, tzinfo=datetime.UTC)

Answer = Callable[[dict[str, object]], Decision]


@pytest.fixture(scope="session")
def release() -> Release:
    return compile_paths([RULES / "back_pain"])


@pytest.fixture(scope="session")
def answer(release: Release) -> Answer:
    evaluator = Evaluator(release)

    def evaluated(facts: dict[str, object]) -> Decision:
        return evaluator.evaluate(facts, asked_with=release, at=WITHIN_REVIEW)

    return evaluated
