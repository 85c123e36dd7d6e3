"""A deployment brings the new release into service, or leaves the old one running, and says which."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from support.deployment import (
    BUSY,
    FOR_A_PERSON,
    ROLLED_BACK,
    ROOT,
    SCRIPT,
    UNTOUCHED,
    USAGE,
    WITH_WHAT_IT_NEEDS,
    Deployment,
    fails_at_import,
    is_unwell,
    migrates,
    replace,
    write,
)
from support.waiting import wait_for

IMPATIENT = ("--within", "8")
"""Enough for a release that will never be well: going back takes the time it needs."""


def test_the_script_is_clean_by_shellcheck() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    scripts = [SCRIPT, *sorted((SCRIPT.parent / "deploy").glob("*.sh"))]
    done = subprocess.run([program, "-x", *scripts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert len(scripts) > 3


def test_the_first_deployment_and_the_next_and_the_same_again(server: Deployment) -> None:
    first = server.commit('The "first" one: 100 % größer')
    said = server.deploy(*WITH_WHAT_IT_NEEDS)
    assert server.runs(first)
    assert "no good release before" in server.deploy("rollback", expect=UNTOUCHED)
    release = server.current
    assert release["subject"] == 'The "first" one: 100 % größer'
    assert (release["branch"], release["version"]) == ("main", "0.1.0")
    assert server.health()["release"] == {
        name: release[name] for name in ("commit", "subject", "branch", "deployed_at")
    }
    assert "from listener to screen" in said

    second = server.commit("The second one")
    server.deploy("--ref", second)
    assert server.runs(second)
    assert server.current["branch"] == "main"

    starts = (server.service / "starts").read_text()
    before = server.releases
    assert "nothing to do" in server.deploy()
    assert (server.releases, (server.service / "starts").read_text()) == (before, starts)
    server.deploy("--force")
    assert server.runs(second)
    assert len(server.releases) == 3
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]+: .+", line) for line in server.log.splitlines())


def test_a_release_that_cannot_work_is_never_current(deployed: Deployment) -> None:
    good = deployed.current["commit"]
    starts = (deployed.service / "starts").read_text()
    bad = {
        "fails at import": (fails_at_import(), "no_such_module"),
        "a bad migration": (migrates("INSERT INTO setup (name) VALUES ('x'), ('x');"), "duplicate"),
        "no way back": (migrates("-- breaking: all is gone\nDROP TABLE artifact;"), "no way back"),
        "no package": (replace("pyproject.toml", '"urllib3>=2.2,<3",', '"urllib3>=2.2,<3", "no-such-package",'), "pip"),
        "does not build": (write("pyproject.toml", "[project"), "pip"),
    }  # fmt: skip
    for subject, (edit, reason) in bad.items():
        deployed.commit(subject, edit)
        said = deployed.deploy(*(WITH_WHAT_IT_NEEDS if subject == "no package" else ()), expect=UNTOUCHED)
        assert reason in said, said
        assert deployed.runs(good)
        deployed.back(good, f"after {subject}")
    assert (deployed.service / "starts").read_text() == starts, "the service was never touched"
    assert [
        name for name in deployed.releases if not (deployed.root / "releases" / name / "RELEASE.json").exists()
    ] == []


def test_one_that_turns_out_bad_is_rolled_back_and_not_tried_again(deployed: Deployment) -> None:
    good = deployed.current["commit"]
    bad = deployed.commit("Unwell", is_unwell(), migrates("ALTER TABLE setup ADD COLUMN rack text;"))
    said = deployed.deploy(*IMPATIENT, expect=ROLLED_BACK)
    assert "Always unwell" in said
    assert deployed.runs(good), "the old program runs on the migrated database"
    assert _columns_of_setup(deployed) & {"rack"}
    assert "newer livewall (9000." in deployed.service_log

    said = deployed.deploy(expect=UNTOUCHED)
    assert "failed before" in said and "--force" in said
    assert deployed.runs(good)
    assert "Always unwell" in deployed.deploy("list")
    assert bad[:10] in deployed.log


@pytest.mark.soak
def test_back_by_hand(deployed: Deployment) -> None:
    first = deployed.current
    second = deployed.commit("The second one")
    deployed.deploy()
    deployed.deploy("rollback")
    assert deployed.runs(first["commit"])
    assert "rolled back by hand" in deployed.deploy("list")
    assert "failed before" in deployed.deploy(expect=UNTOUCHED), "a poll does not bring it back"
    assert "no release nowhere" in deployed.deploy("rollback", "nowhere", expect=UNTOUCHED)
    name = next(name for name in deployed.releases if name.endswith(second[:10]))
    deployed.deploy("rollback", name)
    assert deployed.runs(second)
    assert re.search(rf"current +{name}", deployed.deploy("status"))


@pytest.mark.soak
def test_a_first_release_that_does_not_work_needs_a_person(server: Deployment) -> None:
    empty = server.commit("Not deployed")
    server.commit("Unwell", is_unwell())
    assert "needs a person" in server.deploy(*IMPATIENT, expect=FOR_A_PERSON)
    server.back(empty, "Mended")
    server.deploy()
    assert server.runs(server.current["commit"])


def test_step_by_step_as_a_pipeline_does(deployed: Deployment) -> None:
    commit = deployed.commit("By steps")
    assert "no branch, tag or commit" in deployed.deploy("check", "--ref", commit, expect=UNTOUCHED)
    deployed.deploy("prepare", "--ref", commit, "--branch", "origin/main")
    for step in ("check", "rehearse"):
        deployed.deploy(step, "--ref", commit)
        assert deployed.current["commit"] != commit
    deployed.deploy("switch", "--ref", commit)
    assert deployed.current["commit"] == commit
    deployed.deploy("verify")
    assert deployed.runs(commit)
    assert deployed.current["branch"] == "main"
    bad = deployed.commit("Unwell by steps", is_unwell())
    deployed.deploy("prepare", "--ref", bad)
    deployed.deploy("switch", "--ref", bad)
    deployed.deploy("verify", *IMPATIENT, expect=ROLLED_BACK)
    assert deployed.runs(commit)
    deployed.deploy("verify"), "and when a pipeline ends by asking once more, all is well"


def test_what_is_in_the_way_is_said_and_nothing_changes(deployed: Deployment, tmp_path: Path) -> None:
    good = deployed.current["commit"]
    deployed.commit("Next")
    before = [*deployed.releases]
    bad_environment = tmp_path / "bad.env"
    bad_environment.write_text(f"LIVEWALL_DATABASE_URL={deployed.database_url}\nLIVEWALL_CONFIG=/nowhere.json\n")
    for words, reason in (
        (("--repo", str(tmp_path / "nowhere")), "cannot be reached"),
        (("--ref", "no-such-branch"), "no branch, tag or commit"),
        (("--least-space", "99999999"), "MB are needed"),
        (("--python", "/bin/false"), "no environment"),
        (("--env-file", str(bad_environment)), "does not take the configuration"),
    ):
        said = deployed.deploy(*words, expect=UNTOUCHED)
        assert reason in said, said
        assert deployed.releases[: len(before)] == before
        assert deployed.runs(good)
    for words in (("--keep", "many"), ("--no-such-option", "1"), ("destroy",), ("--ref",), ("--env-file", "/nowhere")):
        said = deployed.deploy(*words, expect=USAGE)
        assert "deploy.sh --help" in said
    assert deployed.runs(good)


@pytest.mark.soak
def test_a_disk_that_fills_up_while_building_leaves_the_old_one(deployed: Deployment) -> None:
    good = deployed.current["commit"]
    deployed.commit("Large", write("docs/demo/large.txt", "x" * 3_000_000))
    before = deployed.releases
    full = ["bash", "-c", 'ulimit -f 1024; exec "$@"', "bash", *deployed.command()]
    done = subprocess.run(full, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == UNTOUCHED, done.stdout
    assert deployed.releases == before
    assert deployed.runs(good)
    deployed.deploy()


def test_two_at_once_exclude_each_other(deployed: Deployment, tmp_path: Path) -> None:
    commit = deployed.commit("Wanted by two")
    hook = _holding_hook(tmp_path, "build")
    first = deployed.start("--hook", str(hook))
    wait_for((tmp_path / "held").exists, what="the first to be at work")
    said = deployed.deploy("--wait", "0", expect=BUSY)
    assert f"process {first.pid}" in said
    assert f"process {first.pid}" in deployed.deploy("status")
    with deployed.start() as second:
        assert second.stdout is not None
        assert "waiting for" in second.stdout.readline()
        (tmp_path / "go").touch()
        assert first.communicate(timeout=120) and first.returncode == 0
        assert "nothing to do" in second.communicate(timeout=120)[0]
    assert deployed.runs(commit)
    assert [name.endswith(commit[:10]) for name in deployed.releases].count(True) == 1, "built once"


@pytest.mark.soak
def test_old_releases_go_but_never_the_good_ones(deployed: Deployment) -> None:
    good = deployed.current["commit"]
    idle = []
    for number in range(3):
        idle.append(deployed.commit(f"Not deployed {number}"))
        deployed.deploy("prepare")
    commit = deployed.commit("Deployed")
    deployed.deploy("--keep", "1")
    kept = {name.partition("-")[2] for name in deployed.releases}
    assert kept == {one[:10] for one in (good, commit, *idle[1:])}, "the current one, the one before it, two others"
    deployed.deploy("rollback")
    assert deployed.runs(good)


def _holding_hook(folder: Path, step: str) -> Path:
    """A hook that holds the deployment at a step until there is a file `go`."""
    hook = folder / "hook"
    hook.write_text(
        f'#!/bin/sh\n[ "$1" = {step} ] || exit 0\ntouch {folder}/held\nuntil [ -e {folder}/go ]; do sleep 0.05; done\n'
    )
    hook.chmod(0o755)
    return hook


def _columns_of_setup(server: Deployment) -> set[str]:
    with psycopg.connect(server.database_url) as connection:
        query = "SELECT attname FROM pg_attribute WHERE attrelid = 'setup'::regclass AND attnum > 0"
        return {name for (name,) in connection.execute(query).fetchall()}
