"""The word that was probably meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.syntax.spelling import distance, nearest

WORDS = ["avoid", "allow", "advise", "when", "because", "modify", "rule", "to"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("avoyd", "avoid"),
        ("aviod", "avoid"),
        ("avod", "avoid"),
        ("avoidd", "avoid"),
        ("wehn", "when"),
        ("becuase", "because"),
        ("becasue", "because"),
        ("avoid", None),
        ("deadlift", None),
        ("x" * 65, None),
    ],
)
def test_nearest(word: str, meant: str | None) -> None:
    assert nearest(word, WORDS) == meant


def test_equally_near_ones_go_by_the_alphabet() -> None:
    assert nearest("bat", ["cat", "bar", "eat"]) == "bar"


@given(st.text("ab", max_size=6), st.text("ab", max_size=6))
def test_distance_is_symmetric_and_zero_for_equals(left: str, right: str) -> None:
    far = 20
    assert distance(left, right, far) == distance(right, left, far)
    assert (distance(left, right, far) == 0) == (left == right)
    assert distance(left, right, far) <= max(len(left), len(right))
