"""`livewall check` finds what would keep the wall from starting, says what to repair, and changes nothing."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.check import database as check_database
from livewall_dashboard.check import machine
from livewall_dashboard.check.command import check
from livewall_dashboard.postgres.database import Database
from livewall_dashboard.postgres.migrations import known_migrations
from support.jenkins.server import RecordedJenkins
from support.ports import free_port

TOKEN = "11f0e1d2c3b4"
GOOD = {"setups": [{"name": "Board 7"}, {"name": "Board 8"}]}


class Checked:
    """What `livewall check` said."""

    def __init__(self, code: int, output: str) -> None:
        self.code = code
        self.output = output
        lines = output.split("\n\n", maxsplit=1)[0].splitlines()
        self.summary = lines.pop()
        self.findings: dict[str, list[tuple[str, str]]] = {}
        for line in lines:
            level, _, rest = line.partition("  ")
            subject, _, text = rest.strip().partition(": ")
            self.findings.setdefault(subject, []).append((level, text))

    def levels(self) -> dict[str, str]:
        """The level of each subject; of several the worst."""
        order = ["FAILED", "warning", "left out", "ok"]
        return {
            subject: min((level for level, _ in found), key=order.index) for subject, found in self.findings.items()
        }

    def texts(self, subject: str, level: str) -> list[str]:
        return [text for found, text in self.findings[subject] if found == level]


@pytest.fixture
def run_check(tmp_path: Path, database_url: str) -> Callable[..., Checked]:
    """`run_check(document, *options)`: on a folder, a configuration and a migrated database of the test's own."""

    def run(document: Any = GOOD, *options: str, url: str | None = database_url, env: Any = None) -> Checked:
        config = tmp_path / "setups_config.json"
        config.write_text(document if isinstance(document, str) else json.dumps(document, indent=1), encoding="utf-8")
        arguments = ["--config", str(config), "--data", str(tmp_path / "data"), "--port", str(free_port()), *options]
        if url is not None:
            arguments += ["--database-url", url]
        done = CliRunner().invoke(check, arguments, env=env, catch_exceptions=False)
        return Checked(done.exit_code, done.output)

    return run


def test_all_is_well(run_check: Callable[..., Checked], tmp_path: Path) -> None:
    checked = run_check()
    assert checked.levels() == dict.fromkeys(
        ["configuration", "data folder", "database", "migrations", "tokens", "address"], "ok"
    )
    assert (checked.code, checked.summary) == (0, "Nothing to repair.")
    assert checked.texts("configuration", "ok") == [f"{tmp_path}/setups_config.json: 2 setups"]
    assert not (tmp_path / "data").exists()


def test_all_faults_of_the_configuration_and_its_warnings(run_check: Callable[..., Checked], tmp_path: Path) -> None:
    document = {"setups": [{"name": "a", "hosts": 1, "addresses": ["x"]}, {"nam": "b"}], "jenkins": []}
    checked = run_check(document)
    path = tmp_path / "setups_config.json"
    assert checked.texts("configuration", "FAILED") == [
        f"{path}:5: setups[0].hosts: must be a list, and is a number.",
        f'{path}:10: setups[1]: "name" is missing.',
        f'{path}:11: setups[1].nam: is no member here. Did you mean "name"?',
    ]
    assert checked.texts("configuration", "warning") == [
        f'{path}:7: setups[0].addresses[0]: "x" is not an IP address, so no node will have it.'
    ]
    assert checked.levels()["Jenkins"] == "left out"
    assert (checked.code, checked.summary) == (1, "3 to repair, 1 warning.")


def test_no_configuration_where_none_need_be(tmp_path: Path, database_url: str) -> None:
    arguments = ["--data", str(tmp_path), "--database-url", database_url, "--port", str(free_port())]
    done = CliRunner().invoke(check, arguments)
    assert f"ok        configuration: there is no {tmp_path}/setups_config.json" in done.output
    assert done.exit_code == 0


