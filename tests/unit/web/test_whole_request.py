"""A request's head as WSGI has it, an answer as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from livewall_dashboard.web.request_head import Headers
from livewall_dashboard.web.whole_request import environ_of, whole_answer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def headers(*pairs: tuple[str, str]) -> Headers:
    made = Headers()
    for name, value in pairs:
        made.add(name, value)
    return made


def test_headers_are_found_in_any_case_and_kept_in_order() -> None:
    given = headers(("X-One", "1"), ("Host", "a"), ("x-one", "2"))
    assert given.get("X-ONE") == "1" and given.get_all("x-One") == ["1", "2"]
    assert given.get("Absent", "none") == "none" and given.get_all("Absent", []) == []
    assert given.items() == [("X-One", "1"), ("Host", "a"), ("x-one", "2")]
    assert len(given) == 3


def test_what_wsgi_has_of_a_head() -> None:
    given = headers(
        ("Host", "wall:80"), ("Content-Type", "application/json"), ("content-length", "7"), ("X-Real_IP", "6.6.6.6"),
        ("X-Forwarded-For", "1.1.1.1 "), ("x-forwarded-for", "2.2.2.2"), ("HTTP-HOST", "other"),
    )  # fmt: skip
    assert environ_of("POST", "/a%2Fb%c3%a9?x=%20", given) == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a/b\u00c3\u00a9",
        "QUERY_STRING": "x=%20",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "7",
        "HTTP_HOST": "wall:80",
        "HTTP_X_FORWARDED_FOR": "1.1.1.1,2.2.2.2",
        "HTTP_HTTP_HOST": "other",
    }


def test_an_answer_is_one_piece() -> None:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "999"), ("X-Run", environ["PATH_INFO"])])
        return [b"a", b"", b"bc"]

    head, _, body = whole_answer(application, {"PATH_INFO": "/r"}, lambda: "close").partition(b"\r\n\r\n")
    status, run, length, date, connection = head.decode().split("\r\n")
    assert (status, run, length, body) == ("HTTP/1.1 200 OK", "X-Run: /r", "Content-Length: 3", b"abc")
    assert date.startswith("Date: ") and connection == "Connection: close"
    assert b"Connection" not in whole_answer(application, {"PATH_INFO": "/r"}, lambda: "")


def test_what_is_answered_is_closed_also_where_it_fails() -> None:
    class Pieces:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            raise ZeroDivisionError

        def close(self) -> None:
            self.closed = True

    pieces = Pieces()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        start_response("200 OK", [])
        return pieces

    with pytest.raises(ZeroDivisionError):
        whole_answer(application, {}, "")
    assert pieces.closed
