"""What a CI server says about the build that runs us; pure over the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livewall_listener.settings import redacted
from livewall_listener.wire import Build


@dataclass
class Origin:
    """The build and the sources it was made from; "" and None where CI does not say."""

    build: Build | None = None
    commit: str = ""
    branch: str = ""
    repository: str = ""


def read(environment: Mapping[str, str]) -> Origin:
    for is_there, reader in ((_in_gitlab, _gitlab), (_in_github, _github), (_in_jenkins, _jenkins)):
        if is_there(environment):
            return reader(environment)
    return Origin()


def _in_jenkins(env: Mapping[str, str]) -> bool:
    return bool(env.get("BUILD_URL") or (env.get("JOB_NAME") and env.get("BUILD_NUMBER")))


def _jenkins(env: Mapping[str, str]) -> Origin:
    branch = env.get("BRANCH_NAME") or env.get("GIT_LOCAL_BRANCH") or env.get("GIT_BRANCH", "")
    return Origin(
        Build("jenkins", redacted(env.get("BUILD_URL", "")), env.get("JOB_NAME", ""), env.get("BUILD_NUMBER", "")),
        env.get("GIT_COMMIT", ""),
        branch[7:] if branch.startswith("origin/") else branch,
        redacted(env.get("GIT_URL") or env.get("GIT_URL_1", "")),
    )


def _in_gitlab(env: Mapping[str, str]) -> bool:
    return bool(env.get("GITLAB_CI"))


def _gitlab(env: Mapping[str, str]) -> Origin:
    job = "/".join(filter(None, (env.get("CI_PROJECT_PATH"), env.get("CI_JOB_NAME"))))
    return Origin(
        Build(
            "gitlab", redacted(env.get("CI_JOB_URL") or env.get("CI_PIPELINE_URL", "")), job, env.get("CI_JOB_ID", "")
        ),
        env.get("CI_COMMIT_SHA", ""),
        env.get("CI_COMMIT_REF_NAME", ""),
        redacted(env.get("CI_PROJECT_URL", "")),
    )


def _in_github(env: Mapping[str, str]) -> bool:
    return bool(env.get("GITHUB_ACTIONS"))


def _github(env: Mapping[str, str]) -> Origin:
    repository = redacted("/".join(filter(None, (env.get("GITHUB_SERVER_URL"), env.get("GITHUB_REPOSITORY")))))
    run = env.get("GITHUB_RUN_ID", "")
    attempt = env.get("GITHUB_RUN_ATTEMPT", "")
    url = f"{repository}/actions/runs/{run}" if repository and run else ""
    return Origin(
        Build(
            "github",
            f"{url}/attempts/{attempt}" if url and attempt not in {"", "1"} else url,
            "/".join(filter(None, (env.get("GITHUB_REPOSITORY"), env.get("GITHUB_WORKFLOW")))),
            env.get("GITHUB_RUN_NUMBER", ""),
        ),
        env.get("GITHUB_SHA", ""),
        env.get("GITHUB_HEAD_REF") or env.get("GITHUB_REF_NAME", ""),
        repository,
    )
