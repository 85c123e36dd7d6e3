"""What the wall is called, on every page there is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from livewall_dashboard.app import Dashboard
from livewall_dashboard.lab import Lab

HOSTILE = """<script>alert('1')</script>" x="&amp;"""


@pytest.fixture
def site(make_app: Callable[..., Dashboard]) -> Dashboard:
    """A private wall of that name."""
    app = make_app(require_tokens=True)
    app.core.lab._lab = Lab.of([], title=HOSTILE)
    return app


def pages_of(site: Dashboard, client: FlaskClient) -> dict[str, str]:
    """What a browser is shown at every route there is, also where there is nothing."""
    found = {}
    for rule in site.flask.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            address = re.sub("<[^>]*>", "1", rule.rule)
            reply = client.get(address, headers={"Accept": "text/html"}, buffered=True)
            if reply.status_code in (200, 404) and reply.mimetype == "text/html":
                found[rule.rule] = reply.get_data(as_text=True)
    return found


def test_every_page_says_what_the_wall_is_called_and_none_runs_it(site: Dashboard) -> None:
    client = site.flask.test_client()
    signing_in = client.get("/login", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert client.post("/login", data={"token": site.core.tokens.create("reader", "read")}).status_code == 303
    pages = pages_of(site, client)
    assert {"/", "/runs", "/tests", "/history", "/search", "/jobs", "/reports", "/login"} - set(pages) == set()
    written = str(escape(HOSTILE))
    for path, page in {**pages, "signing in": signing_in}.items():
        (title,) = re.findall("<title>(.*?)</title>", page)
        (brand,) = re.findall(r'class="brand".*?<span>(.*?)</span>', page)
        assert title == written or title.endswith(f" · {written}"), path
        assert brand == written, path
        assert page.count(written) == page.count("alert("), path


def test_a_page_has_the_title_of_the_newest_configuration(app: Dashboard) -> None:
    client = app.flask.test_client()
    for name in ("Radio lab", "Boot lab"):
        app.core.lab._lab = Lab.of([], title=name)
        page = client.get("/runs").get_data(as_text=True)
        assert f"<title>Runs · {name}</title>" in page
        assert f'<meta name="application-name" content="{name}">' in page
