"""Which run belongs to which build."""

from __future__ import annotations

import pytest

from livewall_dashboard.jenkins.joining import addresses, key_of

URL = "https://jenkins.lab.example/ci/job/team/job/smoke%20tests/7/"


def joined(build_url: str, node_url: str, server: str = "http://10.0.0.5:8080/ci/") -> bool:
    return node_url in addresses(build_url, server, "team/smoke tests", 7)


@pytest.mark.parametrize(
    "node_url",
    [
        URL,
        URL.rstrip("/"),
        URL.replace("https", "http"),
        "http://10.0.0.5:8080/ci/job/team/job/smoke%20tests/7/",
    ],
)
def test_the_same_build_by_the_names_jenkins_has(node_url: str) -> None:
    assert joined(URL, node_url)
    assert key_of(node_url) in {
        key_of(url) for url in addresses(URL, "http://10.0.0.5:8080/ci/", "team/smoke tests", 7)
    }


def test_hosts_are_written_in_lower_case() -> None:
    assert joined(URL.replace("jenkins.lab", "JENKINS.Lab"), URL)


@pytest.mark.parametrize(
    "node_url",
    [
        URL.replace("/7/", "/8/"),
        URL.replace("smoke", "other"),
        URL.replace("jenkins.lab.example", "other.lab.example"),
        URL.replace("/ci/", "/"),
        "",
    ],
)
def test_another_build_is_another_build(node_url: str) -> None:
    """Two servers may have a job of the same name, so the path alone does not tell."""
    assert not joined(URL, node_url)


def test_without_an_address_of_jenkins_ours_counts() -> None:
    assert joined("", "http://10.0.0.5:8080/ci/job/team/job/smoke%20tests/7/")


@pytest.mark.parametrize("odd", ["", "http://[", "no address", "//"])
def test_odd_addresses_have_a_key(odd: str) -> None:
    assert isinstance(key_of(odd), str)
