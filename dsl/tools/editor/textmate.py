"""The grammar for editors that colour by patterns: the scanner's own terminals, in the order in which it tries them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lark.lexer import PatternStr

from dsl.syntax.grammar import grammar
from dsl.tools.editor.word_classes import WordClass, word_class

if TYPE_CHECKING:
    from lark.lexer import BasicLexer, TerminalDef

FILE = Path(__file__).parent / "vscode" / "syntaxes" / "spotter.tmLanguage.json"
"""Where the grammar is kept for editors."""

SCOPES = {
    WordClass.KEYWORD: "keyword.control.spotter",
    WordClass.NAME: "variable.other.spotter",
    WordClass.NUMBER: "constant.numeric.spotter",
    WordClass.TEXT: "string.quoted.double.spotter",
    WordClass.COMMENT: "comment.line.number-sign.spotter",
    WordClass.SIGN: "keyword.operator.spotter",
    WordClass.MISTAKE: "invalid.illegal.spotter",
}
"""What each class of words is called in colour themes."""


def textmate_grammar() -> dict[str, object]:
    """Return the grammar as TextMate has it."""
    return {
        "name": "Spotter rules",
        "scopeName": "source.spotter",
        "fileTypes": ["rules"],
        "patterns": [{"match": pattern, "name": scope} for pattern, scope in _patterns()],
    }


def _patterns() -> Iterator[tuple[str, str]]:
    """Yield each pattern with its scope; words of the language stand before the names that they look like."""
    lexer: BasicLexer = grammar().lark.parser.lexer
    for terminal in lexer.terminals:
        if terminal.name in lexer.ignore_types or terminal.name in grammar().keywords.values():
            continue
        if terminal.name == "NAME":
            yield _keywords(terminal), SCOPES[WordClass.KEYWORD]
        yield _pattern(terminal), SCOPES[word_class(terminal.name)]


def _keywords(name: TerminalDef) -> str:
    """Return the pattern of a word of the language: it ends where a name would."""
    words = "|".join(sorted(grammar().keywords, key=lambda word: (-len(word), word)))
    ends = name.pattern.value[name.pattern.value.rindex("(?!") :]
    return f"(?:{words}){ends}"


def _pattern(terminal: TerminalDef) -> str:
    value = terminal.pattern.value
    return re.escape(value) if isinstance(terminal.pattern, PatternStr) else value


def written() -> str:
    """Return the text of the file that editors read."""
    return json.dumps(textmate_grammar(), indent=2, ensure_ascii=False) + "\n"
