"""A job's processes: run in a house of their own, bounded, and gone when it ends, whatever they do to stay.

Each is looked at in a PID namespace and in a session: not every machine has the first.
"""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
import sysconfig
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from support.agents import marked, start_trying, try_job, wait_gone, wait_there

ROOT = Path(__file__).parents[3]
MODULES = os.pathsep.join([*(str(ROOT / name) for name in ("agent", "listener")), sysconfig.get_path("purelib")])
DAEMON = "setsid sh -c 'trap \"\" TERM HUP INT; cd /; sleep 600 & exec sleep {word}' </dev/null >/dev/null 2>&1 &"
"""Leaves its session, ignores what it is told, has a child of its own; `word` tells it from others."""


@pytest.fixture(params=["namespace", "session"])
def isolation(request: pytest.FixtureRequest) -> str:
    return f'isolation = "{request.param}"\n'


@pytest.fixture
def word() -> str:
    """A number of seconds that nobody else sleeps."""
    return str(10**8 + uuid.uuid4().int % 10**8)


def test_job_runs_its_phases_and_keeps_what_it_wrote(tmp_path: Path, isolation: str) -> None:
    job = {
        "setup_data": {"setup_cmds": "echo in setup; pwd; echo x > kept"},
        "test_data": {"test_cmds": [r"printf 'nul \0 esc \033[31m bad \377 \342\202\254\n'; cat kept", "exit 7"]},
        "allocate_data": {"allocate_cmds": "echo 'after a test that failed'"},
        "cleanup_data": {"cleanup_cmds": "echo in cleanup; ls job.json testflinger.json; touch $TMPDIR/x"},
    }
    done = try_job(tmp_path, job, isolation)
    assert done.returncode == 7, done
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "in setup" and lines[1].endswith("/work")
    assert lines[2] == "nul \0 esc \x1b[31m bad \ufffd \u20ac"
    assert lines[3:6] == ["x", "after a test that failed", "in cleanup"]
    assert b"--- allocate: 0" in done.stderr and b"--- provision" not in done.stderr
    assert not list(tmp_path.glob("livewall-job-*")), "its folder goes with it"


def test_job_a_phase_that_fails_is_followed_by_cleanup_alone(tmp_path: Path) -> None:
    job = {
        "provision_data": {"provision_cmds": "kill -9 $$"},
        "test_data": {"test_cmds": "echo never"},
        "cleanup_data": {"cleanup_cmds": "echo cleaned"},
    }
    done = try_job(tmp_path, job)
    assert (done.returncode, done.stdout) == (247, b"cleaned\n")


def test_job_a_daemon_that_left_is_gone_with_it(tmp_path: Path, isolation: str, word: str) -> None:
    job = {
        "test_data": {
            "test_cmds": f"{DAEMON.format(word=word)} sleep 0.2; pgrep -f 'sleep {word}' >/dev/null && echo there"
        }
    }
    done = try_job(tmp_path, job, isolation + "[limits]\ngrace = 0.3\n")
    assert (done.returncode, done.stdout) == (0, b"there\n")
    assert not marked(word)


def test_job_ends_with_an_agent_that_is_killed(tmp_path: Path, isolation: str, word: str) -> None:
    job = {"test_data": {"test_cmds": f"{DAEMON.format(word=word)} sleep 600"}}
    process = start_trying(tmp_path, job, isolation)
    wait_there(word)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    wait_gone(word)


