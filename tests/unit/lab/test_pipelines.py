"""The first website's file works as it is, and is written in today's shape without a loss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.lab import JenkinsServer, JobPattern
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.seen import SeenFiles

OLD = {
    "setup": "VM1 - Smoke Tests",
    "hostname": "vm1.lab",
    "setup_id": 1,
    "job_name": "smoke",
    "ip": "10.0.0.5",
    "URL": "http://jenkins.lab.example/job/smoke/",
    "comment": "",
}


def read(folder: Path, *entries: dict[str, Any], **more: Any) -> Reading:
    path = folder / "setups_config.json"
    path.write_text(json.dumps({**more, "pipelines": entries}, indent=1), encoding="utf-8")
    return read_lab(path, {}, SeenFiles())


def warned(reading: Reading) -> list[str]:
    return [f"{fault.line}: {fault.place}: {fault.text}" for fault in reading.warnings]


def test_an_entry_is_a_setup(tmp_path: Path) -> None:
    reading = read(tmp_path, OLD)
    (setup,) = reading.lab.setups
    assert (setup.name, setup.hosts, setup.addresses) == ("VM1 - Smoke Tests", ("vm1.lab",), ("10.0.0.5",))
    assert setup.links == (("Jenkins", "http://jenkins.lab.example/job/smoke/"),)
    assert reading.lab.setup_of("other", ["10.0.0.5"]) == "VM1 - Smoke Tests"
    assert warned(reading) == []


def test_its_jenkins_is_in_its_url(tmp_path: Path) -> None:
    lab = read(tmp_path, OLD).lab
    assert lab.jenkins == (JenkinsServer("jenkins.lab.example", "http://jenkins.lab.example/"),)
    assert lab.setups[0].jobs == (JobPattern("jenkins.lab.example", "smoke"),)


URLS = [
    ("http://j/job/smoke", "smoke", "http://j/", "smoke"),
    ("http://j/job/smoke/lastBuild/", "smoke", "http://j/", "smoke"),
    ("http://j/job/smoke/12/console?x=y#z", "smoke", "http://j/", "smoke"),
    ("https://j:8443/ci/job/team/job/smoke/", "smoke", "https://j:8443/ci/", "team/smoke"),
    ("http://j/view/all/view/x/job/smoke/", "smoke", "http://j/", "smoke"),
    ("http://j/job/team/view/all/job/smoke/", "smoke", "http://j/", "team/smoke"),
    ("http://j/user/me/my-views/view/all/job/smoke/", "smoke", "http://j/", "smoke"),
    ("http://j/job/Smoke%20Tests/", "Smoke Tests", "http://j/", "Smoke Tests"),
    ("http://j/job/multi/job/feature%252Fx/", "feature%2Fx", "http://j/", "multi/feature%2Fx"),
    ("http://j/job/overview/", "smoke", "http://j/", "smoke"),
]


@pytest.mark.parametrize(("url", "job_name", "server", "job"), URLS, ids=[url for url, *_ in URLS])
def test_what_an_url_says(tmp_path: Path, url: str, job_name: str, server: str, job: str) -> None:
    lab = read(tmp_path, {**OLD, "URL": url, "job_name": job_name}).lab
    assert [one.url for one in lab.jenkins] == [server]
    assert [one.path for one in lab.setups[0].jobs] == [job]


def test_an_url_without_a_job_is_a_link(tmp_path: Path) -> None:
    reading = read(tmp_path, {**OLD, "URL": "http://wiki/vm1"})
    assert reading.lab.jenkins == ()
    assert reading.lab.setups[0].jobs == ()
    assert reading.lab.setups[0].links == (("Jenkins", "http://wiki/vm1"),)
    assert warned(reading) == ['7: pipelines[0].job_name: are not looked up: there is no "jenkins" to look them up in.']


def test_several_servers_have_several_names(tmp_path: Path) -> None:
    urls = ["http://j/job/a", "http://k:8080/ci/job/a", "https://j/job/a", "http://j/job/a"]
    entries = [{**OLD, "setup": f"s{number}", "URL": url, "job_name": "a"} for number, url in enumerate(urls)]
    lab = read(tmp_path, *entries).lab
    assert [(server.name, server.url) for server in lab.jenkins] == [
        ("j", "http://j/"),
        ("k-8080-ci", "http://k:8080/ci/"),
        ("j-2", "https://j/"),
    ]
    assert [setup.jobs[0].jenkins for setup in lab.setups] == ["j", "k-8080-ci", "j-2", "j"]


def test_a_configured_server_is_the_one(tmp_path: Path) -> None:
    servers = [{"name": "main", "url": "http://main/"}, {"name": "other", "url": "http://other"}]
    urls = ["http://other/job/a", "http://nobody/job/a", "http://wiki/"]
    entries = [{**OLD, "setup": f"s{number}", "URL": url, "job_name": "a"} for number, url in enumerate(urls)]
    lab = read(tmp_path, *entries, jenkins=servers).lab
    assert [server.name for server in lab.jenkins] == ["main", "other"]
    assert [setup.jobs for setup in lab.setups] == [
        (JobPattern("other", "a"),),
        (JobPattern("main", "a"),),
        (JobPattern("main", "a"),),
    ]


@pytest.mark.parametrize("empty", ["", None, "missing"])
def test_empty_members_are_none(tmp_path: Path, empty: str | None) -> None:
    names = ("hostname", "ip", "job_name", "URL", "comment")
    entry = {"setup": "a", "setup_id": 7} if empty == "missing" else {"setup": "a", **dict.fromkeys(names, empty)}
    (setup,) = read(tmp_path, entry).lab.setups
    assert (setup.hosts, setup.addresses, setup.jobs, setup.links) == ((), (), (), ())


def test_what_nobody_reads_is_said(tmp_path: Path) -> None:
    assert warned(read(tmp_path, {**OLD, "hostnme": "x", "zz": 1})) == [
        '11: pipelines[0].hostnme: is not used. Did you mean "hostname"?',
        "12: pipelines[0].zz: is not used.",
    ]


@pytest.mark.parametrize("more", [{}, {"jenkins": [{"name": "main", "url": "http://j"}], "wall": {"jobs": ["x"]}}])
def test_written_in_todays_shape_it_says_the_same(tmp_path: Path, more: dict[str, Any]) -> None:
    entries = [
        {**OLD, "setup": f"s{number}", "URL": url, "job_name": job} for number, (url, job, _, _) in enumerate(URLS)
    ]
    reading = read(tmp_path, {**OLD, "comment": "ours"}, *entries, {"setup": "Bö"}, **more)
    assert reading.modern is not None
    path = tmp_path / "modern.json"
    path.write_text(reading.modern, encoding="utf-8")
    modern = read_lab(path, {}, SeenFiles())
    assert modern.lab == reading.lab
    assert modern.modern is None
    assert '"comment": "ours"' in reading.modern
    assert "pipelines" not in reading.modern
