"""The command `diff`: what a changed rule file changes for members, proved."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from dsl.analysis.changes import Change, Difference, IncomparableError, Part
from dsl.analysis.diff import compare
from dsl.evaluation.explanation import spelled
from dsl.semantics.compiler import compile_sources
from dsl.semantics.reading import read_paths
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import errors
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.check_report import print_diagnostics
from dsl.tools.cli import AS_JSON, write_json
from dsl.tools.exits import Exit
from dsl.tools.terminal import Failure, output, visible
from dsl.tools.wording import listed

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
    sources of a published release, saved as JSON. Every member whom the vocabulary allows is looked at: a disposition
    of the session, a routine referral, a verdict, an endorsement, a limit or a load that is not listed is proved not
    to move. Reasons, substitutes, advice and texts have no direction; the rules that could change them are listed.

    Ends with 0 if nobody's answer becomes less restrictive; 1 if somebody's does, or that could not be decided; 2 if
    an input cannot be used.
    """
    was, becomes = _release(old), _release(new)
    if was is None or becomes is None:
        return Exit.UNUSABLE
    try:
        found = compare(was, becomes)
    except IncomparableError as error:
        names = listed([f"`{name}`" for name in error.facts])
        raise Failure(
            f"{names} is declared in another way in {new} than in {old}, so members cannot be compared"
        ) from error
    if as_json:
        write_json(found)
    else:
        _print(found, everything)
    return Exit.FINDINGS if found.laxer() else Exit.FINE


# --- what is compared -------------------------------------------------------------------------


def _release(stated: str) -> Release | None:
    """Return what `stated` compiles to; None after saying what is wrong with it. Its examples are not run."""
    made = compile_sources(_sources(stated), limits=Limits())
    if made.release is None:
        console = output(to_errors=True)
        console.print(f"{visible(stated)} cannot be compared:", style="bold red")
        print_diagnostics(console, errors(made.diagnostics), made.sources)
    return made.release


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
    command = ["git", "archive", "--format=tar", revision, folder or "."]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - no shell, no option
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"git cannot be asked for {revision}: {error}") from error
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip()
        raise Failure(f"git does not know {revision}:{folder}: {told}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        members = [member for member in archive.getmembers() if member.isfile() and member.name.endswith(".rules")]
        return [SourceFile(member.name, _text(archive, member)) for member in members]


def _text(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return "" if file is None else file.read().decode("utf-8-sig", "replace")


# --- what is told -----------------------------------------------------------------------------

_HEADINGS = {"less": ("Less restrictive", "bold red"), "more": ("More restrictive", "bold yellow")}


def _print(found: Difference, everything: bool) -> None:
    console = output()
    for direction, (heading, style) in _HEADINGS.items():
        changes = [change for change in found.changes if change.direction == direction]
        if changes:
            count = len({name for change in changes for name in (change.exercise, *change.alike)})
            console.print(f"{heading} for somebody: {count} of the session and the exercises", style=style)
            _print_changes(changes, everything)
    for told, names in (("Gone", found.gone), ("New", found.new)):
        if names:
            console.print(f"{told}: {visible(', '.join(names))}")
    _print_reworked(found)
    for undecided in found.undecided:
        console.print(f"Not decided: {visible(undecided)}", style="bold red")
    for fault in found.faults:
        told = f"A fault of Spotter, please report it. Not decided: {fault}"
        console.print(visible(told), style="bold red")
    if not found.changes and not found.open:
        console.print(_UNCHANGED if found.reworked else _THE_SAME, style="bold green")
    if found.reworked:
        console.print("Reasons, substitutes, advice and texts have no direction: read the rules that differ.")


_THE_SAME = "No member's answer changes: that is proved."
_UNCHANGED = "No member's session, verdict, limit or load changes: that is proved."


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


def _print_changes(changes: Sequence[Change], everything: bool) -> None:
    console = output()
    shown = changes if everything else _first(changes)
    for change in shown:
        names = listed([*_names(change)])
        console.print(f"  {visible(f'{names}: {change.was} -> {change.becomes}')}")
        for line in change.example.splitlines():
            console.print(f"    {visible(line)}", soft_wrap=True)
    hidden: dict[Part, dict[str, None]] = {}
    for change in changes:
        if change not in shown:
            hidden.setdefault(change.part, {}).update(dict.fromkeys(_names(change)))
    if hidden:
        console.print("  and, with a sample member for each by --all:")
    for part, names_ in hidden.items():
        console.print(f"    {_PARTS[part]}: {visible(listed([*names_]))}")


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


def _names(change: Change) -> Iterable[str]:
    return [spelled(name) for name in (change.exercise, *change.alike) if name] or ["The session"]
