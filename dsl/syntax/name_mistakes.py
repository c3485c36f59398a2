"""Recognises names with blanks or in quotes, and texts without their quotes."""

from __future__ import annotations

import re
from itertools import takewhile

from dsl.syntax.diagnostics import Diagnostic, shortened
from dsl.syntax.grammar import grammar
from dsl.syntax.guard_words import CLAUSES, COMPARE, in_guard, joined
from dsl.syntax.source import Span
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_DECLARE = frozenset({"CLASS", "DEFINE", "EXERCISE", "FACT", "MEASURE", "PACK", "PARAMETER", "RULE", "SOURCE"})
_LONGEST = 6
_TWO = 2
_DASHES = frozenset({"-", "--", "\u2013", "\u2014"})
_QUOTES = " \t\"'“”„«»"


def words_for_name(stuck: Stuck) -> Diagnostic | None:
    """Recognise `rule no squats: …`: words for a name, with what ends the name behind them on the line."""
    at = next((at for at, token in enumerate(stuck.read) if token.kind in _DECLARE), None)
    if at is None or stuck.token is None:
        return None
    behind = stuck.tokens[at + 1 :]
    run = list(takewhile(lambda one: one.line == stuck.read[at].line and _may_be_in_name(one), behind))
    words = [word for word in run if word not in _DASHES]
    end = [one.kind for one in behind[len(run) : len(run) + 1]]
    if len(words) < _TWO:
        return None
    alone = stuck.read[at].kind == "PACK" and (not end or behind[len(run)].line != run[-1].line)
    if not (alone or end in (["COLON"], ["STRING"], ["EQUAL"])):
        return None
    kinds = ["NAME", *end]
    if run[-1].kind in _BEFORE_TEXT or stuck.replayed(at + 1).fitting(kinds) != len(kinds):
        return None
    phrase, name = stuck.source.text[run[0].start : run[-1].end], "_".join(words)
    place = stuck.span_of(run[0], run[-1])
    return stuck.found("E143", f"`{phrase}` has a blank, which names cannot have", f"write `{name}`", at=place)


_BEFORE_TEXT = CLAUSES | {"ALSO", "ASK", "CODE", "QUOTE", "SECTION", "TITLE", "URL"}
"""The words behind which a text is no label."""


def label_elsewhere(stuck: Stuck) -> Diagnostic | None:
    """Recognise `fact "Knee pain" knee_pain …`, `fact knee_bend number "Knee bend" …`: a label not behind its name."""
    if stuck.token is None or stuck.kind != "STRING" or stuck.opener not in _LABELLED:
        return None
    words = stuck.read[1:] or stuck.rest[:1]
    if [word.kind for word in words] not in (["NAME"], ["NAME", "NUMBER"], ["NAME", "SCALE"]):
        return None
    ends = sorted([stuck.token, *words], key=lambda token: token.start)
    written = joined([words[0], stuck.token, *words[1:]])
    place = stuck.span_of(ends[0], ends[-1])
    return stuck.found("E101", "a label stands behind its name", f"write `{written}`", at=place)


_LABELLED = frozenset({"CLASS", "EXERCISE", "FACT", "MEASURE"})


def _may_be_in_name(token: Token) -> bool:
    return _may_be_name(token) or str(token) in grammar().keywords or token in _DASHES


def blank_in_name(stuck: Stuck) -> Diagnostic | None:
    """Recognise `trap bar deadlift`: words side by side where one name would fit."""
    place = _side_by_side(stuck)
    if place is None:
        return None
    run, before = stuck.tokens[slice(*place)], stuck.tokens[place[0] - 1].kind
    if before in _DECLARE and any(_written(stuck, token)[0].isupper() for token in run[1:]):
        return None
    words, name, span = " ".join(run), f"`{'_'.join(run)}`", stuck.span_of(run[0], run[-1])
    apart = None if before in _DECLARE else _apart(stuck, run, place[1])
    if apart is None:
        return stuck.found("E143", f"`{words}` has a blank, which names cannot have", f"write {name}", at=span)
    code, what, written = apart
    return stuck.found(
        code,
        f"`{words}` is neither one name nor {what}",
        f"write {name} for one name, or write `{written}` for {what}",
        at=span,
    )


def _apart(stuck: Stuck, run: list[Token], end: int) -> tuple[str, str, str] | None:
    """Return what the words are when they are not one name: the code that says so, the thing, how it is written."""
    listed = "LPAR" in (stuck.tokens[end - len(run) - 1].kind, stuck.after) or not in_guard(stuck.read)
    if "COMMA" in stuck.accepted and listed and stuck.tokens[end - len(run) - 1].kind not in COMPARE:
        return "E116", "a list", ", ".join(run)
    if not in_guard(stuck.read):
        return None
    if stuck.tokens[end - len(run) - 1].kind in COMPARE:
        return "E101", "two conditions", " and ".join(run)
    behind = next((token.kind for token in stuck.tokens[end:]), "")
    if behind in COMPARE | {"NOT"}:
        return "E101", "two conditions", " and ".join(run)
    first, *others = run
    return ("E101", "a comparison", f"{first}={others[0]}") if len(others) == 1 else None


