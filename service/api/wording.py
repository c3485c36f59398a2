"""Puts what a decoder says about a value into words for whoever sent it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from service.api.v1.schemas import LINE_PATTERN, NAME_PATTERN, NUMBER_PATTERN, TIME_PATTERN
from service.problems import Fault

ETAG_PATTERN = r'^(\*|"[0-9]{1,10}")\Z'

_MEANT = {
    NAME_PATTERN: "lower-case letters, digits and hyphens are expected, a letter first, 63 at most",
    LINE_PATTERN: "one line of text is expected, without control characters",
    TIME_PATTERN: "an instant with an offset is expected, like 2026-11-22T09:00:00Z, from 2000 to 2199",
    NUMBER_PATTERN: "a whole number above 0 is expected",
    ETAG_PATTERN: 'an entity tag as it was given out is expected, like "3", or *',
}
_REGEX = re.compile(r"^Expected `str` matching regex '(?P<pattern>.*)'$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>.*)`$", re.DOTALL)
_PLACE = re.compile(r" - at `(?:key` in `)?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_LONGEST = 64


def fault_of(message: str, known: Sequence[str] = ()) -> Fault:
    """Return the fault that a decoder's `message` describes; `known` are the members of the outermost object."""
    found = _PLACE.search(message)
    detail = message[: found.start()] if found else message
    pointer = _pointer(found["path"]) if found else ""
    if unknown := _UNKNOWN.match(detail):
        name = unknown["name"]
        near = difflib.get_close_matches(name[:_LONGEST], known, n=1) if not pointer else []
        return Fault(f"`{name[:_LONGEST]}` is not known here", pointer=pointer, did_you_mean=tuple(near))
    return Fault(reworded(detail), pointer=pointer)


def reworded(message: str) -> str:
    """Return `message` without a regular expression in it."""
    found = _REGEX.match(message)
    if found is None:
        return message
    pattern = found["pattern"].encode().decode("unicode_escape")
    return _MEANT.get(pattern, "text of another form is expected")


def _pointer(path: str) -> str:
    return "".join("/" + (name or index) for name, index in _STEP.findall(path) if index != "...")
