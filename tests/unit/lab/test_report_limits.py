"""How large a build report may be, as the configuration says it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.model import MIB, ReportLimits
from livewall_dashboard.lab.seen import SeenFiles


def read(folder: Path, reports: Any) -> ReportLimits:
    file = folder / "setups_config.json"
    file.write_text(json.dumps({"setups": [], "reports": reports}, indent=1))
    return read_lab(file, os.environ, SeenFiles()).lab.reports


@pytest.mark.parametrize(
    ("reports", "limits"),
    [
        ({}, ReportLimits(64 * MIB, 1024 * MIB, 10_000)),
        ({"max_packed_mib": 8, "max_files": 500, "comment": "x"}, ReportLimits(8 * MIB, 1024 * MIB, 500)),
        ({"max_packed_mib": 1024}, ReportLimits(1024 * MIB, 1024 * MIB, 10_000)),
        ({"max_unpacked_mib": 4096}, ReportLimits(64 * MIB, 4096 * MIB, 10_000)),
    ],
)
def test_limits_are_the_usual_ones_unless_said_otherwise(reports: Any, limits: ReportLimits, tmp_path: Path) -> None:
    assert read(tmp_path, reports) == limits


@pytest.mark.parametrize(
    ("reports", "line", "said"),
    [
        ({"max_packed_mib": 0}, 4, "must be at least 1."),
        ({"max_files": "many"}, 4, "must be a whole number, and is a text."),
        ({"max_packed": 3}, 4, 'is no member here. Did you mean "max_packed_mib"?'),
        ({"max_packed_mib": 90, "max_unpacked_mib": 80}, 5, 'must be at least "max_packed_mib".'),
        ([], 3, "must be an object, and is a list."),
    ],
)
def test_faults_have_their_line(reports: Any, line: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration) as told:
        read(tmp_path, reports)
    (fault,) = told.value.faults
    assert (fault.line, fault.text.endswith(said)) == (line, True), fault
