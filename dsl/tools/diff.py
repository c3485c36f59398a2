"""The command `diff`: what a changed rule file changes for members, proved."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import click
import msgspec

from dsl.analysis.aspects import DIRECTIONS
from dsl.analysis.changes import IncomparableError
from dsl.analysis.diff import compare
from dsl.analysis.formulas import PATIENT_BOUNDS
from dsl.semantics.compiler import Compilation, compile_sources
from dsl.semantics.reading import SUFFIX, read_paths, shipped_rules
from dsl.syntax.diagnostics import errors
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.check_report import print_diagnostics
from dsl.tools.cli import AS_JSON, write_json
from dsl.tools.diff_report import Report
from dsl.tools.exits import Exit
from dsl.tools.terminal import Failure, output, visible
from dsl.tools.wording import listed


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
    was, becomes = _compiled(old), _compiled(new)
    if was.release is None or becomes.release is None:
        return Exit.UNUSABLE
    try:
        found = compare(was.release, becomes.release, PATIENT_BOUNDS)
    except IncomparableError as error:
        names = listed([f"`{name}`" for name in error.facts])
        raise Failure(
            f"{names} is declared in another way in {new} than in {old}, so members cannot be compared"
        ) from error
    if as_json:
        directions = {f"{name}_restrictive": found.moves(name) for name in DIRECTIONS}
        write_json({"unchanged": found.unchanged, **directions, **msgspec.to_builtins(found)})
    else:
        Report(was, becomes).show(found, everything=everything)
    return Exit.FINDINGS if found.laxer() else Exit.FINE


# --- what is compared -------------------------------------------------------------------------


def _compiled(stated: str) -> Compilation:
    """Return what `stated` compiles to, after saying what is wrong with it. Its examples are not run.

    The shipped vocabulary is added, unless one comes with it: that of another version is what it was.
    """
    sources = list(_sources(stated))
    made = compile_sources(sources, with_prelude=not _has_vocabulary(sources), limits=Limits())
    if made.release is None:
        console = output(to_errors=True)
        console.print(f"{visible(stated)} cannot be compared:", style="bold red")
        print_diagnostics(console, errors(made.diagnostics), made.sources)
    return made


def _has_vocabulary(sources: Iterable[SourceFile]) -> bool:
    """Return whether the shipped vocabulary, of whatever version, is among `sources`: not only additions to it."""
    shipped = {path.name for path in (shipped_rules() / "prelude").iterdir()}
    return any(Path(source.name).name in shipped and _of_prelude(source) for source in sources)


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
        hint = "" if path.exists() else f"; what a git revision holds is written {stated}:FOLDER or {stated}:FILE"
        raise Failure(f"{unread[0].message}{hint}")
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
    blobs: dict[str, str] = {}
    for about, name in entries:
        mode, kind, blob = about.split()
        if kind == "commit":
            raise Failure(f"{name} in {revision}:{folder} is a repository of its own, not read here: compare folders")
        if name.endswith(SUFFIX):
            if mode == _LINK:
                raise Failure(f"{name} in {revision}:{folder} is a link, which is not followed: compare folders")
            blobs[name] = blob
    if not blobs:
        raise Failure(f"there is no rule file in {revision}:{folder}")
    return [SourceFile(name, _blob(stated=f"{revision}:{folder}", blob=blob)) for name, blob in blobs.items()]


_LINK = "120000"


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
