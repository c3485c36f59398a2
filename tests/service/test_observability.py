"""What is logged of a failure, and what never is."""

from __future__ import annotations

import logging

import pytest

from service.observability import log_failure


def _fail(value: str) -> None:
    try:
        int(value)
    except ValueError as error:
        raise KeyError(value) from error


def test_a_failure_is_logged_with_its_place_and_without_its_message(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(KeyError) as caught:
        _fail("saddle_numbness")
    occurrence = log_failure(caught.value)
    assert occurrence in caplog.text
    assert "KeyError from ValueError" in caplog.text
    assert "_fail" in caplog.text
    assert "saddle_numbness" not in caplog.text
