"""What `evaluate` is given beside facts: names that no text can hold, instants that no calendar has."""

from __future__ import annotations

import datetime

import pytest

from dsl.evaluation.evaluator import Evaluator
from tests.dsl.evaluation.texts import release


def test_half_a_character_in_a_name_is_answered_and_can_be_written() -> None:
    (answer,) = Evaluator(release()).evaluate({}, exercises=["dead\ud800"]).exercises
    assert (answer.asked, answer.exercise, answer.go) == ("dead\\ud800", None, False)
    assert b"dead" in Evaluator(release()).evaluate({}, exercises=["dead\ud800"]).to_json()


@pytest.mark.parametrize(
    "at",
    [
        datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=14))),
        datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.timezone(datetime.timedelta(hours=-12))),
    ],
)
def test_an_instant_outside_of_the_calendar_is_a_value_error(at: datetime.datetime) -> None:
    with pytest.raises(ValueError, match="calendar"):
        Evaluator(release()).evaluate({}, at=at)
