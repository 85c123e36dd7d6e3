"""The configuration file, watched while the wall runs."""

from __future__ import annotations

from livewall_dashboard.base.feature import Feature, Gauge
from livewall_dashboard.lab.file import LabFile


def feature(lab: LabFile) -> Feature:
    return Feature(
        name="lab",
        background=[lab],
        measures=[
            Gauge("configuration_current", "1 while the file of setups is the one in use", lambda: not lab.notices)
        ],
    )
