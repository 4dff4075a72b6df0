"""Counters and histograms for Prometheus."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onrecord.index.fallback import Fallback


class Metrics:
    """A registry of one app, so that two apps in one process are counted apart."""

    def __init__(self, fallback: Fallback) -> None:
        """Take `fallback`, which counts the parts that fail."""
        self.registry = CollectorRegistry()
        self.registry.register(_PartFailures(fallback))
        self.requests = Counter(
            "onrecord_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "onrecord_request_seconds",
            "Time until a response was sent whole.",
            ["method", "route"],
            buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.3, 2.5, 5, 10, 30, 60),
            registry=self.registry,
        )
        self.wrong_keys = Counter("onrecord_wrong_keys", "Requests with a key that is none.", registry=self.registry)
        self.answers = Counter(
            "onrecord_answers", "Questions by what became of them.", ["status", "mode"], registry=self.registry
        )


class _PartFailures(Collector):
    """A collector of the failures that a fallback has counted."""

    def __init__(self, fallback: Fallback) -> None:
        self._fallback = fallback

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield the counter `onrecord_part_failures`, with one number for each part that has failed."""
        family = CounterMetricFamily(
            "onrecord_part_failures", "Failures of parts that answers were made without.", labels=["part"]
        )
        for part, count in self._fallback.failures.items():
            family.add_metric([part], count)
        yield family


class CountRequests:
    """An ASGI middleware that counts and times each request under its route's template, never under its raw path."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it when its response was sent."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(scope["method"], route, status).inc()
            self._metrics.seconds.labels(scope["method"], route).observe(time.perf_counter() - started)
