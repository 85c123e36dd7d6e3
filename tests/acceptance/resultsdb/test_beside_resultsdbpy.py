"""The real resultsdbpy and ours are sent the same uploads and asked the same: each answer is the same.

But for what resultsdbpy answers with 500: that is a fault of its own, and no answer of ours.
"""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.dashboard import running_dashboard
from support.postgres import Databases
from support.resultsdbpy import running_resultsdbpy
from support.uploads import IPHONE, MAC, Json, commit, upload

STATUSES = (
    "PASS",
    "FAIL",
    "CRASH",
    "TIMEOUT",
    "IMAGE",
    "TEXT",
    "AUDIO",
    "ERROR",
    "WARNING",
    "TEXT CRASH",
    "IMAGE TEXT",
)
CONFIGURATIONS = (
    {**MAC, "sdk": "22A1"},
    {**MAC, "style": "Debug", "flavor": "wk1", "version": "13.1.0", "sdk": "22A1"},
    {**MAC, "style": "Debug", "flavor": "wk1", "sdk": "22A2"},
    {**IPHONE, "version": [17, 0]},
    {"platform": "iOS", "version": 17_000_000, "is_simulator": False, "architecture": "arm64"},
    {"platform": "GTK", "version": "2.40.1", "is_simulator": False, "architecture": "x86_64", "sdk": "?"},
)
NOW = int(time.time())
SHARE = 6
"""Of the queries, so many parts are asked in turn at one address after the other."""


class Both:
    def __init__(self, theirs: str, ours: str):
        self.theirs, self.ours = theirs, ours
        self.different: list[object] = []

    def ask(self, method: str, path: str, body: object = None) -> None:
        expected, answer = (_call(url, method, path, body) for url in (self.theirs, self.ours))
        if expected[0] == 500:
            is_same = answer[0] < 500
        elif expected[0] >= 300:
            is_same = answer[0] == expected[0] and set(answer[1]) == {"status", "error", "description"}
            is_same = is_same and answer[1]["error"] == expected[1]["error"]
        else:
            is_same = answer[0] == expected[0] and _in_one_order(answer[1]) == _in_one_order(expected[1])
        if not is_same:
            self.different.append((method, path, body, "theirs", expected, "ours", answer))


def _call(url: str, method: str, path: str, body: object) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    headers = {} if data is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def _in_one_order(answer: Any) -> Any:
    """Configurations come in any order; what is told of each does not."""
    if isinstance(answer, dict):
        return {name: _in_one_order(value) for name, value in answer.items()}
    if not isinstance(answer, list):
        return answer
    items = [_in_one_order(item) for item in answer]
    is_of_configurations = any(
        isinstance(item, list) or (isinstance(item, dict) and "configuration" in item) for item in items
    )
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if is_of_configurations else items


def made_up_results(seed: str) -> Json:
    dice, tree = random.Random(seed), {}
    for folder in ("fast", "http/tests"):
        for number in range(4):
            leaf: dict[str, Any] = {}
            if dice.random() < 0.7:
                leaf["actual"] = dice.choice(STATUSES) if dice.random() < 0.5 else "PASS"
            if dice.random() < 0.5:
                leaf["expected"] = dice.choice(STATUSES)
            if dice.random() < 0.7:
                leaf["time"] = dice.choice([0, 12, 1.2, 0.333, 1234.5678, 1e7])
            if dice.random() < 0.3:
                leaf["log"] = dice.choice(["", "text", "lines\n\u20ac\t", "http://log"])
            if dice.random() < 0.3:
                leaf |= {"flakiness_num_tries": 3, "flakiness_num_passes": dice.choice([1, 3]), "modifiers": None}
            tree.setdefault(folder, {})[f"{number}.html"] = leaf
    return tree


