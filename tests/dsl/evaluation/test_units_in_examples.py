"""An example in another unit than its fact means the same as a rule in that unit, to the last digit."""

from __future__ import annotations

import pytest

from dsl.evaluation.build import build
from dsl.syntax.source import SourceFile

TEXT = """
fact sleep number 0 to 24 h
exercise squat
parameter least = 430 min in 60 to 1000
allow squat when sleep >= 430 min
example "in minutes" given sleep={given} expect squat {verdict}
example "by the parameter" given sleep=least expect squat allowed
"""


@pytest.mark.parametrize(
    ("given", "verdict"),
    [("430 min", "allowed"), ("429 min", "unreviewed"), ("25800 s", "allowed"), ("7 h", "unreviewed")],
)
def test_an_example_is_read_in_the_unit_that_it_is_written_in(given: str, verdict: str) -> None:
    built = build([SourceFile("sleep.rules", TEXT.format(given=given, verdict=verdict))], with_prelude=False)
    assert [found.message for found in built.diagnostics] == []
