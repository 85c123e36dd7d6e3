"""config/postgresql: the dashboard's role can do what the dashboard does and no more; readers read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg import errors as pg
from psycopg.conninfo import make_conninfo

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.history.results import partitions
from livewall_dashboard.postgres import migrations
from livewall_dashboard.postgres.migrations import migrate
from support.dashboard import Dashboard
from support.edge import make_tokens
from support.environment import quiet_environment
from support.git_repository import GitRepository
from support.postgres import Postgres, apply_roles
from support.reporter import Reporter, T

CONFIG = Path(__file__).parents[3] / "config" / "postgresql"


@dataclass
class Roles:
    """A migrated database with the roles; `url(role)` leads to it."""

    server: Postgres

    def url(self, role: str) -> str:
        return make_conninfo(self.server.url, dbname="livewall", user=role)

    def apply(self) -> None:
        apply_roles(make_conninfo(self.server.url, dbname="livewall"))

    def execute(self, role: str, *statements: str) -> None:
        with psycopg.connect(self.url(role), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="module")
def roles() -> Iterator[Roles]:
    """On a server of its own: roles are a whole server's."""
    server = Postgres()
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE livewall_owner LOGIN")
            connection.execute("CREATE DATABASE livewall OWNER livewall_owner")
        made = Roles(server)
        migrate(made.url("livewall_owner"))
        made.apply()
        made.apply()
        yield made
    finally:
        server.remove()


def test_a_dashboard_does_all_its_work_with_its_own_role(
    roles: Roles, make_dashboard: Callable[..., Dashboard], tmp_path: Path
) -> None:
    tokens = make_tokens(roles.url("livewall_owner"))
    # The next run is one for which there is no partition yet.
    roles.execute("livewall_owner", "ALTER TABLE run ALTER id RESTART WITH 4000")
    dashboard = make_dashboard(database_url=roles.url("livewall"), extra_args=["--require-tokens"]).start()
    reporter = Reporter(dashboard.request, tokens["ingest"])
    for status in ("PASS", "FAIL"):
        key = reporter.run([T("Boots", status)], setup="Board 7", labels={"os": "debian"}, commit="abc", branch="main")
    headers = {"Authorization": f"Bearer {tokens['ingest']}", "Content-Type": "application/octet-stream"}
    assert dashboard.request("PUT", f"/api/v1/runs/{key}/artifacts/log.html", b"<p>log", headers=headers)[0] == 201
    dashboard.restart()
    assert livewall("probe", "--url", dashboard.url, "--database-url", roles.url("livewall_owner"), cwd=tmp_path) == 0
    repository = GitRepository(tmp_path / "app")
    repository.commit()
    sync = ("commits", "sync", "--database-url", roles.url("livewall"), str(repository.folder))
    assert livewall(*sync, cwd=tmp_path) == 0
    repository.commit()
    assert livewall(*sync, cwd=tmp_path) == 0
    reader = {"Authorization": f"Bearer {tokens['read']}"}
    status, answer, _ = dashboard.request("GET", f"/api/v1/runs/{key}", headers=reader)
    assert (status, b'"verified"' in answer) == (200, True), answer
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    sign_in = urlencode({"token": tokens["read"], "next": "/healthz"}).encode()
    assert dashboard.request("POST", "/login", sign_in, headers=form)[0] == 200, "signed in, and led on"
    dashboard.stop()
    assert "permission denied" not in dashboard.log
    with psycopg.connect(roles.url("livewall_reader")) as connection:
        used = connection.execute("SELECT count(*) FROM result").fetchone()
    assert used == (2,)


def livewall(*arguments: str, cwd: Path) -> int:
    """Exit code of the command, as whoever deploys calls it."""
    command = [sys.executable, "-m", "livewall_dashboard", *arguments]
    return subprocess.run(command, cwd=cwd, env=quiet_environment(), check=False, timeout=120).returncode


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO token (name, scope, sha256) VALUES ('mine', 'admin', '\\x00')",
        "UPDATE token SET revoked_at = NULL",
        "DELETE FROM token",
        "DELETE FROM run",
        "TRUNCATE result, run",
        "DROP TABLE run",
        "ALTER TABLE token ADD COLUMN mine text",
        "UPDATE migration SET sha256 = ''",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET ROLE livewall_owner",
        "COPY run TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_its_role_can_do_no_more(roles: Roles, statement: str) -> None:
    with pytest.raises(pg.InsufficientPrivilege):
        roles.execute("livewall", statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM token",
        "SELECT * FROM session",
        "INSERT INTO setup (name) VALUES ('mine')",
        "UPDATE run SET name = 'mine'",
        "DELETE FROM artifact",
        "CREATE TABLE mine (id int)",
        "DROP TABLE result",
        "SET ROLE livewall",
    ],
)
def test_a_reader_only_reads_even_if_it_says_that_it_writes(roles: Roles, statement: str) -> None:
    with pytest.raises(pg.InsufficientPrivilege):
        roles.execute("livewall_reader", "SET default_transaction_read_only = off", statement)
    roles.execute("livewall_reader", "SELECT * FROM run JOIN process ON run_id = id JOIN result USING (run_id)")