def at(number: int, repository: str = "webkit", branch: str = "main", **more: Any) -> Json:
    """A commit of these days: what is older than two weeks is not recent, and the axis ends now."""
    return commit(number, repository, branch, timestamp=NOW - 100_000 + 100 * number, **more)


def uploads() -> Iterator[Json]:
    for place, configuration in enumerate(CONFIGURATIONS):
        made_on: Mapping[str, Any] = {"configuration": configuration}
        for number in range(1, 5):
            commits = [at(number), at(number, "safari")][: 1 + number % 2]
            results = made_up_results(f"{place} {number}")
            yield upload(
                results, *commits, timestamp=NOW - 5000 + 10 * number + place, details={"link": "http://b"}, **made_on
            )
        for again in (
            {"buildbot-master": "b.org", "buildbot-worker": f"bot{place}"},
            {"buildbot-master": "b", "link": "l"},
        ):
            results = made_up_results(f"{place} {again}")
            yield upload(results, at(3), timestamp=NOW - 4000 + place, details=again, **made_on)
        suite = ("layout-tests", "api-tests")[place % 2]
        yield upload(
            made_up_results(f"{place} fix"), at(1, branch="fix"), at(2), suite=suite, timestamp=NOW - 50, **made_on
        )
        reference = {"repository_id": "webkit", "ref": "4@main"}
        yield upload(made_up_results(f"{place} ref"), reference, suite="api-tests", timestamp=NOW - 40, **made_on)
    for old in ({**MAC, "platform": "Old"}, {**IPHONE, "platform": "Old"}):
        yield upload(made_up_results("old"), at(1), configuration=old, timestamp=NOW - 40 * 86_400)
    yield upload({}, at(2), suite="empty", timestamp=NOW - 30, api_key="secret")
    yield upload({"a?b#c.html": {"actual": "FAIL"}}, at(2), suite="odd?#", timestamp=NOW - 30)


UUID = at(3)["timestamp"] * 100
QUERIES = [
    "", "platform=Mac", "platform=Mac&platform=iOS", "style=Debug&flavor=wk1&sdk=22A2", "sdk=22A1",
    "sdk=22A1&sdk=22A2", "version=13.1", "version=13.1.0&platform=Mac", "version_name=Ventura",
    "is_simulator=True", "is_simulator=False", "is_simulator=yes&platform=iOS", "model=iPhone%2015",
    "architecture=arm64", "flavor=none", "recent=True&platform=Old", "recent=False&platform=Old",
    "recent=no&platform=Old&is_simulator=False", "recent=0&architecture=arm64&model=iPhone%2015",
    "platform=iOS&version=17&is_simulator=False&architecture=arm64",
    "platform=iOS&version=17&is_simulator=True&architecture=arm64",
    "platform=iOS&version=17&is_simulator=True&architecture=arm64&model=iPhone%2015", "branch=fix", "branch=main",
    "branch=default", "branch=none", "ref=3@main", f"id={at(3)['hash'][:9]}&platform=Mac", "ref=zz",
    f"uuid={UUID}", f"after_uuid={UUID}", f"before_uuid={UUID}", "after_ref=2@main&before_ref=3@main",
    f"timestamp={UUID // 100}", f"after_timestamp={UUID // 100}", "repository_id=webkit",
    "before_repository_id=safari", "repository_id=none", f"after_time={NOW - 4980}",
    f"after_time={NOW - 4980}&before_time={NOW - 4960}&platform=iOS", f"after_time={NOW - 4980}&after_uuid={UUID}",
    "after_time=0", "before_uuid=0", "uuid=1&ref=1", "uuid=x", "limit=0", "colour=red", "limit=100",
    f"branch=fix&after_ref={at(1, branch='fix')['hash']}",
]  # fmt: skip
PATHS = [
    "/api/results/layout-tests", "/api/results/api-tests", "/api/results/layout-tests/fast/0.html",
    "/api/results/layout-tests/http/tests/3.html", "/api/results/api-tests/fast/2.html",
    "/api/results/layout-tests/none", "/api/failures/layout-tests", "/api/failures/layout-tests?unexpected=False",
    "/api/failures/layout-tests?collapsed=False", "/api/failures/api-tests?collapsed=False&unexpected=0",
    "/api/upload", "/api/upload?suite=api-tests", "/api/urls", "/api/urls?suite=layout-tests&suite=api-tests",
    "/api/urls/queue", "/api/suites", "/api/suites?suite=api-tests",
    "/api/results-summary/layout-tests/fast/1.html",
    "/api/results-summary/api-tests/fast/1.html?include_expectations=yes", "/api/commits",
    "/api/commits/find?repository_id=webkit", "/api/commits/siblings", "/api/commits/next",
    "/api/commits/previous", "/api/commits/branches",
]  # fmt: skip
OTHERS = [
    "/api/layout-tests/tests", "/api/layout-tests/tests?limit=2", "/api/layout-tests/tests?test=http&test=fast/1",
    "/api/none/tests", "/api/results/empty", "/api/failures/empty", "/api/results/odd$3F$23/a$3Fb$23c.html",
    "/api/odd$3F$23/tests", "/api/upload/archive?suite=none", "/api/commits/repositories", "/api/nothing",
]  # fmt: skip


