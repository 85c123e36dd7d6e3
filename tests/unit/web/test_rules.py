"""Rules whose addresses are made ready late."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from livewall_dashboard.web.rules import LazyRule


def app_with(rule_class: type[Rule]) -> Flask:
    app = Flask("rules", static_folder=None)
    app.url_rule_class = rule_class
    for rule in ("/", "/runs/<id>", "/files/<path:name>", "/pages/<int:number>/end"):
        app.add_url_rule(rule, endpoint=rule, view_func=lambda **_: "")
    return app


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("/", {}),
        ("/", {"from": "1", "unknown": "ä&b"}),
        ("/runs/<id>", {"id": "a b/c"}),
        ("/files/<path:name>", {"name": "a/b c", "inlined": 1}),
        ("/pages/<int:number>/end", {"number": 12}),
    ],
)
def test_addresses_are_werkzeugs(rule: str, values: dict[str, Any]) -> None:
    addresses = []
    for rule_class in (LazyRule, Flask.url_rule_class):
        with app_with(rule_class).test_request_context():
            addresses += [url_for(rule, **values), url_for(rule, **values)]
    assert len(set(addresses)) == 1


def test_nothing_is_compiled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_more: object) -> None:
        raise AssertionError("an address is made ready that nobody asked for")

    monkeypatch.setattr(Rule, "_compile_builder", refuse)
    app = app_with(LazyRule)
    assert app.test_client().get("/pages/12/end").status_code == 200
    with app.test_request_context(), pytest.raises(AssertionError, match="nobody"):
        url_for("/runs/<id>", id="1")
