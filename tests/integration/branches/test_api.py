"""What the wall tells of branches and takes from people and push hooks."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import hmac
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.rate_limits import READS, Limits
from livewall_dashboard.app import Dashboard
from livewall_dashboard.lab import Lab
from livewall_dashboard.postgres.database import Database
from support.shop import Shop
from support.waiting import wait_for
from support.walls import wall_on

pytestmark = pytest.mark.any_python

SECRET = "hush-hush"


@pytest.fixture
def make_wall(shop: Shop, database_url: str, tmp_path: Path) -> Iterator[Callable[..., Dashboard]]:
    """A wall that watches the shop, which has a secret for hooks."""
    made: list[Dashboard] = []

    def make(**settings: object) -> Dashboard:
        project = dataclasses.replace(shop.project, hook_secret=SECRET, fetch_every=3600.0)
        wall = wall_on(database_url, Lab.of([], projects=[project]), data=tmp_path / "wall", **settings)
        wall.start()
        made.append(wall)
        return wall

    yield make
    for wall in made:
        wall.stop()


@pytest.fixture
def client(make_wall: Callable[..., Dashboard]) -> FlaskClient:
    return make_wall().flask.test_client()


def builds(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    """The newest first."""
    reply = client.get("/api/v1/branch-builds", query_string={"project": "shop", **query})
    assert reply.status_code == 200, reply.json
    found: list[dict[str, Any]] = reply.json["builds"]  # type: ignore[index]
    return found


def first_build(client: FlaskClient) -> dict[str, Any]:
    """The wall watches by itself."""
    return wait_for(lambda: next((each for each in builds(client) if each["state"] == "waiting"), None))


def test_a_wall_watches_and_tells(client: FlaskClient) -> None:
    build = first_build(client)
    reply = client.get(f"/api/v1/branch-builds/{build['number']}").json
    assert (reply["bundle"], reply["sticky"], reply["result"], reply["instance"]) == ("main", True, None, None)  # type: ignore[index]
    (bundle,) = client.get("/api/v1/bundles?project=shop").json["bundles"]  # type: ignore[index]
    assert [point["number"] for point in bundle["builds"]] == [build["number"]]
    assert [commit["match"] for commit in bundle["commits"]] == ["head", "head"]
    (row,) = csv.DictReader(io.StringIO(client.get("/api/v1/bundles.csv?project=shop").text))
    told = (row["name"], row["sticky"], row["build"], row["state"], row["commits"].count("="))
    assert told == ("main", "True", str(build["number"]), "waiting", 2)
    (project,) = client.get("/api/v1/projects").json["projects"]  # type: ignore[index]
    assert (project["name"], project["bundles"], project["steps"]) == ("shop", 1, ["build", "test"])
    (job,) = client.get("/shop.json").json["jobs"]  # type: ignore[index]
    assert (job["job_id"], job["test_all_result"], job["subdomain"]) == (
        build["number"],
        None,
        f"main-{build['number']}",
    )


def test_what_makes_no_sense_is_said(client: FlaskClient) -> None:
    for path, status in (
        ("/api/v1/bundles?project=none", 404),
        ("/api/v1/branch-builds/99", 404),
        ("/api/v1/branch-builds/x", 400),
        (f"/api/v1/branch-builds/{10**20}", 400),
        ("/api/v1/branch-builds/1/log/none", 404),
        ("/api/v1/branch-builds?state=odd", 400),
        ("/api/v1/bundles?after=odd", 400),
        ("/api/v1/bundles?q=%00", 400),
    ):
        reply = client.get(path)
        assert reply.status_code == status, (path, reply.data)
        assert reply.json["error"]["message"]  # type: ignore[index]


def test_killed_rebuilt_and_kept(client: FlaskClient, database: Database) -> None:
    build = first_build(client)
    killed = client.post(f"/api/v1/branch-builds/{build['number']}/kill")
    assert (killed.json["state"], killed.json["result"]) == ("done", "killed")  # type: ignore[index]
    assert [step["status"] for step in killed.json["steps"]] == ["skipped", "skipped"]  # type: ignore[index]
    assert client.post(f"/api/v1/branch-builds/{build['number']}/kill").status_code == 409

    def states_of_jobs() -> set[str]:
        with database.connection() as connection:
            return {job["state"] for job in connection.execute("SELECT state FROM job").fetchall()}

    # It may have been on its way to the queue when it was killed.
    wait_for(lambda: states_of_jobs() <= {"cancelled"}, what="no job of it that goes on")
    again = client.post("/api/v1/branch-builds", json={"project": "shop", "bundle": "main"})
    assert again.status_code == 201
    assert again.json["rebuild_of"] == build["number"]  # type: ignore[index]
    third = client.post("/api/v1/branch-builds", json={"number": build["number"]})
    assert third.json["number"] > again.json["number"]  # type: ignore[index]
    assert client.post(f"/api/v1/branch-builds/{build['number']}/keep").json["kept"] is True  # type: ignore[index]
    assert client.post(f"/api/v1/branch-builds/{build['number']}/keep?keep=false").json["kept"] is False  # type: ignore[index]


def test_orders_that_make_no_sense(client: FlaskClient) -> None:
    orders: list[tuple[dict[str, Any], int]] = [
        ({}, 400),
        ({"project": "shop"}, 400),
        ({"project": "shop", "bundle": "main", "number": 1}, 400),
        ({"project": "none", "bundle": "main"}, 404),
        ({"project": "shop", "bundle": "$(id)"}, 404),
        ({"project": "shop", "bundle": "\0"}, 400),
        ({"number": 99}, 404),
        ({"number": 0}, 400),
    ]
    for body, status in orders:
        assert client.post("/api/v1/branch-builds", json=body).status_code == status, body


def test_a_push_hook_hastens_the_next_look(client: FlaskClient, shop: Shop) -> None:
    first_build(client)
    newest = shop.server.commit("Go on")
    assert client.post("/api/v1/projects/shop/fetch", query_string={"secret": SECRET}).status_code == 202
    wait_for(lambda: builds(client)[0]["commits"][0]["commit"] == newest, what="the pushed commit")


def test_who_may_hasten_it(make_wall: Callable[..., Dashboard]) -> None:
    wall = make_wall(require_tokens=True)
    client, path, body = wall.flask.test_client(), "/api/v1/projects/shop/fetch", b'{"ref": "refs/heads/main"}'
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    read, agent = (wall.core.tokens.create(scope, scope) for scope in ("read", "agent"))
    for headers, status in [
        ({"X-Hub-Signature-256": f"sha256={signature}"}, 202),
        ({"X-Gitea-Signature": signature}, 202),
        ({"X-Hub-Signature-256": f"sha256={signature[:-1]}0f"}, 401),
        ({"X-Gitlab-Token": SECRET}, 202),
        ({"X-Gitlab-Token": "wrong"}, 401),
        ({"Authorization": f"Bearer {read}"}, 202),
        ({"Authorization": f"Bearer {agent}"}, 403),
        ({"Authorization": "Bearer lw_wrong"}, 401),
        ({}, 401),
    ]:
        reply = client.post(path, data=body, headers={"Content-Type": "application/json", **headers})
        assert reply.status_code == status, (headers, reply.data)
        assert SECRET.encode() not in reply.data
    assert client.post("/api/v1/projects/none/fetch", query_string={"secret": SECRET}).status_code == 401


def test_a_token_for_other_queues_orders_and_ends_no_build(make_wall: Callable[..., Dashboard]) -> None:
    wall = make_wall(require_tokens=True)
    client, create = wall.flask.test_client(), wall.core.tokens.create
    tokens = {queue: create(queue, "submit", queues=[queue]) for queue in ("other", "local")}
    anybodys = {"Authorization": f"Bearer {create('reader', 'read')}"}
    number = wait_for(lambda: client.get("/api/v1/branch-builds", headers=anybodys).json["builds"])[0]["number"]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("", {"project": "shop", "bundle": "main"}),
        ("", {"number": number}),
        (f"/{number}/keep", {}),
        (f"/{number}/kill", {}),
    ]
    for queue, refused in (("other", True), ("local", False)):
        for path, body in asked:
            headers = {"Authorization": f"Bearer {tokens[queue]}"}
            reply = client.post(f"/api/v1/branch-builds{path}", json=body, headers=headers)
            assert (reply.status_code == 403) == refused, (queue, path, reply.json)


def test_a_badge_says_what_is_known(client: FlaskClient, database: Database) -> None:
    path = "/api/v1/projects/shop/badge.svg"
    build = first_build(client)
    before = client.get(path, query_string={"bundle": "main"})
    assert (before.status_code, before.mimetype) == (200, "image/svg+xml")
    assert "main: no builds" in before.text
    client.post(f"/api/v1/branch-builds/{build['number']}/kill")
    killed = client.get(path, query_string={"bundle": "main"})
    assert "main: killed" in killed.text and before.headers["ETag"] != killed.headers["ETag"]
    same = client.get(path, query_string={"bundle": "main"}, headers={"If-None-Match": killed.headers["ETag"]})
    assert same.status_code == 304
    again = client.post("/api/v1/branch-builds", json={"number": build["number"]}).json
    assert again
    client.post(f"/api/v1/branch-builds/{again['number']}/kill")
    with database.connection() as connection:
        end = "UPDATE branch_build SET result = %s, superseded_by = %s WHERE number = %s"
        connection.execute(end, ["skipped", 99, again["number"]])
        connection.execute(end, ["failed", None, build["number"]])
    assert "main: failed" in client.get(path, query_string={"bundle": "main"}).text, "a newer one took its place"
    nowhere = client.get(path, query_string={"bundle": '<script>"&', "label": "</svg><script>alert(1)</script>"})
    assert "<script" not in nowhere.text and "no builds" in nowhere.text
    assert client.get(path).status_code == 400
    assert client.get("/api/v1/projects/none/badge.svg?bundle=main").status_code == 404


@pytest.mark.parametrize("badge", [False, True])
def test_who_sees_a_badge(make_wall: Callable[..., Dashboard], shop: Shop, badge: bool) -> None:
    shop.project = dataclasses.replace(shop.project, badge=badge)
    wall = make_wall(require_tokens=True)
    client, path = wall.flask.test_client(), "/api/v1/projects/shop/badge.svg?bundle=main"
    assert client.get(path).status_code == (200 if badge else 401)
    read = wall.core.tokens.create("read", "read")
    shown = client.get(path, headers={"Authorization": f"Bearer {read}"})
    assert shown.headers["Cache-Control"] == ("public, max-age=60" if badge else "private, max-age=60")
    assert shown.headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if badge else "same-origin")
    wall.core.guard._limits = limits = Limits(lambda: 0.0)
    for _ in range(READS.burst):
        limits.spend(READS, "127.0.0.1", "")
    assert client.get(path).status_code == (429 if badge else 401)
