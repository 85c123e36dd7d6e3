"""Projects whose branches are built, as the configuration has them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.projects import Project, Remote, Repository, RunCommand, StatusHost, Step
from livewall_dashboard.lab.seen import SeenFiles

SHOP: dict[str, Any] = {
    "name": "shop",
    "repositories": [
        {"name": "server", "url": "/srv/git/server.git", "main": "main"},
        {"name": "client", "url": "/srv/git/client.git"},
    ],
    "sticky": ["main", "stable-*"],
    "gather": 60,
    "fetch_every": 20,
    "steps": [
        {"name": "build", "command": "make -C server"},
        {"name": "test", "command": "make -C server check && client/run-tests", "timeout": 1800},
    ],
    "run": {"command": "python3 -m http.server $PORT", "health": "/", "number": 100},
}


def read(folder: Path, *projects: Any, **environment: str) -> Reading:
    file = folder / "setups_config.json"
    file.write_text(json.dumps({"setups": [], "projects": list(projects)}, indent=1))
    return read_lab(file, environment, SeenFiles())


def faults(folder: Path, *projects: Any) -> list[str]:
    with pytest.raises(BadConfiguration) as raised:
        read(folder, *projects)
    return [f"{fault.line}: {fault.place}: {fault.text}" for fault in raised.value.faults]


def test_a_project_is_read_with_what_it_does_not_say(tmp_path: Path) -> None:
    reading = read(tmp_path, SHOP)
    assert reading.warnings == ()
    (project,) = reading.lab.projects
    assert project == Project(
        name="shop",
        repositories=(
            Repository("server", (Remote("origin", "/srv/git/server.git"),), "main"),
            Repository("client", (Remote("origin", "/srv/git/client.git"),)),
        ),
        steps=(
            Step("build", "make -C server", 3600.0),
            Step("test", "make -C server check && client/run-tests", 1800.0),
        ),
        sticky=("main", "stable-*"),
        max_age=timedelta(days=30),
        queue="local",
        run=RunCommand("python3 -m http.server $PORT", "/", 100),
    )


def test_what_is_left_running_has_its_times(tmp_path: Path) -> None:
    run = {"command": "serve", "cleanup": "dropdb", "timeout": 5, "asleep_days": 0.5}
    (project,) = read(tmp_path, {**SHOP, "run": run}).lab.projects
    assert project.run == RunCommand("serve", "/", 16, "dropdb", 5.0, timedelta(hours=12))


def test_a_file_may_have_projects_alone(tmp_path: Path) -> None:
    file = tmp_path / "setups_config.json"
    file.write_text(json.dumps({"projects": [SHOP]}))
    assert len(read_lab(file, {}, SeenFiles()).lab.projects) == 1


def test_a_password_from_the_environment_is_not_to_be_seen(tmp_path: Path) -> None:
    secret = {**SHOP, "repositories": [{"name": "server", "url": "https://ci:${PASSWORD}@host/server.git"}]}
    reading = read(tmp_path, secret, PASSWORD="hush-hush")
    assert reading.lab.projects[0].repositories[0].remotes[0].url == "https://ci:hush-hush@host/server.git"
    assert "hush-hush" not in repr(reading)
    plain = {**SHOP, "repositories": [{"name": "server", "url": "https://ci:hush-hush@host/server.git"}]}
    (warning,) = read(tmp_path, plain).warnings
    assert "stands here in plain" in str(warning)
    assert "hush-hush" not in str(warning)


@pytest.mark.parametrize(
    "url",
    ["/srv/git/a.git", "https://host/a", "http://host:8080/a", "ssh://git@host/a", "git@host:team/a.git",
     "host:a.git", "git://host/a", "file:///srv/a"],
)  # fmt: skip
def test_addresses_that_git_fetches_from(tmp_path: Path, url: str) -> None:
    project = {**SHOP, "repositories": [{"name": "server", "url": url}]}
    assert read(tmp_path, project).lab.projects[0].repositories[0].remotes[0].url == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ext::sh -c 'touch /tmp/x'", "names a program"),
        ("fd::17", "names a program"),
        ("--upload-pack=touch /tmp/x", "no address"),
        ("ssh://-oProxyCommand=x/a", "no host"),
        ("ftp://host/a", "must be an address of https"),
        ("server.git", "must be a path that begins with /"),
        ("https:///a", "no host"),
        ("https://[x/a", "no address"),
    ],
)
def test_addresses_that_are_none(tmp_path: Path, url: str, reason: str) -> None:
    (fault,) = faults(tmp_path, {**SHOP, "repositories": [{"name": "server", "url": url}]})
    assert "projects[0].repositories[0].url" in fault
    assert reason in fault
    assert "touch" not in fault


def test_what_no_schema_can_tell_is_said_with_its_place(tmp_path: Path) -> None:
    odd = {
        **SHOP,
        "repositories": [
            {"name": "a-b", "url": "/a"},
            {"name": "a.b", "url": "/b"},
            {"name": "artifacts", "url": "/c"},
        ],
        "bundle": "(a)(b)",
        "max_age_days": True,
        "queue": "linux",
        "steps": [{"name": "one", "command": "x", "queue": "mac"}, {"name": "one", "command": "y"}],
        "run": {"command": "x", "health": "health"},
    }
    told = faults(tmp_path, odd, SHOP)
    for place, text in [
        ("projects[0].repositories[1].name", "COMMIT_a_b"),
        ("projects[0].repositories[2].name", "is taken"),
        ("projects[0].bundle", "must have one group"),
        ("projects[0].max_age_days", "a number of days, or false"),
        ("projects[0].steps[0].queue", "one agent"),
        ("projects[0].steps[1].name", "names of their own"),
        ("projects[0].run.health", "must be a path"),
        ("projects[1].name", '"shop" is on line'),
    ]:
        assert any(place in line and text in line for line in told), (place, told)
    assert len(told) == 8


def test_what_the_schema_tells_is_said_for_people(tmp_path: Path) -> None:
    told = faults(tmp_path, {"name": "a b", "repositories": [], "steps": [{"name": "x"}], "stickyy": ["main"]})
    assert any("letters, digits, dots, dashes" in line for line in told)
    assert any("repositories: is empty." in line for line in told)
    assert any('"command" is missing' in line for line in told)
    assert any('Did you mean "sticky"?' in line for line in told)


def told(**status: Any) -> dict[str, Any]:
    """The shop, whose server's host is told."""
    return {**SHOP, "repositories": [{**SHOP["repositories"][0], "status": status}]}


