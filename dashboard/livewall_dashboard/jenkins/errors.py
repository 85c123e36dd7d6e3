"""What can go wrong with a Jenkins. Messages are for people; none has a secret, nor anything the other side said."""

from __future__ import annotations

from livewall_dashboard.base.errors import LivewallError


class JenkinsError(LivewallError):
    """Jenkins did not do what it was asked. `retry_after`: seconds it wants to be left alone, 0 if it does not say."""

    code, http_status = "jenkins", 502

    def __init__(self, message: str, *, retry_after: float = 0.0) -> None:
        super().__init__(message, headers={"Retry-After": str(round(retry_after))} if retry_after else None)
        self.retry_after = retry_after


class Unreachable(JenkinsError):
    """No connection: refused, no such name, no trust in its certificate."""

    code = "jenkins_unreachable"


class TimedOut(JenkinsError):
    """It says nothing, or says it too slowly."""

    code, http_status = "jenkins_timed_out", 504


class AccessDenied(JenkinsError):
    """401: the user or token is wrong, or there is none."""

    code = "jenkins_access_denied"


class NotAllowed(AccessDenied):
    """403: the user may not do or see this, which says nothing of the rest."""


class NotThere(JenkinsError):
    """404: a job or build that is not there, or that the user may not see."""

    code, http_status = "jenkins_not_found", 404


class NotStarted(JenkinsError):
    """Jenkins answered, and nothing is in its queue."""

    code = "jenkins_not_started"


class Busy(JenkinsError):
    """429 or 503: not now."""

    code, http_status = "jenkins_busy", 503


class Broken(JenkinsError):
    """Any other error of the server."""

    code = "jenkins_broken"


class BadAnswer(JenkinsError):
    """An answer that is not Jenkins's: HTML, broken JSON, another shape."""

    code = "jenkins_bad_answer"


class TooMuch(JenkinsError):
    """An answer larger than we are ready to read."""

    code = "jenkins_too_much"


class LedElsewhere(JenkinsError):
    """A redirect to another host, or off TLS: not followed, for our token would go along."""

    code = "jenkins_led_elsewhere"


class Closed(JenkinsError):
    """The wall itself has ended the request."""

    code = "jenkins_closed"
