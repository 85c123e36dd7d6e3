"""Names and messages of all runs, searched over HTTP."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from psycopg import errors as pg

from livewall_dashboard.history.search import search
from support.reporter import BEGAN, Reporter, T

pytestmark = pytest.mark.any_python


def get(client: FlaskClient, **query: Any) -> Any:
    reply = client.get("/api/v1/search", query_string=query)
    assert reply.status_code == 200, reply.text
    return reply.json


@pytest.fixture(scope="module")
def runs(shared_reporter: Reporter) -> list[str]:
    """All on the shared wall: seven, each with a failure of two tests and one that passed."""
    tests = [
        T("Log In", "FAIL", "Ärger: HTTP 500 at /login"),
        T("Log Out", "FAIL", "100 %_ timeout"),
        T("Timeout Works"),
    ]
    days = [BEGAN + timedelta(days=day) for day in range(7)]
    return [shared_reporter.run(tests, suite="Shop", clock=day, last_in_pool=True) for day in days]


def test_words_are_found_in_names_and_messages(shared_client: FlaskClient, runs: list[str]) -> None:
    told = get(shared_client, q="TIMEOUT")
    assert [test["longname"] for test in told["names"]] == ["Shop.Timeout Works"]
    assert [result["run"] for result in told["results"]] == runs[::-1]
    first = told["results"][0]
    assert (first["longname"], first["id"], first["outcome"], first["message"]) == (
        "Shop.Log Out", "s1-t2", "failed", "100 %_ timeout",
    )  # fmt: skip
    assert (told["searched_back_to"], told["next"]) == (None, None)


@pytest.mark.parametrize(
    ("q", "count"), [("Ärger LOGIN", 7), ("login Ärger", 7), ("Ärger timeout", 0), ("%_", 7), ("%", 7), ("a%b", 0)]
)
def test_all_words_are_to_be_found_as_they_are(shared_client: FlaskClient, runs: list[str], q: str, count: int) -> None:
    assert len(get(shared_client, q=q)["results"]) == count


@pytest.mark.parametrize("limit", [1, 3, 14])
def test_pages_give_each_result_once(shared_client: FlaskClient, runs: list[str], limit: int) -> None:
    found, told = [], {"next": ""}
    while told["next"] is not None:
        told = get(shared_client, q="1", limit=limit, after=told["next"])
        found += [(result["run"], result["id"]) for result in told["results"]]
    assert found == [(run, "s1-t2") for run in runs[::-1]]
    both = get(shared_client, q="t", limit=limit)
    assert both["names"] and (limit == 14 or get(shared_client, q="t", limit=limit, after=both["next"])["names"] == [])


def test_a_search_that_takes_long_goes_on_where_it_was(
    shared_client: FlaskClient, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if each step were slow: a page ends after one run."""
    monkeypatch.setattr(search, "FIRST_STEP", 2)
    moments = iter(range(10**6))
    clock = SimpleNamespace(monotonic=lambda: float(next(moments)))  # of this module alone: threads look at the other
    monkeypatch.setattr(search, "time", clock)
    found, told, pages = [], {"next": ""}, 0
    while told["next"] is not None:
        told = get(shared_client, q="login", after=told["next"])
        found += [result["run"] for result in told["results"]]
        pages += 1
    assert found == runs[::-1] and pages > 3
    assert told["searched_back_to"] is None


def test_a_run_that_takes_too_long_is_looked_through_in_parts(
    client: FlaskClient, reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if nothing were done in time that looks at more than three failures; and each page ended after a part."""
    runs = [reporter.run([T(f"Test {n}", "FAIL", f"Reason {n}") for n in range(40)]) for _ in range(2)]
    real = search._step

    def step(connection: Any, words: Any, start: Any, end: Any, limit: int, seconds: float) -> list[Any]:
        if len(real(connection, ["reason"], start, end, 100, 60.0)) > 3:
            raise pg.QueryCanceled
        return real(connection, words, start, end, limit, 60.0)

    monkeypatch.setattr(search, "_step", step)
    monkeypatch.setattr(search, "SEARCH_WITHIN", 600.0)
    wanted = [(run, f"Reason {n}") for run in runs[::-1] for n in range(40)]
    told = get(client, q="reason", limit=100)
    assert [(result["run"], result["message"]) for result in told["results"]] == wanted
    moments = iter(range(10**6))
    monkeypatch.setattr(search, "time", SimpleNamespace(monotonic=lambda: float(next(moments))))
    monkeypatch.setattr(search, "SEARCH_WITHIN", 1.0)
    found, told, pages = [], {"next": ""}, 0
    while told["next"] is not None:
        told = get(client, q="reason", after=told["next"], limit=100)
        found += [(result["run"], result["message"]) for result in told["results"]]
        pages += 1
    assert found == wanted and pages > 5


def test_what_is_no_question_is_said(shared_client: FlaskClient) -> None:
    for query in ({}, {"q": "  "}, {"q": " ".join("abcdefghijkl")}, {"q": "a", "after": "x"}):
        assert shared_client.get("/api/v1/search", query_string=query).status_code == 400
    assert get(shared_client, q="nothing")["results"] == []


def test_an_excerpt_is_what_is_around_the_word() -> None:
    message = "x" * 500 + "needle" + "y" * 500
    assert search.excerpt(message, ["needle"]) == "…" + "x" * 80 + "needle" + "y" * 234 + "…"
    assert search.excerpt("short needle", ["needle", "short"]) == "short needle"
