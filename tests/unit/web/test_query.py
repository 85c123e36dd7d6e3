"""What a query's struct takes of a request, and what it says of the rest."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from flask import Flask
from msgspec import Meta, Struct, field

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.web.query import MAY_REPEAT, Limit, parameters_of, pick_query, read_query


class Fruits(Struct):
    name: Annotated[str, Meta(description="Its name")]
    colour: Annotated[Literal["red", "green", "amber"] | None, Meta(description="Of this colour")] = None
    limit: Limit = 50


class Listed(Struct):
    label: Annotated[list[str], Meta(description="With this label")] = []
    since: Annotated[str | None, Meta(description="From then on")] = field(default=None, name="from")


class Lenient(Struct):
    live: str | None = None


class Repeated(Struct):
    tags: Annotated[str | None, Meta(description="Tags", extra=MAY_REPEAT)] = None


def asked(query: str) -> Fruits:
    with Flask(__name__).test_request_context(f"/?{query}"):
        return read_query(Fruits)


def test_read_query_converts_what_is_given_and_keeps_the_defaults() -> None:
    assert asked("name=plum") == Fruits("plum", None, 50)
    assert asked("limit=1000&colour=green&name=plum") == Fruits("plum", "green", 1000)


def test_read_query_takes_an_empty_parameter_for_one_that_is_not_given() -> None:
    assert asked("name=plum&colour=&limit=") == Fruits("plum")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "The parameter name is missing."),
        ("name=", "The parameter name is missing."),
        ("name=a&taste=b", "There is no parameter 'taste' here; known are name, colour, limit."),
        ("name=a&name=b", "name is given 2 times; once is enough."),
        ("name=%00", "name is text of at most 7000 characters, without NUL."),
        (f"name={'a' * 7001}", "name is text of at most 7000 characters, without NUL."),
        ("name=a&colour=blue", "colour is red, green or amber, not 'blue'."),
        ("name=a&limit=0", "limit is a number from 1 to 1000, not '0'."),
        ("name=a&limit=1001", "limit is a number from 1 to 1000, not '1001'."),
        ("name=a&limit=%2B5", "limit is a number from 1 to 1000, not '+5'."),
    ],
)
def test_read_query_says_what_is_wrong(query: str, message: str) -> None:
    with pytest.raises(BadRequest) as refused:
        asked(query)
    assert refused.value.message == message


def test_read_query_takes_a_list_and_a_name_that_python_has_for_itself() -> None:
    with Flask(__name__).test_request_context("/?label=a&label=&label=b&from=2026"):
        assert read_query(Listed) == Listed(["a", "b"], "2026")
    with Flask(__name__).test_request_context("/"):
        assert read_query(Listed) == Listed([], None)
    many = "&".join(["label=a"] * 101)
    with Flask(__name__).test_request_context(f"/?{many}"), pytest.raises(BadRequest, match="at most 100 is enough"):
        read_query(Listed)
    names = {parameter.name: parameter.schema for parameter in parameters_of(Listed)}
    assert list(names) == ["label", "from"] and names["label"]["type"] == "array"


def test_pick_query_lets_others_pass_and_takes_an_empty_one_for_given() -> None:
    with Flask(__name__).test_request_context("/?live&other=1&other=2"):
        assert pick_query(Lenient) == Lenient("")
    with Flask(__name__).test_request_context("/"):
        assert pick_query(Lenient) == Lenient(None)


def test_pick_query_lets_none_of_two_win() -> None:
    with (
        Flask(__name__).test_request_context("/?live=1&live=2"),
        pytest.raises(BadRequest, match="live is given 2 times"),
    ):
        pick_query(Lenient)
    with Flask(__name__).test_request_context("/?tags=a&tags=b"):
        assert pick_query(Repeated) == Repeated("a"), "the view reads them all"


def test_parameters_of_refuses_a_type_that_no_parameter_can_have() -> None:
    class Wrong(Struct):
        flags: dict[str, str]

    with pytest.raises(TypeError, match="flags"):
        parameters_of(Wrong)
