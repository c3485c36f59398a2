"""Publishes the packs that come with the service, where the store has no rule set of their name yet."""

from __future__ import annotations

import asyncio
import datetime
import logging
from pathlib import Path

from service.operations.compilation import Compiled, RuleFile, compile_files
from service.operations.context import Context
from service.operations.publish_release import as_new_release
from service.records import STABLE, NewRelease
from service.store.unit_of_work import UnitOfWork

logger = logging.getLogger(__name__)

PRELUDE = "prelude"
"""The shipped pack that every compilation includes; it is no rule set of its own."""


class ShippedRulesError(Exception):
    """The shipped rules do not compile: the installation is broken."""


async def publish_shipped(context: Context, folder: Path) -> None:
    """Publish each pack folder of `folder` as a rule set of its own, promoted, where there is none of its name.

    A rule set that is there already is left alone: what answers is moved by promotion and by nothing else.

    Raises:
        ShippedRulesError: the rules have errors.
    """
    for pack in await asyncio.to_thread(_packs, folder):
        name = pack.name.replace("_", "-")
        async with context.store.reading() as work:
            known = await work.rulesets.find(name)
        if known is None:
            new = _new_release(name, await asyncio.to_thread(_compile, pack))
            async with context.store.writing() as work:
                await _publish(work, name, new)


def _packs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != PRELUDE)


def _compile(pack: Path) -> Compiled:
    paths = sorted(pack.rglob("*.rules"))
    files = [RuleFile(f"{pack.name}/{path.relative_to(pack).as_posix()}", path.read_text("utf-8")) for path in paths]
    return compile_files(files)


def _new_release(name: str, compiled: Compiled) -> NewRelease:
    if compiled.artifact is None or compiled.digest is None:
        found = "\n".join(finding.rendered for finding in compiled.findings)
        raise ShippedRulesError(f"the shipped rules of {name} do not compile:\n{found}")
    return as_new_release(compiled.artifact, compiled.digest, compiled.source)


async def _publish(work: UnitOfWork, name: str, new: NewRelease) -> None:
    now = datetime.datetime.now(datetime.UTC)
    ruleset = await work.rulesets.add(name, name.replace("-", " ").capitalize(), now)
    head = await work.releases.add(ruleset, new)
    await work.channels.move(ruleset, STABLE, head, now)
    logger.info("published the shipped rule set %s as release %d (%s)", name, head.number, head.digest)
