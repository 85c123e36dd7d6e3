"""Builds as the API would tell them, and an API that tells what a test scripts. The contract: docs/api.md."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any

from flask import Flask, Response, jsonify, request

from browser.tiles import ago

Json = dict[str, Any]

CI = "https://ci.example.org/"
PEOPLE = ("Ada Lovelace", "Grace Hopper", "Alan Turing", "Barbara Liskov")
MESSAGES = (
    "Raise the DHCP timeout to what slow switches need",
    "Flash both firmware banks before the reboot",
    "Do not retry logins with an expired password",
    "Bump the kernel to 6.1.94",
    "Read the watchdog's period from the board's profile",
)
STAGES = ("Checkout", "Build", "Flash", "Test", "Report")


def server(name: str = "main", state: str = "ok", **fields: Any) -> Json:
    asked = None if state == "unknown" else ago(12)
    return {
        "name": name,
        "url": CI,
        "state": state,
        "since": ago(600),
        "message": "",
        "polled_at": asked,
        **fields,
    }


def commit(number: int) -> Json:
    return {
        "id": hashlib.sha1(str(number).encode()).hexdigest(),
        "author": PEOPLE[number % len(PEOPLE)],
        "message": MESSAGES[number % len(MESSAGES)],
    }


def stages(result: str | None = "SUCCESS", names: tuple[str, ...] = STAGES) -> list[Json]:
    """A pipeline's stages; of one that failed the last but one is to blame, of one that runs it goes on."""
    told = []
    for index, name in enumerate(names):
        status, took = "SUCCESS", 20.0 + 47 * index % 130
        if result != "SUCCESS" and index == len(names) - 2:
            status = "IN_PROGRESS" if result is None else "FAILED"
        if result != "SUCCESS" and index == len(names) - 1:
            status, took = "NOT_EXECUTED", 0.0
        told.append({"name": name, "status": status, "started_at": ago(60), "elapsed_time": took})
    return told


def build(number: int, result: str | None = "SUCCESS", *, age: float = 3600, job: str = "smoke", **fields: Any) -> Json:
    """A build that began so many seconds ago; without result it is running."""
    known: Json = {
        "number": number,
        "url": f"{CI}job/{job}/{number}/",
        "name": f"#{number}",
        "result": result,
        "building": result is None,
        "started_at": ago(age),
        "elapsed_time": None if result is None else 250.0 + number % 40,
        "estimated_time": 300.0,
        "description": "",
        "causes": ["Started by an SCM change"],
        "branch": "main",
        "revision": commit(number)["id"],
        "commits": [commit(number)],
        "culprits": [],
        "node": "agent-3",
        "tests": None,
        "stages": [],
        "runs": [],
        "can_stop": False,
    }
    return {**known, **fields}


def failure(test_id: str = "s1-s2-t3", name: str = "Regression.Network.DHCP Lease Is Renewed", **fields: Any) -> Json:
    known = {"id": test_id, "process": "0", "longname": name, "message": "'ready' != 'booting'", "since": None}
    return {**known, **fields}


def run(run_id: str, *failures: Json, total: int = 120, **fields: Any) -> Json:
    """Our own run of a build."""
    passed = total - len(failures)
    counts = {"total": total, "passed": passed, "failed": len(failures), "skipped": 0, "expected_failures": 0}
    known = {
        "id": run_id,
        "setup": "VM1",
        "state": "finished",
        "status": "FAIL" if failures else "PASS",
        "verification": "verified",
        "counts": counts,
        "failures": list(failures),
        "has_log": False,
    }
    return {**known, **fields}


def job(title: str = "smoke", /, *builds: Json, **fields: Any) -> Json:
    known: Json = {
        "jenkins": "main",
        "name": title,
        "title": title.rpartition("/")[2],
        "url": f"{CI}job/{title}/",
        "state": "ok",
        "message": "",
        "can_start": False,
        "parameters": [],
        "builds": list(builds),
    }
    return {**known, **fields}


