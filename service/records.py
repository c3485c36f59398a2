"""What the store hands out and operations pass on: plain frozen values, free of database and wire."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final

STABLE: Final = "stable"
"""The channel that answers unless another is asked for."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A named body of rules. `latest` is the number of its newest release, `stable` that of the promoted one."""

    id: int
    name: str
    title: str
    created_at: datetime.datetime
    latest: int | None
    stable: int | None


@dataclass(frozen=True, slots=True)
class ReleaseHead:
    """A stored release without its contents. `digest` is over the artifact, `source_digest` over the source."""

    id: int
    ruleset: str
    number: int
    digest: str
    source_digest: str
    published_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a channel points. `version` is 0 and `release` None until the first promotion."""

    name: str
    release: int | None = None
    digest: str | None = None
    version: int = 0
    moved_at: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class NewRelease:
    """What a release is stored from: artifact and source in canonical bytes, with their digests."""

    digest: str
    artifact: bytes
    source_digest: str
    source: bytes
    published_at: datetime.datetime
