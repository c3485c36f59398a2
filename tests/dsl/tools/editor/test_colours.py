"""Editors, web pages and the language agree on what each word is: all three are held against the scanner."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Text

from dsl.syntax.grammar import grammar
from dsl.tools.editor.colouring import Colour, colours
from dsl.tools.editor.project import Project
from dsl.tools.editor.textmate import FILE, SCOPES, written
from dsl.tools.editor.word_classes import WordClass, word_class
from dsl.tools.lexer import TOKENS, RulesLexer
from tests.dsl.tools.editor.projects import PACK, RULES, small

_ROOT = Path(__file__).parents[4]
_FILES = sorted([*_ROOT.glob("rules/**/*.rules"), *_ROOT.glob("tests/**/*.rules")])
_Words = list[tuple[int, str, WordClass]]


def _scanned(text: str) -> _Words:
    tokens = grammar().tokens(text, 0, len(text))
    return [(token.start, text[token.start : token.end], word_class(token.kind)) for token in tokens]


def _coloured_by_patterns(text: str) -> Iterator[tuple[int, str, WordClass]]:
    """Yield words as an editor finds them: line by line, the pattern that matches first, the earlier one of equals."""
    patterns = json.loads(FILE.read_text(encoding="utf-8"))["patterns"]
    whole = re.compile("|".join(f"({one['match']})" for one in patterns))
    classes = {scope: one for one, scope in SCOPES.items()}
    begin = 0
    for line in text.split("\n"):
        for match in whole.finditer(f"{line}\n"):
            assert match.lastindex is not None
            yield begin + match.start(), match[0], classes[patterns[match.lastindex - 1]["name"]]
        begin += len(line) + 1


def _coloured_by_pygments(text: str) -> Iterator[tuple[int, str, WordClass]]:
    classes = {token: one for one, token in TOKENS.items()}
    parts = list(RulesLexer().get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in parts) == text
    yield from ((at, value, classes[token]) for at, token, value in parts if token is not Text.Whitespace)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_rule_files_are_coloured_as_they_are_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="surrogateescape").replace("\r\n", "\n")
    scanned = _scanned(text)
    assert list(_coloured_by_patterns(text)) == scanned
    assert list(_coloured_by_pygments(text)) == scanned


_PIECES = [
    '"',
    "avoid",
    "x.y",
    "when",
    "7.5",
    "-",
    "M51.26",
    "#",
    "é",
    "“",
    "%",
    "=",
    "<=",
    " ",
    "'",
    "\\",
    "2027-05-01",
]


@given(st.lists(st.one_of(st.sampled_from([*_PIECES, "\n"]), st.characters(exclude_characters="\r"))).map("".join))
def test_any_text_is_coloured_as_it_is_read(text: str) -> None:
    scanned = _scanned(text)
    assert list(_coloured_by_patterns(text)) == scanned
    assert list(_coloured_by_pygments(text)) == scanned


def test_the_grammar_of_editors_is_the_one_of_the_language() -> None:
    """`GOLDEN=write` writes the file that editors read."""
    if os.environ.get("GOLDEN") == "write":
        FILE.write_text(written(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == written()


def test_names_have_the_colour_of_what_they_stand_for() -> None:
    found = {RULES[one.start : one.end]: one for one in colours(small(), "rules.rules")}
    assert found["hinge_work"].colour is Colour.TYPE
    assert found["sumo_pull"].colour is Colour.CLASS
    assert found["fresh"].colour is Colour.ENUM_MEMBER
    assert found["flare.hinge"].colour is Colour.FUNCTION
    assert found['"Cleared."'].colour is Colour.STRING
    assert found["50"].colour is Colour.NUMBER
    assert found["<="].colour is Colour.OPERATOR


def test_a_word_that_is_a_name_here_is_no_keyword_here() -> None:
    project = Project({"a.rules": "fact number one of ask, red_\navoid deadlift when number=ask and nobody=x"})
    text = project.own["a.rules"].text
    assert [text[one.start : one.end] for one in colours(project, "a.rules") if one.colour is Colour.ENUM_MEMBER] == [
        "ask", "red_", "ask",
    ]  # fmt: skip


def test_words_of_closed_lists_have_the_colour_of_values() -> None:
    text = """pack clinic
fact pain_score "Pain" number 0 to 10 bpm
avoid deadlift when symptom=none and pain_score > 5 bpm because "x" evidence expert_opinion
example "x" given symptom=none expect session proceed, deadlift unreviewed
advise technique "Brace." when symptom=nobody
"""
    project = Project({"a.rules": text})
    shown = [(text[one.start : one.end], one.colour) for one in colours(project, "a.rules")]
    values = [word for word, colour in shown if colour is Colour.ENUM_MEMBER]
    assert values == ["bpm", "none", "bpm", "expert_opinion", "none", "proceed", "unreviewed"]
    assert not {"technique", "nobody"} & {word for word, _ in shown}


def test_declarations_are_marked() -> None:
    declared = {PACK[one.start : one.end] for one in colours(small(), "pack.rules") if one.declares}
    assert {"clinic", "notes", "strong", "flare", "knee_stage", "fresh", "sumo_pull", "slow"} <= declared
    assert "deadlift" not in declared
    assert list(colours(small(), "nowhere.rules")) == []
