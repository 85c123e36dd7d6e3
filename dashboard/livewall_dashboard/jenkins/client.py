"""Asks one Jenkins, by python-jenkins, and never trusts it: time, size and direction of its answers are bounded."""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import jenkins
import requests
import requests.auth
from requests import exceptions as trouble
from urllib3.exceptions import HTTPError as TransportError

from livewall_dashboard.jenkins import paths
from livewall_dashboard.jenkins.errors import (
    AccessDenied,
    BadAnswer,
    Broken,
    Busy,
    Closed,
    JenkinsError,
    LedElsewhere,
    NotAllowed,
    NotStarted,
    NotThere,
    TimedOut,
    TooMuch,
    Unreachable,
)
from livewall_dashboard.jenkins.transport import Transport, trust
from livewall_dashboard.lab.model import JenkinsServer

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer. 200 jobs with ten builds each are about a megabyte, in four answers."""

PATIENCE = 3
"""A whole answer may take so many times the server's `timeout`, which is for a connection and for each silence."""

MAX_REDIRECTS = 3
MAX_RETRY_AFTER = 3600.0
CHUNK = 65536

_QUEUED = re.compile(r"/queue/item/\d+/?$")


class JenkinsClient:
    """One Jenkins. Any thread may ask; they take turns. Everything that goes wrong is a `JenkinsError`.

    Answers are bytes: reading them is somebody else's work, maybe in another thread.
    """

    def __init__(self, server: JenkinsServer) -> None:
        self.server = server
        self._turn = threading.Lock()
        self._closed = False
        self._http: _Http | None = None

    def get(self, path: str, **parameters: str) -> bytes:
        """The answer to GET `path`, relative to the server's address."""
        return self._open("GET", path, params=parameters).content

    def start(self, job: str, parameters: Mapping[str, str] | None) -> str:
        """Start a build of the job with this full name -> the address of its place in Jenkins's queue.

        `parameters`: None for a job that has none at all; what is left out of them gets Jenkins's own default. A build
        is started when Jenkins answers 201 with that place, and in no other case: where it takes none, it just leads
        back to the job, and a login page in front of it leads elsewhere.
        """
        action = "build" if parameters is None else "buildWithParameters"
        # In the body: an address ends up in logs, and a parameter may be a password.
        response = self._open("POST", paths.address(job) + action, data=parameters)
        place = urlsplit(urljoin(response.url, response.headers.get("Location", "")))
        if response.status_code == 201 and _QUEUED.search(place.path):
            ours = urlsplit(self.server.url)  # whatever address Jenkins believes to have
            return f"{ours.scheme}://{ours.netloc}{quote(place.path, safe='/%~!$&()*+,=:@')}"
        if response.is_redirect and _leads_to(place, job):
            raise NotStarted(
                f"{_who(self.server)} took no build of {job!r}: it may be shutting down, or its queue refuses."
            )
        raise self._strange(response, f"whether a build of {job!r} was started")

    def stop(self, job: str, number: int) -> None:
        """Stop a build that runs. Nothing happens to one that has ended. Jenkins then leads back to where one was."""
        response = self._open("POST", f"{paths.address(job)}{number}/stop")
        place = urlsplit(urljoin(response.url, response.headers.get("Location", "")))
        is_back = response.is_redirect and _leads_to(place, job)
        if not is_back and (response.is_redirect or response.content.strip()):
            raise self._strange(response, f"whether build {number} of {job!r} was stopped")

    def probe(self) -> str | None:
        """None when Jenkins answers us as it should, else the reason why not and what to do, for people."""
        try:
            found = json.loads(self.get("api/json", tree="nodeName"))
        except JenkinsError as error:
            return error.message
        except ValueError:
            return _no_json(self.server).message
        return None if isinstance(found, dict) else _no_json(self.server).message

    def close(self) -> None:
        """End what is under way; nothing can be asked any more."""
        self._closed = True
        if self._http is not None:
            self._http.transport.cut()

    def _strange(self, response: requests.Response, doubt: str) -> JenkinsError:
        """An answer to a start or stop that is not Jenkins's, as that of a login page or a proxy."""
        if response.is_redirect:
            return _led_elsewhere(self.server, urljoin(response.url, response.headers["Location"]))
        return BadAnswer(f"{_who(self.server)} does not say {doubt} (it answers {response.status_code}): look there.")

    def _open(self, method: str, path: str, **options: Any) -> requests.Response:
        with self._turn:
            if self._closed:
                raise _closed(self.server)
            http = self._http = self._http or self._connect()
            try:
                return http.open(method, self.server.url + path, **options)
            except JenkinsError:
                if self._closed:
                    raise _closed(self.server) from None
                raise

    def _connect(self) -> _Http:
        try:
            context = trust(self.server.ca)
        except (OSError, ValueError):  # a file that is gone, or has no certificates in it
            raise Unreachable(f"The certificates in {self.server.ca} cannot be read.") from None
        try:
            return _Http(self.server, context)
        except ValueError:
            raise _no_address(self.server) from None


