"""Counters and histograms for Prometheus."""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from onrecord.index.fallback import Fallback
from onrecord.service.answers.work_queue import WorkQueue


class Metrics:
    """A registry of one app, so that two apps in one process are counted apart."""

    def __init__(self, fallback: Fallback, queues: Sequence[WorkQueue]) -> None:
        """Take `fallback`, which counts the parts that fail, and the queues whose saturation is shown."""
        self.registry = CollectorRegistry()
        self.registry.register(_PartFailures(fallback))
        self.registry.register(_Saturation(queues))
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
        self.wrong_keys = Counter("onrecord_wrong_keys", "Requests with a wrong key.", registry=self.registry)
        self.answers = Counter(
            "onrecord_answers", "Questions by what became of them.", ["status", "mode"], registry=self.registry
        )

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count and time a request under its route's template, never under its raw path."""
        self.requests.labels(method, route, status).inc()
        self.seconds.labels(method, route).observe(seconds)


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


class _Saturation(Collector):
    """A collector of what is worked on, waits and was refused in each queue."""

    def __init__(self, queues: Sequence[WorkQueue]) -> None:
        self._queues = queues

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Yield two gauges and two counters, each with one number for each queue."""
        families = (
            (GaugeMetricFamily, "onrecord_queue_in_flight", "Pieces of work that threads do.", "in_flight"),
            (GaugeMetricFamily, "onrecord_queue_waiting", "Requests that wait for their turn.", "waiting"),
            (CounterMetricFamily, "onrecord_queue_refused", "Requests that found no place.", "refused"),
            (CounterMetricFamily, "onrecord_queue_missed", "Requests that were not answered in time.", "missed"),
        )
        for kind, name, text, attribute in families:
            family = kind(name, text, labels=["queue"])
            for queue in self._queues:
                family.add_metric([queue.name], getattr(queue, attribute))
            yield family
