"""Recognises parts of a statement that stand in another order, or in another place, than they do in rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile

from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.diagnostics import MOST_TO_TYPE, Diagnostic, shortened
from dsl.syntax.guard_words import CLAUSES, COMPARE, in_limit, joined, with_unit
from dsl.syntax.restrictions import restricts
from dsl.syntax.source import Span
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

RULES = frozenset({"RULE", *(word.upper() for word in ACTIONS)})
"""The words that rules begin with."""


def guard_comes_later(stuck: Stuck) -> Diagnostic | None:
    """Recognise a clause that stands before the guard of its rule."""
    if stuck.kind not in CLAUSES or "WHEN" not in stuck.accepted or "WHEN" not in stuck.following(len(stuck.tokens)):
        return None
    if stuck.kind == "EXCEPT":
        return None
    advice = f"write `when …` first, then `{stuck.word} …`"
    return stuck.found("E128", f"`{stuck.word}` stands before the guard of the rule", advice)


def variants_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `squat_pattern with variants but not back_squat`."""
    words = stuck.tokens[len(stuck.read) :]
    out = list(takewhile(lambda token: token.kind != "WHEN", words))
    if stuck.after != "VARIANTS" or [token.kind for token in out[:2]] != ["BUT", "NOT"] or len(out) == len(words):
        return None
    place = stuck.span_of(stuck.read[-2], out[-1])
    advice = f"write `{joined(out)} with variants`"
    return stuck.found("E101", "what is left out stands before `with variants`", advice, at=place)


def in_parentheses(stuck: Stuck) -> Diagnostic | None:
    """Recognise `avoid x (because "…") when …`, `avoid x (heavy) when …`: an aside in parentheses."""
    words = stuck.tokens[len(stuck.read) :]
    end = next((at for at, token in enumerate(words) if token.kind == "RPAR"), None)
    if stuck.kind != "LPAR" or stuck.opener not in RULES or end is None or end == 1:
        return None
    aside, place = words[1:end], stuck.span_of(words[0], words[end])
    if aside[0].kind == "STRING" and stuck.complete and len(aside) == 1:
        return _reason(stuck, aside, place)
    if aside[0].kind in CLAUSES:
        if stuck.complete:
            return None
        told = f"`{aside[0]}` stands before the guard of the rule"
        return _moved(stuck, aside, words[end + 1 :], told, f"`{aside[0]} …` without parentheses")
    guarded = any(token.kind == "WHEN" for token in (*stuck.read, *words[end:]))
    if "NAME" in stuck.accepted or (any(token.kind in COMPARE for token in aside) and not guarded):
        return None
    phrase = stuck.source.text[place.start : place.end]
    if stuck.fits(*(token.kind for token in (*aside, *words[end + 1 : end + 2]))):
        return stuck.found("E101", f"`{phrase}` stands in parentheses", f"write `{joined(aside)}`", at=place)
    if restricts(aside) or any(token.kind == "DECIMAL" for token in aside) or _permits(stuck):
        return stuck.found("E101", f"`{phrase}` is not read: no remark stands in parentheses", _SAID_SO, at=place)
    advice = f"leave `{phrase}` out; a remark for other authors stands behind `#`, at the end of a line"
    return stuck.found("E101", "no remark stands in parentheses", advice, at=place)


def _permits(stuck: Stuck) -> bool:
    """Return whether a rule lets members do something: what its aside says may be a restriction of that."""
    return any(token.kind in _PERMISSIONS for token in stuck.read)


_PERMISSIONS = frozenset({"ALLOW", "RECOMMEND", "PROGRESS", "MODIFY"})
_SAID_SO = (
    'write an exception as `except when … because "…"`, an exclusion as `but not …`, a bound as `limit …`; '
    "a remark for other authors stands behind `#`, at the end of a line"
)


def reason_alone(stuck: Stuck) -> Diagnostic | None:
    """Recognise `avoid x when … "It hurts."`, `avoid x "It hurts." when …`: a reason without its word."""
    if stuck.token is None or stuck.kind != "STRING" or stuck.opener not in RULES or "STRING" in stuck.accepted:
        return None
    if stuck.complete:
        return _reason(stuck, [stuck.token], stuck.span)
    if "WHEN" not in stuck.accepted:
        return None
    because = [stuck.token.read_as("BECAUSE", "because"), stuck.token]
    told = "a reason stands behind the guard of the rule, after `because`"
    return _moved(stuck, because, stuck.rest, told, "`because` and the reason")


