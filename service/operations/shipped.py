"""Publishes the packs that come with the service, where the store has no rule set of their name yet.

Compiling them takes seconds, which the first start need not spend: installing can do it beforehand
(`python -m service.precompile`). What was compiled then counts only for the very same rules and the very
same code of the language.
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

import dsl
from service.operations.compilation import Compiled, RuleFile, compile_files
from service.operations.context import Context
from service.operations.publish_release import as_new_release
from service.records import STABLE, NewRelease
from service.store.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

PRELUDE = "prelude"
"""The shipped pack that every compilation includes; it is no rule set of its own."""

PRECOMPILED = Path(__file__).parent.parent / "precompiled"
"""Where installing leaves what it has compiled."""

_ERROR = "error"


class ShippedRulesError(Exception):
    """The shipped rules do not compile: the installation is broken."""


class Precompiled(msgspec.Struct, frozen=True):
    """What came of a pack when it was compiled beforehand, and the fingerprint of what it came of."""

    fingerprint: str
    compiled: Compiled


@dataclass(frozen=True, slots=True)
class Packs:
    """The shipped packs: a folder with one folder a pack, and where to look for them precompiled."""

    rules: Path
    precompiled: Path = PRECOMPILED

    def folders(self) -> list[Path]:
        """Return the folders of the packs that are rule sets of their own."""
        return sorted(path for path in self.rules.iterdir() if path.is_dir() and path.name != PRELUDE)

    def compiled(self, pack: Path) -> Compiled:
        """Return what comes of `pack`; text is read only if it was not compiled beforehand."""
        found = self._read(pack)
        if found is not None and found.fingerprint == self._fingerprint(pack):
            return found.compiled
        return compile_files(_files(pack))

    def precompile(self, pack: Path) -> Compiled:
        """Return what comes of `pack`, and leave it for the first start to find."""
        compiled = compile_files(_files(pack))
        self.precompiled.mkdir(parents=True, exist_ok=True)
        kept = Precompiled(self._fingerprint(pack), compiled)
        self._file(pack).write_bytes(msgspec.json.encode(kept))
        return compiled

    def _file(self, pack: Path) -> Path:
        return self.precompiled / f"{pack.name}.json"

    def _read(self, pack: Path) -> Precompiled | None:
        try:
            return msgspec.json.decode(self._file(pack).read_bytes(), type=Precompiled)
        except (OSError, msgspec.DecodeError):
            return None

    def _fingerprint(self, pack: Path) -> str:
        digest = hashlib.sha256()
        for path in self._ingredients(pack):
            content = path.read_bytes()
            digest.update(f"{path.name} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def _ingredients(self, pack: Path) -> Iterator[Path]:
        """Return all that a compilation depends on: the rules, the prelude, and the code of the language."""
        code = Path(dsl.__file__).parent
        for folder, pattern in ((pack, "*.rules"), (self.rules / PRELUDE, "*.rules"), (code, "*.py"), (code, "*.lark")):
            yield from sorted(folder.rglob(pattern))


def _files(pack: Path) -> list[RuleFile]:
    paths = sorted(pack.rglob("*.rules"))
    return [RuleFile(f"{pack.name}/{path.relative_to(pack).as_posix()}", path.read_text("utf-8")) for path in paths]


def ruleset_name(pack: Path) -> str:
    """Return the name of the rule set that the pack in the folder `pack` becomes."""
    return pack.name.replace("_", "-")


def errors_of(compiled: Compiled) -> str:
    """Return the errors of `compiled` as they are shown to an author; empty when there are none."""
    return "\n".join(found.rendered for found in compiled.findings if found.severity == _ERROR)


async def publish_shipped(context: Context, packs: Packs) -> None:
    """Publish and promote each pack of `packs` as a rule set of its own, where there is none of its name.

    A rule set that is there already is left alone: what answers is moved by promotion and by nothing else.

    Raises:
        ShippedRulesError: the rules have errors.
    """
    for pack in await asyncio.to_thread(packs.folders):
        name = ruleset_name(pack)
        async with context.store.reading() as work:
            known = await work.rulesets.find(name)
        if known is None:
            new = _new_release(name, await asyncio.to_thread(packs.compiled, pack))
            async with context.store.writing() as work:
                await _publish(work, name, new)


def _new_release(name: str, compiled: Compiled) -> NewRelease:
    if compiled.artifact is None or compiled.digest is None:
        raise ShippedRulesError(f"the shipped rules of {name} have errors:\n{errors_of(compiled)}")
    return as_new_release(compiled.artifact, compiled.digest, compiled.source)


async def _publish(work: UnitOfWork, name: str, new: NewRelease) -> None:
    now = datetime.datetime.now(datetime.UTC)
    ruleset = await work.rulesets.add(name, name.replace("-", " ").capitalize(), now)
    head = await work.releases.add(ruleset, new)
    await work.channels.move(ruleset, STABLE, head, now)
    logger.info("published the shipped rule set %s as release %d (%s)", name, head.number, head.digest)
