"""What each word of a file is, for its colour: the scanner's classes, and for a name what it is the name of."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from dsl.semantics.declarations import NONE
from dsl.syntax.grammar import grammar
from dsl.tools.editor.project import Project
from dsl.tools.editor.symbols import Occurrence, Sort
from dsl.tools.editor.wanted import Words, closed
from dsl.tools.editor.word_classes import WordClass, word_class


class Colour(enum.Enum):
    """The kinds of words that editors tell apart; the value is what the protocol calls each."""

    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    COMMENT = "comment"
    OPERATOR = "operator"
    NAMESPACE = "namespace"
    VARIABLE = "variable"
    ENUM_MEMBER = "enumMember"
    TYPE = "type"
    CLASS = "class"
    PROPERTY = "property"
    PARAMETER = "parameter"
    MACRO = "macro"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Coloured:
    """A stretch of one line; `declares` where a name is declared there."""

    start: int
    end: int
    colour: Colour
    declares: bool = False


_OF_SORT = {
    Sort.PACK: Colour.NAMESPACE,
    Sort.SOURCE: Colour.NAMESPACE,
    Sort.FACT: Colour.VARIABLE,
    Sort.VALUE: Colour.ENUM_MEMBER,
    Sort.STEP: Colour.ENUM_MEMBER,
    Sort.CLASS: Colour.TYPE,
    Sort.EXERCISE: Colour.CLASS,
    Sort.MEASURE: Colour.PROPERTY,
    Sort.PARAMETER: Colour.PARAMETER,
    Sort.DEFINITION: Colour.MACRO,
    Sort.RULE: Colour.FUNCTION,
}
_OF_CLASS = {
    WordClass.KEYWORD: Colour.KEYWORD,
    WordClass.NUMBER: Colour.NUMBER,
    WordClass.TEXT: Colour.STRING,
    WordClass.COMMENT: Colour.COMMENT,
    WordClass.SIGN: Colour.OPERATOR,
}

_VALUES = frozenset({NONE}).union(*map(closed, Words))
"""The words of closed lists, where they name nothing: `none`, units, levels of evidence, what is expected."""


def colours(project: Project, name: str) -> Iterator[Coloured]:
    """Yield the words of a file in order; names that lead nowhere, and mistakes, have no colour."""
    source = project.sources.get(name)
    named = {one.span.start: one for one in project.occurrences.get(name, ())}
    text = source.text if source else ""
    for token in grammar().tokens(text, 0, len(text)):
        found = named.get(token.start)
        if found is not None:
            yield _named(found)
        elif word_class(token.kind) is WordClass.NAME and text[token.start : token.end] in _VALUES:
            yield Coloured(token.start, token.end, Colour.ENUM_MEMBER)
        elif (colour := _OF_CLASS.get(word_class(token.kind))) is not None:
            yield Coloured(token.start, token.end, colour)


def _named(found: Occurrence) -> Coloured:
    return Coloured(found.span.start, found.span.end, _OF_SORT[found.symbol.sort], found.declares)
