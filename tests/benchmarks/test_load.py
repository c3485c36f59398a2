"""The benchmark of compiling and loading runs, and gives the rows that it promises."""

from __future__ import annotations

import pytest

pytest.importorskip("lark_cython", reason="only benchmarks install it")

from tests.benchmarks.load import measured
from tests.benchmarks.rule_text import sources


def test_every_row_is_there() -> None:
    rows = measured([20])
    assert [(row.subject, row.peer, row.metric) for row in rows] == [
        ("compile", "lark", "seconds"),
        ("parse", "lark", "seconds"),
        ("lark, collecting", "lark", "seconds"),
        ("lark-cython", "lark", "seconds"),
        ("load", "", "seconds"),
        ("decode", "", "seconds"),
        ("evaluator", "", "seconds, one rule changed, all compiled anew"),
        ("evaluator", "anew", "seconds, one rule changed"),
        ("artifact", "", "megabytes"),
        ("compile, peak", "", "megabytes"),
        ("load, peak", "", "megabytes"),
    ]
    assert all(row.value > 0 and row.size == 20 for row in rows)


def test_the_same_numbers_make_the_same_text() -> None:
    assert sources(30) == sources(30)
    assert sum(source.text.count("because") for source in sources(1_030)) == 1_030
