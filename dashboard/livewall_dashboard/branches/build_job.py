"""The job of a build: one script that checks all commits out side by side and runs the steps. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Any
from uuid import UUID

from livewall_dashboard.branches.members import Member
from livewall_dashboard.branches.step_output import MARK

SLACK = 900.0
"""Seconds that all of a job may take beyond its steps."""
MARKS = "livewall-steps.txt"
"""A file among the job's artifacts, with what is printed between the steps."""
SOURCES = "attachments/test/sources"
COMMANDS = "attachments/test/steps"
MOST_SETUP = 200

_SCRIPT = r"""set -u
marks=artifacts/{marks}
say() {{ printf '\n%s\n' {mark}" $*"; printf '%s\n' {mark}" $*" >> "$marks"; }}
clock() {{ local up rest; if read -r up rest < /proc/uptime; then echo "$up"; else date +%s; fi; }}
fail() {{ say "trouble $*"; exit 1; }}
checkout() {{  # number, folder, commit
    [ -d {sources}/"$1" ] || fail "the sources of $2 are gone; build the branch again from the wall's page of it"
    command -v git > /dev/null || fail "git is not installed on this agent"
    mkdir -p -- "$2" && cp -R {sources}/"$1" "$2/.git" &&
        git -C "$2" -c advice.detachedHead=false checkout --quiet --force --detach "$3" ||
        fail "$2 could not be checked out"
}}
step() {{  # number, seconds
    say "begin $1 $(clock)"
    timeout --kill-after=10 "$2" bash -e {commands}/"$1".sh < /dev/null
    local status=$? folder
    for folder in artifacts/*/; do
        [ -d "$folder" ] && say "folder $1 $(basename -- "$folder")"
    done
    say "end $1 $status $(clock)"
    return $status
}}
{exports}
free='import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
PORT=$(python3 -c "$free" 2> /dev/null) && export PORT
{checkouts}
{steps}
"""


@dataclass(frozen=True, slots=True)
class BuildOrder:
    """A build that is due. `plan`: what the configuration said of it then (`build_store.plan_of`)."""

    number: int
    project: str
    bundle: str
    is_sticky: bool
    plan: Mapping[str, Any]
    members: Sequence[Member]

    @property
    def setup(self) -> str:
        """Of its runs: a sticky bundle has one of its own, all others of a project share one."""
        return (f"{self.project}/{self.bundle}" if self.is_sticky else self.project)[:MOST_SETUP]

    @property
    def steps(self) -> Sequence[Mapping[str, Any]]:
        steps: Sequence[Mapping[str, Any]] = self.plan["steps"]
        return steps

    @property
    def sources(self) -> list[tuple[int, Member]]:
        """What is checked out, by the numbers that folders of sources are called by."""
        return [(number, member) for number, member in enumerate(self.members, 1) if member.commit]


def definition_of(order: BuildOrder, job: UUID, *, priority: int = 0) -> dict[str, Any]:
    """As jobs are submitted. Its attachments are `attached_files` and the sources."""
    timeouts = sum(float(step["timeout"]) for step in order.steps)
    first = next((member for member in order.members if member.commit), None)
    where = {"attributes": dict(order.plan["labels"])} if order.plan["labels"] else {}
    return {
        "job_id": str(job),
        "job_queue": order.plan["queue"],
        **where,
        "name": f"{order.project} {order.bundle} {order.number}"[:200],
        "tags": ["branch-build", order.project],
        "job_priority": priority,
        "retries": 2,
        "global_timeout": int(timeouts + SLACK),
        "setup": order.setup,  # the job's token is for that, too
        "labels": {"project": order.project, "bundle": order.bundle, "build": str(order.number)},
        "branch": order.bundle,
        "commit": first.commit if first else "",
        "repository": first.repository if first else "",
        "branch_build": {
            "number": order.number,
            "project": order.project,
            "bundle": order.bundle,
            **_left_running(order),
        },
        "test_data": {
            "test_cmds": script_of(order),
            "attachments": [{"local": "sources", "agent": "sources"}, {"local": "steps", "agent": "steps"}],
        },
    }


def _left_running(order: BuildOrder) -> dict[str, Any]:
    """What the agent keeps running after a good build, and with what in its environment."""
    run = order.plan.get("run")
    if not run:
        return {}
    variables = {name: value for name, value in variables_of(order).items() if not name.startswith("LIVEWALL_")}
    return {"run": run, "variables": variables}


def token_of(number: int) -> str:
    """By which the lines between steps are known. A job that is run again has the same script."""
    return f"build-{number}"


def script_of(order: BuildOrder) -> str:
    """For bash. What is a name of a branch stands in quotes, wherever it came from."""
    return _SCRIPT.format(
        marks=MARKS,
        mark=quote(f"{MARK} {token_of(order.number)}"),
        sources=SOURCES,
        commands=COMMANDS,
        exports="\n".join(f"export {name}={quote(value)}" for name, value in variables_of(order).items()),
        checkouts="\n".join(
            f"checkout {number} {quote(member.repository)} {quote(member.commit)}" for number, member in order.sources
        ),
        steps="\n".join(_steps(order.steps)),
    )


def variables_of(order: BuildOrder) -> dict[str, str]:
    """What the steps find in their environment, besides what the agent gives every job."""
    names: Mapping[str, str] = order.plan["variables"]
    return {
        "BUILD_NUMBER": str(order.number),
        "PROJECT": order.project,
        "BUNDLE": order.bundle,
        **{names[member.repository]: member.commit for member in order.members if member.repository in names},
        "LIVEWALL_SETUP": order.setup,
    }


def attached_files(order: BuildOrder) -> dict[str, str]:
    """The steps' commands, by their names below `attachments/test`."""
    return {f"steps/{number}.sh": f"{step['command']}\n" for number, step in enumerate(order.steps, 1)}


def _steps(steps: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    for number, step in enumerate(steps, 1):
        yield f"step {number} {float(step['timeout']):g} || exit"
