"""The parameters of resultsdbpy's queries. What is a list may be given several times, and then any of it matches."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Several = Annotated[list[str], Meta(description="May be given several times")]
Bound = Annotated[list[str], Meta(description="The range of commits begins (after_) or ends (before_) with this one")]
Flag = Annotated[list[str], Meta(description="True, yes or 1; anything else is false")]
Limit = Annotated[int, Meta(ge=1, le=999_999_999, description="Of each configuration at most so many")]
Seconds = Annotated[list[str], Meta(description="Seconds since 1970 when runs began at the earliest or latest")]


class OneCommitQuery(Struct, kw_only=True):
    repository_id: Several = []
    branch: Several = []
    id: Several = []
    ref: Several = []
    uuid: Several = []
    timestamp: Several = []
    after_repository_id: Bound = []
    after_branch: Bound = []
    after_id: Bound = []
    after_ref: Bound = []
    after_uuid: Bound = []
    after_timestamp: Bound = []
    before_repository_id: Bound = []
    before_branch: Bound = []
    before_id: Bound = []
    before_ref: Bound = []
    before_uuid: Bound = []
    before_timestamp: Bound = []


class CommitsQuery(OneCommitQuery, kw_only=True):
    limit: Limit = 100


class BranchesQuery(Struct, kw_only=True):
    repository_id: Several = []
    branch: Annotated[list[str], Meta(description="Beginnings of branches")] = []
    limit: Limit = 100


class ConfigurationQuery(Struct, kw_only=True):
    platform: Several = []
    version: Several = []
    version_name: Several = []
    is_simulator: Flag = []
    architecture: Several = []
    model: Several = []
    style: Several = []
    flavor: Several = []
    sdk: Several = []
    recent: Annotated[list[str], Meta(description="Of configurations with runs of the last 14 days alone; true")] = []


class SuitesQuery(ConfigurationQuery, kw_only=True):
    suite: Several = []
    branch: Several = []


class ChosenCommitQuery(ConfigurationQuery, kw_only=True):
    repository_id: Several = []
    branch: Several = []
    id: Several = []
    ref: Several = []
    uuid: Several = []
    timestamp: Several = []


class RunsQuery(ChosenCommitQuery, kw_only=True):
    after_repository_id: Bound = []
    after_branch: Bound = []
    after_id: Bound = []
    after_ref: Bound = []
    after_uuid: Bound = []
    after_timestamp: Bound = []
    before_repository_id: Bound = []
    before_branch: Bound = []
    before_id: Bound = []
    before_ref: Bound = []
    before_uuid: Bound = []
    before_timestamp: Bound = []


class UploadsQuery(RunsQuery, kw_only=True):
    suite: Several = []
    limit: Limit = 100


class TestsQuery(Struct, kw_only=True):
    test: Annotated[list[str], Meta(description="Beginnings of tests' names")] = []
    limit: Limit = 1000


class TimedQuery(RunsQuery, kw_only=True):
    after_time: Seconds = []
    before_time: Seconds = []


class ResultsQuery(TimedQuery, kw_only=True):
    limit: Limit = 1000


class FailuresQuery(TimedQuery, kw_only=True):
    unexpected: Annotated[list[str], Meta(description="Those that were not expected alone; true")] = []
    collapsed: Annotated[list[str], Meta(description="The names of the tests alone; true")] = []
    limit: Limit = 1000


class UrlsQuery(TimedQuery, kw_only=True):
    suite: Several = []
    limit: Limit = 100


class QueuesQuery(SuitesQuery, kw_only=True):
    limit: Limit = 100


class ArchiveQuery(TimedQuery, kw_only=True):
    suite: Several = []


class SummaryQuery(ChosenCommitQuery, kw_only=True):
    include_expectations: Flag = []
    limit: Limit = 100
