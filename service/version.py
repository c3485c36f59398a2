"""Which version this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from dsl.semantics.release import FORMAT

ARTIFACT_FORMAT = FORMAT
"""The layout of release artifacts that this version reads and writes."""


def _installed() -> str:
    try:
        return version("spotter-service")
    except PackageNotFoundError:
        return "0+unknown"


VERSION = _installed()
"""The version of the installed distribution."""
