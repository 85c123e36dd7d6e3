"""Push hooks of git hosts: they say that something was pushed, and the wall looks at once."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Annotated

from flask import Blueprint, Response, request
from msgspec import Meta, Struct

from livewall_dashboard.access.guard import Guard, public
from livewall_dashboard.base.errors import Forbidden, NotAuthenticated, NotFound
from livewall_dashboard.branches.resources import FetchOrdered, Project
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.projects import Project as ProjectConfig
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.responses import json_response

MOST_BODY = 32 * 1024 * 1024
"""Bytes of what a host sends; nothing of it is read but for its signature."""
SIGNATURES = ("X-Hub-Signature-256", "X-Gitea-Signature", "X-Forgejo-Signature", "X-Gogs-Signature")
"""SHA-256 of the body by the secret, in hexadecimal digits, with or without `sha256=` before it."""
SECRETS = ("X-Gitlab-Token",)
"""The secret itself."""


class HookQuery(Struct):
    secret: Annotated[str | None, Meta(description="The project's `hook_secret`")] = None


def blueprint(lab: Callable[[], Lab], guard: Guard, hasten: Callable[[str], object]) -> Blueprint:
    """`hasten(project)`: has its repositories looked at."""
    routes = Blueprint("branch_hooks", __name__)

    @routes.post("/api/v1/projects/<project>/fetch")
    @public
    @operation(
        "fetchProject",
        "Looks at a project's repositories at once. By the project's `hook_secret` as `secret` or as the host's "
        "signature; by a token that may read, where the project has none.",
        Answer(202, "It will be.", FetchOrdered),
        errors=(401, 403, 404),
        takes=bytes,
        strict=False,
    )
    def fetch(project: Project, query: HookQuery) -> Response:
        found = next((each for each in lab().projects if each.name == project), None)
        _admit(found, query.secret, guard)
        if found is None:
            raise NotFound(f"There is no project {project[:100]!r} in the configuration.")
        hasten(found.name)
        return json_response(FetchOrdered(found.name), 202)

    return routes


def _admit(project: ProjectConfig | None, secret: str | None, guard: Guard) -> None:
    """Who may read anyway may do that: it only hastens what comes by itself. Raises NotAuthenticated, Forbidden."""
    if project is not None and project.hook_secret and _knows(project.hook_secret, secret):
        return
    if guard.is_open and not (project and project.hook_secret):
        return
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    token = guard.token_of(shown.strip()) if kind.lower() == "bearer" else None
    if token is None:
        raise NotAuthenticated("This needs the project's hook_secret, as ?secret= or as a signature, or a token.")
    if not token.grants("read"):
        raise Forbidden(f"The token {token.name!r} is for {token.scope}.")


def _knows(wanted: str, secret: str | None) -> bool:
    shown = [secret, *(request.headers.get(name) for name in SECRETS)]
    if any(hmac.compare_digest(wanted.encode(), each.encode()) for each in shown if each):
        return True
    signed = [request.headers.get(name, "").removeprefix("sha256=") for name in SIGNATURES]
    if not any(signed):
        return False
    request.max_content_length = MOST_BODY
    mac = hmac.new(wanted.encode(), request.get_data(cache=False), hashlib.sha256).hexdigest()
    return any(hmac.compare_digest(mac.encode(), each.encode()) for each in signed if each)
