"""Reports for programs: lists, why they failed, logs from any place, and what differs between two."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from support.build_reports import GOOD, packed, real
from support.uploaded_reports import get
from support.uploaded_reports import send_report as send

pytestmark = pytest.mark.any_python


def build(number: int, log: bytes, **members: bytes) -> bytes:
    """The same package once more, an hour later."""
    start = b"START-TIMESTAMP-EPOCH: %d\n" % (1700000000 + 3600 * number)
    return packed({**GOOD, "timestamp.start.txt": start, "make.log": log, **members})


def test_list_and_its_filters(client: FlaskClient) -> None:
    runs = {name: send(client, real(name)) for name in ("good", "link_fails", "configure_fails")}
    found = get(client, "/api/v1/reports")["reports"]
    assert [row["run"] for row in found] == [runs["link_fails"], runs["configure_fails"], runs["good"]]
    assert {name: found[0][name] for name in ("project", "version", "source", "setup", "system", "architecture")} == {
        "project": "frobnicate", "version": "1.7", "source": "frobnicate-1.7.tar.gz", "setup": "porter1",
        "system": "Debian 12", "architecture": "x86_64",
    }  # fmt: skip
    assert (found[0]["status"], found[0]["failed_step"], found[0]["errors"], found[0]["warnings"]) == (
        "make failed",
        "make",
        1,
        1,
    )
    for query, names in (
        ("status=ok", ["good"]), ("version=1.7", ["link_fails"]), ("project=hello", []),
        ("setup=porter1&limit=1", ["link_fails"]), ("status=configure failed", ["configure_fails"]),
    ):  # fmt: skip
        assert [row["run"] for row in get(client, f"/api/v1/reports?{query}")["reports"]] == [
            runs[name] for name in names
        ]
    page = get(client, "/api/v1/reports?limit=2")
    assert [row["run"] for row in get(client, f"/api/v1/reports?before={page['next']}")["reports"]] == [runs["good"]]
    assert client.get("/api/v1/reports?colour=red").status_code == 400
    assert client.get("/api/v1/reports/none").status_code == 404


def test_configure_that_failed_has_the_compilers_words_and_its_answers(client: FlaskClient) -> None:
    report = get(client, f"/api/v1/reports/{send(client, real('configure_fails'))}")
    assert report["failed_check"]["name"] == "for zorch_open in -lzorch"
    assert report["answers"]["ac_cv_header_unistd_h"] == "yes"
    assert report["first_error"] == report["steps"][0]["first_error"]
    assert (report["new_warnings"], report["former"]) == (None, None)


def test_warnings_that_are_new_outstanding_and_fixed_whatever_their_lines(client: FlaskClient) -> None:
    send(client, build(1, b"x.c:1:1: warning: a [-Wa]\nx.c:2:1: warning: b [-Wb]\n"))
    run = send(client, build(2, b"x.c:9:1: warning: b [-Wb]\nx.c:7:1: warning: c [-Wc]\nx.c:8:1: warning: c [-Wc]\n"))
    report = get(client, f"/api/v1/reports/{run}")
    assert (report["warnings"], report["new_warnings"], report["fixed_warnings"]) == (2, 1, 1)
    found = get(client, f"/api/v1/reports/{run}/diagnostics?kind=warning")["diagnostics"]
    assert [(row["text"], row["change"], row["line"], row["count"]) for row in found] == [
        ("b", "outstanding", 9, 1),
        ("c", "new", 7, 2),
        ("a", "fixed", 1, 1),
    ]
    page = get(client, f"/api/v1/reports/{run}/diagnostics?limit=2")
    assert [
        row["text"] for row in get(client, f"/api/v1/reports/{run}/diagnostics?after={page['next']}")["diagnostics"]
    ] == ["a"]


def test_report_that_comes_late_is_compared_with_the_one_before_it(client: FlaskClient) -> None:
    last = send(client, build(3, b"x.c:1:1: warning: a [-Wa]\n"))
    send(client, build(1, b""))
    assert get(client, f"/api/v1/reports/{last}")["new_warnings"] == 1
    send(client, build(2, b"x.c:1:1: warning: a [-Wa]\n"))
    assert get(client, f"/api/v1/reports/{last}")["new_warnings"] == 0


@pytest.fixture(scope="module")
def long_log(shared_client: FlaskClient) -> str:
    lines = b"".join(b"\x1b[32mline %d\x1b[0m %s\n" % (number, b"x" * 60) for number in range(1, 60_001))
    return send(shared_client, build(1, lines + b"the end"))


@pytest.mark.parametrize("start", [1, 2, 17_000, 59_990, 60_001])
def test_log_from_any_place(shared_client: FlaskClient, long_log: str, start: int) -> None:
    found = get(shared_client, f"/api/v1/reports/{long_log}/log/make?from={start}&lines=5")
    expected = [f"\x1b[32mline {number}\x1b[0m {'x' * 60}" for number in range(start, min(start + 5, 60_001))]
    assert found["lines"] == [*expected, *(["the end"] if start == 60_001 else [])]
    assert (found["first"], found["total"]) == (start, 60_001)
    assert found["next"] == (None if start == 60_001 else start + 5)
    assert shared_client.get(f"/api/v1/reports/{long_log}/log/bootstrap").status_code == 404


def test_comparison_of_two(client: FlaskClient) -> None:
    left = send(client, build(1, b"x.c:1:1: warning: a\n", **{"config.log": b"ac_cv_a=yes\nac_cv_b=no\nac_cv_c=1\n"}))
    check = {
        "make-check.log": b"PASS: one\nFAIL: two\nPASS: three\n",
        "status": b"make-check failed",
        "make-check.ok": b"",
    }
    log = b"x.c:5:1: warning: b\n"
    right = send(client, build(2, log, **{**check, "config.log": b"ac_cv_a=yes\nac_cv_b=yes\nac_cv_d=2\n"}))
    found = get(client, f"/api/v1/reports/compare?left={left}&right={right}")
    assert (found["left"]["run"], found["right"]["run"]) == (left, right)
    assert found["steps"] == [{"name": "make-check", "left": "ok", "right": "failed"}]
    assert found["tests"] == [
        {"name": "two", "left": "PASS", "right": "FAIL"},
        {"name": "three", "left": None, "right": "PASS"},
    ]
    assert [row["text"] for row in found["new_warnings"]] == ["b"]
    assert [row["text"] for row in found["fixed_warnings"]] == ["a"]
    assert found["answers"] == [
        {"name": "ac_cv_b", "left": "no", "right": "yes"},
        {"name": "ac_cv_c", "left": "1", "right": None},
        {"name": "ac_cv_d", "left": None, "right": "2"},
    ]
    assert client.get(f"/api/v1/reports/compare?left={left}&right=none").status_code == 404


def test_what_the_page_of_a_run_asks(client: FlaskClient) -> None:
    """Whether it is a report, and its warnings by what became of them."""
    send(client, build(1, b"x.c:1:1: warning: a [-Wa]\nx.c:2:1: warning: b [-Wb]\n"))
    run = send(client, build(2, b"x.c:9:1: warning: b [-Wb]\nx.c:7:1: warning: c [-Wc]\n"))
    assert [row["run"] for row in get(client, f"/api/v1/reports?run={run}")["reports"]] == [run]
    assert get(client, "/api/v1/reports?run=none")["reports"] == []
    for change, text in (("new", "c"), ("outstanding", "b"), ("fixed", "a")):
        found = get(client, f"/api/v1/reports/{run}/diagnostics?kind=warning&change={change}")["diagnostics"]
        assert [(row["text"], row["change"]) for row in found] == [(text, change)]
    assert "buildlogs/panel.js" in client.get(f"/runs/{run}").text


def test_log_is_searched_over_all_of_it(shared_client: FlaskClient, long_log: str) -> None:
    address = f"/api/v1/reports/{long_log}/log/make/search"
    assert get(shared_client, f"{address}?q=LINE 5999&limit=2") == {"lines": [5999, 59990], "count": 11, "next": None}
    assert get(shared_client, f"{address}?q=line&from=60000&order=last") == {"lines": [60000], "count": 1, "next": None}
    assert get(shared_client, f"{address}?q=line 4&from=3&to=39") == {"lines": [4], "count": 1, "next": None}
    assert shared_client.get(f"/api/v1/reports/{long_log}/log/bootstrap/search?q=x").status_code == 404
    assert shared_client.get(address).status_code == 400
    assert shared_client.get(f"/runs/{long_log}/logs/make").status_code == 200


@pytest.mark.parametrize("path", ["%00", "%00/diagnostics", "%00/log/make", "a/log/%00", "a/log/%00/search?q=a"])
def test_address_with_a_nul_is_of_nothing(path: str, shared_client: FlaskClient) -> None:
    assert shared_client.get(f"/api/v1/reports/{path}").status_code == 404


@pytest.mark.parametrize(
    "of",
    [
        "", "//evil.example/log", "https://evil.example/log", "/api/v1/../../x", "/login", "/api/v1/x?y=1", "/api/v1/",
        "javascript:alert(1)", "/api/v1/a\nb",
    ],
)  # fmt: skip
def test_the_page_of_a_log_leads_to_logs_of_this_wall_alone(shared_client: FlaskClient, of: str) -> None:
    response = shared_client.get("/log", query_string={"of": of})
    assert response.status_code == 400 and "branch-builds/7/log/make" in response.text


@pytest.mark.parametrize("of", ["/api/v1/branch-builds/7/log/make", "/v1/result/abc/log/output"])
def test_the_page_of_a_log_of_any_feature(shared_client: FlaskClient, of: str) -> None:
    response = shared_client.get("/log", query_string={"of": of})
    assert response.status_code == 200 and f'data-of="{of}"' in response.text
    assert 'data-log-page="/log"' in response.text
