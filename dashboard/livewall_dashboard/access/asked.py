"""A request as far as the guard looks at it: who asks, for what, and under which name of the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import request
from werkzeug.datastructures import Authorization
from werkzeug.wsgi import get_host, get_path_info

from livewall_dashboard.access.origins import is_same_place, name_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Asked:
    """By its WSGI environment alone. `run`: the one its address names, "" where it names none."""

    environ: WSGIEnvironment
    run: str = ""

    @property
    def method(self) -> str:
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        return get_path_info(self.environ)

    @property
    def address(self) -> str:
        """Who asks."""
        return str(self.environ.get("REMOTE_ADDR", ""))

    @property
    def host(self) -> str:
        """The host and port that it names; "" where that makes no sense."""
        return get_host(self.environ)

    @property
    def host_name(self) -> str:
        return name_of(self.host)

    @property
    def origin(self) -> str | None:
        return self.environ.get("HTTP_ORIGIN")

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether a browser says that a page of another origin is behind it. Scripts send no Origin."""
        if self.origin is None:
            return self.environ.get("HTTP_SEC_FETCH_SITE", "none") in ("cross-site", "same-site")
        return not is_same_place(self.origin.partition("://")[2], self.host)

    @property
    def shows_authorization(self) -> bool:
        return "HTTP_AUTHORIZATION" in self.environ

    @property
    def bearer(self) -> str | None:
        kind, _, text = self.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        return text.strip() if kind.lower() == "bearer" else None

    @property
    def password(self) -> str | None:
        """HTTP's Basic: http://any:PASSWORD@host/."""
        given = Authorization.from_header(self.environ.get("HTTP_AUTHORIZATION"))
        return given.password if given and given.type == "basic" else None


def current_request() -> Asked:
    """The one that Flask answers now."""
    return Asked(request.environ, (request.view_args or {}).get("run_id", ""))
