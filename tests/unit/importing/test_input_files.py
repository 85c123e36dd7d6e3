"""Which files the words of a command line mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.importing.input_files import InputFile, input_files


def put(top: Path, *names: str) -> None:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()


def found(*paths: Path) -> list[InputFile]:
    return list(input_files(paths))


def test_a_folder_is_all_that_may_be_results_below_it(tmp_path: Path) -> None:
    put(tmp_path, "b/output.xml", "a/2.xml.gz", "a/1.JSON", "a/log.html", "report.txt", "a/in/x.json.gz")
    assert [file.path.relative_to(tmp_path).as_posix() for file in found(tmp_path)] == [
        "a/1.JSON", "a/2.xml.gz", "a/in/x.json.gz", "b/output.xml",
    ]  # fmt: skip
    assert not any(file.named for file in found(tmp_path))


def test_a_pattern_that_no_shell_expanded(tmp_path: Path) -> None:
    put(tmp_path, "jan/output.xml", "feb/output.xml", "feb/in/deep/output.xml", "mar/other.xml", "odd[1].xml")
    shallow = [file.path.parent.name for file in found(tmp_path / "*" / "output.xml")]
    assert shallow == ["feb", "jan"]
    assert len(found(tmp_path / "**" / "output.xml")) == 3
    assert found(tmp_path / "odd[1].xml") == [InputFile(tmp_path / "odd[1].xml", named=True)]
    assert [file.broken for file in found(tmp_path / "apr*")] == ["No file matches it."]


def test_a_file_is_one_file_however_often_it_is_named(tmp_path: Path) -> None:
    put(tmp_path, "a/output.xml")
    (tmp_path / "link.xml").symlink_to("a/output.xml")
    (tmp_path / "a" / "loop").symlink_to("..")
    assert len(found(tmp_path / "a" / "output.xml", tmp_path, tmp_path / "a" / ".." / "a")) == 1


@pytest.mark.parametrize("has_whole", [True, False])
def test_pabot_s_processes_beside_what_it_puts_together(tmp_path: Path, has_whole: bool) -> None:
    put(tmp_path, "run/pabot_results/0/output.xml", *(["run/output.xml"] if has_whole else []))
    for top in (tmp_path, tmp_path / "run"):
        skipped = {file.path.parent.name: bool(file.skip) for file in found(top)}
        assert skipped == ({"run": False, "0": True} if has_whole else {"0": False})


def test_what_is_not_there_is_left_to_who_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "none.xml"
    assert found(path) == [InputFile(path, named=True)]
    long = tmp_path / ("x" * 3000)
    assert found(long) == [InputFile(long, named=True)]
