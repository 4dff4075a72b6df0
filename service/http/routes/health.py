"""Health and metrics."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from onrecord.service.http.requests.dependencies import AppKeys, AppMetrics, AppParts
from onrecord.service.schemas.health import HealthOut

router = APIRouter(tags=["operation"])

_OLD_KEYS = "The file of keys cannot be read, as the log says; the keys that were read before stay in force."


@router.get("/health/live", summary="Is the process alive?", response_model_exclude_none=True)
async def live() -> HealthOut:
    """Answer as long as the process runs."""
    return HealthOut(status="ok")


@router.get("/health/ready", summary="Can it answer questions?", response_model_exclude_none=True)
def ready(parts: AppParts, keys: AppKeys) -> HealthOut:
    """Read the archive and answer; archive and models are open then."""
    counts = parts.archive.counts()
    keys.refresh()
    return HealthOut(
        status="ok",
        articles=counts.articles,
        passages=counts.passages,
        keys=_OLD_KEYS if keys.trouble else None,
    )


@router.get("/metrics", summary="Prometheus metrics", response_class=Response)
def metrics(metrics: AppMetrics) -> Response:
    """Return the counters and histograms in Prometheus' text format."""
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
