"""Bounds against hostile input: past each of them the answer is a diagnostic, never a crash or a hang."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much rule text is read at most. The defaults leave a large clinic ample room.

    Sizes of files count bytes of UTF-8; lengths of names and strings count characters. `tokens` bounds one
    statement, `statements` and `diagnostics` bound one file; a file may have twice as many comments as statements.
    """

    file_bytes: int = 1 << 20
    statements: int = 20_000
    tokens: int = 20_000
    nesting: int = 32
    identifier: int = 64
    string: int = 2_000
    digits: int = 20
    guard_nodes: int = 4_096
    total_bytes: int = 8 << 20
    files: int = 500
    diagnostics: int = 100
