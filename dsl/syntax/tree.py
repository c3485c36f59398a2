"""What a text is made of while it is parsed: tokens, and light nodes over them which know where they begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias


class Token(str):
    """One word or sign as it is written; `kind` is the name of its terminal, `line` and `column` count from 1.

    `start` and `end` are offsets in characters. They stay those of the text where a word is read as another one.
    """

    __slots__ = ("column", "end", "kind", "line", "start")

    kind: str
    start: int
    end: int
    line: int
    column: int

    def read_as(self, kind: str, text: str) -> Token:
        """Return a token of another kind and text in the place of this one."""
        token = Token(text)
        token.kind, token.start, token.end = kind, self.start, self.end
        token.line, token.column = self.line, self.column
        return token


class Node:
    """What one rule of the grammar matched; `kind` is the rule's name.

    `start` and `end` are offsets in characters; a node that matched nothing has -1 and -1.
    """

    __slots__ = ("children", "end", "kind", "start")

    def __init__(self, kind: str, children: list[Child]) -> None:
        self.kind = kind
        self.children = children
        self.start = self.end = -1
        if children:
            self.start, self.end = children[0].start, children[-1].end
            if self.start < 0 or self.end < 0:
                self._skip_empty()

    def _skip_empty(self) -> None:
        """Take the places from the first and the last child that matched something."""
        self.start = next((child.start for child in self.children if child.start >= 0), -1)
        self.end = next((child.end for child in reversed(self.children) if child.end >= 0), -1)

    @property
    def word(self) -> Token:
        """Return the first token of a node with something in it: all of it, for names and other single words."""
        child = self.children[0]
        return child.word if isinstance(child, Node) else child

    def tokens(self) -> Iterator[Token]:
        """Yield every token below this node, in order."""
        for child in self.children:
            if isinstance(child, Node):
                yield from child.tokens()
            else:
                yield child


Child: TypeAlias = Token | Node
"""A part of a node. Kinds of tokens are written in capitals, kinds of nodes are not, so no two are the same."""
