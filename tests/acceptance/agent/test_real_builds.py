"""Reports of real builds, by autotools and a C compiler: what each failed of is what somebody broke in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from livewall_dashboard.buildlogs.model import Report
from support.build_reports import read
from support.environment import quiet_environment

NEEDED = ("autoreconf", "automake", "make", "cc")

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}"),
]

PACKAGE = {
    "configure.ac": "AC_INIT([frob], [1.3])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\nAC_CONFIG_FILES([Makefile])\n"
    "AC_OUTPUT\n",
    "Makefile.am": "bin_PROGRAMS = frob\nfrob_SOURCES = frob.c more.c last.c\nTESTS = good.sh\nEXTRA_DIST = good.sh\n",
    "frob.c": "int more(void);\nint main(void) { return more(); }\n",
    "more.c": "int more(void);\nint more(void) { return 0; }\n",
    "last.c": "int last(void);\nint last(void) { return 1; }\n",
    "good.sh": "#!/bin/sh\nexit 0\n",
}
_WORDED = "= good.sh bad.sh xfail.sh xpass.sh skip.sh hard.sh\nXFAIL_TESTS = xfail.sh xpass.sh\nEXTRA"
RESULTS = {
    "Makefile.am": PACKAGE["Makefile.am"].replace("= good.sh\nEXTRA", _WORDED),
    **{
        f"{name}.sh": f"#!/bin/sh\necho {name} said; exit {code}\n"
        for name, code in (("bad", 1), ("xfail", 1), ("xpass", 0), ("skip", 77), ("hard", 99))
    },
}  # fmt: skip


def build(folder: Path, changed: Mapping[str, str], *words: str) -> Report:
    source = folder / "frob-1.3"
    source.mkdir()
    for name, text in {**PACKAGE, **changed}.items():
        (source / name).write_text(text)
        (source / name).chmod(0o755 if name.endswith(".sh") else 0o644)
    done = subprocess.run(
        [sys.executable, "-m", "livewall_dashboard", "build", *words, str(source)],
        check=False, env={**quiet_environment(), "TMPDIR": str(folder), "LC_ALL": "C"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    (tarball,) = [line.partition(" = ")[2] for line in done.stdout.splitlines() if line.startswith("logtar = ")]
    read_below = folder / "read"
    read_below.mkdir()
    return read(Path(tarball).read_bytes(), read_below)


def first_error(report: Report) -> tuple[str, str, int, str]:
    step = report.step(report.failed_step)
    assert step is not None and step.first_error is not None
    found = step.first_error.diagnostic
    return step.name, found.file, found.line, found.text


def words(report: Report) -> dict[str, str]:
    return {test.name: test.word for test in report.tests}


def test_good(tmp_path: Path) -> None:
    report = build(tmp_path, {})
    assert (report.status, report.project, report.version) == ("ok", "frob", "1.3")
    assert [step.name for step in report.steps] == ["bootstrap", "configure", "make", "make-check"]
    assert words(report) == {"good.sh": "PASS"} and not report.notes
    assert report.answers["ac_cv_prog_cc_g"] == "yes" and report.system.compiler
    assert all(step.elapsed_time is not None and step.elapsed_time > 0 for step in report.steps)


def test_configure_fails(tmp_path: Path) -> None:
    check = "AC_CHECK_HEADER([zorch.h], [], [AC_MSG_ERROR([zorch.h is needed])])\nAC_CONFIG_FILES"
    report = build(tmp_path, {"configure.ac": PACKAGE["configure.ac"].replace("AC_CONFIG_FILES", check)})
    assert first_error(report)[0::3] == ("configure", "configure: error: zorch.h is needed")
    assert report.failed_check is not None and any(
        "zorch.h: No such file" in line for line in report.failed_check.output
    )


def test_compile_fails_in_a_parallel_build_that_goes_on(tmp_path: Path) -> None:
    report = build(tmp_path, {"more.c": "int more(void) { return zorch; }\n"}, "-m", "-k -j4")
    step, file, line, text = first_error(report)
    assert (step, file, line) == ("make", "more.c", 1) and "zorch" in text


def test_link_fails(tmp_path: Path) -> None:
    report = build(tmp_path, {"more.c": "int zorch(void);\nint more(void);\nint more(void) { return zorch(); }\n"})
    step, _, _, text = first_error(report)
    assert (step, text) == ("make", "undefined reference to `zorch'")


def test_each_word_of_automake(tmp_path: Path) -> None:
    report = build(tmp_path, RESULTS)
    assert report.status == "make-check failed" and first_error(report)[3] == "FAIL: bad.sh"
    assert words(report) == {
        "good.sh": "PASS", "bad.sh": "FAIL", "xfail.sh": "XFAIL", "xpass.sh": "XPASS", "skip.sh": "SKIP",
        "hard.sh": "ERROR",
    }  # fmt: skip
    assert "bad said" in next(test.message for test in report.tests if test.name == "bad.sh")


def test_expected_failures_alone_are_well(tmp_path: Path) -> None:
    makefile = RESULTS["Makefile.am"].replace(" bad.sh", "").replace("xpass.sh", "").replace("hard.sh", "")
    report = build(tmp_path, {**RESULTS, "Makefile.am": makefile})
    assert report.status == "ok" and words(report) == {"good.sh": "PASS", "xfail.sh": "XFAIL", "skip.sh": "SKIP"}


def test_no_tests(tmp_path: Path) -> None:
    report = build(tmp_path, {"Makefile.am": PACKAGE["Makefile.am"].replace("TESTS = good.sh\n", "")})
    assert (report.status, report.tests, report.notes) == ("ok", [], ["There are no tests."])
