"""What `spotter diff` prints of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dsl.analysis.changes import Change, Difference, Direction, Part
from dsl.analysis.diff import labels
from dsl.analysis.naming import Naming
from dsl.semantics.compiler import Compilation
from dsl.tools.terminal import output, visible
from dsl.tools.wording import listed

_SHOWN = 3
"""Sample members shown in each direction, and one more for each further part; the rest is told by names."""

_RULES = 20
"""Rules that differ which are named; the rest is counted."""

_HEADINGS = {"less": ("Less restrictive", "bold red"), "more": ("More restrictive", "bold yellow")}
_MEANINGS: Mapping[Direction | None, str] = {
    "less": "Less restrictive",
    "more": "More restrictive",
    None: "Not decided, for the same request means something else",
}
_THE_SAME = "No member's answer changes: the two are the same release."
_UNCHANGED = "No member's session, referral, verdict, endorsement, limit or load changes: that is proved."


_PARTS: Mapping[Part, str] = {
    "disposition": "disposition",
    "routine_referral": "referral",
    "verdict": "verdict",
    "recommended": "recommended or not",
    "load": "load",
    "limit": "limits",
}


class Report:
    """Tells what one compilation changes against another."""

    def __init__(self, old: Compilation, new: Compilation) -> None:
        """Look up what authors call exercises and rules."""
        self._console = output()
        self._namings = Naming(old), Naming(new)
        self._known = [{sealed.rule.id for sealed in one.rules} for one in (old, new)]
        self._labels = _labels(old) | _labels(new)

    def show(self, found: Difference, *, everything: bool) -> None:
        """Print what was `found`; with `everything`, a sample member for every change."""
        if found.rules:
            self._say(f"Rules that differ: {listed([self._called(rule) for rule in found.rules], _RULES)}")
        for direction, (heading, style) in _HEADINGS.items():
            changes = [change for change in found.changes if change.direction == direction]
            if changes:
                self._say(f"{heading} for somebody: {_counted(changes)}", style)
                self._show_changes(changes, everything)
        for meaning in found.meanings:
            style = "bold yellow" if meaning.direction == "more" else "bold red"
            self._say(f"{_MEANINGS[meaning.direction]}: {meaning.text}", style)
        for told, names in (("Gone", found.gone), ("New", found.new), ("Declared in another way", found.redeclared)):
            if names:
                self._say(f"{told}: {', '.join(names)}")
        self._show_reworked(found)
        self._show_certainty(found)

    def _show_certainty(self, found: Difference) -> None:
        for undecided in found.undecided:
            self._say(f"Not decided: {undecided}", "bold red")
        for fault in found.faults:
            self._say(f"A fault of Spotter, please report it. Not decided: {fault}", "bold red")
        if found.unchanged:
            self._say(_THE_SAME if found.identical else _UNCHANGED, "bold green")
        if found.reworked or found.redeclared:
            self._say("Reasons, substitutes, advice and texts have no direction: read what differs.")

    def _say(self, text: str, style: str | None = None) -> None:
        self._console.print(visible(text), style=style)

    # --- what moves ---------------------------------------------------------------------------

    def _show_changes(self, changes: Sequence[Change], everything: bool) -> None:
        shown = changes if everything else _first(changes)
        for change in shown:
            self._say(f"  {listed(self._names(change))}: {change.was} -> {change.becomes}")
            for line in change.example.splitlines():
                self._console.print(f"    {visible(line)}", soft_wrap=True)
        hidden: dict[Part, set[str]] = {}
        for change in changes:
            if change not in shown:
                hidden.setdefault(change.part, set()).update(self._names(change))
        if hidden:
            self._say("  and, with a sample member for each by --all:")
        for part, names in hidden.items():
            self._say(f"    {_PARTS[part]}: {listed(sorted(names))}")

    def _names(self, change: Change) -> list[str]:
        """Return what the change is about; a word for an exercise that is not its declared name, in quotes."""
        names = (name for name in (change.exercise, *change.alike) if name)
        return [self._labels.get(name, f"“{name}”") for name in names] or ["The session"]

    # --- what has no direction ----------------------------------------------------------------

    def _show_reworked(self, found: Difference) -> None:
        moved = {name for change in found.changes for name in (change.exercise, *change.alike)}
        for one in found.reworked:
            rules = ", ".join(map(self._called, one.rules))
            about = one.exercises or (None,)
            for heading, names in (
                ("Other reasons, same answers", [name for name in about if name not in moved]),
                ("Differs besides", [name for name in about if name in moved]),
            ):
                if names:
                    told = ", ".join("the session" if name is None else self._labels[name] for name in names)
                    self._say(f"{heading}: {told} (rules that differ: {rules})")

    def _called(self, rule: str) -> str:
        before, after = (rule in known for known in self._known)
        naming = self._namings[1 if after else 0]
        return naming.called(rule) + ("" if before and after else " (new)" if after else " (gone)")


def _labels(made: Compilation) -> dict[str, str]:
    return labels(made.release.artifact.vocabulary) if made.release is not None else {}


def _counted(changes: Iterable[Change]) -> str:
    names = {name for change in changes for name in (change.exercise, *change.alike)}
    exercises = len(names - {None})
    told = f"{exercises} exercise{'' if exercises == 1 else 's'}"
    return told if None not in names else "the session" if not exercises else f"the session and {told}"


def _first(changes: Sequence[Change]) -> list[Change]:
    """Return the first few of `changes`, and the first of each part of an answer."""
    parts = {change.part: change for change in reversed(changes)}
    return [change for place, change in enumerate(changes) if place < _SHOWN or parts[change.part] is change]
