"""Recognises a change of load that is said in other words than `reduce load by 20 % for deadlift`."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import dropwhile, pairwise, takewhile

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.guard_mistakes import joined
from dsl.syntax.stuck import Stuck
from dsl.syntax.tree import Token

_PERCENT = ("%", "percent", "pct", "per")
_TARGETS = frozenset({"NAME", "ANY", "COMMA", "AND", "BUT", "NOT"})
_VARIANTS = frozenset({"WITH", "VARIANTS"})
_NO_TARGETS = ("the", "weight", "up", "down", "due", "only", "about", *_PERCENT)
_LEAST_SHARE, _MOST_SHARE = 100, 200


def share_of_load(stuck: Stuck) -> Diagnostic | None:
    """Recognise `reduce deadlift by 20 %`, `reduce load to 20 %`, `progress load by 5-10 %`."""
    verb = next((token for token in reversed(stuck.read) if token.kind in ("REDUCE", "PROGRESS")), None)
    between = stuck.kind == "TO" and stuck.after == "DECIMAL"
    if verb is None or stuck.token is None or not (between or stuck.accepted in ({"BY"}, {"LOAD"})):
        return None
    if between:
        return stuck.found("E101", "load is changed by one share, not by a range", f"write `by {stuck.read[-1]} %`")
    if stuck.kind == "DECIMAL":
        return None
    told = "load is changed by a share, not to one" if stuck.kind == "TO" else f"`{stuck.word}` cannot stand here"
    return stuck.found("E101", told, _advice(verb, _before_guard(stuck)))


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
            by = at > 0 and words[at - 1].kind == "BY"
            return at if by or str(next(iter(words[at + 1 :]), "")) in _PERCENT else None
    return None


def _about(words: Sequence[Token], variants: bool) -> str:
    """Return the exercises that stand behind `for`, or first; `any` where there are none."""
    behind = list(dropwhile(lambda token: token.kind != "FOR", words))[1:]
    kinds = _TARGETS | _VARIANTS if variants else _TARGETS
    named = dropwhile(lambda token: token.kind not in ("NAME", "ANY") or token in _NO_TARGETS, behind or words)
    targets: list[Token] = list(takewhile(lambda token: token.kind in kinds and token not in _NO_TARGETS, named))
    return joined(targets) or "any"
