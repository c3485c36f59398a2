"""What the service is for, and its versions."""

from __future__ import annotations

from litestar import Response, get

from service.api.described import described
from service.api.requests import SpotterRequest
from service.api.responses import revalidated
from service.api.v1.schemas import LimitsV1, MetaV1
from service.version import ARTIFACT_FORMAT, VERSION

INTENDED_USE = (
    "Applies published, sourced exercise-safety rules to the facts that a caller states about one adult member, and "
    "answers which exercises to allow, adapt, ask about or avoid, with the reasons, to support the people who plan "
    "and supervise training."
)
NOT_INTENDED_FOR = (
    "Diagnosis, treatment, emergencies, or use without a person who can judge the answer. It knows nothing that the "
    "caller does not state, and does not replace a clinician."
)


@get(
    "/v1/meta",
    operation_id="read_meta",
    summary="Read intended use and versions",
    tags=["meta"],
    opt=described({200: "What the service is for."}, MetaV1, headers=("ETag",)),
    sync_to_thread=False,
)
def read(request: SpotterRequest) -> Response[MetaV1]:
    """Read this before relying on an answer."""
    settings = request.settings
    limits = LimitsV1(settings.body_limit, settings.upload_limit, settings.header_limit)
    meta = MetaV1("spotter", VERSION, "v1", ARTIFACT_FORMAT, INTENDED_USE, NOT_INTENDED_FOR, limits)
    return revalidated(request, meta)
