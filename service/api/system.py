"""Probes: is the process alive, and can it answer."""

from __future__ import annotations

from litestar import Response, get

from service.api.described import described
from service.api.responses import answer
from service.api.v1.schemas import HealthV1


@get(
    "/health/live",
    operation_id="read_liveness",
    summary="Whether the process is alive",
    tags=["health"],
    opt=described({200: "It is."}, HealthV1),
    sync_to_thread=False,
)
def read_liveness() -> Response[HealthV1]:
    """Answers as long as the process can answer anything."""
    return answer(HealthV1("live"))


@get(
    "/health/ready",
    operation_id="read_readiness",
    summary="Whether the process can answer",
    tags=["health"],
    opt=described({200: "It can: the store is open and every release that can be loaded is loaded."}, HealthV1),
    sync_to_thread=False,
)
def read_readiness() -> Response[HealthV1]:
    """Nothing is answered before the process is ready, so this answers when it is.

    It says nothing about a single rule set: one that cannot be loaded must not take the others down.
    """
    return answer(HealthV1("ready"))
