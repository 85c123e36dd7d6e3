"""What a build is called by where its files lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.importing.build_files import name_of_build


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("/ci/shop/target/surefire-reports", "shop"),
        ("/ci/shop/target/failsafe-reports", "shop failsafe-reports"),
        ("/ci/shop/build/test-results/test", "shop"),
        ("/ci/shop/build/test-results/integrationTest", "shop integrationTest"),
        ("/ci/shop/build/reports/junit", "shop"),
        ("/archive/shop/1181/2026-03-01", "shop"),
        ("/", "build"),
    ],
)
def test_a_build_is_called_by_what_was_built(folder: str, name: str) -> None:
    assert name_of_build(Path(folder)) == name