def _side_by_side(stuck: Stuck) -> tuple[int, int] | None:
    """Return from where to where words stand around the place, on one line, for which a single name would fit."""
    if (
        not stuck.read
        or stuck.token is None
        or not _may_be_name(stuck.token)
        or stuck.token.line != stuck.read[-1].line
    ):
        return None
    line = stuck.token.line
    behind = [*takewhile(lambda t: t.line == line and _may_be_name(t), stuck.tokens[len(stuck.read) :])]
    before = [*takewhile(lambda t: t.line == line and _may_be_name(t), reversed(stuck.read))][:_LONGEST]
    for start in range(len(stuck.read) - len(before), len(stuck.read)):
        for last in range(1, min(len(behind), _LONGEST) + 1):
            if _one_name_fits(stuck, start, len(stuck.read) + last):
                return start, len(stuck.read) + last
    return None


def _one_name_fits(stuck: Stuck, start: int, end: int) -> bool:
    kinds = ("NAME", *[*(token.kind for token in stuck.tokens[end:]), "$END"][:2])
    return start > 0 and stuck.replayed(start).fitting(kinds) == len(kinds)


def _may_be_name(token: Token) -> bool:
    return (token.kind == "NAME" and "'" not in token) or token.kind in grammar().soft


def _written(stuck: Stuck, token: Token) -> str:
    """Return a word as its author wrote it."""
    return stuck.source.text[token.start : token.end]


def dash_in_name(stuck: Stuck) -> Diagnostic | None:
    """Recognise `good–morning`: a name with the dash that a word processor makes of a hyphen."""
    if stuck.word not in _DASHES or not stuck.rest or not stuck.read:
        return None
    before, behind = stuck.read[-1], stuck.rest[0]
    close = before.end == stuck.span.start and stuck.span.end == behind.start
    if not close or not _may_be_name(before) or not _may_be_name(behind):
        return None
    message = f"`{before}{stuck.word}{behind}` has a dash, which names cannot have"
    return stuck.found("E125", message, f"write `{before}_{behind}`", at=stuck.span_of(before, behind))


def dash_before_text(stuck: Stuck) -> Diagnostic | None:
    """Recognise `… — it irritates`: a reason or a remark behind a dash."""
    if stuck.word not in _DASHES or "BECAUSE" not in stuck.accepted or not stuck.rest or stuck.rest[0].kind != "NAME":
        return None
    text = shortened(stuck.source.line(stuck.source.position(stuck.rest[0].start)[0]).split(stuck.word, 1)[1].strip())
    return stuck.found(
        "E109", f"`{stuck.word}` is not a symbol of the language", f'write `because "{text}"`, or `#` before a remark'
    )


def quoted_name(stuck: Stuck) -> Diagnostic | None:
    """Recognise `avoid "deadlift"`: a name or a value in quotes."""
    if stuck.token is None or stuck.kind != "STRING" or "NAME" not in stuck.accepted:
        return None
    name = re.sub(r"\W+", "_", stuck.token.lower(), flags=re.ASCII).strip("_")
    if not re.fullmatch(r"[a-z]\w*", name):
        return None
    if stuck.after in _DECLARE and stuck.fits("NAME", "STRING", *stuck.following(2)[1:]):
        return stuck.found("E101", f"a name is missing before {stuck.word}", "write a short name of your own before it")
    if not stuck.would_go_on("NAME"):
        return None
    return stuck.found("E144", f"names and values stand without quotes: {stuck.word}", f"write `{name}`")


def unquoted_text(stuck: Stuck) -> Diagnostic | None:
    """Recognise a text, a title or a label that lacks its quotes."""
    if stuck.token is None or "STRING" not in stuck.accepted or not stuck.word[0].isalnum():
        return None
    label = "NAME" not in stuck.accepted and _written(stuck, stuck.token)[0].isupper()
    if not label and stuck.accepted != {"STRING"}:
        return None
    start = stuck.token.start
    end = end_of_text(stuck, start)
    text = shortened(stuck.source.text[start:end].strip(_QUOTES))
    place = Span(stuck.source.name, start, max(end, start + 1))
    return stuck.found("E145", "these words are a text, and a text stands in quotes", f'write `"{text}"`', at=place)


def end_of_text(stuck: Stuck, start: int) -> int:
    """Return where a text without quotes ends: at a word of the statement that goes on behind it, or with its line."""
    text = stuck.source.text
    line_end = (text + "\n").index("\n", start)
    words = (token for token in stuck.tokens[len(stuck.read) + 1 :] if token.start < line_end)
    going_on = (t.start for t in words if t.kind in _AFTER_TEXT and stuck.fits("STRING", t.kind))
    end = min(going_on, default=line_end)
    return start + len(text[start:end].rstrip())


_AFTER_TEXT = CLAUSES | {
    "COLON",
    "ONE",
    "MANY",
    "YES",
    "NUMBER",
    "WHOLE",
    "IS",
    "NEEDS",
    "ALSO",
    "GIVEN",
    "FOR",
    "WHEN",
}
