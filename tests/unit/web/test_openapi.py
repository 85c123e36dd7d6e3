"""What is collected from the views of an application, and that none of the API's is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from flask import Flask, Response
from msgspec import Meta, Struct
from openapi_spec_validator import validate

from livewall_dashboard.access.guard import public, scope, scope_of
from livewall_dashboard.serving import openapi_document
from livewall_dashboard.web import errors, openapi
from livewall_dashboard.web.operation import MAX_BODY, Answer, operation
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.responses import json_response


class Basket(Struct):
    """What somebody carries."""

    fruits: list[str]


class BasketQuery(Struct):
    limit: Limit = 20


BasketName = Annotated[str, Meta(description="The basket's name")]


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=None)
    errors.install(app, {})

    @app.get("/api/v1/baskets/<path:name>")
    @scope("read")
    @operation("getBasket", "A basket.", Answer(200, "It is.", Basket), errors=(404,))
    def get_basket(name: BasketName, query: BasketQuery) -> Response:
        return json_response(Basket([name] * query.limit))

    @app.put("/api/v1/baskets/<path:name>")
    @scope("builds")
    @operation("putBasket", "Fill a basket.", Answer(201, "It is filled.", Basket))
    def put_basket(name: BasketName, body: Basket) -> Response:
        return json_response(body, 201)

    @app.get("/page")
    @public
    def page() -> str:
        return "for people"

    return app


def test_copy_in_the_documentation_is_the_document() -> None:
    copy = Path(__file__).parents[3] / "docs" / "openapi.json"
    assert copy.read_text(encoding="utf-8") == openapi_document.document(), "out of date: make openapi"


def operation_in(app: Flask, method: str) -> Any:
    return openapi.document(app, "1")["paths"]["/api/v1/baskets/{name}"][method]


def test_document_is_valid_and_has_the_api_alone(app: Flask) -> None:
    openapi.install(app, "1")
    served = app.test_client().get("/api/v1/openapi.json").json
    assert served == openapi.document(app, "1")
    validate(served)
    assert list(served["paths"]) == ["/api/v1/baskets/{name}", "/api/v1/openapi.json"]
    assert served["components"]["schemas"]["Basket"]["description"] == "What somebody carries."


def test_document_describes_parameters_by_the_types_they_are_read_by(app: Flask) -> None:
    assert operation_in(app, "get")["parameters"] == [
        {
            "name": "name",
            "in": "path",
            "required": True,
            "description": "The basket's name",
            "schema": {"type": "string"},
        },
        {
            "name": "limit",
            "in": "query",
            "description": "Rows of a page",
            "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20},
        },
    ]


def test_document_adds_what_is_true_of_every_view(app: Flask) -> None:
    assert list(operation_in(app, "get")["responses"]) == ["200", "400", "401", "403", "404", "414", "429", "431"]
    assert list(operation_in(app, "put")["responses"]) == ["201", "400", "401", "403", "413", "414", "429", "431"]
    headers = [given["name"] for given in operation_in(app, "put")["parameters"] if given["in"] == "header"]
    assert headers == ["X-Livewall-Crumb"]


def test_install_refuses_a_view_of_the_api_without_operation(app: Flask) -> None:
    @app.get("/api/v1/secret")
    @scope("read")
    def secret() -> str:
        return ""

    with pytest.raises(LookupError, match="/api/v1/secret"):
        openapi.install(app, "1")


def test_install_refuses_an_error_that_the_document_has_no_words_for(app: Flask) -> None:
    @app.get("/api/v1/teapot")
    @public
    @operation("getTea", "Tea.", errors=(418,))
    def teapot() -> Response:
        return json_response({})

    with pytest.raises(KeyError):
        openapi.install(app, "1")


@pytest.mark.parametrize("first", ["scope", "operation"])
def test_operation_and_scope_are_found_in_either_order(first: str) -> None:
    def view() -> Response:
        return json_response({})

    marks = [scope("read"), operation("getNothing", "Nothing.")]
    for mark in marks if first == "scope" else reversed(marks):
        view = mark(view)
    assert scope_of(view) == "read"
    assert openapi.operation_of(view) is not None


def test_a_view_is_handed_its_query_and_its_body(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/api/v1/baskets/a/b?limit=2").json == {"fruits": ["a/b", "a/b"]}
    assert client.put("/api/v1/baskets/a", json={"fruits": ["plum"]}).json == {"fruits": ["plum"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"[", 400), (b"{}", 400), (b"\xff", 400), (b"[" * 90_000, 400), (b" " * (MAX_BODY + 1), 413)],
)
def test_a_body_of_no_meaning_never_reaches_the_view(app: Flask, body: bytes, status: int) -> None:
    reply = app.test_client().put("/api/v1/baskets/a", data=body)
    assert reply.status_code == status
    assert reply.json is not None and reply.json["error"]["message"]


def test_a_view_without_a_query_takes_no_parameters(app: Flask) -> None:
    reply = app.test_client().put("/api/v1/baskets/a?limit=1", json={"fruits": []})
    assert reply.json is not None and "known are none" in reply.json["error"]["message"]
