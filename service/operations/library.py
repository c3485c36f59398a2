"""The releases in memory: which one each channel answers with, and those that were asked for by number."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from dsl import Evaluator, Release
from dsl.semantics.release import ArtifactError
from service.observability import log_failure
from service.operations.garbage import left_alone
from service.problems import RELEASE_NOT_FOUND, RELEASE_UNAVAILABLE, RULESET_NOT_FOUND, ProblemError
from service.records import STABLE, Channel, ReleaseHead, Ruleset
from service.store.unit_of_work import Store, UnitOfWork

logger = logging.getLogger(__name__)

_PAGE = 100
_MOST_PINNED = 32
"""Releases kept besides those that channels point at."""


@dataclass(frozen=True)
class Loaded:
    """A release that is ready to answer."""

    ruleset: str
    number: int
    release: Release
    evaluator: Evaluator

    @cached_property
    def headers(self) -> dict[str, str]:
        """Return the headers that name the release in every answer that it gives."""
        return {"Spotter-Release": str(self.number), "Spotter-Digest": self.release.digest}

    def identity(self, part: str) -> str:
        """Return what tells `part` of this release from everything else that is served."""
        return f"{part} {self.ruleset} {self.number} {self.release.digest}"


@dataclass(frozen=True, slots=True)
class Active:
    """What a channel answers with; `loaded` is None where its release could not be loaded."""

    version: int
    loaded: Loaded | None


class Library:
    """The only state that answers depend on. Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        """Load from `store`."""
        self._store = store
        self._active: dict[str, Active] = {}
        self._pinned: OrderedDict[tuple[str, int], Loaded] = OrderedDict()

    async def load_active(self) -> None:
        """Load what the stable channel of every rule set points at.

        A release that cannot be loaded leaves its own rule set without answers, and no other.
        """
        after: str | None = None
        while rulesets := await self._page(after):
            for ruleset, channel in rulesets:
                await self._load_channel(ruleset, channel)
            after = rulesets[-1][0].name

    async def _page(self, after: str | None) -> list[tuple[Ruleset, Channel]]:
        async with self._store.reading() as work:
            found = await work.rulesets.page(after, _PAGE)
            return [(ruleset, await work.channels.read(ruleset, STABLE)) for ruleset in found]

    async def _load_channel(self, ruleset: Ruleset, channel: Channel) -> None:
        if channel.release is None:
            return
        try:
            loaded = await self._load(ruleset.name, channel.release)
        except ProblemError as error:
            logger.error("rule set %s does not answer: %s", ruleset.name, error.detail)  # noqa: TRY400
            self._active[ruleset.name] = Active(channel.version, None)
        else:
            self.activate(loaded, channel.version)

    def activate(self, loaded: Loaded, version: int) -> None:
        """Answer with `loaded` from now on, unless the channel has moved past `version` already."""
        current = self._active.get(loaded.ruleset)
        if current is None or current.version < version:
            self._active[loaded.ruleset] = Active(version, loaded)

    def active(self, ruleset: str) -> Active | None:
        """Return what the stable channel of `ruleset` answers with; None when it points nowhere."""
        return self._active.get(ruleset)

    async def pinned(self, ruleset: str, number: int) -> Loaded:
        """Return release `number` of `ruleset`.

        Raises:
            ProblemError: there is none, or it cannot be loaded.
        """
        key = (ruleset, number)
        if (loaded := self._pinned.get(key)) is not None:
            self._pinned.move_to_end(key)
            return loaded
        active = self._active.get(ruleset)
        if active and active.loaded and active.loaded.number == number:
            return active.loaded
        loaded = self._pinned[key] = await self._load(ruleset, number)
        if len(self._pinned) > _MOST_PINNED:
            self._pinned.popitem(last=False)
        return loaded

    async def _load(self, name: str, number: int) -> Loaded:
        async with self._store.reading() as work:
            ruleset = await require_ruleset(work, name)
            found = await work.releases.artifact(ruleset, number)
        if found is None:
            raise no_such_release(name, number)
        try:
            active = self._active.get(name)
            previous = active.loaded.evaluator if active and active.loaded else None
            return await asyncio.to_thread(_loaded, *found, previous)
        except ArtifactError as error:
            raise ProblemError(RELEASE_UNAVAILABLE, f"release {number} of {name} cannot be loaded: {error}") from error
        except Exception as error:  # whatever is wrong with one release must not take the others down
            occurrence = log_failure(error)
            reason = f"release {number} of {name} cannot be loaded: failure {occurrence} was logged"
            raise ProblemError(RELEASE_UNAVAILABLE, reason) from error


def _loaded(head: ReleaseHead, artifact: bytes, previous: Evaluator | None) -> Loaded:
    with left_alone():
        release = Release.from_bytes(artifact, head.digest)
        evaluator = Evaluator(release, previous)
        for texts in (True, False):
            evaluator.answer({}, exercises=(), texts=texts)  # it prepares itself when first asked: here nobody waits
        return Loaded(head.ruleset, head.number, release, evaluator)


async def require_ruleset(work: UnitOfWork, name: str) -> Ruleset:
    """Return the rule set called `name`.

    Raises:
        ProblemError: there is none.
    """
    ruleset = await work.rulesets.find(name)
    if ruleset is None:
        raise ProblemError(RULESET_NOT_FOUND, f"there is no rule set {name}")
    return ruleset


async def require_release(work: UnitOfWork, ruleset: Ruleset, number: int) -> ReleaseHead:
    """Return release `number` of `ruleset`.

    Raises:
        ProblemError: there is none.
    """
    head = await work.releases.find(ruleset, number)
    if head is None:
        raise no_such_release(ruleset.name, number)
    return head


def no_such_release(ruleset: str, number: int) -> ProblemError:
    """Return the problem that `ruleset` has no release `number`."""
    return ProblemError(RELEASE_NOT_FOUND, f"rule set {ruleset} has no release {number}")
