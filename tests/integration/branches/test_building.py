"""The job of a build as an agent gets it: its script is run by bash on what is attached, and its robots may report."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.artifacts.gzip_files import unpacked
from livewall_dashboard.artifacts.model import Owner
from livewall_dashboard.artifacts.store import ArtifactStore
from livewall_dashboard.branches.step_output import StepOutput
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.job_tokens import JobTokens
from livewall_dashboard.jobqueue.model import Claimant
from livewall_dashboard.lab.projects import Step
from livewall_dashboard.postgres.database import Database
from support.shop import Shop

HOSTILE = "it's;$(touch${IFS}hacked)"


SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
"""Python 3.14 wants to be told, and that of Debian 12 knows no filter."""


class Ran:
    """What the job of a build's script has printed and left, run without an agent."""

    def __init__(self, shop: Shop, number: int, folder: Path) -> None:
        build = next(each for each in shop.builds if each.number == number)
        (job,) = [each.job_id for each in shop.of_jobs.of_jobs() if each.number == number]
        self.folder = folder
        (folder / "artifacts").mkdir(parents=True)
        found = ArtifactStore(shop.database, shop.folder / "artifacts").open(Owner("job", str(job)), "attachments")
        assert found is not None
        with found[1] as file, tarfile.open(fileobj=io.BytesIO(b"".join(unpacked(file))), mode="r:gz") as packed:
            packed.extractall(folder / "attachments", **SAFELY)
        definition: dict[str, Any] = JobStore(shop.database).get(job).definition
        done = subprocess.run(
            ["bash", "-c", definition["test_data"]["test_cmds"]],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)},
            capture_output=True,
            check=False,
        )
        self.code, self.written, self.said = done.returncode, dict[int, bytes](), done.stderr.decode()
        output = StepOutput(f"build-{build.number}", self._take)
        output.feed(done.stdout)
        output.finish()
        self.states, self.trouble, self.folders = output.states, output.trouble, output.folders

    def _take(self, number: int, piece: bytes) -> None:
        self.written[number] = self.written.get(number, b"") + piece


def run(shop: Shop, *commands: str, timeout: float = 60.0, bundle: str = "main") -> Ran:
    shop.change(steps=tuple(Step(f"s{no}", command, timeout) for no, command in enumerate(commands, 1)))
    shop.turn()
    return Ran(shop, next(each.number for each in shop.builds if each.bundle == bundle), shop.folder / "work")


def test_commits_lie_side_by_side_and_steps_know_what_they_build(shop: Shop) -> None:
    shop.server.git("switch", "--quiet", "--create", HOSTILE)
    head = shop.server.commit("Fix")
    told = 'git -C server rev-parse HEAD; cat client/README; printf "%s|" "$BUNDLE" "$COMMIT_server" "$PORT"'
    ran = run(shop, told, "ls", bundle=HOSTILE)
    assert ran.code == 0, ran.said
    first, readme, told = ran.written[1].decode().splitlines()
    assert (first, readme) == (head, "hello")
    bundle, commit, port = told.rstrip("|").split("|")
    assert (bundle, commit) == (HOSTILE, head)
    assert 1024 < int(port) < 65536
    assert ran.written[2].split() == [b"artifacts", b"attachments", b"client", b"server"]
    assert [(state.status, state.exit_code) for state in ran.states.values()] == [("ok", 0), ("ok", 0)]
    assert (ran.folder / "artifacts" / "livewall-steps.txt").read_text().count("end") == 2


def test_folders_are_of_the_step_after_which_they_are_there(shop: Shop) -> None:
    ran = run(
        shop, "true", "mkdir artifacts/htmlcov 'artifacts/-x y'; echo > artifacts/file", "mkdir artifacts/docs; false"
    )
    assert ran.folders == {"-x y": 2, "htmlcov": 2, "docs": 3}
    assert (ran.written, ran.said) == ({}, "")


def test_the_first_step_that_fails_is_the_last_and_a_script_ends_at_what_fails(shop: Shop) -> None:
    ran = run(shop, "echo one\nfalse\necho two", "echo never")
    assert ran.code == 1
    assert ran.written[1] == b"one\n"
    assert [(no, state.status) for no, state in ran.states.items()] == [(1, "failed")]


def test_a_step_that_takes_too_long_is_ended(shop: Shop) -> None:
    ran = run(shop, "echo begun; sleep 600", timeout=4.0)  # a busy machine comes to begin it, too
    assert ran.states[1].is_timed_out(4.0)
    assert ran.written[1] == b"begun\n"


def test_links_and_submodules_are_what_git_makes_of_them(shop: Shop) -> None:
    (shop.server.folder / "link").symlink_to("/etc/passwd")
    shop.server.git("add", "link")
    shop.server.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(shop.client.folder), "sub")
    shop.server.commit("Add them")
    ran = run(shop, "test -L server/link; ls -A server/sub; git -C server submodule status")
    assert ran.code == 0, ran.said
    assert ran.written[1].startswith(b"-"), "it is known, and not fetched"


@pytest.mark.parametrize("is_ours", [True, False])
def test_robots_of_the_walls_own_jobs_may_report_for_its_setup(shop: Shop, database: Database, is_ours: bool) -> None:
    shop.turn()
    job = shop.of_jobs.of_jobs()[0].job_id
    if not is_ours:
        with database.connection() as connection:
            connection.execute("UPDATE job SET token_id = 7")
    JobStore(database).claim(Claimant(["local"], "agent"))
    text = JobTokens(database, lambda: None).give(job, "agent")
    token = TokenStore(database).find(text)
    assert token is not None
    assert token.setups == (["agent", "shop/main"] if is_ours else ["agent"])


def test_a_commit_that_is_gone_fails_the_build_and_says_so(shop: Shop) -> None:
    shop.look()
    shop.plan()
    with shop.database.connection() as connection:
        connection.execute("UPDATE branch_build_commit SET commit = repeat('0', 40) WHERE repository = 'client'")
    shop.handover.look()
    (build,) = shop.builds
    assert (build.result, build.state) == ("failed", "done")
    assert build.reason == "its sources cannot be had: the commit 000000000000 of client is not there any more"
    (state,) = shop.jobs.look([shop.store.build(1)["job_id"]]).values()
    assert state.state == "cancelled"
