"""The demo's pretend Jenkins, read by the wall's own client."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from livewall_dashboard.demo.builds import Builds, totals
from livewall_dashboard.demo.jenkins import DemoJenkins
from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.jenkins.errors import NotThere
from livewall_dashboard.jenkins.parse import read_folder, read_one_job
from livewall_dashboard.jenkins.paths import address
from livewall_dashboard.jenkins.slices import jobs_of
from livewall_dashboard.lab.model import JenkinsServer

OUTPUT = """<robot><suite><stat pass="9" fail="9" skip="9">Other</stat></suite><statistics><total>
<stat pass="5" fail="2" skip="1">All Tests</stat></total></statistics></robot>"""


@pytest.fixture
def jenkins() -> Iterator[DemoJenkins]:
    made = DemoJenkins()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def client(jenkins: DemoJenkins) -> JenkinsClient:
    return JenkinsClient(JenkinsServer("demo", jenkins.url))


def test_runs_are_builds(jenkins: DemoJenkins, client: JenkinsClient, tmp_path: Path) -> None:
    output = tmp_path / "output.xml"
    output.write_text(OUTPUT)
    builds = Builds("nightly/router-1")
    jenkins.add([builds, Builds("nightly/router-2")])
    builds.begin(401, "main", "c1").end("UNSTABLE", output)
    builds.begin(402, "main", "c2")
    assert client.probe() is None
    seen = jobs_of(read_folder(client.get("api/json"), ""))
    assert [(job.name, job.next_build) for job in seen] == [("nightly/router-1", 403), ("nightly/router-2", 1)]
    running, ended = read_one_job(client.get("job/nightly/job/router-1/api/json"), "nightly/router-1", "").builds
    assert (running.number, running.building, running.branch, running.revision) == (402, True, "main", "c2")
    assert (ended.result, ended.building) == ("UNSTABLE", False)
    assert ended.tests is not None
    assert (ended.tests.total, ended.tests.failed, ended.tests.skipped, ended.tests.source) == (8, 2, 1, "robot")
    assert "pretend" in ended.causes[0]
    with pytest.raises(NotThere):
        client.get("job/nobody/api/json")


def test_a_builds_page_says_what_it_is(jenkins: DemoJenkins, client: JenkinsClient) -> None:
    assert b"pretend Jenkins" in client.get(f"{address('a/<b>')}7/")
    assert b"<b>" not in client.get(f"{address('a/<b>')}7/")


def test_starts_and_stops_reach_the_rig(jenkins: DemoJenkins, client: JenkinsClient) -> None:
    builds = Builds("nightly/router-1")
    jenkins.add([builds])
    queued = client.start("nightly/router-1", None)
    with urllib.request.urlopen(queued, timeout=30) as page:
        assert b"pretend Jenkins" in page.read()
    assert builds.wanted
    builds.begin(401, "main", "c1")
    assert not builds.wanted
    client.stop("nightly/router-1", 400)
    assert not builds.unwanted
    client.stop("nightly/router-1", 401)
    assert builds.unwanted


def test_a_page_in_a_browser_starts_nothing(jenkins: DemoJenkins) -> None:
    builds = Builds("nightly/router-1")
    jenkins.add([builds])
    request = urllib.request.Request(
        f"{jenkins.url}job/nightly/job/router-1/build", b"", {"Origin": "http://evil.example"}, method="POST"
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    caught.value.close()
    assert not builds.wanted


def test_a_run_that_was_cut_off_has_no_totals(tmp_path: Path) -> None:
    assert totals(tmp_path / "nothing.xml") is None
    (tmp_path / "half.xml").write_text("<robot><suite>")
    assert totals(tmp_path / "half.xml") is None
