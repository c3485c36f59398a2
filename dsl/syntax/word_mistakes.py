"""Recognises misspelt, reserved and missing words."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, in_guard, joined
from dsl.syntax.restrictions import restricts
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

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
    "BECAUSE": "E129",
    "WHEN": "E104",
    "SCALE": "E101",
    "COLON": "E117",
    "EQUAL": "E101",
    "AND": "E101",
    "FOR": "E101",
    "TO": "E101",
    "IS": "E101",
    "NUMBER": "E101",
    "WITH": "E101",
    "IN": "E101",
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
_WORD = 3
"""How many letters are taken for a word of its own behind another one."""
_ENDINGS = ("s", "es", "ed", "d", "ing", "ly")


def decimal_comma(stuck: Stuck) -> Diagnostic | None:
    """Recognise `5,5`."""
    tokens = [*stuck.read, *([stuck.token] if stuck.token else []), *stuck.rest[:1]]
    for one, comma, other in zip(tokens[-4:], tokens[-3:], tokens[-2:], strict=False):
        close = one.end == comma.start and comma.end == other.start
        if (one.kind, comma.kind, other.kind) == ("DECIMAL", "COMMA", "DECIMAL") and close:
            place = stuck.span_of(one, other)
            return stuck.found("E126", f"`{one},{other}` is not a number", f"write `{one}.{other}`", at=place)
    return None


def glued(stuck: Stuck) -> Diagnostic | None:
    """Recognise two words run together: `whenpain`."""
    if stuck.token is None or stuck.kind != "NAME" or restricts([stuck.token]):  # `without` is not `with out`
        return None
    words = [word for word, kind in grammar().keywords.items() if kind in stuck.accepted]
    apart = run_together(stuck.word, words)
    if apart is None or not stuck.would_go_on(grammar().keywords[apart.split()[0]], "NAME"):
        return None
    return stuck.found("E121", f"`{stuck.word}` runs two words together", f"write `{apart}`")


def run_together(word: str, words: Iterable[str]) -> str | None:
    """Return `word` with a space after the longest of `words` that it begins with."""
    begun = [one for one in words if word.startswith(one) and word[len(one) : len(one) + _WORD].isalpha()]
    begun = [one for one in begun if len(word) >= len(one) + _WORD]
    longest = max(begun, key=len, default=None)
    return None if longest is None else f"{longest} {word[len(longest) :]}"


def inflected(stuck: Stuck) -> Diagnostic | None:
    """Recognise `expects`, `avoiding`: a word of the language with an ending that it does not have."""
    if stuck.token is None or stuck.kind != "NAME" or restricts([stuck.token]):  # `only` is not `one`
        return None
    words = {word: kind for word, kind in grammar().keywords.items() if kind in stuck.accepted}
    stem = without_ending(stuck.word, words)
    if stem is None or not stuck.would_go_on(words[stem]):
        return None
    return stuck.found("E102", f"`{stuck.word}` is not a word of the language", f"write `{stem}`")


def without_ending(word: str, words: Collection[str]) -> str | None:
    """Return the one of `words` that `word` is with an English ending; None when it is none."""
    stems = (word.removesuffix(ending) for ending in _ENDINGS if word.endswith(ending))
    return next((form for stem in stems for form in (stem, f"{stem}e") if form in words), None)


def in_one_word(stuck: Stuck) -> Diagnostic | None:
    """Recognise `redflag`, `many_of`, `exceptwhen`: words of the language that are written apart."""
    apart = _apart(stuck.word) if stuck.token is not None and stuck.kind == "NAME" else None
    if apart is None or not stuck.fits(*(grammar().keywords[word] for word in apart)):
        return None
    return stuck.found("E121", f"`{stuck.word}` runs two words together", f"write `{' '.join(apart)}`")


def _apart(word: str) -> list[str] | None:
    """Return the words of the language that make up `word`, with or without `_` between them."""
    words = grammar().keywords
    cuts = [(word[:at].rstrip("_"), word[at:].lstrip("_")) for at in range(2, len(word) - 1)]
    pairs = [[one, other] for one, other in cuts if one in words and other in words]
    listed = word.split("_")
    return next(iter(pairs), listed if len(listed) > 1 and all(one in words for one in listed) else None)


def misspelt(stuck: Stuck) -> Diagnostic | None:
    """Recognise a word that is nearly one that fits."""
    if stuck.token is None or stuck.kind != "NAME" or restricts([stuck.token]):  # `disallowed` is not `allowed`
        return None
    words = {word: kind for word, kind in grammar().keywords.items() if kind in stuck.accepted}
    near = nearest(stuck.word, words)
    if near is not None and stuck.would_go_on(words[near]):
        return stuck.found("E102", f"`{stuck.word}` is not a word of the language", f"did you mean `{near}`?")
    return None


def doubled(stuck: Stuck) -> Diagnostic | None:
    """Recognise `number number`: one word or sign twice."""
    if stuck.token is None or stuck.token != stuck.read[-1] or not stuck.fits(*stuck.following(3)[1:]):
        return None
    return stuck.found("E101", f"`{stuck.word}` stands twice", f"leave one `{stuck.word}` out")


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
    noun = _NOUNS.get(stuck.after) or ("value" if in_guard(stuck.read) or stuck.opener == "FACT" else "exercise")
    return stuck.found(
        "E115",
        f"`{stuck.word}` is a word of the language and cannot be a name",
        f"choose another name, such as `{stuck.word}_{noun}`",
    )


def unquoted_code(stuck: Stuck) -> Diagnostic | None:
    """Recognise a code that is neither a plain number nor a LOINC or ICD code, and has no quotes."""
    if stuck.kind != "NAME" or [token.kind for token in stuck.read[-2:-1]] != ["CODE"]:
        return None
    return stuck.found("E137", f"the code `{stuck.word}` needs quotes", f'write `"{stuck.word}"`')


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
    before, behind = _around(stuck, sign)
    place, guessed = stuck.replaceable(before[0], behind[-1]), sign == "and" and in_guard(stuck.read)
    words = ("and", "or") if guessed else (sign,)
    advice = ", or ".join(f"write `{joined([*before, word, *behind])}`" for word in words)
    what = " or ".join(f"`{word}`" for word in words)
    return stuck.found(_MISSING[best], f"{what} is missing before `{stuck.word}`", advice, at=place)


def if_for_when(stuck: Stuck) -> Diagnostic | None:
    """Recognise `refer emergency if any red flag`: `if` before words that are no guard either."""
    if stuck.word not in ("if", "whenever", "where") or "WHEN" not in stuck.accepted:
        return None
    return stuck.found("E102", f"`{stuck.word}` is not a word of the language here", "write `when`")


def _around(stuck: Stuck, sign: str) -> tuple[list[Token], list[Token]]:
    """Return the words before and behind the place where `sign` is missing, as many as tell which place it is."""
    before = stuck.read[-2:] if stuck.read[-2:][0].kind == "DECIMAL" else stuck.read[-1:]
    there = [token for token in (stuck.token, *stuck.rest) if token is not None]
    behind = takewhile(lambda token: token.kind not in CLAUSES, there) if sign in ("when", "and") else there[:1]
    return before, list(behind)
