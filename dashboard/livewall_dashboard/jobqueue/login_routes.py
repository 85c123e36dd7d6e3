"""Testflinger's logging in: the secret is a token of ours, and what is handed out is that token."""

from __future__ import annotations

from flask import Blueprint, Response, request
from msgspec import Struct

from livewall_dashboard.access.guard import Guard, public
from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.errors import BadRequest, Forbidden, NotAuthenticated
from livewall_dashboard.jobqueue.bodies import convert, read_object
from livewall_dashboard.jobqueue.v1 import FlingerBlueprint, flinger
from livewall_dashboard.web.operation import Answer
from livewall_dashboard.web.responses import json_response

EXPIRES_IN = 600
"""Seconds after which programs ask again; the token itself is good for as long as it is."""
MAX_BODY = 10_000


class AccessToken(Struct):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the kind, no secret
    expires_in: int = EXPIRES_IN


class BothTokens(AccessToken):
    refresh_token: str = ""


class Refresh(Struct):
    refresh_token: str


_REFRESHED = Answer(200, "It is.", AccessToken)
_LOGIN = "Send the secret as the password of Basic, a token of scope submit or agent."


def blueprint(guard: Guard) -> Blueprint:
    routes = FlingerBlueprint("flinger_login", __name__, url_prefix="/v1/oauth2")

    @routes.post("/token")
    @public
    @flinger("getAccessToken", _LOGIN, Answer(200, "It is good.", BothTokens), errors=(401, 403, 429))
    def token() -> Response:
        secret = (request.authorization and request.authorization.password) or ""
        if _checked(guard.token_of(secret)) is None:
            raise NotAuthenticated(
                "This secret is no token of this wall, or was revoked.", headers={"WWW-Authenticate": "Basic"}
            )
        return json_response(BothTokens(secret, refresh_token=secret))

    @routes.post("/refresh")
    @public
    @flinger(
        "refreshToken",
        "Another access token.",
        Answer(200, "It is.", AccessToken),
        errors=(403, 422, 429),
        takes=Refresh,
    )
    def refresh() -> Response:
        secret = convert(read_object(MAX_BODY), Refresh).refresh_token
        if _checked(guard.token_of(secret)) is None:
            raise BadRequest("Invalid refresh token: it was revoked, or is none.")
        return json_response(AccessToken(secret))

    return routes


def _checked(token: Token | None) -> Token | None:
    """Raises Forbidden for one that is for something else."""
    if token is not None and not token.grants("jobs"):
        raise Forbidden(f"The token {token.name!r} is for {token.scope}, not for jobs.")
    return token
