"""Jenkins's JSON, whole, with pieces missing, and mangled."""

from __future__ import annotations

import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewall_dashboard.jenkins import queries
from livewall_dashboard.jenkins.errors import BadAnswer
from livewall_dashboard.jenkins.model import JenkinsBuild
from livewall_dashboard.jenkins.parse import (
    Folder,
    SeenJob,
    decoded,
    read_folder,
    read_job,
    read_jobs,
    read_one_job,
    read_stages,
)
from livewall_dashboard.lab.model import DESCRIPTION_PATTERN
from support.jenkins import items
from support.jenkins.tree import parse, prune

URL = "http://jenkins/job/smoke/"


def job_document(**build: Any) -> Any:
    """A job with one build as Jenkins answers our very question."""
    job = items.Job("smoke", parameters=[items.parameter("WHERE")])
    job.build(**build)
    return prune(job.document(URL), parse(queries.details(10)))


def read_build(document: Any) -> JenkinsBuild:
    (build,) = read_job(document, "smoke", DESCRIPTION_PATTERN).builds
    return build


def test_a_build_in_full() -> None:
    document = job_document(
        result="UNSTABLE",
        started_at=1_700_000_000.5,
        duration=61.5,
        estimate=60,
        description="Nightly",
        commits=[("abc", "Ann", "Mend it"), ("def", "Bob", "Break it"), ("ghi", "Ann", "More")],
        tests=(120, 2, 1),
    )
    build = read_build(document)
    assert (build.number, build.url, build.name) == (1, f"{URL}1/", "#1")
    assert (build.result, build.building) == ("UNSTABLE", False)
    assert build.started_at == "2023-11-14T22:13:20.500000+00:00"
    assert (build.elapsed_time, build.estimated_time) == (61.5, 60.0)
    assert build.causes == ["Started by timer"]
    assert (build.branch, build.revision) == ("main", items.HASH)
    assert [commit.id for commit in build.commits] == ["abc", "def", "ghi"]
    assert (build.commits[0].author, build.commits[0].message) == ("Ann", "Mend it")
    assert build.culprits == ["Ann", "Bob"]
    assert (build.node, build.description) == ("rack-1", "Nightly")
    assert build.tests is not None
    assert (build.tests.total, build.tests.passed, build.tests.failed, build.tests.skipped) == (120, 117, 2, 1)


def test_a_running_build_has_no_result_and_no_end() -> None:
    build = read_build(job_document(result=None))
    assert (build.building, build.result, build.elapsed_time) == (True, None, None)


def test_a_pipelines_build() -> None:
    job = items.Job("smoke", classes=items.PIPELINE)
    job.build(commits=[("abc", "Ann", "Mend it")])
    build = read_build(job.document(URL))
    assert [commit.id for commit in build.commits] == ["abc"]
    assert build.node == ""


def test_the_question_names_everything_that_is_read() -> None:
    job = items.Job("smoke", parameters=[items.parameter("A", "Choice", "x", ["x", "y"])])
    job.build(commits=[("abc", "Ann", "Mend it")], tests=(9, 1, 0), description="d")
    whole, asked = job.document(URL), prune(job.document(URL), parse(queries.details(10)))
    assert read_job(asked, "smoke", "") == read_job(whole, "smoke", "")
    assert len(json.dumps(asked)) < len(json.dumps(whole)) / 2


def test_a_negative_estimate_means_that_jenkins_does_not_know() -> None:
    assert read_build(job_document(estimate=-0.001)).estimated_time is None


@pytest.mark.parametrize(
    ("name", "branch"),
    [
        ("refs/remotes/origin/main", "main"),
        ("origin/feature/x", "feature/x"),
        ("refs/heads/main", "main"),
        ("detached", ""),
        ("main", "main"),
    ],
)
def test_branches_without_where_they_come_from(name: str, branch: str) -> None:
    assert read_build(job_document(branch=name)).branch == branch


def checkout(branch: str, revision: str) -> Any:
    return items._checkout(branch, revision, 1)


def test_of_several_checkouts_the_one_with_the_new_commits_counts() -> None:
    document = job_document(commits=[("c2", "Ann", "Mend it")])
    document["builds"][0]["actions"] = [checkout("origin/library", "c1"), checkout("origin/main", "c2")]
    assert (read_build(document).branch, read_build(document).revision) == ("main", "c2")


def test_else_the_one_of_the_branch_the_job_is_named_after() -> None:
    document = job_document()
    document["builds"][0]["actions"] = [checkout("origin/library", "c1"), checkout("feature/x", "c2")]
    (build,) = read_job(document, "proj/feature%2Fx", "").builds
    assert build.revision == "c2"


