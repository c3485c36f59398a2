"""The parse tree that the grammar yields: light nodes which know where they begin and end."""

from __future__ import annotations

from collections.abc import Iterator

from lark import Token


class Node:
    """What one rule of the grammar matched; `kind` is the rule's name.

    `start` and `end` are offsets in characters; a node that matched nothing has -1 and -1.
    """

    __slots__ = ("children", "end", "kind", "start")

    def __init__(self, kind: str, children: list[Child]) -> None:
        self.kind = str(kind)  # lark hands over a token, which is slow to compare
        self.children = children
        self.start = self.end = -1
        if children:
            self.start, self.end = start_of(children[0]), end_of(children[-1])
            if self.start < 0 or self.end < 0:
                self._skip_empty()

    def _skip_empty(self) -> None:
        """Take the places from the first and the last child that matched something."""
        self.start = next((start for child in self.children if (start := start_of(child)) >= 0), -1)
        self.end = next((end for child in reversed(self.children) if (end := end_of(child)) >= 0), -1)

    @property
    def word(self) -> Token:
        """Return the first token below this node: all of it, for names and other single words."""
        return next(self.tokens())

    def tokens(self) -> Iterator[Token]:
        """Yield every token below this node, in order."""
        for child in self.children:
            if isinstance(child, Node):
                yield from child.tokens()
            else:
                yield child


Child = Token | Node


def start_of(child: Child) -> int:
    """Return the offset of the first character of `child`."""
    return child.start if isinstance(child, Node) else child.start_pos or 0


def end_of(child: Child) -> int:
    """Return the offset after the last character of `child`."""
    return child.end if isinstance(child, Node) else child.end_pos or 0
