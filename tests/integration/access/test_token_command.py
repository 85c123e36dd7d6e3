"""`livewall token`: what it prints where, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from livewall_dashboard.access.tokens import PATTERN, Token, TokenStore
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.cli import cli
from livewall_dashboard.postgres.database import Database

Run = Callable[..., Result]


@pytest.fixture
def livewall(database_url: str) -> Run:
    """`livewall("create", ...)`: runs `livewall token create ...` on the test's database."""

    def run(command: str, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["token", command, "--database-url", database_url, *arguments])

    return run


def find(database_url: str, text: str) -> Token:
    database = Database(database_url)
    try:
        token = TokenStore(database).find(text)
    finally:
        database.close()
    assert token is not None
    return token


def test_the_token_alone_goes_to_standard_output(livewall: Run, database_url: str) -> None:
    made = livewall("create", "--scope", "read", "wall in room 3")
    assert made.exit_code == 0
    assert re.fullmatch(f"{PATTERN}\n", made.stdout)
    assert f"/#{made.stdout.strip()}" in made.stderr, "the wall link"
    assert find(database_url, made.stdout.strip()).name == "wall in room 3"
    assert livewall("create", "--scope", "ingest", "nodes").stderr.endswith("LIVEWALL_TOKEN.\n")


def test_it_is_bound_and_it_ends(livewall: Run, database_url: str) -> None:
    made = livewall("create", "--scope", "ingest", "--setup", "VM 1", "--setup", "VM 2", "--expires", "90d", "node")
    token = find(database_url, made.stdout.strip())
    assert token.setups == ["VM 1", "VM 2"]
    assert token.expires_at is not None
    assert timedelta(days=89) < token.expires_at - utc_now() <= timedelta(days=90)
    day = livewall("create", "--scope", "read", "--expires", "2999-01-31", "screen")
    ends_at = find(database_url, day.stdout.strip()).expires_at
    assert ends_at is not None
    assert ends_at.isoformat() == "2999-02-01T00:00:00+00:00"


def test_the_list_tells_all_but_the_tokens(livewall: Run) -> None:
    tokens = [
        livewall("create", "--scope", "ingest", "--setup", "VM 1", "--expires", "2999-01-31", "node").stdout.strip(),
        livewall("create", "--scope", "read", "screen").stdout.strip(),
    ]
    livewall("revoke", "screen")
    listed = livewall("list").stdout
    assert [line.split("\t") for line in listed.splitlines()] == [
        ["node", "ingest", "VM 1", "expires 2999-02-01 00:00", "never used"],
        ["screen", "read", "all setups", "revoked", "never used"],
    ]
    assert not any(token in listed for token in tokens)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--scope", "read", "--expires", "soon", "x"], "neither a number of days like 90d nor a date"),
        (["--scope", "read", "--expires", "0d", "x"], "neither"),
        (["--scope", "read", "--expires", "99999999d", "x"], "neither"),
        (["--scope", "read", "--expires", "2020-01-31", "x"], "a time to come"),
        (["--scope", "read", "--setup", "VM 1", "x"], "writes no runs"),
        (["--scope", "root", "x"], "root"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(livewall: Run, arguments: list[str], said: str) -> None:
    made = livewall("create", *arguments)
    assert made.exit_code > 0
    assert said in made.stderr
    assert made.stdout == livewall("list").stdout == ""
