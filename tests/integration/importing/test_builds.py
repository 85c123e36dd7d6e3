"""The files that Maven and Gradle write of a build, one for each class, are one run of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.cli import cli
from support.import_lab import ImportLab

MAVEN = Path(__file__).parents[2] / "unit" / "importing" / "foreign" / "maven-surefire.xml"
OTHER = """<testsuite name="shop.CartTest" tests="2" failures="1" timestamp="2026-03-01T10:00:00Z" time="3">
  <testcase classname="shop.CartTest" name="adds" time="1"/>
  <testcase classname="shop.CartTest" name="pays" time="2"><failure message="No money"/></testcase>
</testsuite>"""


def call(lab: ImportLab, *args: object) -> Result:
    words = ["import", "--database-url", lab.lab.database.url, "--timezone", "UTC", "--setup", "ci", *map(str, args)]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def runs(lab: ImportLab) -> list[dict[str, Any]]:
    return lab.lab.rows("SELECT key, name, status, total, failed, missing, verification FROM run ORDER BY id")


def longnames(lab: ImportLab, run: str) -> list[str]:
    rows = lab.lab.rows(
        "SELECT t.longname FROM result r JOIN test t ON t.id = r.test_id JOIN run ON run.id = r.run_id "
        f"WHERE run.key = '{run}' ORDER BY 1"
    )
    return [row["longname"] for row in rows]


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "shop" / "target" / "surefire-reports"
    folder.mkdir(parents=True)
    text = MAVEN.read_text(encoding="utf-8")
    name = text.split('name="', 1)[1].split('"', 1)[0]
    (folder / f"TEST-{name}.xml").write_text(text, encoding="utf-8")
    (folder / "TEST-shop.CartTest.xml").write_text(OTHER, encoding="utf-8")
    (folder / "shop.CartTest.txt").write_text("Tests run: 2")
    return folder


def test_a_folder_is_one_run_once_whose_tests_have_the_names_of_single_files(lab: ImportLab, reports: Path) -> None:
    said = call(lab, "--json", reports.parents[1])
    assert said.exit_code == 0, said.output
    (told,) = json.loads(said.stdout)["files"]
    assert told["path"] == f"{reports}/TEST-*.xml"
    (run,) = runs(lab)
    assert (run["name"], run["status"], run["verification"]) == ("shop", "FAIL", "verified")
    assert {"shop.CartTest.adds", "shop.CartTest.pays"} < set(longnames(lab, run["key"]))
    before = lab.everything()
    for again in (reports, *[sorted(reports.glob("TEST-*.xml"))]):
        said = call(lab, *(again if isinstance(again, list) else [again]))
        assert "nothing was missing" in said.output, said.output
    assert lab.everything() == before
    for path in sorted(reports.glob("TEST-*.xml")):  # a single file that is named is a run of its own
        assert call(lab, path).exit_code == 0
    _, *single = runs(lab)
    assert sorted(longname for each in single for longname in longnames(lab, each["key"])) == longnames(lab, run["key"])


def test_another_build_in_the_folder_is_another_run(lab: ImportLab, reports: Path) -> None:
    call(lab, reports)
    cart = reports / "TEST-shop.CartTest.xml"
    cart.write_text(
        cart.read_text().replace('failures="1"', 'failures="0"').replace('<failure message="No money"/>', "")
    )
    call(lab, reports)
    assert [run["name"] for run in runs(lab)] == ["shop", "shop"]


def test_what_one_of_the_files_lacks_is_missing_in_the_run(lab: ImportLab, reports: Path) -> None:
    (reports / "TEST-shop.StockTest.xml").write_text('<testsuite name="shop.StockTest" tests="4"/>')
    call(lab, reports)
    (run,) = runs(lab)
    assert (run["verification"], run["missing"]) == ("partial", 4)


def test_a_file_that_is_broken_is_named_and_nothing_of_its_build_is_green(lab: ImportLab, reports: Path) -> None:
    (reports / "TEST-shop.StockTest.xml").write_text('<testsuite name="shop.StockTest"><testcase')
    said = call(lab, reports)
    assert said.exit_code == 1 and "TEST-shop.StockTest.xml: It is not whole" in said.stderr
    assert runs(lab) == []


def test_files_that_are_only_called_so_are_runs_of_their_own(lab: ImportLab, tmp_path: Path) -> None:
    """Of one suite each night, say: the same test is in all of them."""
    for night in ("monday", "tuesday"):
        (tmp_path / f"TEST-{night}.xml").write_text(OTHER.replace('time="3"', f'time="3" hostname="{night}"'))
    assert call(lab, tmp_path).exit_code == 0
    assert len(runs(lab)) == 2
