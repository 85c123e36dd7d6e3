"""A request's head as WSGI has it, an answer as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from livewall_dashboard.web.request_head import Headers
from livewall_dashboard.web.whole_request import SMALL, Answer, environ_of

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
        ("X-Forwarded-For", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2"), ("HTTP-HOST", "other"),
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


def answering(status: str, pieces: Any, *given: tuple[str, str]) -> Answer:
    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        start_response(status, [*given, ("X-Run", environ["PATH_INFO"])])
        return pieces

    return Answer(application, {"PATH_INFO": "/r"})


def test_an_answer_is_one_piece() -> None:
    pieces = [b"a", b"", b"bc"]
    head, _, body = answering("200 OK", pieces, ("Content-Length", "999")).whole("close").partition(b"\r\n\r\n")
    status, run, length, date, connection = head.decode().split("\r\n")
    assert (status, run, length, body) == ("HTTP/1.1 200 OK", "X-Run: /r", "Content-Length: 3", b"abc")
    assert date.startswith("Date: ") and connection == "Connection: close"
    assert b"Connection" not in answering("200 OK", pieces).whole("")


def test_an_answer_has_one_date() -> None:
    for name in ("Date", "date"):
        whole = answering("200 OK", [], (name, "Mon, 05 Jan 2026 00:00:00 GMT")).whole("")
        assert whole.lower().count(b"\r\ndate: ") == 1


def test_an_answer_without_a_body_says_no_length() -> None:
    for status in ("204 NO CONTENT", "304 NOT MODIFIED"):
        assert answering(status, []).is_small
        assert b"Content-Length" not in answering(status, [], ("Content-Length", "0")).whole("")


def test_what_is_long_or_may_be_is_not_small() -> None:
    assert answering("200 OK", [], ("content-length", str(SMALL))).is_small
    assert not answering("200 OK", [], ("Content-Length", str(SMALL + 1))).is_small
    assert not answering("200 OK", iter([b"a"])).is_small


def test_what_is_not_small_goes_on_as_it_has_begun() -> None:
    told: list[Any] = []
    assert list(answering("200 OK", iter([b"a", b"b"]))({}, lambda *said: told.extend(said))) == [b"a", b"b"]  # type: ignore[arg-type,return-value]
    assert told == ["200 OK", [("X-Run", "/r")]]


def test_what_is_answered_is_closed_also_where_it_fails() -> None:
    class Pieces:
        closed = False

        def __iter__(self) -> Iterator[bytes]:
            raise ZeroDivisionError

        def close(self) -> None:
            self.closed = True

    pieces = Pieces()
    with pytest.raises(ZeroDivisionError):
        answering("200 OK", pieces).whole("")
    assert pieces.closed
