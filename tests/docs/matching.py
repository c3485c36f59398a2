"""Whether what a page shows is what came out, with `…` standing for what differs from run to run."""

from __future__ import annotations

import re

ANY = "…"


def same_lines(shown: str, printed: str) -> bool:
    """Return whether `printed` is what the page shows.

    A line `…` stands for any number of lines, `…` inside a line for any characters.
    """
    return re.fullmatch(_pattern(shown), printed.rstrip() + "\n") is not None


def _pattern(shown: str) -> str:
    return "".join(_line_pattern(line.rstrip()) for line in shown.rstrip().splitlines()) or "\n?"


def _line_pattern(line: str) -> str:
    if line.strip() == ANY:
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*?".join(re.escape(part) for part in line.split(ANY)) + r"[ ]*\n"


def same_json(shown: object, found: object) -> bool:
    """Return whether `found` is what the page shows.

    The text `…` stands for any value, or inside a text for any characters; as the last item of a list for any
    further items; as a key for any further members.
    """
    match shown, found:
        case dict(), dict():
            named = {key: value for key, value in shown.items() if key != ANY}
            complete = ANY in shown or set(found) == set(named)
            return complete and all(key in found and same_json(named[key], found[key]) for key in named)
        case list(), list():
            open_ended = bool(shown) and shown[-1] == ANY
            named_items = shown[:-1] if open_ended else shown
            enough = len(found) >= len(named_items) if open_ended else len(found) == len(named_items)
            return enough and all(same_json(one, other) for one, other in zip(named_items, found, strict=False))
        case str(), str() if ANY in shown:
            return re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), found, re.DOTALL) is not None
        case str(), _ if shown == ANY:
            return True
        case _:
            return bool(shown == found) and isinstance(shown, bool) == isinstance(found, bool)


def refreshed(shown: object, found: object) -> object:
    """Return what the page should show: `found`, with `…` kept wherever the page has it."""
    match shown, found:
        case dict(), dict():
            keys = [key for key in shown if key in found] if ANY in shown else list(found)
            kept = {key: refreshed(shown.get(key), found[key]) for key in keys}
            return kept | {ANY: ANY} if ANY in shown else kept
        case list(), list() if shown and shown[-1] == ANY:
            return [refreshed(one, other) for one, other in zip(shown[:-1], found, strict=False)] + [ANY]
        case list(), list():
            return [refreshed(shown[i] if i < len(shown) else None, item) for i, item in enumerate(found)]
        case str(), _ if ANY in shown and same_json(shown, found):
            return shown
        case _:
            return found
