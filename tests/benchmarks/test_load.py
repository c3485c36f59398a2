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
        ("artifact", "", "megabytes"),
        ("compile, peak", "", "megabytes"),
        ("load, peak", "", "megabytes"),
    ]
    assert all(row.value > 0 and row.size == 20 for row in rows)


def test_a_changed_rule_is_compiled_beside_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.load.WIDE", 20)
    told = [(row.peer, row.metric) for row in measured([20]) if row.subject == "evaluator"]
    assert told == [("", "seconds, one rule changed, all compiled anew"), ("anew", "seconds, one rule changed")]


def test_the_same_numbers_make_the_same_text() -> None:
    assert sources(30) == sources(30)
    assert sum(source.text.count("because") for source in sources(1_030)) == 1_030
