"""What is uploaded becomes a run, comes back as it came, and is refused where it makes no sense."""

from __future__ import annotations

import time
from typing import Any

import pytest
from flask.testing import FlaskClient

from support.statements import statements
from support.uploads import IPHONE, MAC, Json, commit, send, upload, uuid_of

pytestmark = pytest.mark.any_python

NOW = int(time.time())
ALL = "recent=False"
MOST_STATEMENTS = 23
"""For a small upload of what is known: each costs about as much as a few results."""


def results_of(client: FlaskClient, path: str, query: str = ALL) -> list[Json]:
    reply = client.get(f"/api/results/{path}?{query}")
    assert reply.status_code == 200, reply.text
    return reply.json or []


def run_of(client: FlaskClient, suite: str) -> Json:
    (run,) = (client.get(f"/api/v1/runs?suite={suite}").json or {})["runs"]
    return dict(run)


def test_an_upload_is_a_run_that_is_verified(client: FlaskClient) -> None:
    tree = {
        "fast": {"a.html": {}, "b.html": {"actual": "TEXT", "expected": "FAIL", "time": 250, "log": "diff"}},
        "slow": {"c.html": {"actual": "CRASH"}},
    }
    details = {"link": "http://ci/7", "builder-name": "Mac", "build-number": 7, "buildbot-worker": "bot1"}
    send(client, upload(tree, commit(1, "w1"), suite="runs", details=details, timestamp=NOW, api_key="an old key"))
    run = run_of(client, "runs")
    assert (run["setup"], run["state"], run["verification"], run["status"]) == ("bot1", "finished", "verified", "FAIL")
    assert run["labels"]["platform"] == "Mac" and run["labels"]["version"] == "13.1.0"
    assert run["counts"] == {"total": 3, "passed": 1, "failed": 1, "skipped": 0, "expected_failures": 1}
    tests = (client.get(f"/api/v1/runs/{run['id']}/tests").json or {})["tests"]
    assert [(test["longname"], test["status"]) for test in tests] == [
        ("fast/a.html", "PASS"), ("fast/b.html", "FAIL"), ("slow/c.html", "FAIL"),
    ]  # fmt: skip
    assert (tests[1]["message"], tests[1]["elapsed_time"]) == ("diff", 0.25)
    assert (client.get(f"/api/v1/runs/{run['id']}").json or {})["commits"][0]["hash"] == commit(1, "w1")["hash"]


def test_a_small_upload_asks_little_of_postgres(client: FlaskClient) -> None:
    tree = {"fast": {f"{number}.html": {"time": 7} for number in range(20)}}
    for again in range(3):
        with statements() as told:
            send(client, upload(tree, commit(1, "w12"), suite="small", timestamp=NOW - 10 + again))
    assert len(told) <= MOST_STATEMENTS, "\n\n".join(told)


@pytest.mark.parametrize(
    "leaf",
    [
        {},
        {"time": 12},
        {"time": 0},
        {"time": 1.2},
        {"time": 0.1 + 0.2},
        {"time": "soon"},
        {"time": -1},
        {"log": ""},
        {"log": "lines\n\u20ac"},
        {"log": {"no": "text"}["no"] * 3, "time": 3},
        {"flakiness_num_tries": 3, "flakiness_num_passes": 1, "anything": [1, None]},
        {"log": "NUL\0 in it"},
    ],
)
def test_what_is_beside_a_status_comes_back(client: FlaskClient, leaf: Json) -> None:
    suite = f"beside-{abs(hash(str(leaf)))}"
    send(client, upload({"a.html": leaf}, commit(1, "w2"), suite=suite, timestamp=NOW))
    (found,) = results_of(client, f"{suite}/a.html")
    place = {"uuid": uuid_of(commit(1, "w2")), "start_time": NOW}
    # Postgres has no character 0; the upload itself comes back with it.
    clean = {name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in leaf.items()}
    assert found["results"] == [{**clean, "actual": "PASS", "expected": "PASS", **place}]
    raw = client.get(f"/api/upload?suite={suite}&{ALL}").json or []
    assert raw[0]["test_results"]["results"] == {"a.html": leaf}


