"""Recognises a change of load that is said in other words than `reduce load by 20 % for deadlift`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import dropwhile, pairwise, takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_mistakes import joined, with_unit
from dsl.syntax.number_words import in_digits
from dsl.syntax.shares import meant, written
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_PERCENT = ("%", "percent", "pct", "per", "cent")
_TARGETS = frozenset({"NAME", "ANY", "COMMA", "AND", "BUT", "NOT"})
_VARIANTS = frozenset({"WITH", "VARIANTS"})
_NO_TARGETS = (
    *("the", "weight", "up", "down", "due", "only", "about", *_PERCENT),
    *("plan", "planned", "usual", "normal", "prescribed", "original", "current", "previous", "last"),
)
_EXACT = frozenset({"about", "around", "roughly", "approximately", "only", "just", "exactly", "a", "an", "the"})
"""What says nothing, or too little to matter, before the number of a share."""
_PERIODS = frozenset({"day", "daily", "week", "weeks", "weekly", "month", "monthly", "session", "workout"})
_ENDS = frozenset({"from", "between", "to", "and", "or", "-", "--", "\u2013", "\u2014"})
"""What stands before and between the ends of a range."""
_LEAST_SHARE, _MOST_SHARE = 100, 200


def share_of_load(stuck: Stuck) -> Diagnostic | None:
    """Recognise `reduce deadlift by 20 %`, `reduce load to 20 %`."""
    verb = next((token for token in reversed(stuck.read) if token.kind in ("REDUCE", "PROGRESS")), None)
    if verb is None or stuck.token is None or stuck.accepted not in ({"BY"}, {"LOAD"}) or stuck.kind == "DECIMAL":
        return None
    to = stuck.kind == "TO"
    told = "load is changed by a share, not to one" if to else "this is not how a change of load is written"
    words = _before_guard(stuck)
    place = stuck.replaceable(verb, [verb, *words][-1])
    return stuck.found("E101", told, _advice(verb, in_digits(words)), at=place)


_PART = re.compile(
    r"\bby\s+([0-9]+\s*/\s*[0-9]+|0?[.,][0-9]+)(?![\w.,/])"
    r"(\s*(?:%|percent\b|pct\b|per cent\b))?(\s*[-\u2013\u2014]\s*[0-9])?"
)
"""A fraction or a number below one behind `by`, whether it has `%`, and whether it is the lower end of a range."""


def share_as_part(stuck: Stuck) -> Diagnostic | None:
    """Recognise `reduce deadlift by 0.3`, `reduce load by 0,3`, `by 1 / 3`: a share as a part of one."""
    verb = next((token for token in stuck.read if token.kind in ("REDUCE", "PROGRESS")), None)
    if verb is None or stuck.token is None or any(token.kind == "WHEN" for token in stuck.read):
        return None
    words = list(takewhile(lambda token: token.kind != "WHEN", stuck.tokens[stuck.tokens.index(verb) + 1 :]))
    part = _PART.search(stuck.source.text, verb.end, [verb, *words][-1].end)
    if part is None:
        return None
    raises = verb.kind == "PROGRESS"
    shares = meant(part[1], raises=raises, percent=part[2] is not None)
    if not shares:
        return None
    behind = [token for token in words if not part.start() <= token.start < part.end()]
    shares = ["…"] if part[3] or any(token.kind == "DECIMAL" for token in behind) else shares
    place = stuck.replaceable(verb, [verb, *words][-1])
    help_ = written(shares, f"{verb} load by ", f" for {_about(behind, raises)}")
    return stuck.found("E101", "this is not how a change of load is written", help_, at=place)


def share_as_fraction(found: Diagnostic, text: str, *, raises: bool) -> Diagnostic:
    """Return the finding about a share without `%`, with the percentage for the fraction `text` that stands there."""
    shares = meant(text, raises=raises)
    return replace(found, help=written(shares)) if shares else found


def share_in_other_words(stuck: Stuck) -> Diagnostic | None:
    """Recognise `by 5 to 10 %`, `by fifty %`, `by up to 10 %`: what is no share, or is not written as one."""
    by = next((at for at in range(len(stuck.read) - 1, 1, -1) if stuck.read[at].kind == "BY"), None)
    if by is None or stuck.read[by - 2].kind not in ("REDUCE", "PROGRESS"):
        return None
    if stuck.token is None or stuck.kind == "WHEN" or any(token.kind == "FOR" for token in stuck.read[by:]):
        return None
    if "FOR" in stuck.accepted and stuck.word not in _GOES_ON:
        return None
    words = list(takewhile(lambda token: token.kind not in ("FOR", "WHEN"), stuck.tokens[by + 1 :]))
    place = stuck.span_of(stuck.read[by], [stuck.read[by], *words][-1])
    message, help_ = _one_share(stuck.read[by - 2], in_digits(words))
    return stuck.found("E101", message, help_, at=place)


_GOES_ON = _ENDS | {*_PERCENT, "a", "each", "every", "more", "of"} | _PERIODS
"""What stands behind a share that is not yet all that its author says of it."""


def _one_share(verb: Token, words: Sequence[Token]) -> tuple[str, str]:
    """Return why words are not the one share that load is changed by, and what to write; the safer of two first."""
    if any(token in _PERIODS for token in words):
        message = "load is changed from one session to the next, not over time"
        return message, "write `by … %`, the share from one session to the next"
    shares = sorted({Decimal(token) for token in words if token.kind == "DECIMAL"}, reverse=verb.kind == "REDUCE")
    if any(token.kind != "DECIMAL" and token not in _EXACT | _ENDS | {*_PERCENT} for token in words):
        shares = []
    match shares:
        case [share]:
            return "a share is one number and `%`", f"write `by {share:f} %`"
        case [careful, other]:
            help_ = f"write `by {careful:f} %`, the more careful share, or write `by {other:f} %`"
            return "load is changed by one share, not by a range", help_
        case _:
            return "load is changed by one share, and this leaves open by which", "write `by … %`, one number"


def exercises_left_out(stuck: Stuck) -> Diagnostic | None:
    """Recognise `reduce load by 10 % when …`, `require clearance when …`, `hold load deadlift when …`."""
    verb = next((token.kind for token in stuck.read if token.kind in _ABOUT_EXERCISES), None)
    if verb is None or stuck.token is None:
        return None
    if verb == "HOLD" and stuck.after == "LOAD" and stuck.kind in ("NAME", "ANY"):
        place = stuck.span_of(stuck.read[-1], stuck.token)
        help_ = f"write `load for {stuck.word}`"
        return stuck.found("E101", f"`for` is missing before `{stuck.word}`", help_, at=place)
    if stuck.kind != "WHEN":
        return None
    if stuck.after != "FOR" and "FOR" not in stuck.accepted:
        return None
    place = stuck.span_of(stuck.read[-1] if stuck.after == "FOR" else stuck.token, stuck.token)
    help_ = "write `for any when`, or the exercises in place of `any`"
    return stuck.found("E101", "nothing says which exercises are meant", help_, at=place)


_ABOUT_EXERCISES = frozenset({"REDUCE", "PROGRESS", "HOLD", "REQUIRE"})
"""The words of actions that have `for` before their exercises."""


def _before_guard(stuck: Stuck) -> list[Token]:
    """Return what stands at the place, up to the guard: a number in the guard is no share."""
    return list(takewhile(lambda token: token.kind != "WHEN", stuck.tokens[len(stuck.read) :]))


def _advice(verb: Token, words: Sequence[Token]) -> str:
    """Return how the change is written; a share that the load is changed to is no share that it is changed by."""
    at, about = _share(words), _about(words, verb.kind == "PROGRESS")
    if at is None:
        return _by(verb, "…", about)
    before = words[:at]
    kinds = [token.kind for token in before]
    if kinds[-1:] == ["BY"] or "TO" not in kinds:
        return _by(verb, "…" if "FROM" in kinds else words[at], about)
    at_most = any(one == "up" and other.kind == "TO" for one, other in pairwise(before))
    return _by(verb, "…", about) if at_most or "FROM" in kinds else _changed_to(verb, words[at], about)


def _by(verb: Token, share: str, about: str) -> str:
    return f"write `{verb} load by {share} % for {about}`"


def _changed_to(verb: Token, left: Token, about: str) -> str:
    """Return how to write that a share of the load is left, or more than the load is lifted."""
    share = Decimal(left)
    if verb.kind == "REDUCE" and not share:
        return f"write `avoid {about}`: nothing of the load would be left"
    if verb.kind == "REDUCE" and share < _LEAST_SHARE:
        return f"{_by(verb, f'{_LEAST_SHARE - share:f}', about)}, which leaves {left} % of the load"
    if verb.kind == "PROGRESS" and _LEAST_SHARE < share <= _MOST_SHARE:
        return f"{_by(verb, f'{share - _LEAST_SHARE:f}', about)}, which makes it {left} % of the load"
    return f"{_by(verb, '…', about)}: {_contradiction(verb, share)}"


def _contradiction(verb: Token, share: Decimal) -> str:
    """Return why a load is not reduced, or raised, to `share` percent of itself."""
    if verb.kind == "PROGRESS" and share > _MOST_SHARE:
        return "at most, a step doubles the load"
    if share == _LEAST_SHARE:
        does = "take nothing away" if verb.kind == "REDUCE" else "add nothing"
    else:
        does = "add load" if verb.kind == "REDUCE" else "take load away"
    return f"to {share:f} % would {does}"


def _share(words: Sequence[Token]) -> int | None:
    """Return where the number stands that says how much; None where there is none, or one in another unit."""
    for at, token in enumerate(words):
        if token.kind == "DECIMAL":
            unit = with_unit(words[at:])[1:]
            by = at > 0 and words[at - 1].kind == "BY" and not unit
            return at if by or any(one in _PERCENT for one in unit) else None
    return None


def _about(words: Sequence[Token], variants: bool) -> str:
    """Return the exercises that stand behind `for`, or first; `any` where there are none."""
    behind = list(dropwhile(lambda token: token.kind != "FOR", words))[1:]
    kinds = _TARGETS | _VARIANTS if variants else _TARGETS
    named = dropwhile(lambda token: token.kind not in ("NAME", "ANY") or token in _NO_TARGETS, behind or words)
    targets: list[Token] = list(takewhile(lambda token: token.kind in kinds and token not in _NO_TARGETS, named))
    return joined(targets) or "any"
