"""What belongs together, what became of branches, what a build comes to, and what nobody may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest

from livewall_dashboard.branches.build_run import key_of
from livewall_dashboard.branches.bundles import Head, bundles_of
from livewall_dashboard.branches.mirror import Branch
from livewall_dashboard.branches.ref_changes import Known, ref_changes
from livewall_dashboard.branches.step_output import StepState
from livewall_dashboard.branches.verdict import StepResult, verdict_of
from livewall_dashboard.history.commits.fetch_address import public_url, shown_url, without_password, without_secrets
from livewall_dashboard.lab.projects import Project, Remote, Repository, Step

NOW = datetime(2026, 3, 1, tzinfo=timezone.utc)


def project(**more: Any) -> Project:
    repositories = (
        Repository("server", (Remote("origin", "/s"), Remote("team", "/t")), "main"),
        Repository("client", (Remote("origin", "/c"),)),
    )
    return Project("shop", repositories, (Step("test", "true"),), **more)


def head(repository: str, branch: str, remote: str = "origin") -> Head:
    return Head(repository, remote, branch, f"{repository}-{remote}-{branch}", NOW)


def test_branches_of_one_name_are_a_bundle_and_so_are_the_main_ones() -> None:
    found = bundles_of(
        project(sticky=("main", "stable-*")),
        [head("server", "main"), head("client", "master"), head("server", "stable-6"), head("client", "stable-6-fix"),
         head("server", "fix", "team"), head("client", "fix"), head("server", "fix"), head("server", "x", "gone")],
    ).by_name  # fmt: skip
    assert {name: sorted(bundle.commits.values()) for name, bundle in found.items()} == {
        "main": ["client-origin-master", "server-origin-main"],
        "stable-6": ["server-origin-stable-6"],
        "stable-6-fix": ["client-origin-stable-6-fix"],
        "fix": ["client-origin-fix", "server-origin-fix"],
    }
    assert [name for name, bundle in found.items() if bundle.is_sticky] == ["main", "stable-6", "stable-6-fix"]
    assert {name: bundle.base for name, bundle in found.items()} == {
        "main": "",
        "stable-6": "main",
        "stable-6-fix": "stable-6",
        "fix": "main",
    }


def test_what_is_built_is_said_by_patterns_and_a_rule_makes_names() -> None:
    rules = project(
        only=("feature/*", "1[2]"), never=("*-wip",), bundle=re.compile(r"(?:ann|bob)/(.+)"), sticky=("main",)
    )
    names = ["main", "ann/feature/a", "bob/feature/b-wip", "12", "1[2]", "feature/c"]
    found = bundles_of(rules, [head("server", name) for name in names]).by_name
    assert set(found) == {"main", "feature/a", "1[2]", "feature/c"}


def test_names_that_look_alike_are_two() -> None:
    names = ["a/b", "a-b", "a.b", "$(id)", "it's", '"', "-x", "ä", "a\u0308", "x" * 255]
    assert set(bundles_of(project(), [head("server", name) for name in names]).by_name) == set(names)


def test_what_became_of_branches() -> None:
    known = [
        Known(1, "main", "a", True), Known(2, "moved", "b", True), Known(3, "forced", "c", True),
        Known(4, "gone", "d", True), Known(5, "old-name", "e", True), Known(6, "back", "f", False),
    ]  # fmt: skip
    seen = [Branch("main", "a"), Branch("moved", "b2"), Branch("forced", "c2"), Branch("new-name", "e"),
            Branch("back", "f"), Branch("new", "g")]  # fmt: skip
    changes = ref_changes(known, seen, lambda commit, head: head == f"{commit}2" and commit == "b")
    assert {(each.branch.name if each.branch else each.known and each.known.name, each.kind) for each in changes} == {
        ("gone", "deleted"), ("old-name", "deleted"), ("new-name", "renamed"), ("moved", "moved"), ("forced", "forced"),
        ("back", "new"), ("new", "new"),
    }  # fmt: skip
    assert next(each.former for each in changes if each.kind == "renamed") == "old-name"


@pytest.mark.parametrize(
    ("url", "shown", "plain"),
    [
        ("https://ci:hush%21@host:8443/a.git", "https://***@host:8443/a.git", "https://host:8443/a.git"),
        ("https://ci@host/a.git", "https://***@host/a.git", "https://host/a.git"),
        ("ssh://git:hush%21@host/a.git", "ssh://git:***@host/a.git", "ssh://git@host/a.git"),
        ("ssh://git@host/a.git", "ssh://git@host/a.git", "ssh://git@host/a.git"),
        ("git@host:a.git", "git@host:a.git", "git@host:a.git"),
        ("/srv/a:b@c.git", "/srv/a:b@c.git", "/srv/a:b@c.git"),
    ],
)
def test_passwords_are_not_shown_and_stand_on_no_command_line(url: str, shown: str, plain: str) -> None:
    assert shown_url(url) == shown
    assert without_password(url)[0] == plain
    said = without_secrets(f"fatal: Authentication failed for {url} (hush!)", url)
    assert "hush%21" not in said
    assert ("hush!" in said) == ("hush" not in url)


@pytest.mark.parametrize("user", ["ghp_hush", "ghp_hush:x-oauth-basic", "ghp_hush:"])
def test_token_in_place_of_a_users_name_is_nobodys_to_see(user: str) -> None:
    url = f"https://{user}@host/a.git"
    assert public_url(url) == "https://host/a.git"
    said = without_secrets(f"fatal: could not read Password for 'https://{user.partition(':')[0]}@host': {url}", url)
    assert "hush" not in shown_url(url) + said


@dataclass
class Findings:
    first_error: Any = None
    errors: int = 0
    warnings: int = 0
    diagnostics: list[Any] = field(default_factory=list)
    tests: list[Any] = field(default_factory=list)
    lines: int = 0


def result(status: str, *, code: int | None = None, took: float = 1.0, **found: Any) -> StepResult:
    ended = None if status in ("waiting", "running") else took
    return StepResult(1, "test", 10.0, StepState(status, code, 0.0, ended), Findings(**found))


@pytest.mark.parametrize(
    ("step", "more", "expected"),
    [
        (result("ok", code=0), {}, ("ok", "")),
        (result("ok", code=0, warnings=2), {}, ("warnings", "")),
        (result("failed", code=2), {}, ("failed", "test failed with exit code 2")),
        (result("failed", code=124, took=10.1), {}, ("failed", "test timed out after 10 s")),
        (result("failed", code=124, took=1), {}, ("failed", "test failed with exit code 124")),
        (result("running"), {"end_reason": "the disk was full"}, ("failed", "test was ended: the disk was full")),
        (result("waiting"), {}, ("failed", "test was not run: the job ended before")),
        (result("ok", code=0, tests=[("a", "PASS", ""), ("b", "XPASS", "")]), {}, ("failed", "1 test failed")),
        (result("ok", code=0), {"failed_runs": {"run": 3}}, ("failed", "3 tests failed")),
        (
            result("ok", code=0),
            {"is_cut": True},
            ("warnings", "its log is cut off: what it said after that is not known"),
        ),
        (result("failed", code=2), {"is_cut": True}, ("failed", "test failed with exit code 2")),
        (result("ok", code=0), {"trouble": "git is not installed"}, ("failed", "git is not installed")),
    ],
)
def test_what_a_build_comes_to(step: StepResult, more: dict[str, Any], expected: tuple[str, str]) -> None:
    found = verdict_of([step], **{"trouble": "", "end_reason": "", "failed_runs": {}, **more})
    assert (found.result, found.reason) == expected


def test_the_key_of_a_builds_run_is_always_the_same_and_known_to_nobody_beforehand() -> None:
    job, other = UUID(int=1), UUID(int=2)
    assert key_of(12, job) == key_of(12, job) != key_of(12, other)
    assert key_of(12, job).startswith("branch-build-12-")
    assert str(job)[:8] not in key_of(12, job)
