"""Texts of works: how their words are compared, and what a section of theirs is."""

from __future__ import annotations

import pytest

from dsl.semantics.work import Work, folded, occurs
from dsl.syntax.source import SourceFile

MARKDOWN = """\
# Manual

Before all.

## 1.2 Warming up ##

Five minutes.

```
# no title here
- Nor: here
```

### Hips

Circles.

## Lifting

- **Hinges (all kinds):** Keep the bar close.
  1. Deep: Go no deeper than flat.
- Squats: Sit back.
"""
PLAIN = """\
Manual of the club

This is a sentence that ends in a stop.

Warming up

Five minutes on the bike.
Then hips.

  • Hinges: Keep the bar close.
"""


def work(text: str, name: str = "sources/manual.md") -> Work:
    return Work(SourceFile(name, text))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Two\n  words", "two words"),
        ("a\u00a0blank", "a blank"),
        ("“quoted” ‘so’", "'quoted' \"so\""),
        ("well\u2014known", "well-known"),
        ("**very** *soft* _words_", "very soft words"),
        ("soft\u00adhyphen", "softhyphen"),
        ("see [the page](https://example.org/a_b)", "see the page"),
        ("> cited\n> lines", "cited lines"),
        ("\ufb01ve", "five"),
    ],
)
def test_what_makes_no_difference(left: str, right: str) -> None:
    assert folded(left) == folded(right)


@pytest.mark.parametrize("quote", ["the bar close", "BAR   CLOSE.", "keep … close", "keep [...] close", "“the bar”"])
def test_words_that_stand_there(quote: str) -> None:
    assert occurs(quote, folded("Always keep the bar close, please."))


@pytest.mark.parametrize("quote", ["the ba", "ar close", "close … keep", "the far bar", "", "…", " . "])
def test_words_that_do_not_stand_there(quote: str) -> None:
    assert not occurs(quote, folded("Always keep the bar close, please."))


def test_a_part_of_a_word_is_passed_over_where_the_word_itself_comes_later() -> None:
    assert occurs("art", folded("heart, start and art"))


def test_titles_of_markdown_and_of_items() -> None:
    told = [(one.title, one.line, one.level, one.is_item) for one in work(MARKDOWN).sections]
    assert told == [
        ("Manual", 1, 1, False),
        ("1.2 Warming up", 5, 2, False),
        ("Hips", 14, 3, False),
        ("Lifting", 18, 2, False),
        ("Hinges (all kinds)", 20, 7, True),
        ("Deep", 21, 9, True),
        ("Squats", 22, 7, True),
    ]


def test_titles_of_plain_text_are_short_lines_alone() -> None:
    told = [(one.title, one.level) for one in work(PLAIN, "sources/manual.txt").sections]
    assert told == [("Manual of the club", 1), ("Warming up", 1), ("Hinges", 9)]


@pytest.mark.parametrize("title", ["1.2 Warming up", "Warming up", "warming  UP", "1.2"])
def test_a_section_is_cited_by_title_number_or_both(title: str) -> None:
    assert [one.title for one in work(MARKDOWN).cited_as(title)] == ["1.2 Warming up"]


def test_a_remark_in_parentheses_need_not_be_cited() -> None:
    assert [one.title for one in work(MARKDOWN).cited_as("Hinges")] == ["Hinges (all kinds)"]
    assert work(MARKDOWN).cited_as("Hinge") == ()


def test_a_section_holds_what_is_below_it_and_no_more() -> None:
    by_title = {one.title: one for one in work(MARKDOWN).sections}
    assert by_title["1.2 Warming up"].says("Circles")
    assert not by_title["1.2 Warming up"].says("Keep the bar")
    assert by_title["Hinges (all kinds)"].says("no deeper than flat")
    assert not by_title["Hinges (all kinds)"].says("Sit back")
    assert work(MARKDOWN).says("Sit back")
