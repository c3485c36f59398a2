"""The command `diff`: what a changed rule file changes for members, proved."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from dsl.analysis.changes import Change, Difference, Direction, IncomparableError, Part
from dsl.analysis.diff import compare, labels
from dsl.analysis.formulas import Bounds
from dsl.semantics.compiler import compile_sources
from dsl.semantics.reading import SUFFIX, read_paths
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import errors
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.check_report import print_diagnostics
from dsl.tools.cli import AS_JSON, write_json
from dsl.tools.exits import Exit
from dsl.tools.terminal import Failure, output, visible
from dsl.tools.wording import listed

_BOUNDS = Bounds(seconds_each=5.0, seconds_all=120.0)
"""How long is searched: a reviewer rather waits than reads that something is not decided."""

_SHOWN = 3
"""Sample members shown in each direction, and one more for each further part; the rest is told by names."""


class _Source(msgspec.Struct):
    """The sources of a published release, as the service gives them."""

    files: list[_File]


class _File(msgspec.Struct):
    name: str
    text: str
    shipped: bool = False


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--all", "everything", is_flag=True, help="Show a sample member for every change, not the first few.")
@AS_JSON
def diff(old: str, new: str, everything: bool, as_json: bool) -> Exit:
    """Say whose answers become less restrictive, and whose more, between OLD and NEW.

    OLD and NEW are each a rule file, a folder of them, a folder as it was in a git revision (main:rules), or the
    sources of a published release, saved as JSON. Every member whom either vocabulary allows is looked at, before any
    pack is past its review: a disposition of the session, a routine referral, a verdict, an endorsement, a limit or a
    load that is not listed is proved not to move. What else makes the same request mean something else, a word, a
    code, a red flag or the day of a review, is told. Reasons, substitutes, advice and texts have no direction; the
    rules and declarations that differ in them are listed.

    Ends with 0 if nobody's answer becomes less restrictive; 1 if somebody's does, or may; 2 if an input cannot be used.
    """
    was, becomes = _release(old), _release(new)
    if was is None or becomes is None:
        return Exit.UNUSABLE
    try:
        found = compare(was, becomes, _BOUNDS)
    except IncomparableError as error:
        names = listed([f"`{name}`" for name in error.facts])
        raise Failure(
            f"{names} is declared in another way in {new} than in {old}, so members cannot be compared"
        ) from error
    if as_json:
        write_json(found)
    else:
        _print(found, everything, labels(was.artifact.vocabulary) | labels(becomes.artifact.vocabulary))
    return Exit.FINDINGS if found.laxer() else Exit.FINE


# --- what is compared -------------------------------------------------------------------------


def _release(stated: str) -> Release | None:
    """Return what `stated` compiles to; None after saying what is wrong with it. Its examples are not run.

    The shipped vocabulary is added, unless one comes with it: that of another version is what it was.
    """
    sources = list(_sources(stated))
    made = compile_sources(sources, with_prelude=not any(map(_of_prelude, sources)), limits=Limits())
    if made.release is None:  # what comes with it may be no more than an addition
        made = compile_sources(sources, limits=Limits())
    if made.release is None:
        console = output(to_errors=True)
        console.print(f"{visible(stated)} cannot be compared:", style="bold red")
        print_diagnostics(console, errors(made.diagnostics), made.sources)
    return made.release


def _of_prelude(source: SourceFile) -> bool:
    return re.search(r"^\s*pack\s+prelude\b", source.text, re.MULTILINE) is not None


def _sources(stated: str) -> Iterable[SourceFile]:
    path = Path(stated)
    if path.suffix == ".json" and path.is_file():
        return _published(path)
    if not path.exists() and ":" in stated:
        return _in_revision(*stated.split(":", 1))
    sources, unread = read_paths([path], Limits())
    if unread:
        raise Failure(unread[0].message)
    return sources


def _published(path: Path) -> Iterable[SourceFile]:
    try:
        source = msgspec.json.decode(path.read_bytes(), type=_Source)
    except (OSError, msgspec.DecodeError) as error:
        raise Failure(f"{path} does not hold the sources of a release: {error}") from error
    return [SourceFile(file.name, file.text) for file in source.files]


def _in_revision(revision: str, folder: str) -> Iterable[SourceFile]:
    """Return the rule files in `folder` as they were in a git `revision`."""
    if revision.startswith("-"):
        raise Failure(f"`{revision}` is no git revision")
    listed_ = _git(f"{revision}:{folder}", "ls-tree", "-r", "-z", revision, "--", f"{folder or '.'}")
    entries = [entry.split("\t", 1) for entry in listed_.decode(errors="replace").split("\0") if entry]
    blobs = {name: about.split()[2] for about, name in entries if name.endswith(SUFFIX) and about.split()[1] == "blob"}
    if not blobs:
        raise Failure(f"there is no rule file in {revision}:{folder}")
    return [SourceFile(name, _blob(stated=f"{revision}:{folder}", blob=blob)) for name, blob in blobs.items()]


def _blob(stated: str, blob: str) -> str:
    return _git(stated, "cat-file", "blob", blob).decode("utf-8-sig", "replace")


def _git(stated: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False, timeout=60)  # noqa: S603, S607 - no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"git cannot be asked for {stated}: {error}") from error
    if done.returncode:
        raise Failure(f"git does not know {stated}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


# --- what is told -----------------------------------------------------------------------------

_HEADINGS = {"less": ("Less restrictive", "bold red"), "more": ("More restrictive", "bold yellow")}


def _print(found: Difference, everything: bool, called: Mapping[str, str]) -> None:
    console = output()
    for direction, (heading, style) in _HEADINGS.items():
        changes = [change for change in found.changes if change.direction == direction]
        if changes:
            console.print(f"{heading} for somebody: {_counted(changes)}", style=style)
            _print_changes(changes, everything, called)
    for meaning in found.meanings:
        style = "bold yellow" if meaning.direction == "more" else "bold red"
        console.print(f"{_MEANINGS[meaning.direction]}: {visible(meaning.text)}", style=style)
    for told, names in (("Gone", found.gone), ("New", found.new), ("Declared in another way", found.redeclared)):
        if names:
            console.print(f"{told}: {visible(', '.join(names))}")
    _print_reworked(found)
    for undecided in found.undecided:
        console.print(f"Not decided: {visible(undecided)}", style="bold red")
    for fault in found.faults:
        told = f"A fault of Spotter, please report it. Not decided: {fault}"
        console.print(visible(told), style="bold red")
    if found.unchanged:
        console.print(_THE_SAME if found.identical else _UNCHANGED, style="bold green")
    if found.reworked or found.redeclared:
        console.print("Reasons, substitutes, advice and texts have no direction: read what differs.")


_MEANINGS: Mapping[Direction | None, str] = {
    "less": "Less restrictive",
    "more": "More restrictive",
    None: "Not decided, for the same request means something else",
}
_THE_SAME = "No member's answer changes: the two are the same release."
_UNCHANGED = "No member's session, referral, verdict, endorsement, limit or load changes: that is proved."


def _counted(changes: Iterable[Change]) -> str:
    names = {name for change in changes for name in (change.exercise, *change.alike)}
    exercises = len(names - {None})
    told = f"{exercises} exercise{'' if exercises == 1 else 's'}"
    return told if None not in names else "the session" if not exercises else f"the session and {told}"


def _print_reworked(found: Difference) -> None:
    console = output()
    moved = {name for change in found.changes for name in (change.exercise, *change.alike)}
    for one in found.reworked:
        names = one.exercises or ("the session",)
        groups = {
            "Other reasons, same answers": [name for name in names if (name if one.exercises else None) not in moved],
            "Differs besides": [name for name in names if (name if one.exercises else None) in moved],
        }
        for heading, about in groups.items():
            if about:
                told = f"{', '.join(about)} (rules that differ: {', '.join(one.rules)})"
                console.print(f"{heading}: {visible(told)}")


def _print_changes(changes: Sequence[Change], everything: bool, called: Mapping[str, str]) -> None:
    console = output()
    shown = changes if everything else _first(changes)
    for change in shown:
        names = listed([*_names(change, called)])
        console.print(f"  {visible(f'{names}: {change.was} -> {change.becomes}')}")
        for line in change.example.splitlines():
            console.print(f"    {visible(line)}", soft_wrap=True)
    hidden: dict[Part, dict[str, None]] = {}
    for change in changes:
        if change not in shown:
            hidden.setdefault(change.part, {}).update(dict.fromkeys(_names(change, called)))
    if hidden:
        console.print("  and, with a sample member for each by --all:")
    for part, names_ in hidden.items():
        console.print(f"    {_PARTS[part]}: {visible(listed(sorted(names_)))}")


def _first(changes: Sequence[Change]) -> list[Change]:
    """Return the first few of `changes`, and the first of each part of an answer."""
    parts = {change.part: change for change in reversed(changes)}
    return [change for place, change in enumerate(changes) if place < _SHOWN or parts[change.part] is change]


_PARTS: Mapping[Part, str] = {
    "disposition": "disposition",
    "routine_referral": "referral",
    "verdict": "verdict",
    "recommended": "recommended or not",
    "load": "load",
    "limit": "limits",
}


def _names(change: Change, called: Mapping[str, str]) -> Iterable[str]:
    """Return what the change is about; a word for an exercise that is not its declared name, in quotes."""
    names = (name for name in (change.exercise, *change.alike) if name)
    return [called.get(name, f"“{name}”") for name in names] or ["The session"]
