"""Fixtures of the service's tests: a small rule set, precompiled once, and applications that serve it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from service.api.edge import Edge
from service.app import create_app
from service.operations.shipped import Packs
from service.settings import Settings
from tests.service.support import PATIENCE, RULES, asked, started

if TYPE_CHECKING:
    import httpx


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    """One shipped pack, `small`, compiled beforehand."""
    folder = tmp_path_factory.mktemp("shipped")
    (folder / "small").mkdir()
    (folder / "small" / "small.rules").write_text(RULES, "utf-8")
    shipped = Packs(folder, tmp_path_factory.mktemp("precompiled"))
    compiled = shipped.precompile(folder / "small")
    assert compiled.artifact is not None, compiled.findings
    return shipped


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", compile_timeout=PATIENCE)


@pytest.fixture
async def app(settings: Settings, packs: Packs) -> AsyncIterator[Edge]:
    """A started application that serves release 1 of `small`."""
    async with started(create_app(settings, shipped=packs)) as running:
        yield running


@pytest.fixture
async def client(app: Edge) -> AsyncIterator[httpx.AsyncClient]:
    async with asked(app) as open_client:
        yield open_client
