"""Recognises misspelt, foreign, reserved, misplaced and missing words."""

from __future__ import annotations

from collections.abc import Iterable

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_mistakes import CLAUSES, in_guard, joined
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck

_FOREIGN = {
    "if": "when",
    "where": "when",
    "while": "when",
    "given": "when",
    "unless": "except when",
    "excluding": "but not",
    "without": "but not",
    "equals": "=",
    "equal": "=",
    "contains": "=",
    "includes": "=",
    "isnt": "!=",
    "plus": "and",
    "also": "and",
    "xor": "or",
    "percent": "%",
    "pct": "%",
    "reason": "because",
    "since": "because",
    "message": "say",
    "tell": "say",
    "source": "from",
    "cite": "from",
    "using": "to",
    "max": "<=",
    "min": ">=",
}
_HOMES = {
    **dict.fromkeys(("REVIEW", "COVERS"), "the header of a file, below `pack`"),
    **dict.fromkeys(("IS", "NEEDS"), "`exercise`"),
    **dict.fromkeys(("ASKED", "OPTIONAL", "CONTEXT", "DEFAULT", "CODE", "SUGGESTS"), "`fact`"),
    **dict.fromkeys(("EXPECT", "HAS", "LACKS"), "`example`"),
    **dict.fromkeys(
        ("BECAUSE", "SAY", "FROM", "EVIDENCE", "LIMIT", "TO", "INSTEAD", "EXCEPT", "ABSOLUTE"),
        "a rule, after its guard",
    ),
    "URL": "`source`",
    "ALSO": "`fact` or `exercise`",
    "AUTHOR": "the header of a file or a rule",
    "WITH": "the targets of a rule, before `when`",
}
_NOUNS = {
    "FACT": "fact",
    "CLASS": "class",
    "EXERCISE": "exercise",
    "MEASURE": "measure",
    "RULE": "rule",
    "PACK": "pack",
    "DEFINE": "state",
    "PARAMETER": "value",
    "SOURCE": "text",
    "EQUAL": "value",
    "NOT_EQUAL": "value",
}
_MISSING = {
    "COMMA": "E116",
    "WHEN": "E104",
    "COLON": "E117",
    "EQUAL": "E101",
    "AND": "E101",
    "FOR": "E101",
    "TO": "E101",
    "NOT": "E101",
    "OF": "E101",
    "BY": "E101",
    "LOAD": "E101",
    "CLEARANCE": "E101",
    "SESSION": "E101",
    "GIVEN": "E101",
    "EXPECT": "E101",
}
_AHEAD = 4


def second_statement(stuck: Stuck) -> Diagnostic | None:
    """Recognise a statement that begins on the line of another one."""
    if stuck.token is None or str(stuck.token) not in grammar().openers or not stuck.complete:
        return None
    return stuck.found(
        "E139", f"`{stuck.word}` opens a statement in the middle of a line", "begin a new line before it"
    )


def decimal_comma(stuck: Stuck) -> Diagnostic | None:
    """Recognise `5,5`."""
    tokens = [*stuck.read, *([stuck.token] if stuck.token else []), *stuck.rest[:1]]
    for one, comma, other in zip(tokens[-4:], tokens[-3:], tokens[-2:], strict=False):
        close = one.end == comma.start and comma.end == other.start
        if (one.kind, comma.kind, other.kind) == ("DECIMAL", "COMMA", "DECIMAL") and close:
            place = stuck.span_of(one, other)
            return stuck.found("E126", f"`{one},{other}` is not a number", f"write `{one}.{other}`", at=place)
    return None


def foreign(stuck: Stuck) -> Diagnostic | None:
    """Recognise words of other languages: `if`, `unless`, `percent`."""
    wanted = _FOREIGN.get(stuck.word) if stuck.token is not None else None
    if wanted is None or (stuck.kind != "NAME" and stuck.complete):
        return None
    first = wanted.split()[0]
    fixed = {symbol: kind for kind, symbol in grammar().symbols.items()}
    if fixed.get(first) not in stuck.accepted:
        return None
    return stuck.found("E102", f"`{stuck.word}` is not a word of the language here", f"write `{wanted}`")


def glued(stuck: Stuck) -> Diagnostic | None:
    """Recognise two words run together: `whenpain`."""
    if stuck.token is None or stuck.kind != "NAME":
        return None
    words = [word for word, kind in grammar().keywords.items() if kind in stuck.accepted]
    apart = run_together(stuck.word, words)
    if apart is None or not stuck.would_go_on(grammar().keywords[apart.split()[0]], "NAME"):
        return None
    return stuck.found("E121", f"`{stuck.word}` runs two words together", f"write `{apart}`")


def run_together(word: str, words: Iterable[str]) -> str | None:
    """Return `word` with a space after the longest of `words` that it begins with."""
    begun = [one for one in words if word.startswith(one) and word[len(one) : len(one) + 1].isalpha()]
    longest = max(begun, key=len, default=None)
    return None if longest is None else f"{longest} {word[len(longest) :]}"


