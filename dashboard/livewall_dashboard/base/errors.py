"""One error base: what a client sees is written for the client."""

from __future__ import annotations


class LivewallError(Exception):
    """Something went wrong, and the caller is told what to do about it.

    `code` and `http_status` belong to the class, `message` is for people, `detail` for programs. `headers` go with the
    HTTP reply (Retry-After). Commands print `message` and exit with `exit_code`.
    """

    code = "error"
    http_status = 500
    exit_code = 1

    def __init__(self, message: str, *, detail: dict[str, object] | None = None, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.message = message
        self.detail = detail or {}
        self.headers = headers or {}

    def as_json(self) -> dict[str, object]:
        """The contract's `{"error": {"code", "message", "detail"}}`, with the members of `detail` beside it too.

        Beside it, because `expected_seq` and `seen_upto` are what a listener reads on its hot path.
        """
        return {**self.detail, "error": {"code": self.code, "message": self.message, "detail": self.detail}}


class BadRequest(LivewallError):
    code, http_status = "bad_request", 400


class NotAuthenticated(LivewallError):
    code, http_status = "not_authenticated", 401


class Forbidden(LivewallError):
    code, http_status = "forbidden", 403


class NotFound(LivewallError):
    code, http_status = "not_found", 404


class Conflict(LivewallError):
    code, http_status = "conflict", 409


class TooLarge(LivewallError):
    code, http_status = "too_large", 413


class Gap(LivewallError):
    """Events are missing before the first one sent; `detail["expected_seq"]` says where to go on."""

    code, http_status = "gap", 416


class Invalid(LivewallError):
    code, http_status = "invalid", 422


class TooManyRequests(LivewallError):
    code, http_status = "too_many_requests", 429


class Unavailable(LivewallError):
    """Postgres is away or the recorder is full: keep the events and come back after Retry-After seconds."""

    code, http_status = "unavailable", 503


class Misconfigured(LivewallError):
    """A command cannot start with what it was given."""

    code, exit_code = "misconfigured", 2