def test_else_the_first() -> None:
    document = job_document()
    document["builds"][0]["actions"] = [{}, checkout("origin/a", "c1"), checkout("origin/b", "c2")]
    assert read_build(document).revision == "c1"


def test_builds_come_newest_first_and_each_stands_alone() -> None:
    job = items.Job("smoke")
    for _ in range(3):
        job.build()
    document = job.document(URL)
    document["builds"].reverse()
    document["builds"][1] = {"number": "two"}
    document["builds"].append("nonsense")
    assert [build.number for build in read_job(document, "smoke", "").builds] == [3, 1]


def test_parameters() -> None:
    job = items.Job(
        "smoke",
        parameters=[
            items.parameter("WHERE", default="rack-1"),
            items.parameter("CLEAN", "Boolean", True),
            items.parameter("KIND", "Choice", "quick", ["quick", "full"]),
            items.parameter("PASS", "Password", "geheim"),
            items.parameter("FILE", "File"),
        ],
    )
    found = read_job(job.document(URL), "smoke", "").parameters
    assert [(each.name, each.kind, each.default, each.choices) for each in found] == [
        ("WHERE", "text", "rack-1", []),
        ("CLEAN", "boolean", "true", []),
        ("KIND", "choice", "quick", ["quick", "full"]),
        ("PASS", "password", "", []),
        ("FILE", "other", "", []),
    ]
    assert [each.name for each in found if each.own_default] == ["PASS", "FILE"]


GIT = {"_class": "net.uaznia.lukanus.hudson.plugins.gitparameter.GitParameterDefinition", "type": "PT_BRANCH"}
CREDENTIALS = "com.cloudbees.plugins.credentials.CredentialsParameterDefinition"


def test_parameters_of_plugins() -> None:
    git = {**items.parameter("BRANCH", default="origin/main"), **GIT}
    key = {**items.parameter("KEY"), "_class": CREDENTIALS, "type": "CredentialsParameterDefinition"}
    found = read_job(items.Job("smoke", parameters=[git, key]).document(URL), "smoke", "")
    assert [(each.name, each.kind, each.type, each.default) for each in found.parameters] == [
        ("BRANCH", "text", "PT_BRANCH", "origin/main"),
        ("KEY", "other", "Credentials", ""),
    ]


@pytest.mark.parametrize(
    "parameter",
    [
        items.parameter("P", default="x" * 2001),
        items.parameter("P", "Text", "nul \0"),
        items.parameter("P", default=None),
        items.parameter("P", "Choice", "x" * 2001, ["x" * 2001, "y"]),
        items.parameter("P", "Choice", "gone", ["y"]),
        items.parameter("P", "Choice", None, ["y"]),
    ],
)
def test_no_part_of_a_value_is_taken_for_it(parameter: Any) -> None:
    (found,) = read_job(items.Job("smoke", parameters=[parameter]).document(URL), "smoke", "").parameters
    assert (found.default, found.own_default) == ("", True)
    assert all(len(choice) < 2001 for choice in found.choices)


def test_a_parameter_with_an_endless_name_is_left_to_jenkins() -> None:
    job = items.Job("smoke", parameters=[items.parameter("N" * 201, default="x")])
    (found,) = read_job(job.document(URL), "smoke", "").parameters
    assert (found.kind, found.own_default) == ("other", True)


def test_a_passwords_default_is_not_even_read() -> None:
    definition = {**items.parameter("PASS", "Password"), "defaultParameterValue": {"value": "geheim"}}
    (found,) = read_job({"property": [{"parameterDefinitions": [definition]}]}, "smoke", "").parameters
    assert found.default == ""


def test_an_address_that_is_a_script_is_none() -> None:
    document = job_document()
    document["url"] = document["builds"][0]["url"] = "javascript:alert(1)"
    assert read_job(document, "smoke", "").url == ""
    assert read_build(document).url == ""


def test_long_texts_are_cut() -> None:
    document = job_document(description="x" * 100_000, commits=[("abc", "Ann", "y" * 100_000)])
    build = read_build(document)
    assert len(build.description) == 2000
    assert len(build.commits[0].message) == 300


def overview(*names: str) -> Folder:
    root = items.Folder()
    for name in names:
        *folders, own = name.split("/")
        folder = root
        for each in folders:
            folder = folder.items.setdefault(each, items.Folder(each))  # type: ignore[assignment]
        folder.items[own] = items.Job(own)
    document = prune(root.document("http://jenkins/"), parse(queries.overview(3, 100)))
    return read_folder(json.dumps(document).encode(), "")


