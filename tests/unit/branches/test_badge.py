"""The badge of a branch."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from livewall_dashboard.branches.badge import badge


def test_only_what_is_well_is_coloured_so() -> None:
    colours = {word: badge("main", word).partition('z" fill="')[2][:7] for word in ("ok", "warnings", "failed")}
    greys = {
        badge("main", word).partition('z" fill="')[2][:7] for word in ("killed", "skipped", "no builds", "of later")
    }
    assert len(set(colours.values())) == 3 and len(greys) == 1 and not greys & set(colours.values())


@pytest.mark.parametrize("label", ['<script>alert("1")</script>', "a & b", "\x00\x1b[31m", "", "x" * 5000, "für élise"])
def test_it_is_a_picture_whatever_the_branch_is_called(label: str) -> None:
    root = ET.fromstring(badge(label, "ok"))
    assert {each.tag.rpartition("}")[2] for each in root.iter()} == {"svg", "title", "rect", "path", "g", "text"}
    assert float(root.attrib["width"]) < 600
