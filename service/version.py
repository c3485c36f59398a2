"""Which version this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from dsl.semantics.release import FORMAT

INTERFACE_VERSION = "1.0.0"
"""The version of the HTTP interface: its first number is the `v1` of the paths."""

ARTIFACT_FORMAT = FORMAT
"""The layout of release artifacts that this version reads and writes."""


def _installed() -> str:
    try:
        return version("spotter-service")
    except PackageNotFoundError:
        return "0+unknown"


VERSION = _installed()
"""The version of the installed distribution."""
