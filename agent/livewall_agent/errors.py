"""What goes wrong with words for people. No stack trace of these reaches anybody."""

from __future__ import annotations


class AgentError(Exception):
    """Its text says what is wrong and what to do; `exit_code` is the command's."""

    exit_code = 2


class Misconfigured(AgentError):
    """Options, agent.toml or this machine do not allow to begin."""


class BadJob(AgentError):
    """A job that nobody could run."""


class Unavailable(AgentError):
    """No answer, or one that says to try later."""

    exit_code = 3

    def __init__(self, message: str, *, status: int = 0, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def is_about_token(self) -> bool:
        return self.status in {401, 403}


class Refused(AgentError):
    """The server does not want it, and would not later."""

    exit_code = 1

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
