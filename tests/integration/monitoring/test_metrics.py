"""What alerts and dashboards ask for exists, is right, and is explained."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_listener import wire
from support.reporter import Reporter, T

ROOT = Path(__file__).parents[3]
ALERTS = ROOT / "config" / "prometheus" / "alerts.yml"
GRAFANA = ROOT / "config" / "grafana" / "livewall.json"
PAGE = ROOT / "docs" / "how-to-operate.md"

METRIC = re.compile(r"\b(?:livewall|process)_[a-z_]+\b")


@pytest.fixture
def samples(client: FlaskClient) -> Callable[[], dict[str, float]]:
    """-> all samples of a scrape."""

    def scrape() -> dict[str, float]:
        lines = [line.rpartition(" ") for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    return scrape


Samples = Callable[[], dict[str, float]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(GRAFANA.read_text(encoding="utf-8"))["panels"]
    return found


def queries() -> dict[str, list[str]]:
    """Each panel's expressions, by its title."""
    return {panel["title"]: [target["expr"] for target in panel.get("targets", [])] for panel in panels()}


def rules() -> dict[str, str]:
    """The text of each alert, by its name."""
    parts = re.split(r"^ +- alert: ", ALERTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts[1:]}


# What is measured


def test_each_event_counts_in_the_lag_to_its_commit(reporter: Reporter, samples: Samples) -> None:
    before = samples()
    reporter.run([T("One"), T("Two")])
    after = samples()
    count = "livewall_commit_lag_seconds_count"
    assert after[count] - before[count] == after["livewall_events_received_total"] == 5
    assert 0 < after["livewall_commit_lag_seconds_sum"] < 5 * 60


def test_what_waits_on_nodes_is_known_from_what_they_send(reporter: Reporter, samples: Samples) -> None:
    def say(run: str, waiting: int) -> None:
        body = {"process": "0", "first_seq": 1, "events": [], "waiting": waiting}
        reporter.call("POST", f"/api/v1/runs/{run}/events", body)

    runs = [reporter.process(host=host).run for host in ("node-1", "node-1", "node-2")]
    for run, waiting in zip(runs, (10, 5, 10**12), strict=True):
        say(run, waiting)
    assert samples()["livewall_nodes_waiting"] == 2
    assert samples()["livewall_node_waiting_events"] == 15 + 10**9, "no node is believed everything"
    for run in runs:
        say(run, -1)
    assert samples()["livewall_nodes_waiting"] == samples()["livewall_node_waiting_events"] == 0


def test_losses_are_counted_once(reporter: Reporter, samples: Samples) -> None:
    process = reporter.process()
    process.send(wire.Lost(3, "the disk was full"))
    process.seq -= 1
    process.send(wire.Lost(3, "the disk was full"))
    assert samples()["livewall_lost_events_total"] == 3


def test_wrong_tokens_disk_and_backup(app: Dashboard, client: FlaskClient, samples: Samples, tmp_path: Path) -> None:
    assert samples()["livewall_last_backup_timestamp_seconds"] == 0
    (tmp_path / "last_backup").touch()
    told = samples()
    assert told["livewall_last_backup_timestamp_seconds"] == pytest.approx((tmp_path / "last_backup").stat().st_mtime)
    assert told["livewall_disk_free_bytes"] == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.1)
    assert told["livewall_failed_logins_total"] == app.core.guard.failed_logins
    assert told["livewall_dropped_frames_total"] == app.core.hub.dropped_frames == 0
    assert told["process_resident_memory_bytes"] > 1e6


# What is asked for


def known_names(samples: dict[str, float]) -> set[str]:
    return {name.partition("{")[0] for name in samples}


def test_alerts_and_dashboards_ask_for_what_exists(client: FlaskClient, reporter: Reporter, samples: Samples) -> None:
    reporter.run([T("One")])  # counters with labels appear with their first value
    known = known_names(samples())
    asked = {
        *(name for text in rules().values() for name in METRIC.findall(text)),
        *(name for expressions in queries().values() for text in expressions for name in METRIC.findall(text)),
    }
    assert len(asked) > 15
    assert asked - known == set()
    endpoints_and_statuses = {"endpoint", "status"}
    (labels,) = {
        frozenset(re.findall(r"(\w+)=", name)) for name in samples() if name.startswith("livewall_responses_total")
    }
    assert labels == endpoints_and_statuses


def test_everything_measured_is_explained(reporter: Reporter, samples: Samples) -> None:
    reporter.run([T("One")])
    page = PAGE.read_text(encoding="utf-8")
    measured = {name for name in known_names(samples()) if not name.endswith("_created")}
    own = {re.sub(r"_(bucket|sum|count)$", "", name) for name in measured if name.startswith("livewall_")}
    assert len(own) > 15
    table = page.partition("\n| metric |")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(livewall_[a-z_]+)`", table)) == own


def test_every_alert_says_what_to_do() -> None:
    headings = re.findall(r"^### (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(rules())
    for name, text in rules().items():
        assert f"runbook: docs/how-to-operate.md#{name.lower()}\n" in text
        assert re.search(r"labels: \{severity: (page|ticket)\}", text), name
        assert "summary: " in text and "effect: " in text
    tested = "".join(path.read_text(encoding="utf-8") for path in ALERTS.parent.glob("*.test.yml"))
    assert {name for name in rules() if name not in tested} == set()


def test_the_dashboard_has_a_place_for_each_panel() -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels():
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]
        for target in panel.get("targets", []):
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${datasource}"
    identities = [panel["id"] for panel in panels()]
    assert len(set(identities)) == len(identities) > 20


# What Prometheus makes of it


@pytest.fixture
def promtool(request: pytest.FixtureRequest) -> Callable[..., str]:
    """Runs promtool, which must be content -> what it says."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (apt install prometheus)")

    def run(*words: object) -> str:
        command = [found, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_prometheus_understands_rules_and_configuration(promtool: Callable[..., str]) -> None:
    assert f"{len(rules())} rules found" in promtool("check", "rules", ALERTS)
    assert "is valid" in promtool("check", "config", "--syntax-only", ALERTS.with_name("prometheus.yml"))


@pytest.mark.parametrize("name", ["alerts.test.yml", "backups.test.yml"])
def test_alerts_fire_when_they_should_and_not_else(promtool: Callable[..., str], name: str) -> None:
    assert "SUCCESS" in promtool("test", "rules", ALERTS.with_name(name))


def test_prometheus_understands_what_the_dashboard_asks(promtool: Callable[..., str], tmp_path: Path) -> None:
    expressions = [text for found in queries().values() for text in found]
    filled = [text.replace("$__rate_interval", "5m").replace("$instance", ".*") for text in expressions]
    asked = {"groups": [{"name": "x", "rules": [{"record": f"x:{n}", "expr": text} for n, text in enumerate(filled)]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(asked), encoding="utf-8")
    assert f"{len(filled)} rules found" in promtool("check", "rules", tmp_path / "rules.yml")
