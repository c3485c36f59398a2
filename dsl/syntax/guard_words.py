"""The words of guards and clauses that recognisers of mistakes share, and how tokens are written as text."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence

from dsl.syntax.tree import Token

CLAUSES = frozenset(
    {
        "ABSOLUTE",
        "ASKED",
        "AUTHOR",
        "BECAUSE",
        "EVIDENCE",
        "EXCEPT",
        "EXPECT",
        "FROM",
        "INSTEAD",
        "LIMIT",
        "REVIEW",
        "SAY",
        "TO",
    }
)
"""The words that begin a clause, and so end the guard before them."""

COMPARE = frozenset({"EQUAL", "NOT_EQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN", "BETWEEN"})
"""The words and signs that compare a fact."""


def in_guard(read: Sequence[Token]) -> bool:
    """Return whether what follows the tokens that have been read lies in a guard."""
    kinds = [token.kind for token in read]
    start = max((at for at, kind in enumerate(kinds) if kind in ("WHEN", "COVERS")), default=-1)
    return start >= 0 and not CLAUSES.intersection(kinds[start:])


def in_limit(read: Sequence[Token]) -> bool:
    """Return whether what follows the tokens that have been read lies in the limits of a rule."""
    clauses = (token.kind for token in reversed(read) if token.kind in CLAUSES | {"WHEN"})
    return next(clauses, "") == "LIMIT"


def joins(tokens: Iterable[Token], kinds: Container[str]) -> Iterator[int]:
    """Yield where words of `kinds` stand that join conditions: outside of parentheses, and not in `between 3 and 5`."""
    depth, between = 0, False
    for at, token in enumerate(tokens):
        depth += (token.kind == "LPAR") - (token.kind == "RPAR")
        if depth == 0 and token.kind in kinds and not (between and token.kind == "AND"):
            yield at
        between = token.kind == "BETWEEN" or (between and token.kind != "AND")


def joined(tokens: Iterable[str]) -> str:
    """Return tokens as text, one space apart where the language has one."""
    text = " ".join(tokens)
    text = re.sub(r"\( ", "(", re.sub(r" (?=[),:])", "", text))
    return re.sub(r" = ", "=", text)


def with_unit(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the value that stands first: a number with its unit, or a word."""
    number, behind = tokens[:1], tokens[1:2]
    has_unit = any(
        one.kind == "DECIMAL" and two.kind in ("PERCENT", "NAME") and one.line == two.line
        for one, two in zip(number, behind, strict=False)
    )
    return tokens[: 2 if has_unit else 1]
