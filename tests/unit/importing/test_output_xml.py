"""An output.xml is read as Robot Framework reads it, and whatever else it is, that is said in a sentence."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.importing import model, output_xml
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.files import pieces
from livewall_dashboard.importing.model import Output, SuiteLine, Unreadable
from livewall_listener import wire

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<robot generator="Robot 7.5 (Python 3.11.2 on linux)">'
STATUS = '<status status="{}" start="2026-03-01T12:00:00.000001" elapsed="1.500000">{}</status>'
PASS, FAIL = STATUS.format("PASS", ""), STATUS.format("FAIL", "Broken")
KEYWORD = f'<kw name="Log"><kw name="Inner"><tag>not the test\'s</tag><msg level="WARN">x</msg>{FAIL}</kw>{FAIL}</kw>'


def output(*content: str, head: str = HEAD) -> bytes:
    return f"{head}<suite name='Root'>{''.join(content)}{PASS}</suite><errors/></robot>".encode()


def case(name: str = "T", *content: str, status: str = PASS) -> str:
    return f"<test name='{name}' line='7'>{KEYWORD}{''.join(content)}{status}</test>"


def read(data: bytes | Iterable[bytes]) -> tuple[Output, list[model.TestLine], list[SuiteLine]]:
    tests: list[model.TestLine] = []
    suites: list[SuiteLine] = []

    def take(line: model.TestLine | SuiteLine) -> None:
        (suites if isinstance(line, SuiteLine) else tests).append(line)  # type: ignore[arg-type]

    return output_xml.read([data] if isinstance(data, bytes) else data, take), tests, suites


def test_of_a_test_what_is_its_own_is_taken() -> None:
    _, (line,), _ = read(output(case("A &lt;b&gt;", "<tag>own</tag><tag>two</tag>", status=FAIL)))
    assert (line.id, line.name, line.longname, line.lineno) == ("s1-t1", "A <b>", "Root.A <b>", 7)
    assert (line.status, line.message, line.tags, line.elapsed) == ("FAIL", ("Broken", 0), ("own", "two"), 1.5)
    assert line.start == "2026-03-01T12:00:00.000001"


def test_ids_count_places_not_what_the_file_says() -> None:
    inner = f"<suite id='s9' name='In'>{case('a')}{case('b')}{PASS}</suite>"
    _, tests, suites = read(output(inner, inner, case("c")))
    assert [line.id for line in tests] == ["s1-s1-t1", "s1-s1-t2", "s1-s2-t1", "s1-s2-t2", "s1-t1"]
    assert [(line.no, line.id, line.tests) for line in suites] == [(2, "s1-s1", 2), (3, "s1-s2", 2), (1, "s1", 5)]


def test_what_is_like_a_part_of_a_test_inside_a_keyword_is_not() -> None:
    odd = f"<kw name='K'><test name='x'>{FAIL}</test><suite name='y'/><tag>z</tag>{FAIL}</kw><test name='in'/>"
    _, tests, suites = read(output(case("T", odd, "<tag>t</tag>")))
    assert [(line.name, line.status, line.tags) for line in tests] == [("T", "PASS", ("t",))]
    assert len(suites) == 1


@pytest.mark.parametrize("outer", ["for", "try", "group", "not-known-yet"])
def test_tags_and_statuses_of_what_a_test_does_are_not_its_own(outer: str) -> None:
    inner = f"<iter>{KEYWORD}<var name='x'>1</var>{FAIL}</iter><tag>no</tag><doc>d</doc>{FAIL}"
    body = f"<{outer}>{inner}</{outer}><doc>D</doc><tag>own</tag><timeout value='1 s'/>"
    for content in (body, KEYWORD + body, body + KEYWORD.replace("<tag>", "<tag >") + "<tag>own</tag>"):
        _, (line,), _ = read(output(case("T", content)))
        assert (line.tags, line.status, line.message) == (("own",), "PASS", ("", 0))
    _, (line,), _ = read(output(f"<test name='T'><{outer}>{inner}</{outer}></test>"))
    assert (line.tags, line.status) == ((), "FAIL"), "Robot Framework takes a test without status for failed"


def test_suite_setups_and_teardowns_with_keywords_in_them() -> None:
    setup = f"<kw name='Prepare' owner='Lab' type='SETUP'>{KEYWORD}{PASS}</kw>"
    teardown = f"<kw name='Clean' type='TEARDOWN'>{KEYWORD}{STATUS.format('FAIL', 'Dirty')}</kw>"
    told, tests, (suite,) = read(output(setup, case(), teardown, "<doc>D</doc><meta name='k'>v</meta>"))
    assert (suite.setup, suite.teardown) == (("Prepare", "PASS", 1.5), ("Clean", "FAIL", 1.5))
    assert (suite.doc, suite.metadata) == (("D", 0), {"k": "v"})
    corrections = Corrections(told.corrections)
    assert corrections.test(tests[0]) == ("FAIL", "Parent suite teardown failed:\nDirty")
    assert corrections.suite(suite) == "FAIL"


def test_what_rebot_wrote_is_corrected_already() -> None:
    teardown = f"<kw name='Clean' type='TEARDOWN'>{STATUS.format('FAIL', 'Dirty')}</kw>"
    told, tests, _ = read(output(case(), teardown, head=HEAD.replace("Robot 7", "Rebot 7")))
    assert told.is_put_together and told.corrections == {}
    assert Corrections(told.corrections).test(tests[0]) == ("PASS", "")


def test_times_of_robot_framework_6() -> None:
    status = "<status status='PASS' starttime='20260301 12:00:00.250' endtime='20260301 12:00:01.750'/>"
    _, (line,), _ = read(output(case(status=status)))
    assert (line.start, line.elapsed) == ("2026-03-01T12:00:00.250000", 1.5)


def test_a_suite_that_does_not_say_when_it_ran_ran_as_long_as_what_is_in_it() -> None:
    bare = "<status status='PASS' starttime='N/A' endtime='N/A'/>"
    _, _, (inner, _) = read(output(f"<suite name='In'>{case()}{case()}{bare}</suite>"))
    assert (inner.start, inner.elapsed) == ("2026-03-01T12:00:00.000001", 3.0)


def test_warnings_and_errors_are_those_robot_lists() -> None:
    errors = "<errors><msg level='WARN'>a</msg><msg level='ERROR'>b</msg><msg level='WARN'>c</msg></errors>"
    told, _, _ = read(output(case()).replace(b"<errors/>", errors.encode()))
    assert (told.warnings, told.errors) == (2, 1)


def test_a_long_message_is_cut_as_a_node_would() -> None:
    text = "ä" * (wire.MAX_TEXT + 5)
    _, (line,), _ = read(output(case(status=STATUS.format("FAIL", text))))
    assert Corrections({}).test(line) == ("FAIL", wire.clean(text))
    correction = model.Correction(skips=False, message="Dirty")
    after = f"{text}\n\nAlso parent suite teardown failed:\nDirty"
    assert Corrections({"s1": correction}).test(line) == ("FAIL", wire.clean(after))
    after = f"Skipped in parent suite teardown:\nDirty\n\nEarlier message:\n{text}"
    assert Corrections({"s1": correction._replace(skips=True)}).test(line) == ("SKIP", wire.clean(after))


def test_pieces_may_end_anywhere() -> None:
    data = output(case("ä🐙", "<tag>ü</tag>", status=STATUS.format("FAIL", "Bröken &amp; 🐙")), case())
    whole = read(data)
    assert read(data[at : at + 1] for at in range(len(data))) == whole
    assert whole[1][0].message == ("Bröken & 🐙", 0)


BOMB = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
EXTERNAL = "<!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
DEEP = "<suite name='x'>" * 10_000


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (output(case("&b;")).replace(b"<robot", BOMB.encode() + b"<robot"), "document type"),
        (output(case("&a;")).replace(b"<robot", EXTERNAL.encode() + b"<robot"), "document type"),
        (output(case("&nowhere;")), "not XML: undefined entity in line 2"),
        (b"\x00\x01\x02", "not XML"),
        (b"robot: error", "not XML"),
        (output(case()) + b"more", "not XML: junk after document element"),
        (b"<testsuites/>", "root element is <testsuites>"),
        (b"<html><body/></html>", "root element is <html>"),
        (b"<robot generator='Robot 7'><statistics/></robot>", "holds no suite"),
        (output(DEEP), "nested deeper than 300"),
        (output(case(status=STATUS.format("MAYBE", ""))), "'MAYBE'"),
        (output(case(status="<status status='PASS' start='x' elapsed='soon'/>")), "'soon' is no number"),
        (output(case(status="<status status='PASS' start='x' elapsed='nan'/>")), "'nan' is no number"),
        (output(case(status="<status status='PASS' starttime='yesterday' endtime='N/A'/>")), "'yesterday' is no time"),
        (output("<test name='x' line='minus one'/>"), "'minus one' is no line number"),
        (output(case("T", *["<tag>" + "x" * 900_000 + "</tag>"] * 10)), "tags are longer"),
        (output(*["<meta name='m'>" + "x" * 900_000 + "</meta>"] * 10), "metadata are longer"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_is_no_output_is_told_apart(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert words in raised.value.message


def test_a_tag_without_end_is_given_up_before_it_fills_the_memory() -> None:
    given = 0

    def endless() -> Iterable[bytes]:
        nonlocal given
        yield HEAD.encode() + b"<suite name='"
        while True:
            given += 1
            yield b"x" * 1_000_000

    with pytest.raises(Unreadable, match="has a tag of more than"):
        read(endless())
    assert given < 20


ELEMENTS = ("suite", "test", "kw", "tag", "status", "errors", "msg", "robot", "doc", "meta")
PARTS = (
    *(f"<{name} type='SETUP'>" for name in ELEMENTS),
    *(f"</{name}>" for name in ELEMENTS),
    "text",
    "&amp;",
    "\xff",
)


@given(st.lists(st.sampled_from(PARTS)))
def test_any_order_of_elements_is_read_or_refused_in_words(parts: list[str]) -> None:
    with suppress(Unreadable):
        read("".join(parts).encode("latin-1"))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


def test_packed_files_and_what_is_wrong_with_files(tmp_path: Path) -> None:
    path = tmp_path / "output.xml"
    data = output(case())
    path.write_bytes(gzip.compress(data))
    assert read(pieces(path)) == read(data)
    wrong = {
        gzip.compress(data)[:-20]: "ends in the middle",
        gzip.compress(data)[:-8] + bytes(8): "damaged",
        gzip.compress(data)[:5]: "ends in the middle",
        b"": "empty",
        b"<!DOCTYPE html><html>": "HTML",
    }
    for content, words in wrong.items():
        path.write_bytes(content)
        with pytest.raises(Unreadable, match=words):
            read(pieces(path))


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe, loop = tmp_path / "pipe", tmp_path / "loop"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    wrong = {
        pipe: "It is a named pipe",
        Path("/dev/zero"): "It is a device",
        tmp_path: "It is a folder",
        tmp_path / "not there": "It cannot be read: No such file",
        Path("with\0nul"): "It cannot be read: embedded null",
        loop: "It cannot be read: Too many levels",
    }
    for path, words in wrong.items():
        with pytest.raises(Unreadable, match=words):
            read(pieces(path))


ENCODINGS = "utf-8-sig UTF-16 utf-16-le UTF-32 ISO-8859-1 latin1 cp1252 utf8 gb18030 utf-7"


@pytest.mark.parametrize("encoding", ENCODINGS.split())
def test_encodings_that_python_knows(encoding: str) -> None:
    text = output(case("über", "<tag>ä</tag>", status=STATUS.format("FAIL", "Bröken"))).decode()
    declared = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16"}.get(encoding, encoding)
    bom = "\ufeff" if encoding == "utf-16-le" else ""
    data = (bom + text.replace('encoding="UTF-8"', f'encoding="{declared}"')).encode(encoding)
    whole = read(data)
    assert [(line.name, line.tags, line.message) for line in whole[1]] == [("über", ("ä",), ("Bröken", 0))]
    assert read(data[at : at + 1] for at in range(len(data))) == whole


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("klingon", "encoded in 'klingon', which is not known here; robot writes UTF-8"),
        ("hex", "encoded in 'hex', which is not known here"),
        ("undefined", "encoded in 'undefined', which is not known here"),
        ("utf-32-le", "encoded in 'utf-32-le', which is not known here"),
        ("UTF-16", "not XML: encoding specified in XML declaration is incorrect"),
        ("shift_jis", "says that it is encoded in 'shift_jis', but is not"),
        ("US-ASCII", "not XML: not well-formed"),
        ('UTF-8" standalone="perhaps', "not XML: "),
    ],
)
def test_encodings_that_are_none_or_not_the_file_s(encoding: str, words: str) -> None:
    data = (
        output(case("über")).replace(b'encoding="UTF-8"', f'encoding="{encoding}"'.encode()).replace(b"\xbc", b"\xff")
    )
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert words in raised.value.message


def test_several_root_suites_are_refused() -> None:
    path = Path(__file__).with_name("outputs") / "two-roots.xml"
    with pytest.raises(Unreadable, match="several root suites, which neither robot nor rebot writes"):
        read(pieces(path))


def test_tags_that_come_before_keywords() -> None:
    """However deep those of keywords are."""
    wrapped = KEYWORD.replace("<tag>not the test's</tag>", "<tags><tag>not the test's</tag></tags>")
    for own, status in (("<tag>b</tag><tag>a</tag>", ""), ("<tags><tag>b</tag><tag>a</tag></tags>", FAIL)):
        late = "" if status else FAIL
        content = f"<test name='T'>{own}{status}{KEYWORD}{wrapped}<for><iter>{wrapped}</iter></for>{late}</test>"
        _, (line, other), _ = read(output(content, case("U")))
        assert (line.tags, line.status, line.message) == (("a", "b"), "FAIL", ("Broken", 0))
        assert (other.name, other.tags, other.status) == ("U", (), "PASS")
