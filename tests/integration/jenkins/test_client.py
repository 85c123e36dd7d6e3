"""The client against a Jenkins that behaves, and against whatever else may stand at its address."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from livewall_dashboard.jenkins import errors
from livewall_dashboard.jenkins.client import MAX_ANSWER, JenkinsClient, _seconds
from livewall_dashboard.jenkins.parse import read_folder
from livewall_dashboard.jenkins.paths import address
from support.certificates import Certificates
from support.jenkins import RecordedJenkins
from support.ports import free_port
from support.waiting import wait_for

SHORT = 0.4
"""Seconds: a timeout for a server that never answers; nothing is expected to happen within it."""

TOKEN = "11canary8f3e1d0c9b"

Connect = Callable[..., JenkinsClient]


def names(body: bytes) -> list[str]:
    return [job["name"] for job in json.loads(body)["jobs"]]


def test_it_asks_for_what_it_names_and_nothing_else(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke").build()
    answer = json.loads(connect(jenkins.url).get("api/json", tree="jobs[name,builds[number]{0,5}]"))
    assert answer["jobs"][0].keys() == {"_class", "name", "builds"}
    assert answer["jobs"][0]["builds"] == [{"_class": "hudson.model.FreeStyleBuild", "number": 1}]
    assert jenkins.requests[0].headers["user-agent"] == "livewall"


@pytest.mark.parametrize("prefix", ["/", "/ci/", "/a%20b/jenkins/"])
def test_a_jenkins_below_a_prefix(prefix: str, connect: Connect) -> None:
    with RecordedJenkins(prefix=prefix) as jenkins:
        jenkins.add("smoke")
        client = connect(jenkins.url)
        assert names(client.get("api/json", tree="jobs[name]")) == ["smoke"]
        assert client.probe() is None


def test_user_and_token(connect: Connect) -> None:
    with RecordedJenkins(user="livewall", token=TOKEN) as jenkins:
        assert connect(jenkins.url, user="livewall", token=TOKEN).probe() is None
        with pytest.raises(errors.AccessDenied, match="'livewall'"):
            connect(jenkins.url, user="livewall", token="wrong").get("api/json")
        with pytest.raises(errors.AccessDenied, match="API token"):
            connect(jenkins.url).get("api/json")


def test_the_anonymous_stay_so_whatever_netrc_says(
    jenkins: RecordedJenkins, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    connect(jenkins.url).get("api/json")
    assert "authorization" not in jenkins.requests[0].headers


@pytest.mark.parametrize("name", ["with spaces", "Prüfstand ü/☃", "team/sub/job", "proj/feature%2Fx", "a+b&c=d@e~f"])
def test_names_of_all_kinds_are_found(name: str, jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add(name)
    found = json.loads(connect(jenkins.url).get(f"{address(name)}api/json", tree="name"))
    assert found["name"] == name.rpartition("/")[2]


def test_a_private_authority(certificates: Certificates, connect: Connect) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    with RecordedJenkins(context=context) as jenkins:
        assert connect(jenkins.url, ca=certificates.authority).probe() is None
        with pytest.raises(errors.Unreachable, match="not trusted") as caught:
            connect(jenkins.url).get("api/json")
        assert '"ca"' in caught.value.message


def test_certificates_are_checked_whatever_the_environment_says(
    certificates: Certificates, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHTTPSVERIFY", "0")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    with RecordedJenkins(context=context) as jenkins, pytest.raises(errors.Unreachable, match="not trusted"):
        connect(jenkins.url).get("api/json")


def test_a_file_of_certificates_that_is_none(connect: Connect, tmp_path: Path) -> None:
    reason = connect("https://127.0.0.1:1/", ca=tmp_path / "nothing.pem").probe()
    assert reason is not None
    assert "nothing.pem" in reason


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.AccessDenied),
        (403, errors.NotAllowed),
        (404, errors.NotThere),
        (429, errors.Busy),
        (500, errors.Broken),
        (502, errors.Unreachable),
        (503, errors.Busy),
    ],
)
def test_each_refusal_is_an_error_of_its_kind(
    status: int, kind: type[errors.JenkinsError], jenkins: RecordedJenkins, connect: Connect
) -> None:
    jenkins.fail("status", status)
    with pytest.raises(kind) as caught:
        connect(jenkins.url).get("api/json")
    of_ours = next(each for each in type(caught.value).mro() if each.__module__ == errors.__name__)
    assert of_ours is kind, "not one of its subclasses"
    assert f"({status})" in caught.value.message
    assert "'main'" in caught.value.message


def test_what_a_busy_server_asks_for_is_known(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("status", 429, headers=(("Retry-After", "77"),))
    with pytest.raises(errors.Busy) as caught:
        connect(jenkins.url).get("api/json")
    assert caught.value.retry_after == 77


@pytest.mark.parametrize("said", ["Wed, 21 Oct 2026 07:28:00 GMT", "-5", "1e9", "", "９"])
def test_a_strange_retry_after_counts_as_none(said: str) -> None:
    assert _seconds(said) == 0


def test_a_server_that_says_nothing(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("hang")
    with pytest.raises(errors.TimedOut):
        connect(jenkins.url, timeout=SHORT).get("api/json")


def test_a_server_that_drips(jenkins: RecordedJenkins, connect: Connect) -> None:
    """Each drop comes in time, and the whole never."""
    jenkins.fail("drip")
    with pytest.raises(errors.TimedOut):
        connect(jenkins.url, timeout=SHORT).get("api/json")


def test_headers_that_drip(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def drip() -> None:
            line, _ = listening.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not over.wait(0.05):
                    try:
                        line.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(errors.TimedOut):
                connect(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=SHORT).get("api/json")
        finally:
            over.set()
            thread.join()


def test_a_tls_handshake_that_never_ends(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(errors.TimedOut):
        connect(f"https://127.0.0.1:{listening.getsockname()[1]}/", timeout=SHORT).get("api/json")


def test_an_answer_announced_too_large_is_not_read(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("huge", 100 * 1024 * 1024)
    with pytest.raises(errors.TooMuch, match="4 MB"):
        connect(jenkins.url).get("api/json")


def test_an_answer_without_end_is_read_no_further(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("endless")
    with pytest.raises(errors.TooMuch):
        connect(jenkins.url).get("api/json")
    sent = wait_for(lambda: jenkins.bytes_sent, what="the flood to have begun")
    assert sent < 4 * MAX_ANSWER  # what lies in the buffers between us counts as sent


def test_a_packed_answer_nobody_asked_for_is_refused(connect: Connect) -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx"
    with _speaking(packed) as url, pytest.raises(errors.BadAnswer, match="packs"):
        connect(url).get("api/json")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"",
    ],
)
def test_what_is_no_http_is_one_error(said: bytes, connect: Connect) -> None:
    with _speaking(said) as url, pytest.raises(errors.JenkinsError):
        connect(url).get("api/json")


def test_a_login_page_is_not_taken_for_an_answer(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("html")
    reason = connect(jenkins.url).probe()
    assert reason is not None
    assert "is http://127.0.0.1" in reason


@pytest.mark.parametrize(
    "where", ["http://elsewhere.example/api/json", "https://127.0.0.1/api/json", "//evil.example/"]
)
def test_a_redirect_to_another_place_is_not_followed(where: str, jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("redirect", where)
    with pytest.raises(errors.LedElsewhere, match="not followed"):
        connect(jenkins.url, user="livewall", token=TOKEN).get("api/json")


def test_another_port_is_another_place(jenkins: RecordedJenkins, connect: Connect) -> None:
    with RecordedJenkins() as other:
        jenkins.fail("redirect", other.url)
        with pytest.raises(errors.LedElsewhere):
            connect(jenkins.url, user="livewall", token=TOKEN).get("api/json")
        assert not other.requests


def test_a_redirect_within_is_followed(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.add("smoke")
    jenkins.fail("redirect", "/api/json?tree=jobs[name]", times=1)
    assert names(connect(jenkins.url).get("elsewhere/api/json")) == ["smoke"]


def test_a_circle_of_redirects_ends(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("redirect", "/api/json")
    with pytest.raises(errors.BadAnswer, match="circle"):
        connect(jenkins.url).get("api/json")
    assert len(jenkins.requests) < 10


@pytest.mark.parametrize("page", ["login?from=%2F", "securityRealm/commenceLogin?from=%2F"])
def test_a_redirect_to_the_login_is_a_refusal(page: str, jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("redirect", f"{jenkins.url}{page}")
    with pytest.raises(errors.AccessDenied, match="API token"):
        connect(jenkins.url).start("smoke", {})
    with pytest.raises(errors.AccessDenied, match="API token"):
        connect(jenkins.url).get("api/json")


def test_a_job_may_be_called_login(jenkins: RecordedJenkins, connect: Connect) -> None:
    job = jenkins.add("login")
    connect(jenkins.url).stop("login", job.build(result=None))
    assert connect(jenkins.url).start("login", None)


def test_nobody_there(connect: Connect) -> None:
    with pytest.raises(errors.Unreachable, match="refused"):
        connect(f"http://127.0.0.1:{free_port()}/").get("api/json")


def test_no_such_name(connect: Connect) -> None:
    with pytest.raises(errors.Unreachable, match="host name"):
        connect("http://no.such.host.invalid/").get("api/json")


@pytest.mark.parametrize("url", ["http://[bad/", "http://" + "x" * 300 + "/", "ftp://127.0.0.1/", "http://a b/"])
def test_an_address_that_makes_no_sense(url: str, connect: Connect) -> None:
    with pytest.raises(errors.Unreachable, match=r"address|reached"):
        connect(url).get("api/json")


@pytest.mark.parametrize("fault", ["status", "html", "hang", "redirect", "hang up", "truncated", "body"])
def test_no_message_and_no_log_has_a_secret(
    fault: str, jenkins: RecordedJenkins, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """The recorded Jenkins repeats in its errors what it was sent, as Jenkins does."""
    caplog.set_level(logging.DEBUG)
    url = jenkins.url.replace("http://", "http://me:" + TOKEN + "@")
    values = {"status": 500, "redirect": f"http://me:{TOKEN}@elsewhere.example/", "body": [1]}
    jenkins.fail(fault, values.get(fault))  # type: ignore[arg-type]
    for client in (
        connect(jenkins.url, user="livewall", token=TOKEN, timeout=SHORT),
        connect(url, user="livewall", token=TOKEN, timeout=SHORT),
    ):
        reason = client.probe()
        assert reason is not None
        assert TOKEN not in reason
        with pytest.raises(errors.JenkinsError) as caught:
            read_folder(client.get("api/json"), "")
        assert TOKEN not in repr(caught.value) + str(caught.value.__cause__)
    assert TOKEN not in caplog.text


def test_closing_ends_what_is_under_way(jenkins: RecordedJenkins, connect: Connect) -> None:
    jenkins.fail("hang")
    client = connect(jenkins.url, timeout=600)
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            client.get("api/json")
        except errors.JenkinsError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    wait_for(lambda: jenkins.requests, what="the request to be under way")
    client.close()
    thread.join(30)
    assert not thread.is_alive()
    assert isinstance(caught[0], errors.Closed)
    with pytest.raises(errors.Closed):
        client.get("api/json")


class _speaking:  # noqa: N801  # used as a function
    """A port that says something to whoever connects, and hangs up."""

    def __init__(self, said: bytes) -> None:
        self._said = said
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/"

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _speak(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                try:
                    line.recv(65536)
                    line.sendall(self._said)
                except OSError:
                    pass