@pytest.mark.parametrize("order", [b"", b'{"steps": [{"pha'])
def test_job_whose_agent_was_killed_before_it_gave_its_order_is_none(order: bytes) -> None:
    command = [sys.executable, "-m", "livewall_agent.job_process"]
    done = subprocess.run(command, input=order, capture_output=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_job_told_to_end_runs_its_cleanup(tmp_path: Path, isolation: str, word: str) -> None:
    job = {
        "test_data": {"test_cmds": f"trap '' TERM; {DAEMON.format(word=word)} while :; do sleep 0.1; done"},
        "reserve_data": {"timeout": 600},
        "cleanup_data": {"cleanup_cmds": "echo cleaned"},
    }
    process = start_trying(tmp_path, job, isolation)
    wait_there(word)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 247
    assert out.decode().splitlines() == ["livewall-agent: it was told to end; the test phase is ended", "cleaned"]
    assert not marked(word)


@pytest.mark.parametrize(
    ("limit", "command", "said"),
    [
        ("global_timeout = 0.5", "sleep 600", "global timeout: the job has taken 0.5 s"),
        ("output_timeout = 0.5", "sleep 600", "output timeout: nothing was written for 0.5 s"),
        ("memory = '100MB'", "python3 -c 'x = bytearray(300_000_000); input()' < <(sleep 600)", "memory: the job"),
        ("disk = '10MB'", "for i in 1 2 3; do head -c 8M /dev/zero > $TMPDIR/$i; done; sleep 600", "disk: the job's"),
    ],
    ids=lambda value: value.split()[0],
)  # fmt: skip
def test_job_has_limits_and_says_which_it_met(tmp_path: Path, limit: str, command: str, said: str) -> None:
    done = try_job(tmp_path, {"test_data": {"test_cmds": command}}, f"[limits]\n{limit}\n")
    assert done.returncode == 247, done
    assert said in done.stdout.decode()


def test_job_a_single_file_has_a_limit_at_once(tmp_path: Path) -> None:
    job = {"test_data": {"test_cmds": "head -c 100M /dev/zero > big; ls -s --block-size=1 big"}}
    done = try_job(tmp_path, job, "[limits]\ndisk = '5MB'\n")
    assert b"5001216 big" in done.stdout, done


def test_job_knows_no_secret_of_its_agent(tmp_path: Path) -> None:
    job = {"test_data": {"test_cmds": "env; cat /proc/1/environ | tr '\\0' '\\n'"}}
    done = try_job(tmp_path, job, LIVEWALL_TOKEN="lw_" + "0" * 40, MY_PASSWORD="canary")
    assert done.returncode == 0
    assert b"LIVEWALL_JOB=" in done.stdout
    assert b"lw_0" not in done.stdout and b"canary" not in done.stdout


@pytest.fixture
def python_of_nobody() -> str:
    """A Python like ours, with our modules, that the user nobody can run, too."""
    ours = f"import sys, livewall_agent.job_process; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for python in (sys.executable, "/usr/bin/python3"):
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python, "-c", ours]
        if os.geteuid() == 0 and not subprocess.run(command, check=False, env={"PYTHONPATH": MODULES}).returncode:
            return python
    pytest.skip("only root can run jobs as nobody, who must reach a Python like this one")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that others may go through, whatever folder the tests have."""
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


def test_job_of_another_user_cannot_read_what_is_the_agent_s(open_folder: Path, python_of_nobody: str) -> None:
    secret = open_folder / "secret"
    secret.write_text("canary", encoding="ascii")
    secret.chmod(0o600)
    job = {"test_data": {"test_cmds": f"id -un; echo $HOME; touch artifacts/x $TMPDIR/x; cat {secret} || true"}}
    told = 'user = "nobody"\npass_environment = ["PYTHONPATH"]\n'
    done = try_job(open_folder, job, told, python=python_of_nobody, PYTHONPATH=MODULES)
    assert done.returncode == 0, done
    lines = done.stdout.decode().splitlines()
    assert lines[:2] == ["nobody", pwd.getpwnam("nobody").pw_dir]
    assert "Permission denied" in lines[2]


def test_job_may_bring_only_what_the_agent_allows(tmp_path: Path) -> None:
    job = {"provision_data": {"provision_cmds": "echo brought"}, "test_data": {"test_cmds": "echo never"}}
    done = try_job(tmp_path, job, 'job_commands = ["test"]\n')
    assert done.returncode == 126
    assert done.stdout == b"livewall-agent: this agent takes no commands for the provision phase from jobs\n"
