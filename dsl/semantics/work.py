"""The text of a work that rules cite: its sections, and whether words stand in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from dsl.syntax.source import SourceFile

MARKDOWN = ".md"
PLAIN = ".txt"

_SIGNS = str.maketrans(
    {
        **dict.fromkeys('\u2018\u2019\u201a\u201b\u2032\u201c\u201d\u201e\u201f\u00ab\u00bb`"', "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("*_\u00ad\u200b\u200c\u200d\ufeff", None),
    }
)
"""Quotes of any kind as one, dashes as a keyboard has them; emphasis and invisible characters left out."""

_LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()\s]{0,500}\)")
_QUOTED_LINE = re.compile(r"^[ \t]*>[ \t>]*", re.MULTILINE)
_OMISSION = re.compile(r"\[?\.{3,}\]?")
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.{0,298})")
_ITEM = re.compile(r"([ \t]*)(?:[•*+–·-]|\d{1,3}[.)])[ \t]+([^:]{1,100}):(?:\*{1,2})?(?:[ \t].*)?")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.? (.+)")
_REMARK = re.compile(r"(.+?) \([^()]*\)")
_BULLETS = ("•", "-", "*", "–", "·", "#")
_LONGEST_TITLE = 100
_BELOW_TITLES = 7
"""The level of the outermost items: Markdown has titles of levels 1 to 6."""


def folded(text: str) -> str:
    """Return `text` in the spelling in which words are compared.

    Case, line breaks, runs of blanks, kinds of quotes and of dashes, emphasis and the addresses of links make no
    difference.
    """
    plain = _LINK.sub(r"\1", _QUOTED_LINE.sub("", unicodedata.normalize("NFKC", text)))
    return " ".join(plain.translate(_SIGNS).split()).casefold()


@dataclass(frozen=True)
class Section:
    """One section: its title as written, the line that it stands on (from 1), its level, its text from that line on.

    The title of an item of a list is what stands before its colon.
    """

    title: str
    line: int
    level: int
    text: str

    @property
    def is_item(self) -> bool:
        """Return whether this is an item of a list."""
        return self.level >= _BELOW_TITLES

    @cached_property
    def words(self) -> str:
        """Return the title and what is below it, folded."""
        return folded(self.text)

    @cached_property
    def spellings(self) -> frozenset[str]:
        """Return what the section can be cited as: its title, its number, or its title less number or remark."""
        title = folded(self.title)
        numbered = _NUMBERED.fullmatch(title)
        spellings = {title, *(numbered.groups() if numbered else ())}
        remarked = (_REMARK.fullmatch(spelling) for spelling in spellings)
        return frozenset(spellings | {match[1] for match in remarked if match})

    def is_cited_as(self, title: str) -> bool:
        """Return whether `section "title"` means this section."""
        return folded(title) in self.spellings

    def says(self, quote: str) -> bool:
        """Return whether the words of `quote` stand in this section or in its title."""
        return occurs(quote, self.words)


@dataclass(frozen=True)
class Work:
    """The text of one work.

    In Markdown a title is a line that begins with `#`; in plain text, a short line between empty lines that is
    neither a sentence nor an item of a list. In both, an item that opens with words and a colon is a section as well.
    """

    file: SourceFile

    @cached_property
    def words(self) -> str:
        """Return the whole text, folded."""
        return folded(self.file.text)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Return the sections in the order of the text; each holds those below it."""
        lines = self.file.text.splitlines()
        titles = list(_titles_of_markdown(lines) if self.file.name.endswith(MARKDOWN) else _titles_of_plain(lines))
        return tuple(
            Section(title, at + 1, level, "\n".join(lines[at : _end(titles[place + 1 :], level, len(lines))]))
            for place, (at, level, title) in enumerate(titles)
        )

    def cited_as(self, title: str) -> tuple[Section, ...]:
        """Return the sections that `section "title"` means."""
        return tuple(section for section in self.sections if section.is_cited_as(title))

    def says(self, quote: str) -> bool:
        """Return whether the words of `quote` stand here."""
        return occurs(quote, self.words)


def occurs(quote: str, words: str) -> bool:
    """Return whether `quote` stands in folded `words`, whole words only; `…` in it stands for words left out."""
    parts = [part.strip(" .,;:'") for part in _OMISSION.split(folded(quote))]
    stated = [part for part in parts if part]
    after = 0
    for part in stated:
        after = _end_of(part, words, after)
        if after < 0:
            return False
    return bool(stated)


def _end_of(part: str, words: str, after: int) -> int:
    """Return where `part` first ends past `after`, between other words than its own; -1 where it does not."""
    at = words.find(part, after)
    while at >= 0:
        end = at + len(part)
        if not (_joined(words, at) or _joined(words, end)):
            return end
        at = words.find(part, at + 1)
    return -1


def _joined(words: str, at: int) -> bool:
    """Return whether a word goes on across `at`."""
    return 0 < at < len(words) and words[at - 1].isalnum() and words[at].isalnum()


_Title = tuple[int, int, str]
"""A title: its line from 0, its level, its words."""


def _titles_of_markdown(lines: list[str]) -> Iterator[_Title]:
    fenced = False
    for at, line in enumerate(lines):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        heading = None if fenced else _HEADING.fullmatch(line.rstrip(" \t#"))
        if heading:
            yield at, len(heading[1]), heading[2]
        elif not fenced:
            yield from _item(at, line)


def _titles_of_plain(lines: list[str]) -> Iterator[_Title]:
    around = ["", *(line.strip() for line in lines), ""]
    for at, (before, line, behind) in enumerate(zip(around, around[1:], around[2:], strict=False)):
        if line and not before and not behind and _is_title(line):
            yield at, 1, line
        else:
            yield from _item(at, lines[at])


def _item(at: int, line: str) -> Iterator[_Title]:
    item = _ITEM.fullmatch(line)
    if item:
        yield at, _BELOW_TITLES + len(item[1].expandtabs()), item[2].strip("* ")


def _is_title(line: str) -> bool:
    return len(line) <= _LONGEST_TITLE and not line.startswith(_BULLETS) and not line.endswith((".", ":", ",", ";"))


def _end(later: list[_Title], level: int, lines: int) -> int:
    """Return the line before which a section of `level` ends."""
    return next((at for at, other, _ in later if other <= level), lines)