def with_url(folder: Path, project: dict[str, Any], url: str = "https://wall.example/") -> Reading:
    file = folder / "setups_config.json"
    file.write_text(json.dumps({"wall": {"url": url}, "projects": [project]}, indent=1))
    return read_lab(file, {"TOKEN": "hush"}, SeenFiles())


def test_a_host_that_is_told(tmp_path: Path) -> None:
    project = told(kind="github", url="https://api.github.com/repos/acme/server/", token="${TOKEN}")
    lab = with_url(tmp_path, project).lab
    assert lab.url == "https://wall.example"
    assert lab.projects[0].repositories[0].status == StatusHost(
        "github", "https://api.github.com/repos/acme/server", "hush"
    )
    assert "hush" not in repr(lab)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({"kind": "github", "url": "https://h/", "token": "ghp_secret"}, "must not stand here"),
        ({"kind": "svn", "url": "https://h/", "token": "${TOKEN}"}, 'must be one of "github"'),
        ({"kind": "github", "url": "ftp://h/", "token": "${TOKEN}"}, "http:// or https://"),
        ({"kind": "github", "url": "https://h/", "token": "${NONE}"}, "environment variable NONE"),
        ({"kind": "gerrit", "url": "https://h/", "token": "${TOKEN}"}, "user:password"),
        ({"kind": "github", "url": "https://h/"}, '"token" is missing'),
    ],
)
def test_what_is_wrong_with_a_host_that_is_told(tmp_path: Path, status: dict[str, str], said: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        with_url(tmp_path, told(**status))
    texts = " ".join(fault.text for fault in raised.value.faults)
    assert said in texts and "ghp_secret" not in texts


def test_a_host_is_told_of_pages_that_have_an_address(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush\n")
    (fault,) = faults(tmp_path, told(kind="github", url="https://h/", token="${file:token}"))
    assert 'needs "wall": {"url"' in fault


@pytest.mark.parametrize(
    ("wall", "said"),
    [
        ({"instances": "instances.example"}, 'needs "url"'),
        ({"url": "https://wall.example", "instances": "wall.example"}, "another name than the wall's"),
        ({"url": "https://wall.lab.example", "instances": "lab.example:8443"}, "another name than the wall's"),
        ({"url": "https://wall.example", "instances": "https://instances.example"}, "must be the name of a host"),
        ({"url": "https://wall.example", "instances": "a_b.example"}, "must be the name of a host"),
        ({"instance_networks": ["10.0.0.0/8", "lab"]}, "is no network"),
    ],
)
def test_what_is_wrong_with_the_way_to_instances(tmp_path: Path, wall: dict[str, Any], said: str) -> None:
    file = tmp_path / "setups_config.json"
    file.write_text(json.dumps({"wall": wall, "projects": [SHOP]}))
    with pytest.raises(BadConfiguration) as raised:
        read_lab(file, {}, SeenFiles())
    assert said in " ".join(fault.text for fault in raised.value.faults)


def test_the_way_to_instances(tmp_path: Path) -> None:
    file = tmp_path / "setups_config.json"
    wall = {"url": "https://wall.example", "instances": "Instances.Example:8443", "instance_networks": ["10.1.2.3/16"]}
    file.write_text(json.dumps({"wall": wall, "projects": [SHOP]}))
    found = read_lab(file, {}, SeenFiles()).lab.instances
    assert (found.domain, [str(each) for each in found.networks]) == ("instances.example:8443", ["10.1.0.0/16"])
