"""The one composition root: settings in, an ASGI application out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from litestar import Litestar

from dsl.semantics.reading import shipped_rules
from service.api import docs, system
from service.api.edge import Edge
from service.api.errors import HANDLERS
from service.api.interface import Application
from service.api.requests import SpotterRequest
from service.api.surface import Surface
from service.api.v1 import channels, checks, comparisons, meta, recommendations, releases, rulesets
from service.operations.context import Context
from service.operations.garbage import settle
from service.operations.library import Library
from service.operations.shipped import Packs, ShippedRulesError, publish_shipped
from service.operations.worker import Worker
from service.settings import Settings
from service.store.database import StoreError
from service.store.unit_of_work import Store

ROUTES = [
    recommendations.recommend_stable,
    recommendations.recommend_pinned,
    recommendations.read_facts,
    recommendations.read_exercises,
    checks.check,
    rulesets.create,
    rulesets.index,
    rulesets.read,
    releases.publish,
    releases.index,
    releases.read,
    releases.source,
    releases.facts,
    releases.exercises,
    releases.rules,
    comparisons.diff,
    channels.read,
    channels.replace,
    meta.read,
    system.read_liveness,
    system.read_readiness,
    docs.read_document,
    docs.read_page,
]


def create_app(settings: Settings, *, shipped: Packs | None = None) -> Edge:
    """Return the application; the store is opened and the releases are loaded when it is started.

    `shipped` are the packs to publish where the store lacks them; those that come with the service by default.
    """

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        async with _opened(app, settings, shipped or Packs(shipped_rules())) as context:
            app.state.context = context
            settle()
            yield

    app = Litestar(
        route_handlers=ROUTES,
        request_class=SpotterRequest,
        exception_handlers=HANDLERS,
        lifespan=[running],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
        debug=False,
        pdb_on_exception=False,
    )
    app.state.settings = settings
    app.state.surface = surface = Surface(app)
    return Edge(cast("Application", app), surface, settings, lambda: app.state.get("refusal"))


@asynccontextmanager
async def _opened(app: Litestar, settings: Settings, shipped: Packs) -> AsyncIterator[Context]:
    try:
        store = await Store.open(settings.data_dir, settings.database)
    except StoreError as error:
        app.state.refusal = f"cannot start: {error}"
        raise
    worker = Worker(settings.compile_timeout, settings.compile_memory, settings.mutation_timeout)
    context = Context(store, Library(store), worker)
    try:
        await publish_shipped(context, shipped)
        await context.library.load_active()
        yield context
    except ShippedRulesError as error:
        app.state.refusal = f"cannot start: {error}"
        raise
    finally:
        await context.worker.close()
        await store.close()
