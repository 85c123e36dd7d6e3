"""What CI servers put into the environment."""

from __future__ import annotations

import pytest

from livewall_listener.build import Origin, read
from livewall_listener.wire import Build

JENKINS = {
    "BUILD_URL": "https://ci/job/smoke/7/",
    "JOB_NAME": "folder/smoke",
    "BUILD_NUMBER": "7",
    "GIT_COMMIT": "abc123",
    "GIT_BRANCH": "origin/feature/x",
    "GIT_URL": "https://robot:secret@git.example.com/product.git",
}


def test_jenkins() -> None:
    assert read(JENKINS) == Origin(
        Build("jenkins", "https://ci/job/smoke/7/", "folder/smoke", "7"),
        "abc123",
        "feature/x",
        "https://git.example.com/product.git",
    )


def test_a_multibranch_job_knows_its_branch_best() -> None:
    assert read({**JENKINS, "BRANCH_NAME": "PR-12"}).branch == "PR-12"


def test_gitlab() -> None:
    environment = {
        "GITLAB_CI": "true",
        "CI_JOB_URL": "https://gitlab/g/p/-/jobs/9",
        "CI_JOB_ID": "9",
        "CI_JOB_NAME": "robot",
        "CI_PROJECT_PATH": "g/p",
        "CI_PROJECT_URL": "https://gitlab/g/p",
        "CI_COMMIT_SHA": "abc123",
        "CI_COMMIT_REF_NAME": "main",
    }
    assert read(environment) == Origin(
        Build("gitlab", "https://gitlab/g/p/-/jobs/9", "g/p/robot", "9"), "abc123", "main", "https://gitlab/g/p"
    )


@pytest.mark.parametrize(("attempt", "end"), [("1", ""), ("2", "/attempts/2")])
def test_github(attempt: str, end: str) -> None:
    environment = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "o/r",
        "GITHUB_RUN_ID": "99",
        "GITHUB_RUN_NUMBER": "5",
        "GITHUB_RUN_ATTEMPT": attempt,
        "GITHUB_WORKFLOW": "robot",
        "GITHUB_SHA": "abc123",
        "GITHUB_REF_NAME": "12/merge",
        "GITHUB_HEAD_REF": "feature",
    }
    assert read(environment) == Origin(
        Build("github", f"https://github.com/o/r/actions/runs/99{end}", "o/r/robot", "5"),
        "abc123",
        "feature",
        "https://github.com/o/r",
    )


def test_no_ci_at_all() -> None:
    assert read({"HOME": "/home/x", "BUILD_NUMBER": "7"}) == Origin()


@pytest.mark.parametrize(
    "environment",
    [
        {"BUILD_URL": "http://me:pa@ss@ci/job/x/1/", "GIT_URL": "https://me:pa@ss@git/x"},
        {"GITLAB_CI": "1", "CI_JOB_URL": "http://me:pa@ss@ci/9", "CI_PROJECT_URL": "http://me:pa@ss@ci"},
        {"GITLAB_CI": "1", "CI_PIPELINE_URL": "http://me:pa@ss@ci/9"},
        {"GITHUB_ACTIONS": "1", "GITHUB_SERVER_URL": "http://me:pa@ss@ci", "GITHUB_RUN_ID": "9"},
    ],
)
def test_no_password_of_a_url_is_reported(environment: dict[str, str]) -> None:
    origin = read(environment)
    assert origin.build and "//ci/" in origin.build.url
    assert "ss@" not in repr(origin)
