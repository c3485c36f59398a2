"""Probes, intended use, and the pages for readers and machines."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from service.api.edge import Edge
from service.api.openapi import document
from service.settings import Settings

if TYPE_CHECKING:
    import httpx

pytestmark = pytest.mark.anyio


async def test_a_started_service_is_live_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).json() == {"status": "ready"}


async def test_meta_says_what_the_service_is_for_and_what_not(client: httpx.AsyncClient) -> None:
    meta = (await client.get("/v1/meta")).json()
    assert (meta["service"], meta["api"]) == ("spotter", "v1")
    assert "clinician" in meta["not_intended_for"]
    settings = Settings()
    assert meta["limits"] == {
        "body": settings.body_limit,
        "upload": settings.upload_limit,
        "headers": settings.header_limit,
    }


async def test_the_document_is_served_as_it_is_made(client: httpx.AsyncClient, app: Edge) -> None:
    response = await client.get("/schema/openapi.json")
    assert response.json() == json.loads(json.dumps(document(app.surface)))


async def test_the_page_needs_nothing_from_elsewhere(client: httpx.AsyncClient, app: Edge) -> None:
    response = await client.get("/docs")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"""<script|src=|href="(?!#|/schema)|@import|url\(""", response.text)
    for path in app.surface.paths:
        assert path.template.startswith(("/docs", "/schema")) or f"<code>{path.template}</code>" in response.text
