"""Cursors that nobody got from us are refused, whatever is in them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history import cursor


def made_of(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_what_was_encoded_comes_back() -> None:
    assert cursor.decode(cursor.encode((3, "Änderung \U0001f600", 7)), int, str, int) == [3, "Änderung \U0001f600", 7]


@pytest.mark.parametrize("text", ["a\0b", "\ud800", 1, None, ["a"]])
def test_what_is_no_text_to_postgres_is_refused(text: Any) -> None:
    with pytest.raises(BadRequest):
        cursor.decode(made_of(text), str)


@pytest.mark.parametrize("number", [-1, 2**31, 1.5, True, "1", None])
def test_what_is_no_number_to_postgres_is_refused(number: Any) -> None:
    with pytest.raises(BadRequest):
        cursor.decode(made_of(number), int)
