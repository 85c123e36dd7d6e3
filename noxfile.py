"""Every check there is: `make test` runs them, two at a time (tests/runner), `nox -s NAME` one of them.

What needs no other Python runs in the environment that nox itself is installed in, which is .venv. The others have
theirs in .venv/nox. What takes long stands before what does not, so that two lanes of them end at about the same time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import nox
from nox.command import CommandFailed

from runner import checks, parts, pythons, results

nox.options.envdir = ".venv/nox"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.download_python = "never"

WALL, ALL = pythons.of_the_wall(), pythons.found()
OLDEST, NEWEST, OLDEST_OF_NODES = next(iter(WALL)), list(WALL)[-1], next(iter(ALL))

CORES = os.cpu_count() or 1
SIDE_BY_SIDE = ("--dist=worksteal", f"-n{min(4, max(2, CORES))}")
"""Each worker has a Postgres, and each test a database and ports, of its own. To begin costs a worker some seconds."""
MOSTLY_WAITING = ("--dist=worksteal", f"-n{min(4, CORES + 1)}")
BY_FILE = ("--dist=loadfile", "-n2")
"""For files whose tests share a dashboard behind nginx, or a node."""
IN_A_LANE = SIDE_BY_SIDE if CORES > checks.AT_A_TIME else ()
"""For what never waits, where another check has the other core: workers would only collect all of it twice."""

STARTS = "tests/acceptance/serving/test_up.py::test_all_of_it_ends_and_starts_again_where_it_was"
"""`livewall up`, a robot run on it, and a second start: on each Python."""
NOT_OF_PYTHON = ("-m", "not soak and not any_python")
FEWER_EXAMPLES = {"LIVEWALL_TEST_EXAMPLES": "25"}
"""That hypothesis makes up for a test, where the newest Python sees a hundred; no two Pythons see the same."""


def program(name: str) -> str:
    """One of this environment."""
    return str(Path(sys.executable).with_name(name))


MAY_BE_UNSTEADY = 3
"""Tests of a check that are run again when they have failed: more than that is no bad luck."""


def pytest(session: nox.Session, *arguments: str, python: str = sys.executable, **env: str) -> None:
    """Few tests that fail are run again, alone. The summary names those that pass then: what failed is still there."""
    cache = results.cache_of(session.name)
    command = (python, "-m", "pytest", "--durations=10", "--durations-min=5", "-o", f"cache_dir={cache}", *arguments)
    try:
        run_pytest(session, results.file_of(session.name), *command, **env)
    except CommandFailed:
        if not 0 < len(results.failed_last(cache)) <= MAY_BE_UNSTEADY:
            raise
        session.log("run again, alone:")
        again = (
            "--last-failed",
            "--last-failed-no-failures=none",
            "-n0",
            *(["--no-cov"] if "--cov" in command else []),
        )
        run_pytest(session, results.again_of(session.name), *command, *again, **env)


def run_pytest(session: nox.Session, report: Path, *command: str, **env: str) -> None:
    with results.folder_for_tests() as (folder, others):
        where = (f"--basetemp={folder}", f"--junit-xml={report}")
        session.run(*command, *where, env={"TMPDIR": others, **env}, external=True)


# ---------------------------------------------------------------------- without running it


def lint(name: str, *command: str) -> None:
    nox.session(lambda session: session.run(*command), name=name, python=False, tags=["lint", "quick"])


lint("ruff", program("ruff"), "check", ".")
lint("ruff-format", program("ruff"), "format", "--check", ".")
lint("mypy", program("mypy"))
lint("import-layers", program("lint-imports"))


def install_node_modules(session: nox.Session) -> None:
    """What package-lock.json names, once: npm writes its own copy of that last."""
    wanted, there = Path("package-lock.json"), Path("node_modules/.package-lock.json")
    with results.alone("node_modules"):
        if there.exists() and there.stat().st_mtime > wanted.stat().st_mtime:
            return
        try:
            session.run("npm", "ci", "--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000")
        except CommandFailed:
            session.error("npm could not install this check: does it reach the registry it is set to?")


def lint_javascript(name: str, *commands: str) -> None:
    def check(session: nox.Session) -> None:
        install_node_modules(session)
        for command in commands:
            session.run(*f"node_modules/.bin/{command}".split())

    nox.session(check, name=name, python=False, tags=["lint", "quick"])


if parts.has("nodejs", "npm"):
    lint_javascript("eslint", "eslint --max-warnings=0 .")
    # What the API answers becomes types, so that a page that reads of it what is not there fails here.
    _types = "--output=dashboard/types/api.d.ts --root-types --root-types-no-schema-prefix"
    lint_javascript("tsc", f"openapi-typescript docs/openapi.json {_types}", "tsc")

if parts.has("nodejs"):

    @nox.session(python=False)
    def javascript(session: nox.Session) -> None:
        """The units of the pages."""
        units = [str(path) for pattern in ("*.test.mjs", "*.test.js") for path in Path("tests").rglob(pattern)]
        session.run("node", "--test", *sorted(units))


# ---------------------------------------------------------------------- with real processes

EDGE = "tests/acceptance/edge"


@nox.session(name="old-robot", python=ALL[OLDEST_OF_NODES], tags=["part"])
def old_robot(session: nox.Session) -> None:
    """The oldest node there may be, for the acceptance tests."""
    session.install("--quiet", "robotframework==6.1.1", "robotframework-pabot>=5,<6", "urllib3>=2.2,<3")


OLD_ROBOT = Path(nox.options.envdir).absolute() / "old-robot" / "bin" / "python"


@nox.session(python=False, requires=["old-robot"])
def acceptance(session: nox.Session) -> None:
    """Real robots, on the oldest Python and Robot Framework of nodes too, and real dashboards."""
    where = ("tests/acceptance", f"--ignore={EDGE}")
    pytest(session, *MOSTLY_WAITING, *where, LIVEWALL_TEST_OLD_ROBOT=str(OLD_ROBOT))


@nox.session(python=False)
def threads(session: nox.Session) -> None:
    """A dashboard without eventlet."""
    pytest(session, *MOSTLY_WAITING, "tests/acceptance/serving/test_ends.py", LIVEWALL_TEST_MODE="threading")


@nox.session(python=False)
def gunicorn(session: nox.Session) -> None:
    """A dashboard under gunicorn: some of the acceptance tests; all of them, with the variable set, pass on it too."""
    some = ("serving/test_ends.py", "lab/test_reload.py", "faults/test_postgres.py", "security/test_raw_requests.py")
    where = [f"tests/acceptance/{name}" for name in some]
    pytest(session, *MOSTLY_WAITING, *where, LIVEWALL_TEST_MODE="gunicorn")


if parts.has("openssl", "git"):

    @nox.session(python=False)
    def edge(session: nox.Session) -> None:
        """nginx, nodes, Postgres's rights."""
        pytest(session, *BY_FILE, EDGE)


