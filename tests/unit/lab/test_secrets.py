"""Secrets come from the environment and from files, and are shown by nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import certifi
import pytest

from livewall_dashboard.lab import BadConfiguration, JenkinsServer
from livewall_dashboard.lab.load import Reading, read_lab
from livewall_dashboard.lab.seen import SeenFiles

SECRET = "11f0e1d2c3b4"


def read(folder: Path, environment: dict[str, str] | None = None, **members: Any) -> Reading:
    server = {"name": "main", "url": "https://j", "user": "livewall", "token": "x", **members}
    path = folder / "setups_config.json"
    path.write_text(json.dumps({"jenkins": [server], "setups": []}, indent=1), encoding="utf-8")
    return read_lab(path, environment or {}, SeenFiles())


def server_of(reading: Reading) -> JenkinsServer:
    return reading.lab.jenkins[0]


def refused(folder: Path, environment: dict[str, str] | None = None, **members: Any) -> str:
    with pytest.raises(BadConfiguration) as raised:
        read(folder, environment, **members)
    (fault,) = raised.value.faults
    assert SECRET not in raised.value.message + repr(raised.value) + str(raised.value.detail) + raised.value.in_short
    return f"{fault.place}: {fault.text}"


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{SECRET}\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_from_the_environment(tmp_path: Path) -> None:
    reading = read(tmp_path, {"TOKEN": SECRET, "WHO": "me"}, token="${TOKEN}", user="${WHO}")
    assert (server_of(reading).user, server_of(reading).token) == ("me", SECRET)
    assert reading.warnings == ()


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n"])
def test_from_a_file_without_the_newline_at_its_end(tmp_path: Path, secret_file: Path, end: str) -> None:
    secret_file.write_bytes((SECRET + end).encode())
    assert server_of(read(tmp_path, token=f"${{file:{secret_file}}}")).token == SECRET


def test_a_files_path_may_begin_beside_the_configuration(tmp_path: Path, secret_file: Path) -> None:
    reading = read(tmp_path, token="${file:token}")
    assert server_of(reading).token == SECRET
    assert reading.warnings == ()


def test_references_may_be_part_of_a_text(tmp_path: Path) -> None:
    reading = read(
        tmp_path, {"HOST": "jenkins", "A": "1", "B": "2"}, url="https://${HOST}.lab:8443/ci", token="${A}-${B}"
    )
    assert (server_of(reading).url, server_of(reading).token) == ("https://jenkins.lab:8443/ci/", "1-2")


@pytest.mark.parametrize(
    ("text", "token"), [("$${TOKEN}", "${TOKEN}"), ("a$b", "a$b"), ("$TOKEN", "$TOKEN"), ("$$x", "$$x")]
)
def test_a_dollar_may_be_a_dollar(tmp_path: Path, text: str, token: str) -> None:
    assert server_of(read(tmp_path, {"TOKEN": SECRET}, token=text)).token == token


def test_a_secret_is_not_searched_for_references(tmp_path: Path) -> None:
    assert server_of(read(tmp_path, {"TOKEN": "${HOME}"}, token="${TOKEN}")).token == "${HOME}"


def test_other_members_take_texts_as_they_are(tmp_path: Path) -> None:
    reading = read(tmp_path, description_pattern=r"(?P<total>\d+)\${X}")
    assert server_of(reading).description_pattern == r"(?P<total>\d+)\${X}"


FAULTS = [
    ("${TOKEN}", "needs the environment variable TOKEN, which is not set where the wall is started."),
    ("${EMPTY}", "needs the environment variable EMPTY, which is empty."),
    ("${LINES}", "needs the environment variable LINES, which has several lines or characters that are none."),
    ("${file:none}", "needs the file {folder}/none, which cannot be read: no such file or directory."),
    ("${file:folder}", "needs the file {folder}/folder, which cannot be read: it is not a file."),
    ("${file:pipe}", "needs the file {folder}/pipe, which cannot be read: it is not a file."),
    ("${file:empty}", "needs the file {folder}/empty, which is empty."),
    ("${file:binary}", "needs the file {folder}/binary, which is not UTF-8 text."),
    ("${file:}", "has ${file:} without a path."),
    ("${TOKEN", "has a ${ without its }. A ${ that is meant as it stands is written $${."),
    ("${}", "has a ${...} that is neither ${NAME} nor ${file:/path}."),
    (f"${{{SECRET}}}", "has a ${...} that is neither ${NAME} nor ${file:/path}."),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS, ids=[text for text, _ in FAULTS])
def test_what_is_wrong_is_said(tmp_path: Path, text: str, fault: str) -> None:
    tmp_path = tmp_path / ("a path of any length " * 5)
    tmp_path.mkdir()
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_text("\n", encoding="ascii")
    (tmp_path / "binary").write_bytes(b"\xff" + SECRET.encode())
    os.mkfifo(tmp_path / "pipe")
    told = refused(tmp_path, {"EMPTY": "", "LINES": f"{SECRET}\n{SECRET}"}, token=text)
    assert told == "jenkins[0].token: " + fault.replace("{folder}", str(tmp_path))


@pytest.mark.parametrize("member", ["url", "user", "ca"])
def test_a_secret_in_the_wrong_member_is_not_shown(tmp_path: Path, member: str) -> None:
    environment = {"X": f"{SECRET}://{SECRET}"}
    if member == "user":  # is as good a user as any
        assert SECRET not in repr(read(tmp_path, environment, token="${X}").lab.jenkins)
    else:
        assert refused(tmp_path, environment, **{member: "${X}"}).startswith(f"jenkins[0].{member}: ")


def test_a_token_is_in_no_repr(tmp_path: Path) -> None:
    reading = read(tmp_path, {"TOKEN": SECRET}, token="${TOKEN}")
    assert SECRET not in f"{reading!r} {reading.lab!r} {server_of(reading)!r} {server_of(reading)}"


def test_a_token_in_plain_is_a_warning_that_does_not_quote_it(tmp_path: Path) -> None:
    (warning,) = read(tmp_path, token=SECRET).warnings
    assert (warning.line, warning.place) == (7, "jenkins[0].token")
    assert "in plain" in warning.text
    assert SECRET not in str(warning)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o604])
def test_a_file_that_all_may_read_is_a_warning(tmp_path: Path, secret_file: Path, mode: int) -> None:
    secret_file.chmod(mode)
    warnings = read(tmp_path, token="${file:token}").warnings
    assert len(warnings) == bool(mode & 0o004)
    assert all(f"is in {secret_file}, which every user" in warning.text for warning in warnings)


def test_certificates(tmp_path: Path) -> None:
    assert "names a file that cannot be read: no such file" in refused(tmp_path, ca="none.pem")
    (tmp_path / "bad.pem").write_text("-----BEGIN CERTIFICATE-----\nhello\n", encoding="ascii")
    assert "without certificates in PEM form" in refused(tmp_path, ca="bad.pem")
    (tmp_path / "good.pem").write_bytes(Path(certifi.where()).read_bytes())
    assert server_of(read(tmp_path, {"CA": "good"}, ca="${CA}.pem")).ca == tmp_path / "good.pem"
