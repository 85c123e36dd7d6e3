"""Where things stand in a JSON text, and what is said of a text that is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.lab.document import Document
from livewall_dashboard.lab.faults import Place
from livewall_dashboard.lab.syntax import MAX_DEPTH, NotJson

TEXT = """{
  "a": [1, {"b c": "x,]}{[:\\"",
            "": [[], {}]}],
\t"c" :
    null
}"""

POSITIONS: list[tuple[Place, tuple[int, int]]] = [
    ((), (1, 1)),
    (("a",), (2, 8)),
    (("a", 0), (2, 9)),
    (("a", 1), (2, 12)),
    (("a", 1, "b c"), (2, 20)),
    (("a", 1, ""), (3, 17)),
    (("a", 1, "", 0), (3, 18)),
    (("a", 1, "", 1), (3, 22)),
    (("c",), (5, 5)),
]


@pytest.mark.parametrize(("place", "position"), POSITIONS, ids=str)
def test_every_place_has_its_line_and_column(place: Place, position: tuple[int, int]) -> None:
    assert Document.of(TEXT).position(place) == position


def test_members_have_places_of_their_own() -> None:
    document = Document.of(TEXT)
    assert document.position_of_member(("a", 1, "b c")) == (2, 13)
    assert document.position_of_member(("c",)) == (4, 2)


def test_what_is_not_there_is_where_it_is_missing() -> None:
    document = Document.of(TEXT)
    assert document.position(("a", 1, "name")) == (2, 12)
    assert document.position(("a", 7, "x", "y")) == (2, 8)
    assert document.position_of_member(("nothing", "here")) == (1, 1)


def test_a_member_given_twice_is_a_flaw() -> None:
    document = Document.of('{"a": {"b": 1,\n "b": 2}, "c": [{"b": 1}, {"b": 2}],\n"a": 3}')
    assert [(flaw.position, flaw.place) for flaw in document.flaws] == [((2, 2), ("a", "b")), ((3, 1), ("a",))]
    assert "line 1 too" in document.flaws[0].text


@pytest.mark.parametrize(
    "text", ['["\\u0000"]', '["\\ud800"]', '["a\\udfffb"]', '[{"\\u0000": 1}]', '[{"\\ud83d": 1}]']
)
def test_a_character_that_cannot_be_stored_is_a_flaw(text: str) -> None:
    (flaw,) = Document.of(text).flaws
    assert "cannot be stored" in flaw.text


@pytest.mark.parametrize("text", ['["\\ud83d\\udc19"]', '["\\\\ud800"]', '["🐙"]'])
def test_characters_outside_the_first_plane_are_none(text: str) -> None:
    assert Document.of(text).flaws == []


BROKEN = [
    ('{"a": 1,}', (1, None), "remove"),
    ('{\n "a": 1,\n}', (None, None), "remove"),
    ("[1,]", (1, None), "remove"),
    ('{"a" 1}', (1, 6), "a colon is missing before this."),
    ('{"a": 1 "b": 2}', (1, 9), "a comma is missing before this."),
    ('{"a": 1\n\n "b": 2}', (3, 2), "a comma is missing before this, at the end of line 1."),
    ("{a: 1}", (1, 2), 'in "double quotes"'),
    ("{'a': 1}", (1, 2), '"double quotes"'),
    ('{"a": }', (1, 7), "a value is expected here"),
    ('{"a": "x\ny"}', (1, 9), "does not end on its line"),
    ('{"a": "x', (1, 7), "the text that begins here does not end"),
    ('{"a":1', (1, 7), "it ends too early"),
    ("// c\n{}", (1, 1), "no comments"),
    ('{"a": 1, # c\n}', (1, 10), "no comments"),
    ("{} {}", (1, 4), "something follows"),
    ("", (1, 1), "is empty"),
    (" \n", (2, 1), "is empty"),
    ('{"a":\n NaN}', (2, 2), "not a number"),
    ('["Infinity", -Infinity]', (1, 14), "not a number"),
    (f"[1,\n {'9' * 5000}]", (2, 2), "not a number"),
    ('{"a": "C:\\q"}', (1, None), "backslash"),
    ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), (1, 1), "too deeply"),
    ("[" * 100_000, (1, 1), "too deeply"),
]


@pytest.mark.parametrize(("text", "position", "words"), BROKEN, ids=[repr(text[:30]) for text, _, _ in BROKEN])
def test_what_is_no_json_is_said_where_and_how_to_mend_it(
    text: str, position: tuple[int | None, int | None], words: str
) -> None:
    with pytest.raises(NotJson) as raised:
        Document.of(text)
    assert words in raised.value.text
    for found, expected in zip(raised.value.position, position, strict=True):
        assert expected in {None, found}  # None: Pythons differ in what they point at


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


def places_of(value: Any, place: Place = ()) -> list[tuple[Place, Any]]:
    steps = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [(place, value), *(found for step, inner in steps for found in places_of(inner, (*place, step)))]


@given(values, st.sampled_from([None, 0, 3]), st.booleans())
def test_at_each_place_stands_its_value(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = Document.of(text)
    lines = text.split("\n")
    for place, expected in places_of(value):
        line, column = document.position(place)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == expected