if parts.has("chromium-headless-shell"):

    @nox.session(python=False)
    def browser(session: nox.Session) -> None:
        pytest(session, *SIDE_BY_SIDE, "tests/browser")


@nox.session(python=False)
def package(session: nox.Session) -> None:
    """The built distribution, on a server and on nodes with each older Python there is."""
    nodes = [path for version, path in ALL.items() if version in pythons.NODE_ALONE]
    pytest(session, "tests/package", LIVEWALL_TEST_NODE_PYTHONS=":".join(nodes))


# ---------------------------------------------------------------------- on each Python


def environment_of(session: nox.Session, version: str) -> str:
    """The interpreter of an environment with what the tests need; for this Python, it is our own."""
    if ALL[version] == sys.executable:
        return sys.executable
    with results.alone("editable"):  # it leaves files beside the sources
        session.install("--quiet", "--editable", ".[test]")
    return "python"


def measured(version: str, name: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Options and environment that measure coverage, on the newest Python: there it costs next to nothing."""
    if version != NEWEST:
        return (), {}
    core = {"COVERAGE_CORE": "sysmon"} if pythons.number(version) >= (3, 12) else {}
    return ("--cov", "--cov-report="), {"COVERAGE_FILE": str(results.coverage_of(name)), **core}


def on_python(version: str, name: str, *tests: str, tags: list[str], **env: str) -> None:
    def check(session: nox.Session) -> None:
        options, measure = measured(version, name)
        pytest(session, *tests, *options, python=environment_of(session, version), **env, **measure)

    python = False if ALL[version] == sys.executable else ALL[version]
    nox.session(check, name=f"{name}-{version}", tags=tags, python=python)


# All of it once, on the system's Postgres; all other tests run on the embedded one, which is newer.
_initdb = parts.PARTS["postgresql"].find()
_systems = {"LIVEWALL_TEST_POSTGRES_BIN": str(_initdb.parent)} if _initdb else {}
on_python(NEWEST, "integration", *SIDE_BY_SIDE, "tests/integration", tags=["integration"], **_systems)
if NEWEST != OLDEST:
    on_python(OLDEST, "integration", *SIDE_BY_SIDE, *NOT_OF_PYTHON, "tests/integration", tags=["integration"])

for _version, _path in WALL.items():
    # What is no matter of Python runs on both ends, and where `make quick` does, which promises all units.
    _which = () if _version in {OLDEST, NEWEST} or _path == sys.executable else NOT_OF_PYTHON
    _examples = {} if _version == NEWEST else FEWER_EXAMPLES
    if _path == sys.executable:  # here the acceptance tests start it anyway
        on_python(_version, "unit", *IN_A_LANE, *_which, "tests/unit", tags=["unit", "quick"], **_examples)
    else:
        on_python(_version, "unit", *IN_A_LANE, *_which, "tests/unit", STARTS, tags=["unit"], **_examples)


# ---------------------------------------------------------------------- nodes

NEEDS_THE_WALL = ("test_spool_writer.py", "test_always_deliverable.py")
"""Of the listener's unit tests: the wall decodes what they encode."""


def on_node(version: str) -> None:
    def check(session: nox.Session) -> None:
        session.install("--quiet", "robotframework>=6.1,<8", "urllib3>=2.2,<3")
        session.install(
            "--quiet", "pytest>=8.3,<10", "pytest-timeout>=2.3,<3", "pytest-xdist>=3.6,<4", "hypothesis>=6.100,<7"
        )
        units = "tests/unit/listener"
        which = () if version == OLDEST_OF_NODES else NOT_OF_PYTHON
        pytest(
            session, *IN_A_LANE, *which, "--config-file=tests/runner/node.ini", "--rootdir=.", f"--confcutdir={units}",
            *(f"--ignore={units}/{name}" for name in NEEDS_THE_WALL), units,
            python="python", PYTHONPATH="listener:tests",
        )  # fmt: skip

    nox.session(check, name=f"node-{version}", python=ALL[version], tags=["node"])


# The listener's units on what nodes have and the wall is too new for.
for _version in pythons.NODE_ALONE:
    if _version in ALL:
        on_node(_version)


# ---------------------------------------------------------------------- at last


@nox.session(python=False)
def coverage(session: nox.Session) -> None:
    """What the unit and integration tests of the newest Python went through; processes they start are not counted."""
    if not results.coverage_files():
        session.skip(f"nothing was measured: nox -s unit-{NEWEST} integration-{NEWEST} coverage")
    env = {"COVERAGE_FILE": str(results.FOLDER / "coverage")}
    session.run(program("coverage"), "combine", "--quiet", "--keep", *results.coverage_files(), env=env)
    report = session.run(program("coverage"), "report", env=env, silent=True)
    results.COVERAGE_REPORT.write_text(str(report), encoding="utf-8")