def test_a_later_version_is_migrated_by_the_owner_and_used_by_all(roles: Roles) -> None:
    roles.execute("livewall_owner", "ALTER TABLE result ADD COLUMN later text; CREATE TABLE later (id int)")
    roles.execute("livewall", "INSERT INTO later VALUES (1)")
    roles.execute("livewall_reader", "SELECT later.id, later FROM later, result")
    with pytest.raises(pg.InsufficientPrivilege):
        roles.execute("livewall", "DROP TABLE later")
    roles.execute("livewall_owner", "ALTER TABLE result DROP COLUMN later; DROP TABLE later")


@pytest.mark.parametrize("text", ["ALTER TABLE run ADD COLUMN later int", "CREATE TABLE later (id int)"])
def test_a_release_with_a_migration_is_refused_until_the_owner_applied_it(
    roles: Roles, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    later = [*migrations.known_migrations(), migrations.Migration("9999.later", text)]
    monkeypatch.setattr(migrations, "known_migrations", lambda: later)
    with pytest.raises(Misconfigured, match=r'livewall_owner.*has to call `livewall migrate`, not "livewall"'):
        migrate(roles.url("livewall"))
    assert migrations.pending(roles.url("livewall")) == ["9999.later"]
    assert migrate(roles.url("livewall_owner")) == ["9999.later"]
    assert migrate(roles.url("livewall")) == []
    roles.execute(
        "livewall_owner",
        "DELETE FROM migration WHERE name = '9999.later'",
        "DROP TABLE IF EXISTS later",
        "ALTER TABLE run DROP COLUMN IF EXISTS later",
    )


def test_partitions_of_tables_that_a_migration_adds_are_made_by_the_dashboard(
    roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Roles are given once; tables come later."""
    with psycopg.connect(roles.server.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE former OWNER livewall_owner")
    owner, dashboard = (make_conninfo(roles.url(role), dbname="former") for role in ("livewall_owner", "livewall"))
    all_of_them = migrations.known_migrations()
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "known_migrations", lambda: [each for each in all_of_them if each.name < "0012"])
        migrate(owner)
    with psycopg.connect(owner) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO livewall")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO livewall")
        for table in ("suite_result", "result"):
            connection.execute(f"ALTER TABLE {table} OWNER TO livewall".encode())
    migrate(owner)
    with psycopg.connect(dashboard) as connection:
        assert partitions.provide(connection, 1) == 513


def test_postgres_understands_the_settings_and_who_may_come_in(roles: Roles) -> None:
    data = roles.server.data
    hba, conf = data / "pg_hba.conf", data / "postgresql.conf"
    before = hba.read_bytes(), conf.read_bytes()
    try:
        hba.write_bytes((CONFIG / "pg_hba.conf").read_bytes() + before[0])
        conf.write_bytes(before[1] + b"\n" + (CONFIG / "livewall.conf").read_bytes())
        with psycopg.connect(roles.server.url) as connection:
            rules = connection.execute(
                "SELECT database, user_name, auth_method, error FROM pg_hba_file_rules"
            ).fetchall()
            settings = connection.execute("SELECT name, error FROM pg_file_settings WHERE NOT applied").fetchall()
    finally:
        hba.write_bytes(before[0])
        conf.write_bytes(before[1])
    # The embedded Postgres is built without TLS; what takes effect at the next start only is told like a fault.
    assert {rule[3] for rule in rules} <= {
        None,
        "hostssl record cannot match because SSL is not supported by this build",
    }
    assert (["livewall"], ["livewall"], "peer", None) in rules
    assert {error for _, error in settings} <= {None, "setting could not be applied"}
