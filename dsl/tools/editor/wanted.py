"""Which sort of name belongs at the cursor, judged by the words before it."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from dsl.semantics.coding import SYSTEMS
from dsl.semantics.resolver import EVIDENCE, ROUTINE
from dsl.semantics.units import UNITS
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.tree import Token
from dsl.tools.editor.context import Context
from dsl.tools.editor.symbols import Sort

_COMPARING = frozenset({"EQUAL", "NOT_EQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "HAS", "LACKS"})


class Words(enum.Enum):
    """Closed lists of words that are not names; the value is how an author calls one."""

    EVIDENCE = "level of evidence"
    VERDICT = "verdict"
    DISPOSITION = "disposition"
    REFERRAL = "referral"
    UNIT = "unit"
    SYSTEM = "system of codes"


def closed(words: Words) -> Iterable[str]:
    """Return the words of a closed list."""
    match words:
        case Words.EVIDENCE:
            return EVIDENCE
        case Words.VERDICT:
            return [*(verdict.value for verdict in Verdict), "recommended"]
        case Words.DISPOSITION:
            return [*(disposition.value for disposition in Disposition), ROUTINE]
        case Words.REFERRAL:
            return [ROUTINE]
        case Words.UNIT:
            return UNITS
        case Words.SYSTEM:
            return SYSTEMS
        case _:
            assert_never(words)


@dataclass(frozen=True, slots=True)
class Held:
    """A value of the fact, or a bound of the measure, that is called `subject`."""

    subject: str


Wanted = tuple[Sort, ...] | Words | Held

_GUARD = (Sort.FACT, Sort.DEFINITION)
_TARGET = (Sort.EXERCISE, Sort.CLASS)
_BY_WORD: dict[str, Wanted] = {
    **dict.fromkeys(("WHEN", "COVERS", "OF"), _GUARD),
    **dict.fromkeys(("AVOID", "CAUTION", "MODIFY", "ALLOW", "RECOMMEND", "FOR", "HOLD", "EXPECT", "COLON"), _TARGET),
    **dict.fromkeys(("TO", "INSTEAD"), (Sort.EXERCISE,)),
    **dict.fromkeys(("GIVEN", "ASKS", "UNKNOWN", "FACT"), (Sort.FACT,)),
    "IS": (Sort.CLASS, Sort.EXERCISE),
    "FROM": (Sort.SOURCE,),
    "EVIDENCE": Words.EVIDENCE,
    "LIMIT": (Sort.MEASURE,),
    "OVERRIDE": (Sort.RULE,),
    "NEEDS": Held("equipment"),
    "CODE": Words.SYSTEM,
    "CLASS": (Sort.CLASS,),
    "EXERCISE": (Sort.EXERCISE,),
    "MEASURE": (Sort.MEASURE,),
    "PACK": (Sort.PACK,),
}
_NEW = frozenset({"RULE", "SOURCE", "PARAMETER", "DEFINE", "ADVISE", "MANY", "ONE"})
"""Words behind which names are new ones."""
_GOVERNING = _NEW | _BY_WORD.keys()


def wanted_at(context: Context) -> Wanted | None:
    """Return what may be named at the cursor; None where the name is free or none fits."""
    if "NAME" not in context.accepted:
        return None
    last = context.kind()
    if last == "DECIMAL":
        return Words.UNIT
    if last == "DEFAULT":
        return Held(context.tokens[1]) if len(context.tokens) > 1 else None
    if last in _COMPARING:
        return _compared(context)
    return _in_expectation(context) or _in_list(context) or _governed(context)


def _compared(context: Context) -> Wanted | None:
    """Return what stands behind a sign: a value of what stands before it, or the members of a union of classes."""
    if context.tokens[0].kind in ("CLASS", "MEASURE", "PARAMETER"):
        return (Sort.CLASS,) if context.tokens[0].kind == "CLASS" else None
    return Held(context.word(2))


def _in_expectation(context: Context) -> Wanted | None:
    """Return what is expected of an exercise or of the session, once that has been named."""
    words = [token.kind for token in context.tokens]
    if words[0] not in ("EXAMPLE", "PROVE") or "WHEN" in words:
        return None
    start = max((at for at, kind in enumerate(words) if kind in ("EXPECT", "COLON")), default=len(words))
    part = words[_after_comma(words, start) :]
    if "SESSION" in part:
        return Words.REFERRAL if part[-1] == "NOT" else Words.DISPOSITION
    named = part and part[-1] not in ("AND", "BUT", "NOT", "LPAR", "COMMA", "ASKS", "LIMIT")
    return Words.VERDICT if named else None


def _after_comma(words: list[str], start: int) -> int:
    """Return where the last part of the list that begins behind `start` begins."""
    return max([start + 1, *(at + 1 for at in range(start, len(words)) if words[at] == "COMMA")])


def _in_list(context: Context) -> Wanted | None:
    """Return the values that a list in parentheses is made of: `pain in (`, `condition=(`; None elsewhere."""
    opened = _open_parenthesis(context.tokens)
    before = context.tokens[: opened or 0]
    if not before or before[-1].kind not in {"IN", *_COMPARING}:
        return None
    held = [token for token in before[:-1] if token.kind != "NOT"]
    return Held(held[-1]) if held else None


def _open_parenthesis(tokens: tuple[Token, ...]) -> int | None:
    """Return where the last parenthesis stands that waits to be closed."""
    depth = 0
    for at in range(len(tokens) - 1, -1, -1):
        depth += (tokens[at].kind == "RPAR") - (tokens[at].kind == "LPAR")
        if depth < 0:
            return at
    return None


def _governed(context: Context) -> Wanted | None:
    """Return what the nearest word before the cursor asks for that asks for names."""
    if context.kind() == "BETWEEN" or (context.kind() == "AND" and context.kind(3) == "BETWEEN"):
        return Held(context.word(2 if context.kind() == "BETWEEN" else 4))
    if context.kind() == "OF" and context.tokens[0].kind == "OVERRIDE":
        return (Sort.PACK,)
    governing = (at for at in range(len(context.tokens) - 1, -1, -1) if context.tokens[at].kind in _GOVERNING)
    at = next(governing, 0)
    kind = context.tokens[at].kind
    of_terms = kind == "OF" and context.tokens[at - 1].kind in _NEW
    return None if kind in _NEW or of_terms else _unless_declared(kind, at, context)


def _unless_declared(kind: str, at: int, context: Context) -> Wanted | None:
    """Return what a word asks for; nothing more once a declaration has its name."""
    own = kind in ("FACT", "CLASS", "EXERCISE", "MEASURE", "PACK") and at == 0
    union = kind == "CLASS" and any(token.kind == "EQUAL" for token in context.tokens)
    return _BY_WORD.get(kind) if not own or len(context.tokens) == 1 or union else None
