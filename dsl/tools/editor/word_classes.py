"""How words are coloured: one class for each kind of token, the same in every editor and on every page."""

from __future__ import annotations

import enum
from functools import cache

from dsl.syntax.grammar import grammar


class WordClass(enum.Enum):
    """What a word or sign is to a reader's eye."""

    KEYWORD = "keyword"
    NAME = "name"
    NUMBER = "number"
    TEXT = "text"
    COMMENT = "comment"
    SIGN = "sign"
    MISTAKE = "mistake"


_CLASSES = {
    "NAME": WordClass.NAME,
    "STRING": WordClass.TEXT,
    "DECIMAL": WordClass.NUMBER,
    "DATE": WordClass.NUMBER,
    "LOINC": WordClass.NUMBER,
    "ICD": WordClass.NUMBER,
    "COMMENT": WordClass.COMMENT,
}


@cache
def word_class(kind: str) -> WordClass:
    """Return the class of a kind of token, asked of the grammar where it is a word or sign of the language."""
    if kind in _CLASSES:
        return _CLASSES[kind]
    if kind in grammar().refused:
        return WordClass.MISTAKE
    return WordClass.KEYWORD if kind in grammar().keywords.values() else WordClass.SIGN
