"""Repositories whose commits the wall reads by itself, as the configuration has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from livewall_dashboard.history.commits.configured_sources import sources_of
from livewall_dashboard.history.commits.fetch_address import public_url, shown_url, without_password
from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.repositories import WatchedRepository
from livewall_dashboard.lab.seen import SeenFiles

WEBKIT = {"name": "webkit", "url": "https://ci:${PASSWORD}@git.example/WebKit.git"}


def read(folder: Path, document: dict[str, Any], password: str = "hush-hush") -> Reading:
    file = folder / "setups_config.json"
    file.write_text(json.dumps(document))
    return read_lab(file, {"PASSWORD": password}, SeenFiles())


def project(name: str, **repositories: str) -> dict[str, Any]:
    named = [{"name": each, "url": url} for each, url in repositories.items()]
    return {"name": name, "repositories": named, "steps": [{"name": "build", "command": "make"}]}


def test_a_repository_is_read_with_what_it_does_not_say(tmp_path: Path) -> None:
    """A wall for uploads may have nothing else in its file."""
    full = {"name": "tools", "url": "/srv/tools.git", "default_branch": "trunk", "branches": ["v*"], "fetch_every": 60}
    reading = read(tmp_path, {"repositories": [WEBKIT, full]})
    assert reading.warnings == ()
    assert reading.lab.repositories == (
        WatchedRepository("webkit", "https://ci:hush-hush@git.example/WebKit.git"),
        WatchedRepository("tools", "/srv/tools.git", "trunk", ("v*",), 60.0),
    )
    assert "hush-hush" not in repr(reading) + repr(sources_of(reading.lab))


@pytest.mark.parametrize("secret", ["pa/ss", "12/ss", "a@b", "a#b", "a?b", "a[b", "a\\b", "a b", "a%2Fb"])
@pytest.mark.parametrize("url", ["https://ci:${PASSWORD}@git.example/x", "https://${PASSWORD}@git.example/x"])
def test_a_secret_with_what_parts_an_address_stays_one(tmp_path: Path, url: str, secret: str) -> None:
    (found,) = read(tmp_path, {"repositories": [{"name": "x", "url": url}]}, secret).lab.repositories
    plain, credentials = without_password(found.url)
    assert plain == public_url(found.url) == "https://git.example/x"
    assert shown_url(found.url) == "https://***@git.example/x"
    assert credentials and unquote(secret) in (credentials.password, credentials.user)


def test_a_whole_address_may_be_a_secret(tmp_path: Path) -> None:
    whole = [{"name": "x", "url": "${PASSWORD}"}, {"name": "y", "url": "https://ci@git.example/${PASSWORD}"}]
    first, _ = read(tmp_path, {"repositories": whole}, "https://a:b%2Fc@git.example/x?y").lab.repositories
    assert first.url == "https://a:b%2Fc@git.example/x?y"


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ([{**WEBKIT, "url": "ext::sh -c ls"}], "names a program that git would run"),
        ([{**WEBKIT, "url": "https://ci:pa/ss@host/x"}], "written as %2F"),
        ([{**WEBKIT, "url": "https://ci:12/ss@host/x"}], "written as %2F"),
        ([{**WEBKIT, "url": "https://${NOBODY}@host/x"}], "needs the environment variable NOBODY"),
        ([WEBKIT, {**WEBKIT, "url": "/srv/other"}], "all repositories need names of their own"),
        ([{**WEBKIT, "fetch_every": 1}], "must be at least 10"),
        ([{"name": "webkit"}], "missing"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, entries: list[Any], fault: str) -> None:
    with pytest.raises(BadConfiguration) as raised:
        read(tmp_path, {"repositories": entries})
    (found,) = raised.value.faults
    assert fault in found.text and found.place.startswith("repositories[")


def test_each_repository_is_read_once_and_by_a_name_of_its_own(tmp_path: Path) -> None:
    projects = [
        project("shop", server="git@git.example:WebKit.git", app="/srv/shop/app"),
        project("radio", app="/srv/radio/app", again="/srv/shop/app.git"),
    ]
    lab = read(tmp_path, {"repositories": [WEBKIT], "projects": projects}).lab
    assert [(each.name, each.address, each.is_named) for each in sources_of(lab)] == [
        ("webkit", "git.example/WebKit", True),
        ("app", "/srv/shop/app", False),
        ("radio/app", "/srv/radio/app", False),
    ]
