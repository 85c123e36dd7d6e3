"""One spelling of where a repository lies."""

from __future__ import annotations

import pytest

from livewall_dashboard.history.commits.repository_address import address_of


@pytest.mark.parametrize(
    "text",
    [
        "https://git.example/lab/app",
        "https://git.example/lab/app.git",
        "https://git.example:443/lab/app/",
        "https://me:secret@GIT.example/lab/app.git/",
        "http://git.example/lab/app",
        "ssh://git@git.example/lab/app.git",
        "ssh://git@git.example:7999/lab/app",
        "git://git.example/lab/app.git",
        "git@git.example:lab/app.git",
        "git.example:/lab/app.git",
        " git@git.example:lab/app ",
    ],
)
def test_ways_to_the_same_repository_are_one_address(text: str) -> None:
    assert address_of(text) == "git.example/lab/app"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://localhost:3000/app", "localhost:3000/app"),
        ("http://localhost:3001/app", "localhost:3001/app"),
        ("https://git.example/lab/App", "git.example/lab/App"),
        ("/srv/git/app.git", "/srv/git/app"),
        ("file:///srv/git/app.git", "/srv/git/app"),
        ("app", "app"),
        ("lab/product", "lab/product"),
        ("", ""),
        ("http://[::1/x", "http://[::1/x"),
        ("https://me:secret@[::1/x", "https://[::1/x"),
    ],
)
def test_others_are_kept_apart(text: str, address: str) -> None:
    assert address_of(text) == address
