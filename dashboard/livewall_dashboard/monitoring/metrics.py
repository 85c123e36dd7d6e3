"""What the dashboard counts, for Prometheus."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from livewall_dashboard.base import feature

ACK_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
LAG_BUCKETS = (*ACK_BUCKETS, 10.0, 30.0)
EVENTS_ENDPOINT = "ingest.post_events"


class Metrics:
    """The dashboard's counters, in a registry of their own.

    What is counted anyway elsewhere is read at the moment of a scrape (a feature's `measures`), so that it costs the
    busy parts nothing; what nobody else counts is counted here.
    """

    def __init__(self, version: str):
        self.registry = CollectorRegistry()
        self.events_received = Counter(
            "livewall_events_received", "Events taken in from nodes, repeated ones included", registry=self.registry
        )
        self.frames = Counter("livewall_frames", "Frames sent to the screens", registry=self.registry)
        self.ack_seconds = ManyAtOnce(
            "livewall_ack_seconds", "From a batch of events to its acknowledgement, which is after COMMIT", ACK_BUCKETS
        )
        self.registry.register(self.ack_seconds)
        self.commit_lag = ManyAtOnce(
            "livewall_commit_lag_seconds", "From an event's arrival to its COMMIT, each event counted", LAG_BUCKETS
        )
        self.registry.register(self.commit_lag)
        ProcessCollector(registry=self.registry)  # process_resident_memory_bytes, process_open_fds, ...
        self._responses = Counter(
            "livewall_responses", "HTTP responses", ["endpoint", "status"], registry=self.registry
        )
        self._count_of: dict[tuple[str, int], Callable[[], None]] = {}
        Gauge("livewall_info", "Always 1", ["version"], registry=self.registry).labels(version).set(1)

    def add(self, measures: Iterable[feature.Gauge | feature.Counter]) -> None:
        for measure in measures:
            name = f"livewall_{measure.name}"
            if isinstance(measure, feature.Gauge):
                Gauge(name, measure.meaning, registry=self.registry).set_function(measure.value)
            else:
                self.registry.register(_CounterOf(name, measure.meaning, measure.value))

    def install(self, app: Flask) -> None:
        """Counts the responses of `app` and times its acknowledgements."""
        app.before_request(_note_start)
        app.after_request(self._count)

    def count(self, endpoint: str, status: int, seconds: float) -> None:
        """A response that was made in so many seconds."""
        count = self._count_of.get((endpoint, status))
        if count is None:
            count = self._count_of[endpoint, status] = self._responses.labels(endpoint, str(status)).inc
        count()
        if endpoint == EVENTS_ENDPOINT and status == 200:
            self.ack_seconds.observe(seconds)

    def _count(self, response: Response) -> Response:
        self.count(request.endpoint or "none", response.status_code, time.perf_counter() - g.livewall_started)
        return response


class ManyAtOnce(Collector):
    """A histogram that takes a value for thousands of events as fast as for one.

    `buckets`: their upper bounds, ascending.
    """

    def __init__(self, name: str, meaning: str, buckets: Sequence[float]):
        self._lock = threading.Lock()
        self._name, self._meaning = name, meaning
        self._bounds = list(buckets)
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0

    def observe(self, value: float, times: int = 1) -> None:
        """Below 0, as after a clock was set back, counts as 0."""
        value = max(0.0, value)
        with self._lock:
            self._counts[bisect_left(self._bounds, value)] += times
            self._sum += value * times

    def collect(self) -> Iterator[HistogramMetricFamily]:
        bounds = [*map(str, self._bounds), "+Inf"]
        with self._lock:
            buckets, total = list(zip(bounds, accumulate(self._counts), strict=True)), self._sum
        yield HistogramMetricFamily(self._name, self._meaning, buckets=buckets, sum_value=total)

    def describe(self) -> Iterator[HistogramMetricFamily]:
        yield HistogramMetricFamily(self._name, self._meaning)


class _CounterOf(Collector):
    def __init__(self, name: str, meaning: str, value: Callable[[], float]):
        self._name, self._meaning, self._value = name, meaning, value

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._meaning, value=self._value())

    def describe(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._meaning)


def _note_start() -> None:
    g.livewall_started = time.perf_counter()
