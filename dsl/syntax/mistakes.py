"""Names what is wrong with the structure of a statement, in its author's words.

Each recogniser knows one mistake; the first that recognises the place names it. What none recognises is told as
what stands there and what could.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.expected import in_words
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_mistakes import GUARD_MISTAKES
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck
from dsl.syntax.word_mistakes import WORD_MISTAKES, run_together

Recogniser = Callable[[Stuck], Diagnostic | None]

_OPENING_ADVICE = {
    "if": "begin with what the rule does: `avoid deadlift when …`",
    "when": "begin with what the rule does: `avoid deadlift when …`",
    "never": "write `avoid`",
    "forbid": "write `avoid`",
    "ban": "write `avoid`",
    "block": "write `avoid`",
    "permit": "write `allow`",
    "let": "write `parameter NAME = 5 in 3 to 8` or `define NAME when …`",
    "set": "write `parameter NAME = 5 in 3 to 8` or `define NAME when …`",
    "import": "files need no import: all files of a pack are read together",
    "include": "files need no import: all files of a pack are read together",
    "test": "write `example`",
    "assert": "write `prove`",
    "muscle": "write `class`",
    "warn": "write `caution`",
    "warning": "write `caution`",
}


def explain(stuck: Stuck) -> Diagnostic:
    """Return the finding about a statement that does not parse."""
    if not stuck.read:
        return unknown_opening(stuck)
    return next(
        (found for recognise in _RECOGNISERS if (found := recognise(stuck)) is not None),
        _plainly(stuck),
    )


def unknown_opening(stuck: Stuck) -> Diagnostic:
    """Return the finding about a word that opens a line but no statement."""
    word = stuck.word
    if (apart := run_together(word, grammar().openers)) is not None:
        return stuck.found("E121", f"`{word}` runs two words together", f"write `{apart}`")
    if (near := nearest(word, grammar().openers)) is not None:
        return stuck.found("E102", f"`{word}` is not a word of the language", f"did you mean `{near}`?")
    if word in _OPENING_ADVICE:
        return stuck.found("E102", f"`{word}` does not open a statement", _OPENING_ADVICE[word])
    if stuck.kind in grammar().keywords.values():
        return stuck.found("E101", f"`{word}` continues a statement, but none stands before it", _openers())
    if stuck.kind == "NAME":
        return stuck.found("E102", f"`{word}` does not open a statement", _openers())
    return stuck.found("E101", f"a statement cannot begin with `{word}`", _openers())


@lru_cache(maxsize=1 << 12)
def meant_to_open(word: str) -> bool:
    """Return whether a word that opens no statement was probably meant to."""
    openers = grammar().openers
    return word in _OPENING_ADVICE or nearest(word, openers) is not None or run_together(word, openers) is not None


def _openers() -> str:
    return "a statement begins with a word such as `avoid`, `modify`, `allow`, `rule`, `fact`, `class` or `exercise`"


def _plainly(stuck: Stuck) -> Diagnostic:
    """Return what stands at the place and what could."""
    wanted = f"expected {in_words(stuck.accepted, stuck.after)}"
    if stuck.token is None:
        return stuck.found("E103", f"the statement ends too early, after `{stuck.word}`", wanted)
    return stuck.found("E101", f"`{stuck.word}` cannot stand here", wanted)


_RECOGNISERS: tuple[Recogniser, ...] = (*GUARD_MISTAKES, *WORD_MISTAKES)
