"""Pages of HTML that a build left: who may browse them, with which headers, and until when."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.access.rate_limits import READS, Limits
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.branches.build_store import BuildStore
from livewall_dashboard.branches.html_archive import HtmlArchive
from livewall_dashboard.branches.html_routes import HEADERS
from livewall_dashboard.branches.html_store import HtmlStore, KeptFolder
from support.waiting import wait_for

pytestmark = pytest.mark.any_python

FILES = {
    "my cov/index.html": b"<link rel=stylesheet href=style.css><script src=a.js></script>",
    "my cov/style.css": b"p {}",
    "my cov/deep/x.html": b"<p>x",
    "my cov/big.txt": bytes(300_000),
}


def build_with_html(wall: Dashboard, folder: Path, bundle: str = "main") -> int:
    """A good build whose step `test` has left these files, and others that were too many -> its number."""
    with wall.core.database.connection() as connection:
        (row,) = connection.execute(
            "WITH b AS (INSERT INTO bundle (project, name, pushed_at) VALUES ('shop', %s, now()) RETURNING id) "
            "INSERT INTO branch_build (bundle_id, state, result, ended_at) SELECT id, 'done', 'ok', now() FROM b "
            "RETURNING number",
            [bundle],
        ).fetchall()
        number: int = row["number"]
        for no, name in ((1, "build"), (2, "test")):
            connection.execute(
                "INSERT INTO branch_build_step (number, no, name, status) VALUES (%s, %s, %s, 'ok')", [number, no, name]
            )
    packed = folder / f"{number}.tar.gz"
    with packed.open("wb") as target:
        archive = HtmlArchive(target)
        for path, data in FILES.items():
            archive.add(path, len(data), io.BytesIO(data))
        archive.close()
    store = HtmlStore(wall.core.database, wall.core.artifacts)
    folders = [KeptFolder("my cov", 2, 87.5), KeptFolder("docs", 1, trouble="they are too many")]
    for _ in range(2):  # killed after it, it is done again
        store.keep(number, packed, archive.files, folders)
    return number


def steps(client: FlaskClient, number: int) -> list[Any]:
    reply: Any = client.get(f"/api/v1/branch-builds/{number}").json
    return [step["html"] for step in reply["steps"]]


def test_from_the_build_to_each_file(make_app: Callable[..., Dashboard], tmp_path: Path) -> None:
    wall = make_app()
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    url = f"/branch-builds/{number}/html/my%20cov/index.html"
    assert steps(client, number) == [
        [{"name": "docs", "url": None, "coverage": None, "trouble": "they are too many"}],
        [{"name": "my cov", "url": url, "coverage": 87.5, "trouble": None}],
    ]
    led = client.get(url)
    assert (led.status_code, led.headers["Cache-Control"]) == (303, "no-store")
    page = led.headers["Location"]
    folder = page.removesuffix("index.html")
    for path, data in FILES.items():
        reply = client.get(folder + path.removeprefix("my cov/"))
        assert (reply.status_code, reply.data) == (200, data)
        assert reply.headers["Content-Length"] == str(len(data))
        assert {name: reply.headers.getlist(name) for name in HEADERS} == {name: [HEADERS[name]] for name in HEADERS}
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(folder).data == FILES["my cov/index.html"]
    assert client.get(folder + "style.css").mimetype == "text/css"
    for nowhere in ("none.html", "", "../../../../etc/passwd", "%2e%2e/index.html", "index.html%00", "deep"):
        assert client.get(f"{folder}{nowhere}" if nowhere else folder[:-1]).status_code == 404, nowhere


@pytest.mark.parametrize("wanted", ["", "document", "iframe"])
def test_a_page_without_a_good_ticket_leads_back_to_the_door(
    make_app: Callable[..., Dashboard], tmp_path: Path, wanted: str
) -> None:
    wall = make_app()
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    good = client.get(f"/branch-builds/{number}/html/my%20cov/index.html").headers["Location"].split("/")[3]
    other = build_with_html(wall, tmp_path, "other")
    headers = {"Sec-Fetch-Dest": wanted} if wanted else {}
    for build, ticket in ((number, "1.2.3"), (number, f"{good}0"), (other, good), (number, "\u00e4")):
        reply = client.get(f"/html/{build}/{ticket}/my cov/index.html", headers=headers)
        assert (reply.status_code, reply.headers["Location"]) == (
            303,
            f"/branch-builds/{build}/html/my%20cov/index.html",
        )
        assert (
            client.get(f"/html/{build}/{ticket}/my cov/a.js", headers={"Sec-Fetch-Dest": "script"}).status_code == 403
        )


def test_on_a_closed_wall_the_ticket_is_as_good_as_its_token(
    make_app: Callable[..., Dashboard], tmp_path: Path
) -> None:
    wall = make_app(require_tokens=True)
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    door = f"/branch-builds/{number}/html/my%20cov/index.html"
    assert client.get(door).status_code == 401
    login = client.get(door, headers={"Accept": "text/html"})
    assert login.headers["Location"].startswith("/login?next=%2Fbranch-builds")
    reader = wall.core.tokens.create("reader", "read")
    page = client.get(door, headers={"Authorization": f"Bearer {reader}"}).headers["Location"]
    assert client.get(page).data == FILES["my cov/index.html"], "without cookie and token, as a browser asks"
    wall.core.tokens.revoke("reader")
    wait_for(lambda: client.get(page, headers={"Sec-Fetch-Dest": "style"}).status_code == 403, what="the token's end")


def test_no_page_of_the_walls_own_loads_what_a_branch_wrote(make_app: Callable[..., Dashboard], tmp_path: Path) -> None:
    wall = make_app()
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    door = f"/branch-builds/{number}/html/my%20cov/style.css"
    page = client.get(door).headers["Location"]
    for wanted in ("script", "style", "image", "empty", "worker"):
        own = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": wanted}
        assert [client.get(path, headers=own).status_code for path in (door, page)] == [403, 403], wanted
        sandboxed = {**own, "Sec-Fetch-Site": "cross-site"}
        assert client.get(page, headers=sandboxed).status_code == 200, wanted
    link = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}
    assert [client.get(path, headers=link).status_code for path in (door, page)] == [303, 200]


def test_a_page_that_asks_without_end_is_put_off(make_app: Callable[..., Dashboard], tmp_path: Path) -> None:
    wall = make_app()
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    page = client.get(f"/branch-builds/{number}/html/my%20cov/index.html").headers["Location"]
    wall.core.guard._limits = limits = Limits(lambda: 0.0)
    for _ in range(READS.burst):
        limits.spend(READS, "127.0.0.1", "")
    assert client.get(page).status_code == 429


def test_they_go_with_their_build(make_app: Callable[..., Dashboard], tmp_path: Path) -> None:
    wall = make_app()
    client, number = wall.flask.test_client(), build_with_html(wall, tmp_path)
    other = build_with_html(wall, tmp_path, "other")
    pages = [
        client.get(f"/branch-builds/{each}/html/my%20cov/index.html").headers["Location"] for each in (number, other)
    ]
    with wall.core.database.connection() as connection:
        connection.execute("UPDATE bundle SET is_alive = false WHERE name = 'main'")
    assert BuildStore(wall.core.database).remove_old(utc_now() + timedelta(hours=1), 100) == 1
    wall.core.artifacts.sweep()
    assert [client.get(page).status_code for page in pages] == [404, 200]
    with wall.core.database.connection() as connection:
        assert connection.execute("SELECT count(*) AS count FROM branch_build_html_file").fetchall()[0]["count"] == 4
        owners = connection.execute("SELECT owner_id FROM artifact WHERE owner_kind = 'branch_build'").fetchall()
    assert [row["owner_id"] for row in owners] == [str(other)]
