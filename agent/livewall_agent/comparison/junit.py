"""A comparison as JUnit XML: a test case for each test that went otherwise, and one for whether the run is whole.

What must not be is a failure; what fails as it did before is skipped, so that no CI counts it as new; the rest passes.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.etree import ElementTree as ET

from livewall_agent.comparison.compared import Compared, Test
from livewall_agent.comparison.kinds import WORDS
from livewall_agent.comparison.text import first_line

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def document(compared: Compared, worse: Collection[str]) -> bytes:
    """`worse`: the kinds that are failures."""
    suite = ET.Element("testsuite", name=_text(f"{compared.right['suite'] or compared.right['name']} compared"))
    _whole(suite, compared)
    for test in compared.tests:
        _case(suite, test, worse)
    for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("skipped", "testcase/skipped")):
        suite.set(name, str(len(suite.findall(tag))))
    suite.set("errors", "0")
    suites = ET.Element("testsuites")
    suites.append(suite)
    told: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return told + b"\n"


def _whole(suite: ET.Element, compared: Compared) -> None:
    case = ET.SubElement(suite, "testcase", classname="livewall compare", name="The run is complete")
    if compared.doubts:
        ET.SubElement(case, "failure", message=", ".join(compared.doubts), type="incomplete")


def _case(suite: ET.Element, test: Test, worse: Collection[str]) -> None:
    parent, name = _parts(str(test["longname"]))
    case = ET.SubElement(suite, "testcase", classname=_text(parent), name=_text(name))
    if test["right"]:
        case.set("time", f"{test['right']['elapsed_time']:.3f}")
    word, kind = WORDS[test["kind"]][0], test["kind"]
    message = _text(first_line(test) or word)
    if kind in worse:
        failure = ET.SubElement(case, "failure", message=message, type=word)
        failure.text = _text(str((test["right"] or test["left"])["message"]))
    elif kind in {"new_failures", "still_failing", "not_executed"}:
        ET.SubElement(case, "skipped", message=f"{word}: {message}")


def _parts(longname: str) -> tuple[str, str]:
    """What stands before its last part, and that; of a path as of a name with dots."""
    parent, _, name = longname.rpartition("/" if "/" in longname and " " not in longname else ".")
    return parent or "livewall compare", name


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
