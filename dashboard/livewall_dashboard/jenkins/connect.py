"""Connects to a Jenkins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livewall_dashboard.lab.model import JenkinsServer

if TYPE_CHECKING:
    from livewall_dashboard.jenkins.client import JenkinsClient


def connect(server: JenkinsServer) -> JenkinsClient:
    """python-jenkins and requests are imported for the first Jenkins there is: without, they are a tenth of a start."""
    from livewall_dashboard.jenkins.client import JenkinsClient  # noqa: PLC0415

    return JenkinsClient(server)
