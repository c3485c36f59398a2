"""What a help says to write can be typed in the place that it underlines, and mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.syntax.diagnostics import Diagnostic, errors
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.golden.harness import golden_files, read, without_expectations

_WRITE = re.compile(r"write `([^`…]+)`")
_LEAVE_OUT = re.compile(r"leave `[^`]+` out(?:$|[,;])")

_NOT_ALONE = {
    "bullets": "two marks stand in one statement, and are told once",
    "comparisons_in_words": "a comparison from two sides",
    "comparisons_that_say_more": "what else is said is left to its author, or the next slip stands behind it",
    "dashes_of_a_word_processor": "the reason goes on to the end of the line",
    "exception_without_reason": "the reason is missing as well",
    "exceptions_and_substitutes": "the help tells what is written, not what to write",
    "examples_in_words": "the next slip of the same statement stands behind it",
    "exercises_and_measures_of_a_coach": "the next slip of the same statement stands behind it",
    "fact_without_its_kind": "the next slip of the same statement stands behind it",
    "facts_of_a_clinic": "there is no unit of temperature",
    "headings_and_names": "nobody knows the name",
    "load_that_leaves_two_readings": "the next slip of the same statement stands behind it",
    "missing_parenthesis": "what is to be added is told, and where",
    "parentheses_in_mixed_guards": "what is to be added is told, and where",
    "red_flags_in_other_words": "the comma before it is told in its turn",
    "referrals_in_words": "the guard is none either",
    "tables_of_a_spreadsheet": "the next slip of the same line stands behind it",
    "what_a_help_must_not_drop": "the next slip of the same statement stands behind it",
}
"""Files with a help that does not mend by itself, and why."""


def _to_type(found: Diagnostic) -> Iterator[str]:
    """Yield what a help says to type in the place that is underlined."""
    yield from (match[1] for match in _WRITE.finditer(found.help or ""))
    yield from [""] if _LEAVE_OUT.match(found.help or "") else []


def _mends(source: SourceFile, found: Diagnostic, before: int) -> bool:
    texts = (source.text[: found.span.start] + one + source.text[found.span.end :] for one in _to_type(found))
    return any(len(errors(parse(SourceFile(source.name, text))[1])) < before for text in texts)


@pytest.mark.parametrize("path", golden_files("authors"), ids=lambda path: path.stem)
def test_what_a_help_says_to_write_mends(path: Path) -> None:
    source = SourceFile(path.name, without_expectations(read(path)))
    found = errors(parse(source)[1])
    helpless = [one.help for one in found if any(True for _ in _to_type(one)) and not _mends(source, one, len(found))]
    assert bool(helpless) is (path.stem in _NOT_ALONE), helpless


_LINES = sorted(
    {
        line
        for path in golden_files("authors")
        for line in without_expectations(read(path)).splitlines()
        if line.strip() and "#" not in line
    }
)
_WORDS = sorted({word for line in _LINES for word in re.findall(r"[\w.'’-]+|[^\w\s]", line)})
_SLIPS = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(_WORDS)), min_size=1, max_size=4)


_KEPT = {
    "not": {"not", "!=", "but", "except", "<", ">", "<=", ">="},
    "but": {"but", "except", "not"},
    "except": {"except", "but", "not"},
    "unless": {"except", "but", "not"},
    "if": {"when", "given"},
    "only": {"when", "given"},
    "or": {"or", ",", "in", "<=", ">=", "between", "also"},
    "and": {"and", ",", "or", "between", "<=", ">=", "to"},
    "max": {"<="},
    "min": {">="},
    **{sign: {"<", ">", "<=", ">=", "=", "!=", "in", "between", "least"} for sign in ("<", ">", "<=", ">=", "!=")},
}
"""Words that restrict, deny or join, and those of which one must be written where a help has such a word replaced."""


_ABOUT_TEXTS = frozenset({"E111", "E114", "E145", "E147"})
"""The codes of texts without quotes or in others, and of what stands in the place of a unit: no words of a rule."""

_NO_BOUND = re.compile(
    r"""
    \bof[ ]max\b  # what a share is of
    | \bonly[ ](?=\d|half\b|quarter\b)  # how small a number is
    | \bor[ ](?=(?:more|less|higher|lower|above|below|over|under|equal)\b) | \band[ ](?=only[ ]if\b)
    | (?<=except[ ])if\b  # half of a phrase
    | (?:\bnot|!|n.t)[ ](?:max|min|not|outside|is[ ]outside)\b  # a denial of its opposite
    """,
    re.VERBOSE,
)
"""Words that restrict nothing, or not by themselves."""


def _words(text: str) -> list[str]:
    """Return the words and signs of rule text outside of quotes; a name of several words as each of them."""
    return re.findall(r"[^\W_]+|[<>!=]=?|[^\w\s]", re.sub(r'"[^"]*"', "", text))


def _dropped(source: SourceFile, found: Diagnostic) -> list[str]:
    """Return the restrictions in the underlined place that nothing holds which a help says to type there.

    Of two ways to type it neither is preferred: what joins or contradicts the other in the place stands between them.
    """
    texts = [*_to_type(found), *(found.example or "").splitlines()]
    written = {word for text in texts for word in _words(text)} | ({"or", "and"} if len(texts) > 1 else set())
    asked = texts and found.code not in _ABOUT_TEXTS
    place = _words(_NO_BOUND.sub("", source.text[found.span.start : found.span.end])) if asked else []
    return [f"`{word}`: {found.help}" for word in place if word in _KEPT and not {word, *_KEPT[word]} & written]


@pytest.mark.parametrize("path", golden_files("authors"), ids=lambda path: path.stem)
def test_no_help_drops_a_restriction(path: Path) -> None:
    source = SourceFile(path.name, without_expectations(read(path)))
    assert [told for found in errors(parse(source)[1]) for told in _dropped(source, found)] == []


@settings(max_examples=300)
@given(st.sampled_from(_LINES), _SLIPS, st.booleans())
def test_slips_upon_slips_are_told_and_nothing_is_raised(line: str, slips: list[tuple[int, str]], cut: bool) -> None:
    words = line.split(" ")
    for place, word in slips:
        words[place : place + cut] = [word]
    text = " ".join(words)
    for found in parse(SourceFile("slips.rules", text))[1]:
        assert 0 <= found.span.start <= found.span.end <= len(text)


_RESTRICTING = st.sampled_from(sorted(_KEPT))
_RESTRICTED = st.lists(st.tuples(st.integers(0, 20), _RESTRICTING | st.sampled_from(_WORDS)), min_size=1, max_size=4)


@settings(max_examples=300)
@given(st.sampled_from(_LINES), _RESTRICTED, st.booleans())
def test_no_help_drops_a_restriction_of_slips_upon_slips(line: str, slips: list[tuple[int, str]], cut: bool) -> None:
    words = line.split(" ")
    for place, word in slips:
        words[place : place + cut] = [word]
    source = SourceFile("slips.rules", " ".join(words))
    assert [told for found in errors(parse(source)[1]) for told in _dropped(source, found)] == []


def test_most_helps_of_a_first_file_can_be_typed() -> None:
    files = [SourceFile(path.name, without_expectations(read(path))) for path in golden_files("authors")]
    told = [(source, one, parse(source)[1]) for source in files for one in errors(parse(source)[1])]
    typed = [(source, one, len(errors(all_))) for source, one, all_ in told if any(True for _ in _to_type(one))]
    mending = [one for source, one, before in typed if _mends(source, one, before)]
    assert len(mending) >= 0.9 * len(typed)
    assert len(typed) > 300