def test_the_api_key_is_kept_nowhere(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    sent = upload({"a.html": {}}, commit(1, "w3"), suite="keys", api_key="s3cr3t-key")
    reply = client.post("/api/upload", json=sent)
    back = client.get(f"/api/upload?suite=keys&{ALL}")
    assert reply.status_code == back.status_code == 200
    assert "s3cr3t" not in reply.text + back.text + caplog.text
    assert (back.json or [])[0]["commits"] == [commit(1, "w3")]


def test_the_same_place_is_overwritten_and_another_start_is_kept(client: FlaskClient) -> None:
    def sent(actual: str, timestamp: int) -> Json:
        return upload({"a.html": {"actual": actual}}, commit(1, "w4"), suite="again", timestamp=timestamp)

    send(client, sent("FAIL", NOW), sent("CRASH", NOW), sent("TEXT", NOW + 1))
    (found,) = results_of(client, "again/a.html")
    assert [result["actual"] for result in found["results"]] == ["CRASH", "TEXT"]
    assert len((client.get("/api/v1/runs?suite=again").json or {})["runs"]) == 2


def test_another_setup_takes_the_place_and_leaves_the_run(client: FlaskClient) -> None:
    """A file of one setup never touches another setup's run."""
    for worker in ("bot1", "bot2"):
        details = {"buildbot-worker": worker}
        send(client, upload({worker: {}}, commit(1, "w5"), suite="moved", timestamp=NOW, details=details))
    assert [len(found["results"]) for found in results_of(client, "moved")] == [1]
    runs = (client.get("/api/v1/runs?suite=moved").json or {})["runs"]
    assert {run["setup"]: run["counts"]["total"] for run in runs} == {"bot1": 1, "bot2": 1}


def test_without_a_worker_the_setup_is_the_configuration(client: FlaskClient) -> None:
    send(client, upload({"a.html": {}}, commit(1, "w6"), suite="nameless", configuration=IPHONE))
    assert run_of(client, "nameless")["setup"] == "iOS 17.0 Simulator iPhone 15 arm64"


def test_uploads_are_read_again_from_what_was_sent(client: FlaskClient) -> None:
    send(client, upload({"a.html": {"actual": "FAIL"}}, commit(1, "w7"), suite="reread", timestamp=NOW))
    before = results_of(client, "reread/a.html")
    reply = client.post(f"/api/upload/process?suite=reread&{ALL}")
    (again,) = reply.json or []
    assert again["processing"]["test-results"] == {"status": "ok"}
    assert results_of(client, "reread/a.html") == before
    assert client.post("/api/upload/process?suite=none").status_code == 404


# ---------------------------------------------------------------------- where resultsdbpy is at fault


@pytest.mark.parametrize("member", ["actual", "expected"])
def test_fault_an_unknown_status_becomes_pass(client: FlaskClient, member: str) -> None:
    """Ours names it, and stores nothing."""
    tree = {"fast": {"fine.html": {}, "a.html": {member: "PAS"}}}
    reply = client.post("/api/upload", json=upload(tree, commit(1, "w8"), suite="unknown"))
    assert reply.status_code == 422
    assert "'PAS'" in (reply.json or {})["description"] and "fast/a.html" in (reply.json or {})["description"]
    assert results_of(client, "unknown") == []
    assert (client.get("/api/v1/runs?suite=unknown").json or {})["runs"] == []


@pytest.mark.parametrize(
    "results",
    [
        None,
        [],
        {"a": 5},
        {"a": {"b": {}, "actual": "PASS"}},
        {"a": {"actual": "PASS", "b": {}}},
        {"a": {"actual": None}},
        {"a": {"actual": 5}},
        {"": {}},
        {"a": {"": {}}},
    ],
)
def test_fault_a_malformed_tree_answers_200(client: FlaskClient, results: Any) -> None:
    reply = client.post("/api/upload", json=upload(results, commit(1, "w9"), suite="malformed"))
    assert reply.status_code in (400, 422), reply.text
    assert results_of(client, "malformed") == []
    assert "w9" not in (client.get("/api/commits/repositories").json or []), "not even its commits"


def test_fault_an_old_commit_answers_ok_and_stores_nothing(client: FlaskClient) -> None:
    """Where nothing is said of retention, all is kept."""
    old = commit(1, "w10", timestamp=1_000_000_000)
    send(client, upload({"a.html": {}}, old, suite="ancient", timestamp=1_000_000_100))
    (found,) = results_of(client, "ancient/a.html")
    assert found["results"][0]["uuid"] == uuid_of(old)


def test_fault_recent_false_alone_finds_nothing_without_a_platform(client: FlaskClient) -> None:
    old = {**MAC, "platform": "Long gone"}
    send(client, upload({"a.html": {}}, commit(1, "w11"), suite="gone", configuration=old, timestamp=NOW - 40 * 86_400))
    assert results_of(client, "gone", "") == []
    assert len(results_of(client, "gone", "recent=False")) == 1
    assert len(results_of(client, "gone", "recent=False&style=Release")) == 1


def test_fault_two_statuses_make_the_summary_a_500(client: FlaskClient) -> None:
    """A result counts once, by its worst status; the percents add up to 98 to 100."""
    statuses = ["FAIL PASS", "PASS", "CRASH TEXT", "TIMEOUT", "IMAGE", "AUDIO", "TEXT", "ERROR", "WARNING"]
    commits = [commit(number, "w12") for number in range(1, len(statuses) + 1)]
    for made_at, status in zip(commits, statuses, strict=True):
        send(client, upload({"a.html": {"actual": status}}, made_at, suite="worst", timestamp=NOW))
    for query in ("", "&include_expectations=True"):
        reply = client.get(f"/api/results-summary/worst/a.html?ref={commits[0]['hash']}{query}")
        assert reply.status_code == 200
        percents = reply.json or {}
        flat = [sum(each.values()) if isinstance(each, dict) else each for each in percents.values()]
        assert 98 <= sum(flat) <= 100
        assert percents["fail"] and percents["crash"]


def test_fault_limit_1_gives_the_oldest(client: FlaskClient) -> None:
    """Ours: each configuration's newest, its SDKs together; by start where more times than commits bound the query."""
    for number, sdk, start in ((1, "A", NOW), (2, "B", NOW - 10)):
        made_on = {**MAC, "sdk": sdk}
        send(
            client,
            upload({"a.html": {}}, commit(number, "w13"), suite="newest", configuration=made_on, timestamp=start),
        )
    (newest,) = results_of(client, "newest/a.html", f"{ALL}&limit=1")
    assert newest["configuration"]["sdk"] == "B"
    (latest,) = results_of(client, "newest/a.html", f"{ALL}&limit=1&after_time={NOW - 100}")
    assert latest["configuration"]["sdk"] == "A"
    assert len(results_of(client, "newest/a.html", f"{ALL}&limit=1&sdk=A&sdk=B")) == 2


# ---------------------------------------------------------------------- what is refused


RESERVED = ["v1", "results", "results-summary", "failures", "commits", "urls", "upload", "suites", "v1/runs"]


@pytest.mark.parametrize("suite", RESERVED)
def test_a_suite_named_like_an_address_is_refused(client: FlaskClient, suite: str) -> None:
    reply = client.post("/api/upload", json=upload({"a.html": {}}, commit(1), suite=suite))
    assert reply.status_code == 400
    assert (reply.json or {})["description"].startswith("A suite cannot be named")
    if suite.startswith("v1"):
        assert client.get(f"/api/{suite}/tests").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"suite": "a\0b"}, 400),
        ({"suite": "s" * 1001}, 400),
        ({"configuration": {**MAC, "version": -1}}, 400),
        ({"configuration": {**MAC, "version": 10**30}}, 400),
        ({"configuration": {**MAC, "model": "m" * 1001}}, 400),
        ({"configuration": 5}, 400),
        ({"commits": {}}, 400),
        ({"commits": [5]}, 400),
        ({"timestamp": 1e99}, 400),
        ({"timestamp": -1}, 400),
        ({"test_results": {"results": {}, "details": [1]}}, 400),
        ({"test_results": {"results": {}, "run_stats": 5}}, 400),
        ({"commits": [{"repository_id": "nowhere", "ref": "1"}]}, 404),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_word(client: FlaskClient, wrong: Json, status: int) -> None:
    reply = client.post("/api/upload", json={**upload({"a.html": {}}, commit(1)), **wrong})
    assert reply.status_code == status, reply.text
    assert set(reply.json or {}) == {"status", "error", "description"}


def test_a_tree_of_any_depth_is_read_or_refused(client: FlaskClient) -> None:
    deep = '{"a":' * 5000 + "{}" + "}" * 5000
    body = '{"suite":"deep","configuration":{},"commits":[],"test_results":{"results":' + deep + "}}"
    reply = client.post("/api/upload", data=body, content_type="application/json")
    assert reply.status_code == 400


def test_more_than_64_mib_are_refused(client: FlaskClient) -> None:
    reply = client.post("/api/upload", data=b" " * (64 * 1024 * 1024 + 1), content_type="application/json")
    assert reply.status_code == 413
    assert (reply.json or {})["error"] == "Request Entity Too Large"


def test_health_answers_where_resultsdbpy_has_it(client: FlaskClient) -> None:
    reply = client.get("/__health")
    assert (reply.status_code, (reply.json or {})["status"]) == (200, "ok")