def test_the_older_shape_is_printed_in_todays(run_check: Callable[..., Checked]) -> None:
    checked = run_check({"pipelines": [{"setup": "VM1", "ip": "10.0.0.5", "job_name": "a"}]})
    assert checked.code == 0
    assert [text.partition(": ")[2][:19] for text in checked.texts("configuration", "warning")] == [
        "pipelines[0].job_na",
        "has the older shape",
    ]
    modern = json.loads(checked.output.partition("in today's shape:\n")[2])
    assert modern == {"setups": [{"name": "VM1", "addresses": ["10.0.0.5"], "jobs": ["a"]}]}


def test_an_empty_database_is_left_empty(run_check: Callable[..., Checked], empty_database_url: str) -> None:
    checked = run_check(url=empty_database_url)
    (told,) = checked.texts("migrations", "warning")
    assert told.startswith("the next start applies 0001.initial")
    assert checked.code == 0
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'migration'").fetchone() == (0,)


def test_a_database_of_a_newer_livewall(run_check: Callable[..., Checked], database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO migration (name, sha256, breaking) VALUES ('9999.future', 'x', true)")
    checked = run_check()
    (told,) = checked.texts("database", "FAILED")
    assert "9999.future" in told
    assert checked.code == 1


def test_a_database_that_is_away_and_its_password(run_check: Callable[..., Checked]) -> None:
    checked = run_check(url=f"postgresql://me:{TOKEN}@127.0.0.1:{free_port()}/livewall")
    (told,) = checked.texts("database", "FAILED")
    assert "cannot be reached" in told
    assert "\t" not in told
    assert TOKEN not in checked.output
    assert checked.code == 1


def test_without_a_database_the_embedded_one_is_made_later(run_check: Callable[..., Checked], tmp_path: Path) -> None:
    checked = run_check(url=None)
    (told,) = checked.texts("database", "ok")
    assert told.startswith(f"none yet: `livewall up` makes one in {tmp_path}/data, with PostgreSQL ")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("options", "made", "level"),
    [
        (["--host", "127.0.0.1"], [], "ok"),
        (["--require-tokens"], [], "FAILED"),
        (["--require-tokens"], ["ingest"], "FAILED"),
        (["--require-tokens"], ["ingest", "read"], "ok"),
        (["--host", "0.0.0.0"], [], "FAILED"),
        (["--host", "0.0.0.0"], ["ingest", "read"], "ok"),
        (["--host", "0.0.0.0", "--insecure"], [], "warning"),
    ],
)
def test_tokens(
    run_check: Callable[..., Checked], database_url: str, options: list[str], made: list[str], level: str
) -> None:
    database = Database(database_url)
    for scope in made:
        TokenStore(database).create(scope, scope)
    database.close()
    checked = run_check(GOOD, *options)
    assert checked.levels()["tokens"] == level
    assert checked.code == (level == "FAILED")
    missing = [scope for scope in ("ingest", "read") if f"token create --scope {scope}" in checked.output]
    assert missing == ([scope for scope in ("ingest", "read") if scope not in made] if level == "FAILED" else [])


@pytest.mark.parametrize(("days", "level"), [(400, "ok"), (13, "warning"), (-1, "warning")])
def test_tokens_that_end_are_told_in_time_and_hinder_no_start(
    run_check: Callable[..., Checked], database_url: str, days: int, level: str
) -> None:
    ends_at = utc_now() + timedelta(days=days)
    database = Database(database_url)
    tokens = TokenStore(database, now=lambda: ends_at - timedelta(days=1))
    tokens.create("nodes", "ingest", expires_at=ends_at)
    tokens.create("screens", "read")
    database.close()
    checked = run_check(GOOD, "--require-tokens")
    assert (checked.levels()["tokens"], checked.code) == (level, 0)
    assert ("'nodes'" in checked.output, "'screens'" in checked.output) == (level == "warning", False)