def test_an_overview_has_jobs_in_folders() -> None:
    root = overview("b", "a/x", "a/y/z")
    folder, job = root.items
    assert isinstance(folder, Folder) and isinstance(job, SeenJob)
    assert (folder.name, job.name, job.next_build, job.buildable) == ("a", "b", 1, True)
    assert [item and item.name for item in folder.items] == ["a/x", "a/y"]


def test_a_folder_deeper_than_asked_is_neither_job_nor_folder() -> None:
    root = read_folder(
        b'{"jobs": [{"name": "deep", "url": "http://x/"}, 5, {"name": "a/b", "nextBuildNumber": 1}]}', ""
    )
    assert root.items == (None, None, None)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{}", b'{"jobs": 5}', b"<html>", b'{"jobs": [', b"[" * 100_000])
def test_what_is_no_overview_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_folder(body, "")


def test_a_web_page_is_called_one() -> None:
    with pytest.raises(BadAnswer, match="web page"):
        decoded(b"  <!DOCTYPE html>")


def test_jobs_of_a_slice() -> None:
    one, other = items.Job("x"), items.Job("y")
    one.build()
    folder = items.Folder("b", {"x": one, "y": other})
    document = items.Folder("", {"b": folder}).document("http://jenkins/")
    found = read_jobs(json.dumps(document).encode(), "", 2, "", frozenset({"b/x"}))
    assert found.keys() == {"b/x"}
    assert len(found["b/x"].builds) == 1


def test_stages_by_number() -> None:
    job = items.Job("smoke", classes=items.PIPELINE)
    job.build()
    job.stages[1] = [items.stage("Build", started_at=1_700_000_000.0, duration=2.5), items.stage("Test", "FAILED")]
    found = read_stages(json.dumps(job.runs()).encode())
    assert [(stage.name, stage.status) for stage in found[1].stages] == [("Build", "SUCCESS"), ("Test", "FAILED")]
    assert not found[1].is_paused
    assert (found[1].stages[0].started_at, found[1].stages[0].elapsed_time) == ("2023-11-14T22:13:20+00:00", 2.5)


@pytest.mark.parametrize("place", ["run", "stage"])
def test_a_run_that_waits_for_input(place: str) -> None:
    status = {"run": "PAUSED_PENDING_INPUT", "stage": "IN_PROGRESS"}
    stage = {"name": "Deploy", "status": "PAUSED_PENDING_INPUT" if place == "stage" else "IN_PROGRESS"}
    body = json.dumps([{"id": "7", "status": status[place], "stages": [stage]}]).encode()
    assert read_stages(body)[7].is_paused


def test_old_versions_number_their_runs_by_name() -> None:
    assert read_stages(b'[{"id": "2014-10-16_13-07-52", "name": "#16", "stages": []}]').keys() == {16}


# ---------------------------------------------------------------- mangled

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


WHOLE = job_document(commits=[("abc", "Ann", "Mend it")], tests=(9, 1, 0), description="All Tests: 9 tests (9 OK)")
PLACES = places(WHOLE)[1:]


def mangled(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(document)
    holder = changed
    for key in place[:-1]:
        holder = holder[key]
    if value is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return changed


def encodable(value: Any) -> bytes:
    return json.dumps(value).encode()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JSON | st.just(...))
def test_one_bad_member_costs_no_more_than_itself(place: tuple[Any, ...], value: Any) -> None:
    found = read_one_job(encodable(mangled(WHOLE, place, value)), "smoke", DESCRIPTION_PATTERN)
    msgspec.json.encode([found.builds, found.parameters])
    if place[0] != "builds":
        assert [build.number for build in found.builds] == [1]
    elif len(place) > 2 and place[2] not in ("number", "building", "result"):
        (build,) = found.builds
        assert build.result == "SUCCESS"
    if place[0] != "property":
        assert [each.name for each in found.parameters] == ["WHERE"]


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(document: Any) -> None:
    body = encodable(document)
    for read in (lambda: read_folder(body, ""), lambda: read_one_job(body, "a", "x"), lambda: read_stages(body)):
        try:
            msgspec.json.encode(read())  # type: ignore[no-untyped-call]
        except BadAnswer:
            pass


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        decoded(body)
    except BadAnswer:
        pass


def test_half_a_surrogate_pair_can_be_told_on() -> None:
    body = b'{"displayName": "a\\ud800b\\u0000", "builds": [{"number": 1, "description": "\\udfff"}]}'
    found = read_one_job(body, "a", "")
    assert msgspec.json.decode(msgspec.json.encode([found.title, found.builds[0].description])) == ["a?b", "?"]
