"""What all routes of Testflinger's API have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from flask import Blueprint, Response
from msgspec import Meta, Struct
from werkzeug.wrappers import Request

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.jobqueue.errors import FlingerError
from livewall_dashboard.jobqueue.model import Claimant
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.query import MAY_REPEAT

COOKIE = "agent_name"
"""By it an agent is told from others; it gets it when it says what it is."""

TEXT = "text/plain; charset=utf-8"
TAKEN = "OK"

JobId = Annotated[str, Meta(description="The job's UUID")]
Agent = Annotated[str, Meta(description="The agent's name")]
Queue = Annotated[str, Meta(description="The queue's name")]

OK = Answer(200, "It is taken.", str)
EMPTY = Answer(204, "There is none.")

View = TypeVar("View", bound=Callable[..., Any])
NoteHeard = Callable[[Request, Token | None], None]
"""Of each request that may be an agent's, and of its token."""


class QueuesQuery(Struct):
    queue: Annotated[str | None, Meta(description="A queue's name; may be given many times", extra=MAY_REPEAT)] = None


class ClaimQuery(QueuesQuery):
    wait: Annotated[str | None, Meta(description="Seconds to wait for a job, at most 20; agents wait anyhow")] = None


class FlingerBlueprint(Blueprint):
    """A slash at the end of an address changes nothing."""

    def add_url_rule(self, rule: str, *arguments: Any, **options: Any) -> None:
        super().add_url_rule(rule, *arguments, **{"strict_slashes": False, **options})


def flinger(
    name: str, summary: str, *answers: Answer, errors: Sequence[int] = (), takes: Any = None
) -> Callable[[View], View]:
    """`@operation` of a route whose errors are Testflinger's, and which lets pass what it does not know."""
    told = dict.fromkeys((400, 413) if takes is not None else (400,))
    return operation(  # type: ignore[return-value]
        name, summary, *answers, errors=(*told, *errors, 503), takes=takes, strict=False, error=FlingerError
    )


def ok() -> Response:
    return text(TAKEN)


def empty() -> Response:
    response = Response(status=204, headers={"Cache-Control": "no-store"})
    del response.headers["Content-Type"]
    return response


def text(said: str) -> Response:
    response = Response(said, content_type=TEXT)
    response.headers["Cache-Control"] = "no-store"
    return response


def agent_name(request: Request) -> str:
    """Who shows the cookie, "" where nobody does."""
    return request.cookies.get(COOKIE, "").replace("\0", "")[:200]


def heard_agent(request: Request, token: Token | None) -> str:
    """The same, of who may be one: a person may show any cookie."""
    return agent_name(request) if token is None or token.grants("agent") else ""


def claimant(request: Request) -> Claimant:
    queues = [name for name in request.args.getlist("queue") if name and "\0" not in name]
    return Claimant(list(dict.fromkeys(queues)), agent_name(request))
