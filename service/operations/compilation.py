"""Rule files in, an artifact or its diagnostics out: plain values that can cross a process boundary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from dsl.analysis.build import build
from dsl.evaluation.build import Build
from dsl.syntax.source import SourceFile
from dsl.tools.findings import Finding, finding


class RuleFile(msgspec.Struct, frozen=True):
    """One file of rule text. `shipped`: it came with the service (the prelude), not with the upload."""

    name: str
    text: str
    shipped: bool = False


class Compiled(msgspec.Struct, frozen=True, tag="compiled"):
    """What came of an upload. `artifact` and `digest` are None when there are errors.

    `source` is every file the artifact was compiled from, the prelude included, by name.
    """

    findings: tuple[Finding, ...]
    source: tuple[RuleFile, ...]
    artifact: bytes | None = None
    digest: str | None = None


def compile_files(files: Sequence[RuleFile]) -> Compiled:
    """Return what comes of `files` and the prelude. Never raises for any text."""
    return compiled_of(build([SourceFile(file.name, file.text) for file in files]), files)


def compiled_of(built: Build, files: Sequence[RuleFile]) -> Compiled:
    """Return `built`, which came of `files`, as it is stored."""
    return Compiled(
        findings=tuple(finding(found, built.sources) for found in built.diagnostics),
        source=_source(files, built.sources),
        artifact=built.release.canonical_bytes if built.release else None,
        digest=built.release.digest if built.release else None,
    )


def with_distinct_names(files: Iterable[RuleFile]) -> list[RuleFile]:
    """Return `files` with a number added to every name that was there before, so that places stay unambiguous."""
    seen: dict[str, int] = {}
    distinct: list[RuleFile] = []
    for file in files:
        name, count = file.name, 1
        while name in seen:
            count += 1
            name = f"{file.name} ({count})"
        seen[name] = count
        distinct.append(msgspec.structs.replace(file, name=name))
    return distinct


def source_bytes(files: Sequence[RuleFile]) -> bytes:
    """Return `files` as canonical JSON, in the order of their names."""
    return msgspec.json.encode(sorted(files, key=lambda file: file.name))


def sha256(data: bytes) -> str:
    """Return the digest of `data` as the service writes digests."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _source(files: Sequence[RuleFile], sources: Mapping[str, SourceFile]) -> tuple[RuleFile, ...]:
    """Return what was compiled, that of `files` first: told apart by its text, a file may be called like another."""
    given = {file.text: file.shipped for file in files}
    compiled = [RuleFile(source.name, source.text, given.get(source.text, True)) for source in sources.values()]
    return tuple(sorted(compiled, key=lambda file: file.text not in given))
