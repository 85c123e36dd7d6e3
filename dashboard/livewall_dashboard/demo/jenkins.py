"""A pretend Jenkins, so that the demo's popup has builds in it: they are the demo's own robot runs, and say so.

It answers what the wall asks, on loopback, and nothing else.
"""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from livewall_dashboard.demo.builds import Build, Builds

HOST = "127.0.0.1"
NAME = "demo"

_JOB, _BUILD = "hudson.model.FreeStyleProject", "hudson.model.FreeStyleBuild"
_FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"


class DemoJenkins:
    """Serves in a thread of its own from `start` to `stop`. Jobs are `folder/name`."""

    def __init__(self) -> None:
        self._jobs: dict[str, Builds] = {}
        self._server = _Server((HOST, 0), _Handler)
        self._server.jenkins = self
        self._thread = threading.Thread(target=self._server.serve_forever, name="demo jenkins", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}/"

    def add(self, builds: Iterable[Builds]) -> None:
        self._jobs |= {each.job: each for each in builds}

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()

    def find(self, name: str) -> Builds | None:
        return self._jobs.get(name)

    def document(self, name: str) -> Mapping[str, Any] | None:
        """What /api/json tells of a job, a folder, or (for "") of all; None where there is nothing."""
        if name in self._jobs:
            return self._job(name)
        inside = [job for job in sorted(self._jobs) if job.startswith(f"{name}/")]
        if name and inside:
            jobs = [self._job(job) for job in inside]
            return {"_class": _FOLDER, "name": name, "url": address(self.url, name), "jobs": jobs}
        folders = sorted({job.partition("/")[0] for job in self._jobs})
        return None if name else {"_class": "hudson.model.Hudson", "jobs": [self.document(each) for each in folders]}

    def _job(self, name: str) -> Mapping[str, Any]:
        builds = self._jobs[name].latest()
        took = [build.ended_at - build.started_at for build in builds if build.ended_at and build.result != "ABORTED"]
        estimate = sum(took) / len(took) if took else -0.001
        own = name.rpartition("/")[2]
        return {
            "_class": _JOB,
            "name": own,
            "displayName": own,
            "url": address(self.url, name),
            "buildable": True,
            "nextBuildNumber": builds[0].number + 1 if builds else 1,
            "property": [],
            "builds": [_build(build, address(self.url, name), estimate) for build in builds],
        }


def address(url: str, name: str) -> str:
    return url + "".join(f"job/{quote(part, safe='')}/" for part in name.split("/"))


def _build(build: Build, job_url: str, estimate: float) -> Mapping[str, Any]:
    elapsed = build.ended_at - build.started_at if build.ended_at else 0
    cause = "Started by livewall's demo: a real robot run, a pretend Jenkins"
    actions: list[Mapping[str, Any]] = [
        {"_class": "hudson.model.CauseAction", "causes": [{"shortDescription": cause}]},
        {"lastBuiltRevision": {"SHA1": build.commit, "branch": [{"name": f"origin/{build.branch}"}]}},
    ]
    if build.tests:
        total, failed, skipped = build.tests
        counts = {"totalCount": total, "failCount": failed, "skipCount": skipped}
        actions.append({"_class": "hudson.plugins.robot.RobotBuildAction", "urlName": "robot", **counts})
    return {
        "_class": _BUILD,
        "number": build.number,
        "url": f"{job_url}{build.number}/",
        "displayName": f"#{build.number}",
        "result": build.result,
        "building": build.result is None,
        "timestamp": int(build.started_at * 1000),
        "duration": int(elapsed * 1000),
        "estimatedDuration": int(estimate * 1000),
        "description": build.description,
        "builtOn": "demo",
        "actions": actions,
    }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    jenkins: DemoJenkins


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
        """The demo's console has better things to say."""

    def do_GET(self) -> None:
        name, rest = self._place()
        if rest == ["api", "json"]:
            document = self.server.jenkins.document(name)
            if document is not None:
                self._reply(200, json.dumps(document), "application/json;charset=utf-8")
                return
        elif rest[-1:] != ["json"] and "wfapi" not in rest:
            self._reply(200, _page(name, rest), "text/html;charset=utf-8")
            return
        self._reply(404, "There is nothing here.", "text/plain")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        name, rest = self._place()
        builds = self.server.jenkins.find(name)
        if builds is None or "Origin" in self.headers:  # a browser's page; the wall's own server sends none
            self._reply(404, "There is nothing here.", "text/plain")
        elif rest == ["build"]:
            builds.start()
            self._reply(201, "", "text/plain", location="/queue/item/1/")
        elif rest[1:] == ["stop"] and rest[0].isdecimal():
            builds.cancel(int(rest[0]))
            self._reply(200, "", "text/plain")
        else:
            self._reply(404, "There is nothing here.", "text/plain")

    def _place(self) -> tuple[str, list[str]]:
        """The full name in /job/a/job/b/..., and what of the path comes after it."""
        parts = [unquote(part) for part in urlsplit(self.path).path.split("/") if part]
        names = []
        while len(parts) > 1 and parts[0] == "job":
            names.append(parts[1])
            parts = parts[2:]
        return "/".join(names), parts

    def _reply(self, status: int, text: str, kind: str, *, location: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)


def _page(name: str, rest: list[str]) -> str:
    what = html.escape(" #".join([name or "everything", *rest[:1]]))
    return (
        f"<!DOCTYPE html><html lang=en><title>{what}</title><h1>{what}</h1><p>This is the pretend Jenkins of "
        "livewall's demo. With a Jenkins of yours this would be the build's page. The robot run itself was real: its "
        "results are on the wall.</p></html>"
    )
