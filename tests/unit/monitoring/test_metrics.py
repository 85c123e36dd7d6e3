"""A histogram that takes a value for many events at once."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import generate_latest

from livewall_dashboard.monitoring.metrics import LAG_BUCKETS, ManyAtOnce

VALUES = [(0.001, 3), (0.005, 1), (0.0051, 2), (2.0, 1000), (99.0, 7)]


def shown(registry: CollectorRegistry) -> list[str]:
    return sorted(line for line in generate_latest(registry).decode().splitlines() if "_created" not in line)


def test_it_says_what_prometheus_own_says() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    many = ManyAtOnce("lag_seconds", "Lag", LAG_BUCKETS)
    ours.register(many)
    single = Histogram("lag_seconds", "Lag", buckets=LAG_BUCKETS, registry=theirs)
    for value, times in VALUES:
        many.observe(value, times)
        for _ in range(times):
            single.observe(value)
    drop_sum = [[line for line in shown(each) if "_sum" not in line] for each in (ours, theirs)]
    assert drop_sum[0] == drop_sum[1]
    total = sum(value * times for value, times in VALUES)
    found = ours.get_sample_value("lag_seconds_sum")
    assert found is not None and abs(found - total) < 1e-9


def test_a_clock_that_was_set_back_counts_as_no_lag() -> None:
    registry = CollectorRegistry()
    many = ManyAtOnce("lag_seconds", "Lag", LAG_BUCKETS)
    registry.register(many)
    many.observe(-3600.0, 2)
    assert registry.get_sample_value("lag_seconds_bucket", {"le": "0.005"}) == 2
    assert registry.get_sample_value("lag_seconds_sum") == 0
