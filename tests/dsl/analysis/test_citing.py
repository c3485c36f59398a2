"""How rules use their sources: sections that none cites, rules without a source, reviews that are overdue."""

from __future__ import annotations

import datetime

import pytest

from dsl.analysis.citing import Citing, Review, citing
from dsl.semantics.compiler import compile_sources
from dsl.syntax.source import SourceFile

RULES = """\
pack club review by 2027-05-01
source manual "Manual" url "https://example.org/manual"
source book "Book"
fact sore yes or no
exercise squat
rule a: avoid squat when sore=yes from manual section "Hinges" from manual section "Cold start"
rule b: caution squat when sore=yes from manual quote "sit back" from book
rule c: allow squat when sore=no
"""
MANUAL = """\
# Manual

## Warming up

### Cold start

### Hips

## Lifting

- Hinges: Keep the bar close.
  - Why: It is kinder.
- Squats: Sit back.
  - Why: It is deeper.
- Leg press: Feet high.
  - Why: It is kinder to knees.

## Cooling down
"""


def report(today: datetime.date | None = None) -> Citing:
    texts = [SourceFile("sources/manual.md", MANUAL)]
    made = compile_sources([SourceFile("a.rules", RULES)], with_prelude=False, texts=texts)
    assert made.release is not None
    return citing(made.release.artifact, made.bundled, today)


def test_sections_of_which_nothing_is_cited() -> None:
    by_name = {source.source: source for source in report().sources}
    manual = by_name["manual"]
    assert [(one.title, one.line) for one in manual.uncited] == [
        ("Hips", 7), ("Leg press", 15), ("Why", 16), ("Cooling down", 18),
    ]  # fmt: skip
    assert (manual.cited_by, manual.file, manual.sections) == (2, "sources/manual.md", 12)
    assert (manual.title, manual.url, manual.pack) == ("Manual", "https://example.org/manual", "club")


def test_of_a_work_that_is_not_at_hand_nothing_is_said() -> None:
    book = next(source for source in report().sources if source.source == "book")
    assert (book.cited_by, book.file, book.sections, book.uncited) == (1, None, 0, ())


def test_rules_without_a_source() -> None:
    assert report().uncited_rules == ("club/c",)


@pytest.mark.parametrize(("today", "overdue"), [(None, None), ("2027-05-01", None), ("2027-05-04", 3)])
def test_reviews(today: str | None, overdue: int | None) -> None:
    found = report(datetime.date.fromisoformat(today) if today else None)
    assert found.reviews == (Review("club", datetime.date(2027, 5, 1), overdue),)
    assert found.overdue == (found.reviews if overdue else ())
