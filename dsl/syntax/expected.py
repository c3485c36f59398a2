"""Says in words what may stand at some place of a statement."""

from __future__ import annotations

from collections.abc import Collection

from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.grammar import grammar

_NAMED = {
    "NAME": "a name",
    "STRING": 'a string such as `"…"`',
    "DECIMAL": "a number",
    "DATE": "a date such as `2027-05-01`",
    "LOINC": "a code",
    "ICD": "a code",
}
_NAME_AFTER = {
    **dict.fromkeys(("AVOID", "CAUTION", "MODIFY", "ALLOW", "RECOMMEND", "FOR", "HOLD"), "an exercise, a class"),
    "TO": "an exercise",
    "INSTEAD": "an exercise",
    "WHEN": "a guard",
    "AND": "a guard",
    "OR": "a guard",
    "COVERS": "a guard",
    "NOT": "a guard",
    "EQUAL": "a value",
    "NOT_EQUAL": "a value",
    "FROM": "a source",
    "EVIDENCE": "a level of evidence",
    "LIMIT": "a measure and its bound, such as `load <= 50 %`",
    "EXPECT": "an exercise",
    "GIVEN": "a fact",
    "IS": "a class or an exercise",
    "OF": "a name",
    "BETWEEN": "a value",
}
_GUARD_WORDS = frozenset({"ALWAYS", "LPAR", "NOT", "AT", "UNKNOWN"})
_CLAUSES = frozenset(
    {
        "ABSOLUTE",
        "AUTHOR",
        "BECAUSE",
        "EVIDENCE",
        "EXCEPT",
        "FROM",
        "INSTEAD",
        "LIMIT",
        "SAY",
        "TO",
    }
)
_ACTIONS = frozenset(word.upper() for word in ACTIONS)
_FEW = 6


def in_words(accepted: Collection[str], after: str | None) -> str:
    """Return what the parser would accept, `after` a token of that type, as a phrase."""
    wanted = set(accepted) - grammar().soft if "NAME" in accepted else set(accepted)
    phrases: list[str] = []
    if "NAME" in wanted:
        phrases.append(_NAME_AFTER.get(after or "", "a name"))
        wanted.discard("NAME")
        if phrases[0] == "a guard":
            wanted -= _GUARD_WORDS
    if wanted >= {"EQUAL", "AT_MOST", "AT_LEAST"}:
        phrases.append("a comparison such as `=` or `<=`")
        wanted -= {"EQUAL", "NOT_EQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN", "BETWEEN"}
    if len(wanted & _ACTIONS) > 1:
        phrases.append("what the rule does, such as `avoid`")
        wanted -= _ACTIONS
    if len(wanted & _CLAUSES) > 1:
        phrases.append("a clause such as `because`")
        wanted -= _CLAUSES
    if "$END" in wanted:
        wanted.discard("$END")
        return _enumerated([*_quoted(wanted), *phrases, "a new statement on its own line"])
    return _enumerated([*phrases, *_quoted(wanted)])


def _quoted(kinds: Collection[str]) -> list[str]:
    return sorted({_NAMED.get(kind) or f"`{grammar().symbols.get(kind, kind.lower())}`" for kind in kinds})


def _enumerated(phrases: list[str]) -> str:
    if len(phrases) > _FEW:
        return ", ".join(phrases[:_FEW]) + " or another word"
    *others, last = phrases or ["nothing"]
    return f"{', '.join(others)} or {last}" if others else last
