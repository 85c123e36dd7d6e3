"""What is wrong with an address is said without the password that stands in it."""

from __future__ import annotations

import pytest

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.postgres.database import conninfo
from livewall_listener.client import Reply
from livewall_listener.settings import read, redacted

WORD = "canary"


@pytest.mark.parametrize(
    "url",
    [
        f"postgres//wall:{WORD}@db/livewall",
        f"postgresql://wall:{WORD}@db:port/livewall",
        f"postgresql://wall:ab@{WORD}@db/livewall",
        f"postgresql://wall:ab/{WORD}@db/livewall",
        f"postgresql://wall:{WORD}%zz@db/livewall",
        f"postgresql://wall:{WORD}@[db/livewall",
        f"host=db password=ab {WORD}",
        f"host=db password='{WORD}",
    ],
)
def test_a_database_url_that_cannot_be_read_is_not_quoted(url: str) -> None:
    with pytest.raises(Misconfigured, match="like postgresql://") as raised:
        conninfo(url)
    assert WORD not in raised.value.message


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://wall:{WORD}@db:5432/livewall?sslmode=require",
        f"postgresql://wall:{WORD}%40%2F@db,db2:5432,5433/livewall",
        f"host=/run/postgresql dbname=livewall password='{WORD} @/'",
        "postgresql:///livewall?host=@abstract",
    ],
)
def test_one_that_can_be_read_is_taken(url: str) -> None:
    assert "livewall" in conninfo(url)


def test_a_wrong_option_is_named() -> None:
    with pytest.raises(Misconfigured, match="sslmod"):
        conninfo(f"postgresql://wall:{WORD}@db/livewall?sslmod=require")


@pytest.mark.parametrize("password", [WORD, f"ab@{WORD}", f"{WORD}@", f"a:{WORD}", f"%40{WORD}"])
def test_a_walls_url_is_shown_without_its_password(password: str) -> None:
    assert redacted(f"https://node:{password}@wall:8000/path@2") == "https://wall:8000/path@2"


@pytest.mark.parametrize("url", [f"node:{WORD}@wall:80:80", f"https://node:ab/{WORD}@wall", f"ftp://node:{WORD}@wall"])
def test_a_url_of_no_wall_is_named_without_its_password(url: str) -> None:
    settings = read([], {"LIVEWALL_URL": url})
    assert settings.problems
    assert WORD not in " ".join(settings.problems)


def test_what_a_strange_wall_says_does_not_steer_a_terminal() -> None:
    said = {"error": {"message": "\x1b[2J\r\nSUCCESS\x07 \u202egnp \u2028 \x9b31m" + "x" * 1000}}
    message = Reply(500, said).message
    assert message.isprintable()
    assert len(message) <= 500