def parameter(name: str, kind: str = "text", default: Any = "", **fields: Any) -> Json:
    return {"name": name, "kind": kind, "default": default, "choices": [], "description": "", **fields}


def setup(name: str | None, *jobs: Json, servers: list[Json] | None = None) -> Json:
    return {
        "setup": name,
        "servers": [server()] if servers is None and jobs else servers or [],
        "jobs": list(jobs),
        "next": None,
    }


def history(title: str, results: str, *, newest: int = 121, **fields: Any) -> Json:
    """A job whose builds, newest first, are told by letters: S, U, F, A, N, and R for one that runs."""
    kinds = {"S": "SUCCESS", "U": "UNSTABLE", "F": "FAILURE", "A": "ABORTED", "N": "NOT_BUILT", "R": None}
    builds = []
    for index, letter in enumerate(results):
        result = kinds[letter]
        failed = {"F": 2, "U": 1}.get(letter, 0)
        counted = {"total": 120, "passed": 120 - failed - 1, "failed": failed, "skipped": 1, "source": "robot"}
        builds.append(
            build(
                newest - index,
                result,
                age=95 if result is None else 900 + 5400 * index,
                job=title,
                tests=None if letter in "RAN" else counted,
                stages=stages("SUCCESS" if letter in "SUAN" else result),
                commits=[commit(newest - index + more) for more in range(index % 3)],
            )
        )
    return job(title, *builds, **fields)


class BuildsApi:
    """What the wall answers about builds. `trouble`: (status, message) to answer instead, or None.

    `started` and `stopped` are the bodies it was sent; `refuses`: (status, message) to answer those with.
    """

    crumb = "crumb-of-this-browser"

    def __init__(self) -> None:
        self.setups: dict[str, Json] = {}
        self.own: Json | None = None
        self.trouble: tuple[int, str] | None = None
        self.refuses: tuple[int, str] | None = None
        self.queued: Json = {"queued": f"{CI}queue/item/7/"}
        self.started: list[Json] = []
        self.stopped: list[Json] = []
        self.asked = 0
        self.unchanged = 0
        self._lock = threading.Lock()

    def tell(self, *setups: Json) -> None:
        self.setups = {one["setup"]: one for one in setups}

    def install(self, app: Flask) -> None:
        @app.get("/api/v1/builds")
        def all_builds() -> Response:
            own = [self.own] if self.own else []
            return self._answer({"setups": [*(one for one in self.setups.values() if one["jobs"]), *own], "next": None})

        @app.get("/api/v1/setups/<path:name>/builds")
        def builds(name: str) -> Response:
            if name not in self.setups:
                return _error(404, f"There is no setup “{name}”.")
            return self._answer(self.setups[name])

        @app.get("/api/v1/crumb")
        def crumb() -> Response:
            return jsonify(crumb=self.crumb)

        @app.post("/api/v1/jenkins/<server>/builds")
        def start(server: str) -> Response:
            return self._act(self.started, server)

        @app.post("/api/v1/jenkins/<server>/stop")
        def stop(server: str) -> Response:
            return self._act(self.stopped, server)

    def _answer(self, body: Json) -> Response:
        with self._lock:
            self.asked += 1
        if self.trouble:
            return _error(*self.trouble)
        text = json.dumps(body)
        etag = hashlib.sha1(text.encode()).hexdigest()
        if request.if_none_match.contains(etag):
            with self._lock:
                self.unchanged += 1
            return Response(status=304)
        answer = Response(text, mimetype="application/json")
        answer.set_etag(etag)
        answer.cache_control.no_cache = True
        return answer

    def _act(self, record: list[Json], server: str) -> Response:
        if request.headers.get("X-Livewall-Crumb") != self.crumb:
            return _error(403, "The crumb is missing.")
        record.append({"server": server, **(request.get_json() or {})})
        if self.refuses:
            return _error(*self.refuses)
        return Response(json.dumps(self.queued), status=202, mimetype="application/json")


def _error(status: int, message: str) -> Response:
    body = {"error": {"code": "scripted", "message": message, "detail": {}}}
    return Response(json.dumps(body), status=status, mimetype="application/json")