def test_tokens_of_an_older_schema_are_no_trouble(run_check: Callable[..., Checked], database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE token DROP COLUMN setups, DROP COLUMN expires_at")
        connection.execute("DELETE FROM migration WHERE name = '0003.access'")
    assert run_check(GOOD, "--require-tokens").levels()["tokens"] == "warning"


def test_a_port_that_another_program_has(run_check: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "PATIENCE", 0.2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        checked = run_check(GOOD, "--port", str(other.getsockname()[1]))
    assert checked.levels()["address"] == "FAILED"
    assert "choose another one with --port" in checked.output


def test_a_folder_that_is_a_file(run_check: Callable[..., Checked], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="ascii")
    arguments = ["--data", str(tmp_path / "data" / "below"), "--database-url", "postgresql://127.0.0.1:1/x"]
    done = CliRunner().invoke(check, arguments)
    assert f"FAILED    data folder: {tmp_path}/data is a file; --data names a folder" in done.output


@pytest.mark.parametrize(("free", "level"), [(2**20, "FAILED"), (2**30, "warning"), (2**40, "ok")])
def test_space(run_check: Callable[..., Checked], monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    class Usage:
        pass

    usage = Usage()
    usage.free = free  # type: ignore[attr-defined]
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)
    assert run_check().levels()["data folder"] == level


def servers(*jenkins: RecordedJenkins, token: str = TOKEN) -> dict[str, Any]:
    entries = [
        {"name": f"j{number}", "url": one.url, "user": "livewall", "token": "${JENKINS_TOKEN}"}
        for number, one in enumerate(jenkins)
    ]
    return {"jenkins": entries, "setups": []}


def test_each_jenkins_is_asked_with_its_credentials(run_check: Callable[..., Checked]) -> None:
    with RecordedJenkins(user="livewall", token=TOKEN) as good, RecordedJenkins(user="livewall", token="x") as other:
        checked = run_check(servers(good, other), env={"JENKINS_TOKEN": TOKEN})
        assert good.requests and other.requests
    assert checked.texts("Jenkins j0", "ok") == [f"{good.url} answers with the token of livewall"]
    assert checked.levels()["Jenkins j1"] == "FAILED"
    assert checked.code == 1
    assert TOKEN not in checked.output


def test_jobs_that_are_not_there_are_named(run_check: Callable[..., Checked]) -> None:
    with RecordedJenkins(user="livewall", token=TOKEN) as jenkins:
        jenkins.add("team/smoke")
        config = servers(jenkins)
        config["setups"] = [{"name": "a", "jobs": ["team/smoke", "team/smok", "nightly/*", "team/*"]}]
        checked = run_check(config, env={"JENKINS_TOKEN": TOKEN})
    (told,) = checked.texts("Jenkins j0", "warning")
    assert 'has no job "team/smok", "nightly/*", or hides it' in told
    assert checked.code == 0


def test_offline_asks_no_jenkins(run_check: Callable[..., Checked]) -> None:
    with RecordedJenkins() as jenkins:
        checked = run_check(servers(jenkins), "--offline", env={"JENKINS_TOKEN": TOKEN})
        assert jenkins.requests == []
    assert checked.levels()["Jenkins j0"] == "left out"
    assert checked.code == 0


def test_a_token_that_is_not_there(run_check: Callable[..., Checked]) -> None:
    with RecordedJenkins() as jenkins:
        checked = run_check(servers(jenkins), env={"JENKINS_TOKEN": ""})
        assert jenkins.requests == []
    (told,) = checked.texts("configuration", "FAILED")
    assert "jenkins[0].token: needs the environment variable JENKINS_TOKEN, which is empty." in told


def test_the_first_migration_is_the_one_that_makes_tokens() -> None:
    (first,) = (one for one in known_migrations() if "CREATE TABLE token" in one.text)
    assert first.name == check_database.FIRST_MIGRATION


@pytest.mark.parametrize("is_there", [True, False])
def test_git_is_wanted_where_commits_are_read(
    run_check: Callable[..., Checked], database_url: str, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO repository (name) SELECT 'app-' || n FROM generate_series(1, 7) n")
    if not is_there:
        monkeypatch.setenv("PATH", "/nowhere")
    checked = run_check()
    assert (checked.levels()["git"], checked.code) == ("ok" if is_there else "warning", 0)
    (text,) = checked.texts("git", checked.levels()["git"])
    assert "app-1, app-2, app-3, app-4, app-5 and 2 more" in text
    assert ("apt install git" in text) is not is_there