@pytest.fixture(scope="module")
def both(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with ExitStack() as running:
        theirs = running.enter_context(running_resultsdbpy())
        folder: Path = tmp_path_factory.mktemp("wall")
        wall = running.enter_context(running_dashboard(databases, template, folder, "--insecure"))
        both = Both(theirs, wall.url)
        for each in uploads():
            both.ask("POST", "/api/upload", each)
        yield both


@pytest.fixture(autouse=True)
def each_answer_is_the_same(both: Both) -> Iterator[None]:
    yield
    different, both.different = both.different, []
    assert different[:3] == []


@pytest.mark.parametrize("path", PATHS)
def test_some_queries(both: Both, path: str) -> None:
    """Each of them is asked somewhere."""
    ask_all(both, path, QUERIES[PATHS.index(path) % SHARE :: SHARE])


@pytest.mark.soak
@pytest.mark.parametrize("path", PATHS)
def test_all_queries(both: Both, path: str) -> None:
    ask_all(both, path, QUERIES)


def ask_all(both: Both, path: str, queries: Sequence[str]) -> None:
    for query in queries:
        both.ask("GET", f"{path}{'&' if '?' in path else '?'}{query}")


def test_other_addresses(both: Both) -> None:
    for path in OTHERS:
        both.ask("GET", path)
    both.ask("DELETE", "/api/upload")
    both.ask("GET", "/api/commits/register")


def test_uploads_that_are_refused(both: Both) -> None:
    fine = upload({"a.html": {}}, at(1))
    for wrong in (
        {"suite": None}, {"suite": 5}, {"configuration": {}}, {"configuration": {"platform": "Mac"}},
        {"configuration": {**MAC, "version": "1.2.3.4"}}, {"configuration": {**MAC, "version": "x"}}, {"commits": []},
        {"commits": [{"repository_id": "webkit"}]}, {"commits": [{"ref": "1"}]}, {"test_results": {}},
        {"commits": [{"repository_id": "webkit", "ref": "zz"}]}, {"test_results": [1]}, {"timestamp": "soon"},
    ):  # fmt: skip
        both.ask("POST", "/api/upload", {**fine, **wrong})
    both.ask("POST", "/api/upload?colour=red", fine)
    both.ask("POST", "/api/upload", [fine])


def test_uploads_are_read_again(both: Both) -> None:
    for query in ("platform=Mac&suite=api-tests", "recent=False&platform=Old", "platform=none"):
        both.ask("POST", f"/api/upload/process?{query}")
    both.ask("GET", "/api/upload?recent=False&platform=Old")
    both.ask("GET", "/api/results/api-tests")