class _NotThere(NotThere, jenkins.NotFoundException):  # type: ignore[misc]  # python-jenkins ships without types
    """python-jenkins looks for its own kind."""


class _Http(jenkins.Jenkins):  # type: ignore[misc]  # python-jenkins ships without types
    """python-jenkins with our transport under it. It adds authentication and Jenkins's crumb."""

    crumb: Any

    def __init__(self, server: JenkinsServer, context: ssl.SSLContext) -> None:
        super().__init__(server.url, timeout=server.timeout)
        self.settings = server
        self.transport = Transport(context)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self.transport)
        # Whatever this machine's environment says: certificates are checked, Kerberos and .netrc stay out of it.
        self._session.verify = True
        basic = requests.auth.HTTPBasicAuth(server.user.encode(), server.token.encode())
        self._auths = [("basic", basic) if server.user else ("anonymous", _as_nobody)]
        self._session.headers.update({"Accept-Encoding": "identity", "User-Agent": "livewall", "Connection": "close"})

    def open(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            return self._send(method, url, **options)
        except AccessDenied:
            if method == "GET" or not self.crumb:
                raise
            self.crumb = None  # Jenkins was restarted, and the crumb with it
            return self._send(method, url, **options)

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        request = requests.Request(method, url, **options)
        deadline = PATIENCE * self.settings.timeout
        with self.transport.within(deadline):
            try:
                answer: requests.Response = self.jenkins_request(request, add_crumb=method != "GET")
                return answer
            except JenkinsError:
                raise
            except (ValueError, LookupError, TypeError, jenkins.JenkinsException):  # python-jenkins on a strange crumb
                raise BadAnswer(f"{_who(self.settings)} gives crumbs of a kind nobody knows.") from None

    def _request(self, req: requests.Request, stream: bool | None = None) -> requests.Response:
        began = time.monotonic()
        try:
            response = self._follow(self._session.prepare_request(req))
            response._content = self._body(response)  # noqa: SLF001  # requests has no bounded way to read
        except (trouble.RequestException, TransportError, OSError, UnicodeError) as error:
            raise self._explained(error, time.monotonic() - began) from None
        if self.transport.was_cut:  # an answer without a length just seems to be at its end
            raise self._too_slow()
        response.encoding = "utf-8"
        return response

    def _follow(self, prepared: requests.PreparedRequest) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            settings = self._session.merge_environment_settings(prepared.url, {}, True, self._session.verify, None)
            response: requests.Response = self._session.send(
                prepared, timeout=self.timeout, allow_redirects=False, **settings
            )
            if response.is_redirect and self._is_login(response):
                response.close()
                raise _refusal(self.settings, 401, {})
            if not response.is_redirect or prepared.method != "GET":
                return response
            prepared.url = self._same_place(response)
            response.close()
        raise BadAnswer(f"{_who(self.settings)} leads around in a circle.")

    def _is_login(self, response: requests.Response) -> bool:
        """Whether Jenkins leads to its own login; a job may well be called that, too."""
        path = urlsplit(urljoin(response.url, response.headers["Location"])).path
        return path.startswith(tuple(urlsplit(self.settings.url).path + page for page in ("login", "securityRealm/")))

    def _same_place(self, response: requests.Response) -> str:
        target = urljoin(response.url, response.headers["Location"])
        if _origin(target) != _origin(self.settings.url):
            response.close()
            raise _led_elsewhere(self.settings, target)
        return target

    def _body(self, response: requests.Response) -> bytes:
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise BadAnswer(f"{_who(self.settings)} packs its answers though asked not to.")
            if int(response.headers.get("Content-Length") or 0) > MAX_ANSWER:
                raise _too_much(self.settings)
            body = bytearray()
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise _too_much(self.settings)
            return bytes(body)
        except ValueError:
            raise BadAnswer(f"{_who(self.settings)} says a length that is no number.") from None
        finally:
            response.close()

    def _response_handler(self, response: requests.Response) -> requests.Response:
        if response.status_code < 400:
            return response
        raise _refusal(self.settings, response.status_code, response.headers)

    def _explained(self, error: Exception, took: float) -> JenkinsError:
        who = _who(self.settings)
        if self.transport.was_cut:
            return self._too_slow()
        if isinstance(error, (trouble.Timeout, TimeoutError)):
            return TimedOut(f"{who} says nothing for {took:.0f} s.")
        if isinstance(error, trouble.SSLError):
            return Unreachable(
                f"The certificate of {who} is not trusted or TLS fails: {_reason(error)}. "
                f'For a private CA, give its certificate as "ca".'
            )
        if isinstance(error, (trouble.ChunkedEncodingError, trouble.ContentDecodingError)):
            return Unreachable(f"{who} breaks off in the middle of an answer.")
        if isinstance(error, (trouble.InvalidURL, trouble.InvalidSchema, trouble.MissingSchema, UnicodeError)):
            return _no_address(self.settings)
        if isinstance(error, trouble.ProxyError):
            return Unreachable(f"{who} cannot be reached through the proxy that this machine's environment names.")
        return Unreachable(f"{who} cannot be reached: {_reason(error)}.")

    def _too_slow(self) -> TimedOut:
        return TimedOut(
            f"{_who(self.settings)} has not answered in full within {PATIENCE * self.settings.timeout:g} s."
        )


def _as_nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication for the anonymous: none, where requests would look into .netrc."""
    return request


def _refusal(server: JenkinsServer, status: int, headers: Mapping[str, str]) -> JenkinsError:
    who = _who(server)
    if status == 401:
        if server.user:
            return AccessDenied(f"{who} does not accept the user {server.user!r} with this token (401).")
        return AccessDenied(f"{who} wants to know who asks (401): give a user and an API token.")
    if status == 403:
        whom = f"the user {server.user!r}" if server.user else "anonymous readers"
        return NotAllowed(f"{who} does not allow that to {whom} (403).")
    if status == 404:
        return _NotThere(f"{who} has nothing there (404), or hides it from us.")
    if status == 409:
        return NotStarted(f"{who} says that the job is disabled (409).")
    if status in (502, 504):
        return Unreachable(f"{who} is not there: its proxy answers in its place ({status}).")
    if status in (429, 503):
        return Busy(f"{who} is too busy or restarting ({status}).", retry_after=_seconds(headers.get("Retry-After")))
    return Broken(f"{who} answers with an error of its own ({status}).")


def _seconds(text: str | None) -> float:
    """Retry-After in seconds; a date, which nobody sends here, counts as not said."""
    return min(float(text), MAX_RETRY_AFTER) if text and text.isascii() and text.isdigit() else 0.0


def _who(server: JenkinsServer) -> str:
    return f"Jenkins {server.name!r}"


def _led_elsewhere(server: JenkinsServer, target: str) -> LedElsewhere:
    to = urlsplit(target)
    return LedElsewhere(
        f"{_who(server)} leads on to {_safe(f'{to.scheme}://{to.hostname}')}, which is not followed. If that is its "
        "address, write it in the configuration; if it is a login page, give a user and an API token."
    )


def _leads_to(place: SplitResult, job: str) -> bool:
    """Whether that is a page of the job, by whatever host name Jenkins believes to have."""
    return unquote(f"/{paths.address(job)}") in unquote(place.path)


def _too_much(server: JenkinsServer) -> TooMuch:
    return TooMuch(f"{_who(server)} answers with more than {MAX_ANSWER // 1024**2} MB.")


def _no_json(server: JenkinsServer) -> BadAnswer:
    return BadAnswer(
        f"{_who(server)} does not answer as a Jenkins does: is {_safe(server.url)} its address, with the prefix it has?"
    )


def _no_address(server: JenkinsServer) -> Unreachable:
    return Unreachable(f"{_who(server)} has an address that makes no sense: {_safe(server.url)}")


def _closed(server: JenkinsServer) -> Closed:
    return Closed(f"The wall does not ask {_who(server)} any more.")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def _safe(url: str) -> str:
    """An address without user and password, printable, of bounded length."""
    plain = re.sub(r"//[^/@]*@", "//", url)
    return "".join(letter for letter in plain if letter.isprintable())[:200]


_REASONS = {
    "CERTIFICATE_VERIFY_FAILED": "its certificate was not issued by anybody we trust, or for another name",
    "Connection refused": "the connection is refused",
    "No route to host": "there is no route to it",
    "Network is unreachable": "the network is unreachable",
    "NameResolutionError": "there is no such host name",
    "Name or service not known": "there is no such host name",
    "Temporary failure in name resolution": "its host name cannot be looked up at the moment",
    "reset by peer": "the connection is reset",
    "RemoteDisconnected": "it hangs up without an answer",
}


def _reason(error: Exception) -> str:
    """What went wrong in words of ours: the library's own would repeat the whole address."""
    text = repr(error)
    return next((reason for sign, reason in _REASONS.items() if sign in text), "the connection fails")
