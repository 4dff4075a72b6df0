"""Health and metrics."""

import asyncio
from http import HTTPStatus

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from onrecord.service.http.problems import problem
from onrecord.service.http.requests.dependencies import AppKeys, AppMetrics, AppReadiness
from onrecord.service.schemas.health import HealthOut

router = APIRouter(tags=["operation"])

_ALIVE = HealthOut(status="ok").model_dump_json(exclude_none=True)
_OLD_KEYS = "The file of keys cannot be read, as the log says; the keys that were read before stay in force."


@router.get("/health/live", summary="Is the process alive?", response_model=HealthOut)
async def live() -> Response:
    """Answer as long as the process runs."""
    return Response(_ALIVE, media_type="application/json")


@router.get(
    "/health/ready",
    summary="Can it answer questions?",
    response_model=HealthOut,
    response_model_exclude_none=True,
)
async def ready(readiness: AppReadiness, keys: AppKeys) -> HealthOut | Response:
    """Say whether the archive is there, the disk has room, and a question that the service asks itself is answered.

    If it is not, a 503 says why. The results hold for some seconds, so asking costs nothing.
    """
    files, question = await readiness.looks()
    if trouble := " ".join(look.trouble for look in (files, question) if look.trouble):
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, trouble)
    await asyncio.to_thread(keys.refresh)
    return HealthOut(
        status="ok",
        articles=files.counts.articles if files.counts else None,
        passages=files.counts.passages if files.counts else None,
        keys=_OLD_KEYS if keys.trouble else None,
        degraded=list(question.degraded) or None,
    )


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics(metrics: AppMetrics) -> Response:
    """Return the counters and histograms in Prometheus' text format."""
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
