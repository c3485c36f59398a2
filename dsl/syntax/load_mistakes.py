"""Recognises a change of load that is said in other words than `reduce load by 20 % for deadlift`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import dropwhile, pairwise, takewhile
from typing import NamedTuple

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_words import joined, with_unit
from dsl.syntax.number_words import in_digits, says_number, says_part
from dsl.syntax.restrictions import restricts
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
_SAYS_NOTHING = frozenset(_NO_TARGETS) - {"only"}
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
    return stuck.found("E101", told, _advice(verb, words), at=place)


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
    behind = [one for one in words if one.kind not in ("LOAD", "BY") and not part.start() <= one.start < part.end()]
    shares = ["…"] if part[3] or any(token.kind == "DECIMAL" for token in behind) else shares
    place = stuck.replaceable(verb, [verb, *words][-1])
    help_ = _by(verb, shares, _about(_Change((), (), (), behind), raises))
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
    message, help_ = _one_share(stuck.read[by - 2], words)
    return stuck.found("E101", message, help_, at=place)


_GOES_ON = _ENDS | {*_PERCENT, "a", "each", "every", "more", "of"} | _PERIODS
"""What stands behind a share that is not yet all that its author says of it."""


def _one_share(verb: Token, words: Sequence[Token]) -> tuple[str, str]:
    """Return why words are not the one share that load is changed by, and what to write; the safer of two first."""
    if any(token in _PERIODS for token in words):
        message = "load is changed from one session to the next, not over time"
        return message, "write `by … %`, the share from one session to the next"
    match _shares(verb, words):
        case [share]:
            return "a share is one number and `%`", written([f"{share:f}"], "by ")
        case [_, _] as shares:
            return "load is changed by one share, not by a range", written([f"{one:f}" for one in shares], "by ")
        case _:
            return "load is changed by one share, and this leaves open by which", "write `by … %`, one number"


def _shares(verb: Token, words: Sequence[Token]) -> list[Decimal]:
    """Return the share that words say, or both ends of a range, the more careful one first; none if not that plain.

    `half a percent`, `two and a half %` and `half of 80 %` say a number that is not among their words.
    """
    plain = in_digits(words)
    numbers = [Decimal(token) for token in plain if token.kind == "DECIMAL"]
    if "only" in list(dropwhile(lambda token: not says_number(token), words)):
        return []
    in_parts = any(says_part(token) for token in words)
    signs = [str(token) for token in plain].count("%")
    if any(token.kind != "DECIMAL" and token not in _EXACT | _ENDS | {*_PERCENT} for token in plain):
        return []
    if in_parts and (signs != len(numbers) or any(token in _PERCENT for token in words)):
        return []
    if any(token in _ENDS for token in words) is not (len(numbers) > 1) or len({*numbers}) < len(numbers):
        return []
    if "and" in words and "between" not in words:
        return []
    return sorted(set(numbers), reverse=verb.kind == "REDUCE")


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
    words = list(takewhile(lambda token: token.kind != "WHEN", stuck.tokens[len(stuck.read) :]))
    return words[:-1] if words[-1:] == ["only"] else words


class _Change(NamedTuple):
    """A change of load in some author's words: what stands before its share, how that is said, and what is behind."""

    before: Sequence[Token]
    lead: Sequence[Token]
    share: Sequence[Token]
    behind: Sequence[Token]


def _change(words: Sequence[Token]) -> _Change:
    first = next((at for at, token in enumerate(words) if says_number(token)), len(words))
    lead = next((at for at in range(first - 1, -1, -1) if words[at].kind in ("BY", "TO", "FROM")), first)
    in_share = {*_EXACT, *_ENDS, *_PERCENT, *_PERIODS} - {"only"}
    share = list(takewhile(lambda token: says_number(token) or token in in_share, words[first:]))
    end = first + len(share)
    end += len(with_unit(words[end - 1 : end + 1])) - 1 if share else 0
    return _Change(words[:lead], words[lead:first], words[first:end], words[end:])