def misspelt(stuck: Stuck) -> Diagnostic | None:
    """Recognise a word that is nearly one that fits."""
    if stuck.token is None or stuck.kind != "NAME":
        return None
    words = {word: kind for word, kind in grammar().keywords.items() if kind in stuck.accepted}
    near = nearest(stuck.word, words)
    if near is not None and stuck.would_go_on(words[near]):
        return stuck.found("E102", f"`{stuck.word}` is not a word of the language", f"did you mean `{near}`?")
    return None


def misspelt_line(stuck: Stuck) -> Diagnostic | None:
    """Recognise a misspelt opening word that was taken for one more term of the fact above it."""
    if stuck.token is None or stuck.opener != "FACT":
        return None
    head = next((token for token in stuck.read if token.line == stuck.token.line), None)
    near = nearest(str(head), grammar().openers) if head is not None and head.kind == "NAME" else None
    if head is None or near is None:
        return None
    return stuck.found(
        "E102", f"`{head}` is not a word of the language", f"did you mean `{near}`?", at=stuck.span_of(head)
    )


def reserved(stuck: Stuck) -> Diagnostic | None:
    """Recognise a word of the language that stands where a name must."""
    if stuck.token is None or "NAME" not in stuck.accepted or str(stuck.token) not in grammar().keywords:
        return None
    if not stuck.would_go_on("NAME"):
        return None
    noun = _NOUNS.get(stuck.after) or ("value" if in_guard(stuck) or stuck.opener == "FACT" else "exercise")
    return stuck.found(
        "E115",
        f"`{stuck.word}` is a word of the language and cannot be a name",
        f"choose another name, such as `{stuck.word}_{noun}`",
    )


def misplaced(stuck: Stuck) -> Diagnostic | None:
    """Recognise a clause that belongs to another kind of statement."""
    home = _HOMES.get(stuck.kind)
    if home is None or not stuck.complete:
        return None
    return stuck.found("E128", f"`{stuck.word}` does not belong here", f"it belongs to {home}")


def without_reason(stuck: Stuck) -> Diagnostic | None:
    """Recognise an exception or an override that gives no reason."""
    if "BECAUSE" not in stuck.accepted or stuck.complete or stuck.kind not in CLAUSES | {"$END"}:
        return None
    what = "an override" if stuck.opener == "OVERRIDE" else "an exception"
    return stuck.found(
        "E129", f"{what} needs a reason", 'write `because "…"` after its guard', at=stuck.span_of(stuck.read[-1])
    )


def without_guard(stuck: Stuck) -> Diagnostic | None:
    """Recognise a rule that ends, or goes on with a clause, before it has a guard."""
    if "WHEN" not in stuck.accepted or stuck.kind not in CLAUSES | {"$END"}:
        return None
    place = stuck.span_of(stuck.read[-1])
    return stuck.found(
        "E104",
        f"`when` is missing after `{stuck.read[-1]}`",
        "write `when` and a guard; `when always` applies to everybody",
        at=place,
    )


def unquoted_code(stuck: Stuck) -> Diagnostic | None:
    """Recognise a code that is neither a plain number nor a LOINC or ICD code, and has no quotes."""
    if stuck.kind != "NAME" or [token.kind for token in stuck.read[-2:-1]] != ["CODE"]:
        return None
    return stuck.found("E137", f"the code `{stuck.word}` needs quotes", f'write `"{stuck.word}"`')


def without_given(stuck: Stuck) -> Diagnostic | None:
    """Recognise an example that says nothing about its member."""
    if stuck.kind != "EXPECT" or "GIVEN" not in stuck.accepted:
        return None
    return stuck.found("E101", "`given` is missing before `expect`", "write `given` and facts, or `given nothing`")


def missing(stuck: Stuck) -> Diagnostic | None:
    """Recognise that a single word or sign is missing: the one with which most of what follows fits."""
    if stuck.token is None:
        return None
    following = stuck.following(_AHEAD)
    wanted = stuck.accepted - grammar().soft if "NAME" in stuck.accepted else stuck.accepted
    scores = {kind: stuck.fitting(kind, *following) for kind in _MISSING if kind in wanted}
    best = max(scores, key=lambda kind: scores[kind], default=None)
    if best is None or scores[best] < min(3, len(following) + 1):
        return None
    sign = grammar().symbols[best]
    return stuck.found(
        _MISSING[best], f"`{sign}` is missing before `{stuck.word}`", f"write `{_inserted(stuck, sign)}`"
    )


def _inserted(stuck: Stuck, sign: str) -> str:
    """Return the words around the place with `sign` between them."""
    before = stuck.read[-2:] if stuck.read[-2:][0].kind == "DECIMAL" else stuck.read[-1:]
    behind = [stuck.token, *stuck.rest[:2]] if sign in ("when", "and") else [stuck.token]
    return joined([*before, sign, *(token for token in behind if token is not None)])


WORD_MISTAKES = (
    second_statement,
    decimal_comma,
    unquoted_code,
    glued,
    misspelt,
    foreign,
    misspelt_line,
    reserved,
    misplaced,
    without_reason,
    without_guard,
    without_given,
    missing,
)
