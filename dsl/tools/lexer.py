"""Colours rule files wherever Pygments does: it asks the language's own scanner, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, String, Text, _TokenType

from dsl.syntax.grammar import grammar
from dsl.tools.editor.word_classes import WordClass, word_class

TOKENS: dict[WordClass, _TokenType] = {
    WordClass.KEYWORD: Keyword,
    WordClass.NAME: Name,
    WordClass.NUMBER: Number,
    WordClass.TEXT: String,
    WordClass.COMMENT: Comment.Single,
    WordClass.SIGN: Operator,
    WordClass.MISTAKE: Error,
}
"""What Pygments calls each class of words."""


class RulesLexer(Lexer):
    """Rules for safe exercise."""

    name = "Spotter rules"
    aliases: ClassVar[list[str]] = ["rules", "spotter"]
    filenames: ClassVar[list[str]] = ["*.rules"]
    mimetypes: ClassVar[list[str]] = ["text/x-spotter-rules"]

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield every word and sign with its offset, and the white space between them."""
        behind = 0
        for token in grammar().tokens(text, 0, len(text)):
            if behind < token.start:
                yield behind, Text.Whitespace, text[behind : token.start]
            yield token.start, TOKENS[word_class(token.kind)], text[token.start : token.end]
            behind = token.end
        if behind < len(text):
            yield behind, Text.Whitespace, text[behind:]