def _advice(verb: Token, words: Sequence[Token]) -> str:
    """Return how the change is written; a share that the load is changed to is no share that it is changed by."""
    change = _change(words)
    about, shares = _about(change, verb.kind == "PROGRESS"), _plain_shares(verb, change)
    to = any(token.kind == "TO" for token in change.lead[:1])
    match shares:
        case [share] if to:
            return _changed_to(verb, share, about)
        case [_] | [_, _] if not to:
            return _by(verb, [f"{one:f}" for one in shares], about)
        case _:
            return _by(verb, ["…"], about)


def _plain_shares(verb: Token, change: _Change) -> list[Decimal]:
    """Return the shares that a change says in plain words; none where its words say anything else of them."""
    lead = change.lead[:1]
    if not change.share or any(token in _PERIODS for token in (*change.before, *change.share, *change.behind)):
        return []
    if any(says_number(token) for token in change.behind) or any(token.kind == "FROM" for token in change.before):
        return []
    if [token.kind for token in lead] == ["FROM"] or (change.before[-1:] == ["up"] and lead == ["to"]):
        return []
    said = any(token in _PERCENT or says_part(token) for token in change.share)
    if not said and (lead != ["by"] or not says_number(change.share[-1])):
        return []
    return _shares(verb, [*change.lead[1:], *change.share])


def _by(verb: Token, shares: Sequence[str], about: str) -> str:
    return written(shares, f"{verb} load by ", f" for {about}")


def _changed_to(verb: Token, share: Decimal, about: str) -> str:
    """Return how to write that a share of the load is left, or more than the load is lifted."""
    if verb.kind == "REDUCE" and not share:
        return f"write `avoid {about}`: nothing of the load would be left"
    if verb.kind == "REDUCE" and share < _LEAST_SHARE:
        return f"{_by(verb, [f'{_LEAST_SHARE - share:f}'], about)}, which leaves {share:f} % of the load"
    if verb.kind == "PROGRESS" and _LEAST_SHARE < share <= _MOST_SHARE:
        return f"{_by(verb, [f'{share - _LEAST_SHARE:f}'], about)}, which makes it {share:f} % of the load"
    return f"{_by(verb, ['…'], about)}: {_contradiction(verb, share)}"


def _contradiction(verb: Token, share: Decimal) -> str:
    """Return why a load is not reduced, or raised, to `share` percent of itself."""
    if verb.kind == "PROGRESS" and share > _MOST_SHARE:
        return "at most, a step doubles the load"
    if share == _LEAST_SHARE:
        does = "take nothing away" if verb.kind == "REDUCE" else "add nothing"
    else:
        does = "add load" if verb.kind == "REDUCE" else "take load away"
    return f"to {share:f} % would {does}"


def _about(change: _Change, variants: bool) -> str:
    """Return the exercises that stand behind `for`, or first; `any` where there are none, `…` where more is said."""
    others = [*change.before, *change.behind]
    behind = list(dropwhile(lambda token: token.kind != "FOR", others))[1:]
    kinds = _TARGETS | _VARIANTS if variants else _TARGETS
    named = list(dropwhile(lambda one: one.kind not in ("NAME", "ANY") or one in _NO_TARGETS, behind or others))
    targets = list(takewhile(lambda token: token.kind in kinds and token not in _NO_TARGETS, named))
    rest = [token for token in others if token not in _SAYS_NOTHING and not any(token is one for one in targets)]
    side_by_side = any(one.kind == other.kind == "NAME" for one, other in pairwise(targets))
    cut_short = [token.kind for token in targets[-1:]] not in ([], ["NAME"], ["ANY"], ["VARIANTS"])
    if side_by_side or cut_short or restricts(rest):  # `back_squat except goblet_squat`
        return "…"
    in_a_unit = change.share[-1:] and change.share[-1].kind == "NAME" and change.share[-1] not in _PERCENT
    return joined(targets) or ("…" if in_a_unit else "any")
