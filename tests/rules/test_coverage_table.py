"""The coverage table of `rules/README.md` speaks of the rules that exist, and of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.rules.shipped import ARTICLE, RULES, rule_names

_HEADS = {("Statement", "Rules"), ("What", "Rules")}


def rows() -> Iterator[tuple[str, str]]:
    """Yield statement and rules of each row of the coverage tables."""
    inside = False
    for line in (RULES / "README.md").read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if not line.startswith("|"):
            inside = False
        elif cells in _HEADS:
            inside = True
        elif inside and not line.startswith("|---"):
            assert len(cells) == 2, line
            yield cells[0], cells[1]


def ids(cell: str) -> set[str]:
    """Return the rules that a cell names."""
    return set(re.findall(r"`([a-z0-9_]+\.[a-z0-9_]+)`", cell))


def test_every_statement_has_rules_or_says_why_not() -> None:
    found = list(rows())
    assert len(found) >= 80
    for statement, cell in found:
        assert ids(cell) or "not computable, because" in cell, statement


def test_every_rule_that_the_table_names_exists() -> None:
    for statement, cell in rows():
        assert ids(cell) <= rule_names(), statement


def test_the_table_names_every_rule() -> None:
    named = set().union(*(ids(cell) for _, cell in rows()))
    assert rule_names() - named == set()


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article lies beside a checkout of the project only")
def test_the_table_quotes_a_few_words_of_the_article_at_most() -> None:
    text = " ".join(ARTICLE.read_text(encoding="utf-8").split()).casefold()
    for statement, _ in rows():
        for quoted in re.findall(r'"([^"]+)"', statement):
            assert quoted.casefold() in text, quoted
            assert len(quoted.split()) <= 8, quoted
