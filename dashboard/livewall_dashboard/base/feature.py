"""What a part of the wall brings along. `features.py` lists the parts, `app.py` puts them together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask import Blueprint

from livewall_dashboard.base.errors import LivewallError

Check = Callable[[], str | None]
"""None when all is well, else the reason why not, for people: it names no secrets."""

RunMembers = Mapping[str, Callable[[str], object]]
"""By the member of a run in the read API: what it is for the run of this id, None for nothing."""

ErrorShape = Callable[[LivewallError], object]
"""What an error is in JSON."""


class WatchedThread(Protocol):
    """What /healthz asks a thread."""

    @property
    def name(self) -> str: ...

    @property
    def trouble(self) -> str:
        """Why it is not well, for people; "" while it is."""


class Background(Protocol):
    """Work beside the requests, in one thread or more: a `Loop`, a `Worker`, or what has some of these."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def threads(self) -> Iterable[WatchedThread]: ...


@dataclass(frozen=True, slots=True)
class Gauge:
    """A value that goes up and down, asked for at each scrape: `livewall_<name>`."""

    name: str
    meaning: str
    value: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Counter:
    """A count that its part keeps anyway, asked for at each scrape: `livewall_<name>_total`."""

    name: str
    meaning: str
    value: Callable[[], float]


@dataclass(frozen=True, slots=True)
class PageAddition:
    """What a page of another feature loads: files below `static/`, a module and its style.

    `page`: what that calls itself. `is_wanted()`: whether it is for whoever asks for the page in the current request.
    """

    page: str
    script: str
    style: str
    is_wanted: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page that every page's bar leads to, as long as there is something on it.

    `page`: what that calls itself. `is_wanted()` is asked with every page, and waits for nothing.
    """

    page: str
    title: str
    path: str
    is_wanted: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ShortRequest:
    """Of such a route. `named`: the groups of its path; `caller`: the caller's token, None on an open wall."""

    environ: dict[str, Any]
    named: Mapping[str, str]
    body: bytes
    caller: Any


@dataclass(frozen=True, slots=True)
class ShortRoute:
    """A route of a blueprint, asked so often that a plain request of it is answered before Flask.

    `endpoint`: that of its view, whose scope, which no cookie grants, and limit hold here, too. `path`: its groups are
    named as the variables of the view's address. `answer(request)` -> the body, which is of the type `media`; None: it
    has none. `has_query`: what an address has behind a ? is its own to read; else it is the view's.
    """

    endpoint: str
    method: str
    path: re.Pattern[str]
    answer: Callable[[ShortRequest], bytes | None]
    media: str = "application/json"
    has_query: bool = False


def nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """`name`: that of its folder.

    `blueprints`: its pages and its API.
    `short_routes`: those of its routes that are answered before Flask.
    `prepare`: called once at the start, when the database is there and no background of any feature runs yet.
    `background`: what it does beside the requests; it starts in this order and stops in the other one.
    `additions`: what it adds to pages of others.
    `nav`: its pages in the bar at the top.
    `log_page`: its page that shows a log of plain text of any feature, at the address that `?of=` names.
    `close`: called once at the end, after its background has stopped.
    `checks`: what /healthz asks, by the name it shows.
    `measures`: what /metrics asks.
    `run_members`: what it knows of runs, for their place in the read API.
    `error_shapes`: by a path without a slash at its end: how errors are told there, where programs expect another
    shape than ours.
    """

    name: str
    blueprints: Sequence[Blueprint] = ()
    short_routes: Sequence[ShortRoute] = ()
    additions: Sequence[PageAddition] = ()
    nav: Sequence[NavItem] = ()
    log_page: str = ""
    prepare: Callable[[], object] = nothing
    background: Sequence[Background] = ()
    close: Callable[[], object] = nothing
    checks: Mapping[str, Check] = field(default_factory=dict)
    measures: Sequence[Gauge | Counter] = ()
    run_members: RunMembers = field(default_factory=dict)
    error_shapes: Mapping[str, ErrorShape] = field(default_factory=dict)