def _reason(stuck: Stuck, text: Sequence[Token], place: Span) -> Diagnostic:
    help_ = f"write `because {text[0]}`" if len(text[0]) <= MOST_TO_TYPE else "write `because` before it"
    return stuck.found("E129", f"`because` is missing before `{shortened(text[0], _SHOWN)}`", help_, at=place)


_SHOWN = 80
"""How much of a reason a message repeats."""


def _moved(stuck: Stuck, clause: Sequence[Token], behind: Sequence[Token], told: str, what: str) -> Diagnostic:
    """Return the finding about a clause that has to change places with the guard behind it."""
    guard = list(takewhile(lambda token: token.kind not in CLAUSES, behind))
    written = joined([*guard, *clause])
    fits = guard and stuck.fits(*(token.kind for token in (*guard, *clause)))
    if not fits or len(written) > MOST_TO_TYPE:
        return stuck.found("E128", told, f"write `when …` first, then {what}")
    place = Span(stuck.source.name, stuck.span.start, guard[-1].end)
    return stuck.found("E128", told, f"write `{written}`", at=place)


def limit_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `modify deadlift with load <= 50 % when …`: a limit in the place of the guard."""
    if stuck.after == "WITH":
        stuck = Stuck(stuck.source, stuck.read[:-1], stuck.read[-1], tuple(stuck.tokens[len(stuck.read) :]))
    words = stuck.tokens[len(stuck.read) :]
    before = list(takewhile(lambda token: token.kind != "WHEN", words))
    if stuck.opener not in RULES or len(before) == len(words):
        return None
    limit = list(dropwhile(lambda token: token in ("with", "to", "at"), before))
    compared = [token.kind for token in limit[1:2]]
    if stuck.token is None or "WHEN" not in stuck.accepted or not COMPARE.intersection(compared):
        return None
    clause = [stuck.token.read_as("LIMIT", "limit"), *limit]
    told = "a limit stands behind the guard of the rule, after `limit`"
    return _moved(stuck, clause, words[len(before) :], told, "`limit …`")


def share_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `modify deadlift by 30 % when …`, `modify deadlift 70 % when …`."""
    words = [word for word in stuck.tokens[len(stuck.read) :][:3] if word not in ("by", "to", "at")]
    if "WHEN" not in stuck.accepted or [word.kind for word in words[:2]] != ["DECIMAL", "PERCENT"]:
        return None
    at = next((at for at, token in enumerate(stuck.read) if token.kind in ("MODIFY", "CAUTION")), None)
    if at is None:
        return None
    action, about = stuck.read[at], joined(stuck.read[at + 1 :])
    advice = f"write `{action} {about} when … limit load <= … %` for what is left of it, "
    advice += f"or write `reduce load by … % for {about}`"
    return stuck.found("E128", "a limit stands behind the guard of the rule, after `limit`", advice)


def limit_without_word(stuck: Stuck) -> Diagnostic | None:
    """Recognise `… when … max load 70 %`, `… when … with load <= 70 %`: a limit without its word."""
    words = stuck.tokens[len(stuck.read) :]
    at = sum(1 for _ in takewhile(lambda token: token in _BEFORE_LIMITS, words))
    name, behind = words[at : at + 1], words[at + 1 :]
    if not stuck.complete or stuck.opener not in RULES or not at or not name:
        return None
    said = {_SIGNS[word] for word in words[:at] if word in _SIGNS}
    signs: tuple[str, ...] = said.pop() if len(said) == 1 else _EITHER
    value = with_unit(behind)
    if value and value[0].kind in COMPARE:
        signs, value = _agreed(signs, value[0]), with_unit(behind[1:])
    if name[0].kind not in ("NAME", "LOAD") or [one.kind for one in value[:1]] != ["DECIMAL"]:
        return None
    ways = [f"write `limit {name[0]} {sign} {joined(value)}`" for sign in signs]
    advice = ways[0] if len(ways) == 1 else f"{ways[0]} for at most, or {ways[1]} for at least"
    return stuck.found("E101", "a limit begins with `limit`", advice, at=stuck.span_of(words[0], value[-1]))


