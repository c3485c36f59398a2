"""What checks found out, kept in a file for the next check: the terminal's memory from one call to another.

It lies in `$XDG_CACHE_HOME/spotter`, else in `~/.cache/spotter`. Nothing depends on it: a file that is cut off,
altered, of another version of the language, too large, or that somebody else could have written, is as good as none,
and where none can be written there is none the next time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

import msgspec

import dsl
from dsl.analysis.remembered import Verdict

_NAME = "checks-1"
"""The number goes up whenever the layout of the file changes."""
_MOST_BYTES = 16 * 1024 * 1024
_MOST_ENTRIES = 30_000
"""Findings that are kept, the last used: some ten large packs."""
_DIGEST_BYTES = hashlib.sha256().digest_size
_DECIDING = ("analysis", "evaluation", "semantics")
"""The parts of the language in which an answer could come to be another."""
_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Kept(dict[str, Verdict]):
    """What was found out before; notes what of it is used, and whether anything is new."""

    def __init__(self, entries: Mapping[str, Verdict]) -> None:
        """Begin with `entries`, none of them used yet."""
        super().__init__(entries)
        self.used: dict[str, None] = {}
        self.grown = False

    def __getitem__(self, key: str) -> Verdict:
        """Return what is known by `key`, which is used by that."""
        self.used[key] = None
        return super().__getitem__(key)

    def get(self, key: str) -> Verdict | None:  # type: ignore[override]  # nobody asks for another default
        """Return what is known by `key`; None where nothing is."""
        return self[key] if key in self else None  # noqa: SIM401 - `get` of a dictionary passes `__getitem__` by

    def __setitem__(self, key: str, verdict: Verdict) -> None:
        """Take what was found out."""
        self.used[key] = None
        self.grown = True
        super().__setitem__(key, verdict)

    def lasting(self) -> dict[str, Verdict]:
        """Return what is worth keeping: as much as there is room for, what was just used before the rest."""
        unused = [key for key in self if key not in self.used]
        keys = [*unused, *self.used][-_MOST_ENTRIES:]
        return {key: super(Kept, self).__getitem__(key) for key in keys}


def load() -> Kept:
    """Return what earlier checks found out; nothing where nothing can be read."""
    with suppress(OSError, msgspec.DecodeError, RuntimeError), open(_file(), "rb", opener=_at_once) as file:
        content = _own(file)
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if digest == _digest(payload):
            return Kept(msgspec.msgpack.decode(payload, type=dict[str, Verdict]))
    return Kept({})


def save(kept: Kept) -> None:
    """Write what `kept` holds for the next check, where it can be written and anything is new."""
    if not kept.grown:
        return
    payload = _fitting(kept.lasting())
    with suppress(OSError, RuntimeError):
        _replace(_file(), _digest(payload) + payload)


def _fitting(entries: Mapping[str, Verdict]) -> bytes:
    """Return `entries` as they are written: the last used of them, as many as a file may hold."""
    left = list(entries.items())
    while len(payload := msgspec.msgpack.encode(dict(left))) > _MOST_BYTES - _DIGEST_BYTES:
        left = left[len(left) // 2 + 1 :]
    return payload


def _file() -> Path:
    """Return the path of the file.

    Raises:
        RuntimeError: this user has no home folder.
    """
    stated = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (stated if stated.is_absolute() else Path.home() / ".cache") / "spotter" / _NAME


def _at_once(path: str, flags: int) -> int:
    """Open what may be no plain file without waiting for it, as one would for a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _own(file: BinaryIO) -> bytes:
    """Return what a file holds; nothing if it is too large, no plain file, or others than this user could write it."""
    about = os.fstat(file.fileno())
    foreign = hasattr(os, "geteuid") and (about.st_uid != os.geteuid() or about.st_mode & _BY_OTHERS)
    if foreign or not stat.S_ISREG(about.st_mode) or about.st_size > _MOST_BYTES:
        return b""
    return file.read()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(_language() + payload).digest()


@cache
def _language() -> bytes:
    """Return what stands for all that decides answers, the solver too: another one takes nothing from this one."""
    found = hashlib.sha256(version("z3-solver").encode() + b"\0")
    for path in _sources():
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.digest()


def _sources() -> Iterator[Path]:
    folder = Path(dsl.__file__).parent
    for part in _DECIDING:
        yield from sorted((folder / part).glob("*.py"))
