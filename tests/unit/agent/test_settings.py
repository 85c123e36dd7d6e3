"""agent.toml and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livewall_agent import settings
from livewall_agent.errors import Misconfigured

GIVEN = {"server": "http://wall:8000", "queues": ("rpi4",)}

FILE = """
server = "http://elsewhere"
name = "rpi4-2"
setup = "Board 7"
job_commands = ["test"]
pass_environment = ["SERIAL"]

[queues]
rpi4 = "any Raspberry Pi 4"

[labels]
arch = "arm64"
ram = 8

[limits]
global_timeout = "2h"
memory = "2GB"
output = "none"

[commands]
provision = "flash"
cleanup = ["off", "check"]

[images.rpi4]
noble = "url: http://images/noble"
"""


def read(tmp_path: Path, text: str, environment: dict[str, str] | None = None, **given: Any) -> settings.Settings:
    path = tmp_path / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return settings.read(path, given, environment or {})


def test_settings_all_of_a_file(tmp_path: Path) -> None:
    chosen = read(tmp_path, FILE, queues=(), server="http://wall:8000/")
    assert (chosen.server, chosen.name, chosen.setup) == ("http://wall:8000", "rpi4-2", "Board 7")
    assert chosen.queues == {"rpi4": "any Raspberry Pi 4"}
    assert chosen.labels == {"arch": "arm64", "ram": "8"}
    assert chosen.commands == {"provision": ("flash",), "cleanup": ("off", "check")}
    assert chosen.job_commands == {"test"}
    assert chosen.images == {"rpi4": {"noble": "url: http://images/noble"}}
    limits = chosen.limits
    assert (limits.global_timeout, limits.output_timeout, limits.memory, limits.output) == (7200, 900, 2e9, None)


def test_settings_a_token_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("lw_0123\n", encoding="utf-8")
    chosen = settings.read(None, {**GIVEN, "token_file": tmp_path / "token"}, {"LIVEWALL_TOKEN": "lw_other"})
    assert chosen.token == "lw_0123"
    assert "lw_0123" not in repr(chosen)
    assert settings.read(None, GIVEN, {"LIVEWALL_TOKEN": "lw_other"}).token == "lw_other"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quees = ['a']", "did you mean queues"),
        ("[limits]\nmemroy = 1", "did you mean memory"),
        ("[limits]\nmemory = 'much'", "no size, like"),
        ("[limits]\ngrace = 'long'", "no time, like"),
        ("[commands]\nflash = 'x'", "none of setup"),
        ("isolation = 'jail'", "none of auto"),
        ("name = '../x'", "letters, digits"),
        ("labels = 'a'", "must be a table"),
        ("server = 'wall'\n", "not the URL"),
        ("a = ", "not TOML"),
        ("token_file = '/nowhere'", "cannot be read"),
        ("queues = []", "which queue"),
    ],
)
def test_settings_what_is_wrong_is_said_with_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        read(
            tmp_path,
            text,
            server=None if "server" in text else "http://wall",
            queues=() if "queues" in text else ("q",),
        )


def test_settings_without_a_server_or_a_queue_it_says_how_to_name_one() -> None:
    with pytest.raises(Misconfigured, match="which server"):
        settings.read(None, {"queues": ("a",)}, {})
    with pytest.raises(Misconfigured, match="which queue"):
        settings.read(None, {"server": "http://wall"}, {})


def test_labels_of_refuses_what_is_no_pair() -> None:
    assert settings.labels_of(("arch=arm64", "x=a=b")) == {"arch": "arm64", "x": "a=b"}
    with pytest.raises(Misconfigured, match="not key=value"):
        settings.labels_of(("arch",))