def _agreed(signs: tuple[str, ...], sign: Token) -> tuple[str, ...]:
    """Return the sign that a limit is written with; both where its word says another than its sign."""
    written = _SIGNS.get(str(sign), (str(sign),))
    if signs in (_EITHER, written):
        return written
    return signs if sign.kind == "EQUAL" else _EITHER


_EITHER = ("<=", ">=")
_SIGNS = {
    **dict.fromkeys(("max", "maximum", "up"), ("<=",)),
    **dict.fromkeys(("min", "minimum"), (">=",)),
    "<": ("<=",),
    ">": (">=",),
}


_BEFORE_LIMITS = frozenset({"with", "max", "maximum", "min", "minimum", "at", "keep", "use", "up", "to"})


def share_of_what(stuck: Stuck) -> Diagnostic | None:
    """Recognise `limit load <= 70 % of max`: what a share is of stands in the measure."""
    if stuck.after != "PERCENT" or not in_limit(stuck.read) or not stuck.complete or stuck.token is None:
        return None
    words = stuck.tokens[len(stuck.read) :]
    said = list(takewhile(lambda one: one.kind not in CLAUSES | {"COMMA"} and one.line == words[0].line, words))
    of_what = 2 if [str(one) for one in said[1:2]] in (["max"], ["maximum"]) else 1
    said = [*said[:of_what], *takewhile(lambda one: not restricts([one]), said[of_what:])]
    if not said or (said[0] != "of" and said[0].kind != "WORD"):
        return None
    if any(token.kind == "DECIMAL" and token not in _WHOLE for token in said):  # `of 40 kg`, but `of 1 rm`
        return None
    place = stuck.span_of(said[0], said[-1])
    phrase = stuck.source.text[place.start : place.end]
    return stuck.found(
        "E101",
        "what a share is of is said by its measure",
        f"leave `{phrase}` out, if it is what `{_measured(stuck)}` is a share of",
        at=place,
    )


_WHOLE = frozenset({"1"})


def _measured(stuck: Stuck) -> str:
    """Return the measure whose limit is being read."""
    return [name for name, sign in pairwise(stuck.read) if sign.kind in COMPARE][-1]


def instead_behind(stuck: Stuck) -> Diagnostic | None:
    """Recognise `…, do glute_bridge instead`: what is offered stands before its word."""
    words = stuck.tokens[len(stuck.read) :]
    end = next((at for at, token in enumerate(words) if token.kind == "INSTEAD"), None)
    if end is None or not stuck.complete or stuck.opener not in RULES:
        return None
    offered = list(dropwhile(lambda token: token in _OFFERING, words[:end]))
    if not offered or {token.kind for token in offered} - {"NAME", "COMMA"} or offered == words[:end]:
        return None
    before = stuck.read[-1:] if words[0].kind == "COMMA" else []  # the comma goes, and `instead` needs its space
    place = stuck.span_of([*before, *words][0], words[end])
    advice = f"write `{joined([*before, words[end], *offered])}`"
    return stuck.found("E101", "what is offered stands behind `instead`", advice, at=place)


_OFFERING = frozenset({",", "do", "use", "try", "choose", "take", "offer", "prefer", "perform"})


def verdict_first(stuck: Stuck) -> Diagnostic | None:
    """Recognise `expect avoid deadlift`, `prove "…": avoid deadlift when …`."""
    words = stuck.tokens[len(stuck.read) : len(stuck.read) + 2]
    proves = [token.kind for token in stuck.read] == ["PROVE", "STRING", "COLON"]
    if (
        (stuck.after != "EXPECT" and not proves)
        or stuck.kind == "NAME"
        or [word.kind for word in words[1:]] not in (["NAME"], ["ANY"])
    ):
        return None
    if proves and stuck.kind == "ALLOW":
        place = stuck.span_of(words[0], words[1])
        return stuck.found("E101", "the exercise comes first", f"write `{words[1]} allowed`", at=place)
    if not stuck.fits("NAME", stuck.kind):
        return None
    place = stuck.span_of(words[0], words[1])
    return stuck.found("E101", "the exercise comes first", f"write `{words[1]} {words[0]}`", at=place)
