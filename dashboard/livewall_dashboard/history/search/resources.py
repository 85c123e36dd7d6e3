"""What the search is asked and answers, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from livewall_dashboard.history.resources import Status
from livewall_dashboard.history.results.result_words import Outcome
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.schemas import Time


class SearchWords(Struct):
    q: Annotated[
        str,
        Meta(
            description="Words, all of which are to be found, whatever their case; beyond ASCII as the database has it"
        ),
    ]


class SearchQuery(SearchWords):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 50


class FoundName(Struct):
    longname: str
    name: str


class FoundResult(Struct):
    """A failure. `message`: its beginning, or what is around the first word found."""

    run: str
    started_at: Time
    setup: str
    id: str
    process: str
    longname: str
    name: str
    status: Status
    outcome: Outcome
    elapsed_time: float
    message: str


class SearchAnswer(Struct):
    """`names`: up to 20 tests that have the words in their longname; with the first page alone. `results`: failures
    that have them in their message, the last reported first. A page ends after 1.5 seconds, too, however few it has:
    `searched_back_to` is when the oldest run began that was looked through, null once all were.
    """

    names: list[FoundName]
    results: list[FoundResult]
    searched_back_to: Time | None
    next: str | None
