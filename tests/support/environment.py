"""An environment for subprocesses that is the same on a desk and in any CI system."""

from __future__ import annotations

import os

ELSEWHERE = (
    "BUILD_",
    "CI_",
    "GIT_",
    "GITHUB_",
    "GITLAB_",
    "HUDSON_",
    "JENKINS_",
    "JOB_",
    "LIVEWALL_",
    "PABOT",
    "PYTEST_",
    "ROBOT_",
    "RUN_",
    "RUNNER_",
)
"""Beginnings of variables that would change what a listener reports or a dashboard does."""


HERE = "127.0.0.1,localhost"
"""Hosts that no proxy stands in front of."""


MODE = "LIVEWALL_TEST_MODE"
"""Variable with the mode of walls: eventlet, threading or gunicorn. Commands of tests that serve without saying how are
told by a variable of livewall's, which there is none of for gunicorn.
"""
DELIVERY = "LIVEWALL_TEST_DELIVERY"
"""Variable that has listeners of tests deliver by a `process` or by `threads`; without it they choose."""


def quiet_environment() -> dict[str, str]:
    """This process's environment without the variables of CI systems, pytest, Robot Framework and livewall."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ELSEWHERE)}
    kept.pop("CI", None)
    if DELIVERY in os.environ:
        kept["LIVEWALL_DELIVERY"] = os.environ[DELIVERY]
    if os.environ.get(MODE) == "threading":
        kept["LIVEWALL_ASYNC_MODE"] = "threading"
    kept.update(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", no_proxy=HERE, NO_PROXY=HERE)
    return kept
