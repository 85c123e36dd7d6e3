"""The HTTP side of the recorded Jenkins."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from .faults import Fault, Kind, drops, flood
from .items import MULTIBRANCH, Document, Folder, Job
from .tree import parse, prune

HOST = "127.0.0.1"
VERSION = "2.479.3"
LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in [Jenkins]</title></head><body>Welcome!</body></html>"


@dataclass
class Request:
    """A request as it came in. `body`: the form's members, each once."""

    method: str
    path: str
    tree: str
    headers: dict[str, str]
    body: dict[str, str] = field(default_factory=dict)


class RecordedJenkins:
    """`with RecordedJenkins() as jenkins:` answers at `jenkins.url`.

    `user` and `token`: who is let in; without them everybody is. `crumbs`: POST needs a crumb, by session. `context`:
    speak TLS. `root_url`: what Jenkins believes to be its address. `stage_view`: whether that plugin is there.
    """

    def __init__(
        self,
        *,
        prefix: str = "/",
        user: str = "",
        token: str = "",
        crumbs: bool = False,
        context: ssl.SSLContext | None = None,
        root_url: str = "",
        stage_view: bool = True,
        port: int = 0,
    ) -> None:
        self.root = Folder()
        self.prefix = prefix
        self.user = user
        self.token = token
        self.crumbs = crumbs
        self.stage_view = stage_view
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.bytes_sent = 0
        self.queue: dict[int, Document] = {}
        self.lock = threading.RLock()
        self.ended = threading.Event()
        self.sessions: dict[str, str] = {}
        self._server = _Server((HOST, port), _Handler, self, context)
        scheme = "https" if context else "http"
        self.url = f"{scheme}://{HOST}:{self._server.server_address[1]}{prefix}"
        self.root_url = root_url or self.url
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> RecordedJenkins:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def add(self, full_name: str, **members: Any) -> Job:
        """A job; its folders come into being, multibranch where the name says so (`x%2Fy`)."""
        with self.lock:
            *folders, name = full_name.split("/")
            folder = self.root
            for each in folders:
                found = folder.items.setdefault(each, Folder(each))
                assert isinstance(found, Folder)
                folder = found
            if "%2F" in name:
                folder.kind = MULTIBRANCH
            job = folder.items[name] = Job(name, **members)
            return job

    def remove(self, full_name: str) -> None:
        with self.lock:
            *folders, name = full_name.split("/")
            folder = self.root
            for each in folders:
                folder = folder.items[each]  # type: ignore[assignment]
            del folder.items[name]

    def fail(self, kind: Kind, value: object = None, **where: Any) -> Fault:
        fault = Fault(kind, value, **where)
        self.faults.append(fault)
        return fault

    def heal(self) -> None:
        self.faults.clear()

    def gets(self) -> list[Request]:
        return [request for request in self.requests if request.method == "GET"]

    def find(self, parts: list[str]) -> tuple[Folder | Job, list[str]] | None:
        """The item at job/a/job/b and what of the path is left."""
        item: Folder | Job = self.root
        while parts[:1] == ["job"] and isinstance(item, Folder):
            if len(parts) < 2 or parts[1] not in item.items:
                return None
            item, parts = item.items[parts[1]], parts[2:]
        return item, parts


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[BaseHTTPRequestHandler],
        jenkins: RecordedJenkins,
        context: ssl.SSLContext | None,
    ) -> None:
        self.jenkins = jenkins
        self._context = context
        super().__init__(address, handler)

    def get_request(self) -> Any:
        line, address = super().get_request()
        if self._context is None:
            return line, address
        return self._context.wrap_socket(line, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up; that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "Jetty(12.0.16)"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._handle("GET")

    def do_POST(self) -> None:
        self._handle("POST")

    def _handle(self, method: str) -> None:
        jenkins = self.server.jenkins
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(), keep_blank_values=True)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = {name: values[0] for name, values in form.items()}
        with jenkins.lock:
            tree = query.get("tree", [""])[0]
            jenkins.requests.append(Request(method, parts.path, tree, headers, body))
            fault = next((fault for fault in jenkins.faults if fault.applies(f"{method} {unquote(self.path)}")), None)
            if fault:
                fault.happens()
        try:
            if fault:
                self._fail(fault)
            else:
                self._answer(method, parts.path, query.get("tree", [""])[0], headers, body)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError, OSError):
            self.close_connection = True

    def _answer(self, method: str, path: str, tree: str, headers: dict[str, str], body: dict[str, str]) -> None:
        jenkins = self.server.jenkins
        if not path.startswith(jenkins.prefix):
            self._page(404)
            return
        if not self._is_known(headers):
            self._page(401, (("WWW-Authenticate", 'Basic realm="Jenkins"'),))
            return
        parts = [unquote(part) for part in path[len(jenkins.prefix) :].split("/") if part]
        with jenkins.lock:
            if parts[:1] == ["crumbIssuer"]:
                self._crumb()
            elif method == "POST" and not self._has_crumb(headers):
                self._page(403)
            elif parts[:2] == ["queue", "item"] and int(parts[2]) in jenkins.queue:
                self._json(jenkins.queue[int(parts[2])])
            else:
                self._item(method, parts, tree, body)

    def _item(self, method: str, parts: list[str], tree: str, body: dict[str, str]) -> None:
        jenkins = self.server.jenkins
        found = jenkins.find(parts)
        if found is None:
            self._page(404)
            return
        item, rest = found
        taken = [part for part in parts[: len(parts) - len(rest)] if part != "job"]
        if method == "GET" and rest == ["api", "json"]:
            self._tell(item, taken, tree)
        elif method == "GET" and rest == ["wfapi", "runs"] and _has_stages(item, jenkins):
            self._json(item.runs())  # type: ignore[union-attr]
        elif method == "POST" and rest in (["build"], ["buildWithParameters"]) and isinstance(item, Job):
            self._start(item, body, with_parameters=rest == ["buildWithParameters"])
        elif method == "POST" and rest[1:] == ["stop"] and isinstance(item, Job):
            number = int(rest[0])
            if item.find(number)["building"]:
                item.end(number, "ABORTED")
            above = "".join(f"job/{quote(part, safe='')}/" for part in taken)
            self._redirect(f"{jenkins.root_url}{above}{number}/")
        else:
            self._page(404)

    def _tell(self, item: Folder | Job, path: list[str], tree: str) -> None:
        jenkins = self.server.jenkins
        if "builds" in tree and any(job.broken for job in _asked_for(item, tree)):
            self._page(500)
            return
        url = jenkins.root_url + "".join(f"job/{quote(part, safe='')}/" for part in path)
        document = item.document(url)
        self._json(prune(document, parse(tree)) if tree else document)

    def _start(self, job: Job, body: dict[str, str], *, with_parameters: bool) -> None:
        jenkins = self.server.jenkins
        if not job.buildable:
            self._page(409)
        elif bool(job.parameters) != with_parameters:
            self._page(400)
        else:
            number = job.build(result=None, cause="Started by user livewall", duration=0)
            job.find(number)["actions"].append(
                {
                    "_class": "hudson.model.ParametersAction",
                    "parameters": [{"name": name, "value": value} for name, value in body.items()],
                }
            )
            place = 1000 + len(jenkins.queue)
            jenkins.queue[place] = {"_class": "hudson.model.Queue$LeftItem", "executable": {"number": number}}
            self._reply(201, b"", (("Location", f"{jenkins.root_url}queue/item/{place}/"),))

    def _is_known(self, headers: dict[str, str]) -> bool:
        jenkins = self.server.jenkins
        if not jenkins.user:
            return True
        kind, _, text = headers.get("authorization", "").partition(" ")
        return kind == "Basic" and base64.b64decode(text).decode() == f"{jenkins.user}:{jenkins.token}"

    def _crumb(self) -> None:
        jenkins = self.server.jenkins
        if not jenkins.crumbs:
            self._page(404)
            return
        session, crumb = secrets.token_hex(8), secrets.token_hex(8)
        jenkins.sessions[session] = crumb
        issuer = "hudson.security.csrf.DefaultCrumbIssuer"
        document = {"_class": issuer, "crumb": crumb, "crumbRequestField": "Jenkins-Crumb"}
        cookie = ("Set-Cookie", f"JSESSIONID.abc={session}; Path=/; HttpOnly")
        self._reply(200, json.dumps(document).encode(), (("Content-Type", "application/json"), cookie))

    def _has_crumb(self, headers: dict[str, str]) -> bool:
        jenkins = self.server.jenkins
        if not jenkins.crumbs:
            return True
        session = headers.get("cookie", "").partition("=")[2]
        return jenkins.sessions.get(session, "none") == headers.get("jenkins-crumb")

    def _fail(self, fault: Fault) -> None:
        ended = self.server.jenkins.ended
        if fault.kind == "status":
            assert isinstance(fault.value, int)
            self._page(fault.value, fault.headers)
        elif fault.kind == "hang":
            ended.wait()
        elif fault.kind == "html":
            self._reply(200, LOGIN_PAGE, (("Content-Type", "text/html;charset=utf-8"),))
        elif fault.kind == "body":
            self._json(fault.value)
        elif fault.kind == "redirect":
            self._redirect(str(fault.value))
        elif fault.kind == "hang up":
            self.connection.close()
        elif fault.kind == "truncated":
            self._stream(iter([b'{"jobs": [{"name": "sm']), length=5000)
        elif fault.kind == "drip":
            self._stream(drops(ended))
        else:
            self._stream(flood(), length=fault.value if fault.kind == "huge" else None)

    def _json(self, document: object) -> None:
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._reply(200, body, (("Content-Type", "application/json;charset=utf-8"), ("X-Jenkins", VERSION)))

    def _page(self, status: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Errors are web pages that say much, and repeat what they were sent."""
        sent = f"{self.path} {self.headers.get('Authorization', '')}"
        text = f"<html><head><title>Error {status}</title></head><body>stack trace {sent}</body></html>"
        self._reply(status, text.encode(), (("Content-Type", "text/html;charset=utf-8"), *headers))

    def _redirect(self, location: str) -> None:
        self._reply(302, b"", (("Location", location),))

    def _reply(self, status: int, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.server.jenkins.bytes_sent += len(body)

    def _stream(self, chunks: Iterator[bytes], length: object = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        for chunk in chunks:
            self.wfile.write(chunk)
            self.wfile.flush()
            self.server.jenkins.bytes_sent += len(chunk)
        self.close_connection = True


def _has_stages(item: Folder | Job, jenkins: RecordedJenkins) -> bool:
    return isinstance(item, Job) and item.is_pipeline and jenkins.stage_view


def _asked_for(item: Folder | Job, tree: str) -> list[Job]:
    """The jobs whose builds a request asks for."""
    if isinstance(item, Job):
        return [item]
    asked = parse(tree).members.get("jobs")
    if asked is None:
        return []
    items = sorted(item.items.values(), key=lambda each: each.name)[asked.first : asked.last]
    found = [each for each in items if isinstance(each, Job) and "builds" in asked.members]
    for each in items:
        if isinstance(each, Folder) and "jobs" in asked.members:
            found += [job for job in each.items.values() if isinstance(job, Job)]
    return found
