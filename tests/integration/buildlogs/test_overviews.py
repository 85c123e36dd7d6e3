"""Reports beside each other for programs: projects, versions over systems, a version over all of them."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.buildlogs import csv_routes
from support.build_reports import GOOD, packed
from support.uploaded_reports import get, send_report
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

FAILS = {"status": b"make failed\n", "make.log": b"src/x.c:3:1: error: no zorch\n", "make.ok": None}


def built(client: FlaskClient, host: str, version: str, hour: int, **members: bytes | None) -> str:
    """A report of this version from this host, which has a system of its own."""
    changed = {
        **GOOD,
        "input.txt": b"SOURCE=x\nBASENAME=frob-%s\n" % version.encode(),
        "environment.txt": b"PWD=/tmp/frob.x\nhostname=%s\n" % host.encode(),
        "versions.txt": b"uname-s: Linux\nuname-m: x86_64\netc_os_release_NAME: %s\n" % host.encode(),
        "timestamp.start.txt": b"START-TIMESTAMP-EPOCH: %d\n" % (1700000000 + 3600 * hour),
        **members,
    }
    return send_report(client, packed({name: content for name, content in changed.items() if content is not None}))


def test_version_over_systems(client: FlaskClient) -> None:
    built(client, "alpha", "1.0", 0)
    runs = [
        built(client, "alpha", "1.1", 1),
        built(client, "beta", "1.1", 2, **FAILS),
        built(client, "gamma", "1.1", 3, **{**FAILS, "make.log": b"cc\nsrc/x.c:9:1: error: no zorch\n"}),
        built(client, "delta", "1.1", 4, **{"make-check.log": b"Making check\n"}),
    ]
    again = built(client, "alpha", "1.1", 5, **FAILS)
    found = get(client, "/api/v1/reports/summary?project=frob&version=1.1")
    assert [row["run"] for row in found["systems"]] == [again, runs[1], runs[2], runs[3]]
    (error,) = found["errors"]
    assert (error["step"], error["runs"], error["is_known"]) == ("make", [again, runs[1], runs[2]], False)
    assert error["error"]["text"] == "no zorch"
    assert found["steps"] == ["configure", "make", "make-check"]
    first = found["systems"][0]
    assert [(step["name"], step["status"]) for step in first["steps"]] == [
        ("configure", "ok"), ("make", "failed"), ("make-check", "ok"),
    ]  # fmt: skip
    assert (first["name"], first["error"], first["former_version"], first["former_status"]) == (
        "alpha, x86_64", 0, "1.1", "ok",
    )  # fmt: skip
    assert found["systems"][3]["counts"]["total"] == 0
    assert found["text"].startswith("frob 1.1: 0 of 4 systems built it and passed its tests.")
    assert found["text"].endswith("\nhttp://localhost/reports/frob/1.1\n")
    assert client.get("/api/v1/reports/summary?project=frob&version=9").status_code == 404


def test_tables_of_reports_as_csv(client: FlaskClient) -> None:
    warns = {"make.log": b"x.c:3:1: warning: unused [-Wunused]\n"}
    runs = [built(client, "alpha", "1.0", 0, **warns), built(client, "alpha", "1.1", 1, **FAILS)]

    def table(path: str) -> list[dict[str, str]]:
        reply = client.get(f"/api/v1/reports{path}")
        assert (reply.status_code, reply.content_type) == (200, "text/csv; charset=utf-8"), reply.text
        return list(csv.DictReader(io.StringIO(reply.text)))

    newest, oldest = table(".csv")
    assert (newest["run"], newest["first_error"], newest["fixed_warnings"]) == (runs[1], "src/x.c:3: no zorch", "1")
    assert (oldest["run"], oldest["status"], oldest["new_warnings"]) == (runs[0], "ok", "")
    assert table(".csv?version=1.0") == [oldest]
    (system,) = table("/versions.csv?project=frob")
    assert (system["system"], system["1.0"], system["1.1"]) == ("alpha", "ok", "make failed")
    (system,) = table("/summary.csv?project=frob&version=1.1")
    assert (system["steps"], system["former_version"]) == ("configure=ok, make=failed, make-check=ok", "1.0")
    (warning,) = table(f"/{runs[0]}/diagnostics.csv?kind=warning")
    assert (warning["text"], warning["file"], warning["line"]) == ("unused", "x.c", "3")
    for path in ("/versions.csv?project=no", "/summary.csv?project=frob&version=9", "/no/diagnostics.csv"):
        assert client.get(f"/api/v1/reports{path}").status_code == 404


def test_diagnostics_as_csv_are_read_page_by_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [b"x.c:%d:1: warning: unused '%c' [-Wunused]\n" % (line, 96 + line) for line in range(1, 6)]
    run = built(client, "alpha", "1.0", 0, **{"make.log": b"".join(lines)})
    whole = client.get(f"/api/v1/reports/{run}/diagnostics.csv").text
    assert whole.count("unused") == 10, "in the text and in the flag of each"
    for rows_at_once in (1, 2, 5):
        monkeypatch.setattr(csv_routes, "DIAGNOSTICS_AT_ONCE", rows_at_once)
        assert client.get(f"/api/v1/reports/{run}/diagnostics.csv").text == whole


def test_versions_over_systems_page_by_page(client: FlaskClient) -> None:
    for hour, version in enumerate(("1.0", "1.1", "1.2")):
        built(client, "alpha", version, hour, **(FAILS if version != "1.2" else {}))
    built(client, "beta", "1.0", 9)
    page = get(client, "/api/v1/reports/versions?project=frob&limit=2")
    assert [row["version"] for row in page["versions"]] == ["1.0", "1.2"]
    assert [[cell and cell["status"] for cell in row["cells"]] for row in page["systems"]] == [
        ["make failed", "ok"],
        ["ok", None],
    ]
    older = get(client, f"/api/v1/reports/versions?project=frob&after={page['next']}")
    assert ([row["version"] for row in older["versions"]], older["next"]) == (["1.1"], None)
    assert [row["system"] for row in older["systems"]] == ["alpha"]
    assert client.get("/api/v1/reports/versions?project=none").status_code == 404
    assert client.get("/api/v1/reports/versions").status_code == 400


def test_projects_and_the_bar_know_of_reports(client: FlaskClient) -> None:
    assert get(client, "/api/v1/reports/projects") == {"projects": []}
    assert 'href="/reports"' not in client.get("/runs").text
    built(client, "alpha", "1.0", 0)
    built(client, "alpha", "1.1", 1)
    (project,) = get(client, "/api/v1/reports/projects")["projects"]
    assert (project["project"], project["version"], project["reports"]) == ("frob", "1.1", 2)
    for address in ("/reports", "/reports/frob", "/reports/frob/1.0", "/reports/frob/-"):
        assert client.get(address).status_code == 200
    wait_for(lambda: 'href="/reports"' in client.get("/runs").text, what="the bar to know of reports")
    assert client.get("/q/frob-1.0").headers["Location"] == "/reports/frob/1.0"


def test_another_compiler_is_another_system_and_its_next_version_is_not(client: FlaskClient) -> None:
    def run_of(compiler: bytes, hour: int) -> str:
        versions = b"uname-s: Linux\nuname-m: x86_64\netc_os_release_NAME: alpha\ngcc-version: %s\n" % compiler
        return built(client, "alpha", "1.0", hour, **{"versions.txt": versions})

    first = run_of(b"gcc (GCC) 12.2.0", 0)
    run_of(b"clang version 15.0.1", 1)
    last = run_of(b"gcc (GCC) 13.1.0", 2)
    assert get(client, f"/api/v1/reports/{last}")["former"] == first
