"""Arguments, as Robot Framework splits them, and environment -> settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_listener import settings


def read(*arguments: str, **environment: str) -> settings.Settings:
    return settings.read(arguments, {f"LIVEWALL_{name}": value for name, value in environment.items()})


def test_how_to_deliver_is_one_of_two_or_left_to_the_listener() -> None:
    assert [read(DELIVERY=text).delivery for text in ("", "process", "Threads")] == ["", "process", "threads"]
    wrong = read("delivery=courier")
    assert wrong.delivery == "" and wrong.problems == [
        "delivery 'courier' is not known; known are process, threads, and the listener chooses"
    ]


def split(argument: str) -> list[str]:
    """As Robot Framework does: the first of `:` and `;` separates."""
    separator = min((at, char) for char in ":;" if (at := argument.find(char)) >= 0)[1]
    return argument.split(separator)[1:]


@pytest.mark.parametrize(
    ("argument", "url", "setup"),
    [
        ("L:http://wall:8000", "http://wall:8000", ""),
        ("L:http://wall:8000/", "http://wall:8000", ""),
        ("L:http://wall", "http://wall", ""),
        ("L:https://wall.example.com:443/ci/wall/:setup=vm1", "https://wall.example.com:443/ci/wall", "vm1"),
        ("L:setup=vm1:http://wall:8000", "http://wall:8000", "vm1"),
        ("L:http://[::1]:8000:setup=vm1", "http://[::1]:8000", "vm1"),
        ("L:url=http://wall:8000:setup=VM 1", "http://wall:8000", "VM 1"),
        ("L:url=wall:8000:setup=vm1", "http://wall:8000", "vm1"),
        ("L;http://wall:8000;setup=vm1", "http://wall:8000", "vm1"),
        ("L:http://wall:8000;setup=vm1", "http://wall:8000", "vm1"),
        ("L;setup=rack 2: left;http://wall:8000", "http://wall:8000", "rack 2: left"),
        ("L:setup=rack 2: left:http://wall:8000", "http://wall:8000", "rack 2: left"),
        ("L:http://wall:8000/?a=b&c=d:setup=vm1", "http://wall:8000", "vm1"),
        ("L:http://user:pass=word@wall:8000:setup=vm1", "http://user:pass=word@wall:8000", "vm1"),
        ("L:HTTP://wall:8000:SETUP=vm1", "HTTP://wall:8000", "vm1"),
    ],
)
def test_a_split_url_is_put_together_again(argument: str, url: str, setup: str) -> None:
    found = read(*split(argument))
    assert (found.url, found.setup, found.problems) == (url, setup, [])


AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIUGE92cAyr5Nvj0qQzSBpAjSo+Tb8wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGTGFiIENBMB4XDTI2MTEyMjEwMDQ1OVoXDTM2MTExOTEwMDQ1
OVowETEPMA0GA1UEAwwGTGFiIENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
FIVp8FGBQwkvK2nZJaZNVQfDTvKHODvv0MZAv0g1yv5yJ8jEj6PfoyLjHiyCOkRX
VXhYTiIDyW5D0SKK6eCGeqNjMGEwHQYDVR0OBBYEFPLfKhTo2G5E3ntQ3NWicAmx
fYpXMB8GA1UdIwQYMBaAFPLfKhTo2G5E3ntQ3NWicAmxfYpXMA8GA1UdEwEB/wQF
MAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMCA0kAMEYCIQDDAbxoC/7B
D380UVeprWxKWepUYCAFS+BaaE2Oyv+CBwIhAPCuz+FnNHtHgW39fm+RGviiiCWN
NwPMfFoINZ3DTWHc
-----END CERTIFICATE-----
"""


def test_arguments_win_over_the_environment() -> None:
    found = read("setup=argument", URL="http://wall:8000/", SETUP="environment", COMMIT="abc")
    assert (found.setup, found.url, found.commit) == ("argument", "http://wall:8000", "abc")


def test_everything_from_the_environment(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(AUTHORITY, encoding="utf-8")
    found = read(
        URL="https://wall",
        TOKEN=" lw_0123 ",
        SETUP="vm1",
        LABELS="os=debian-11, arch=amd64,empty=",
        ARTIFACTS="log, output",
        TIMEOUT="2.5",
        SPOOL=str(tmp_path),
        CA=str(ca),
        RUN_ID="nightly-7",
        COMMIT="abc",
        BRANCH="main",
        REPOSITORY="https://git/x",
        SUITE="Nightly",
        JOB="1f3a",
    )
    assert found == settings.Settings(
        url="https://wall",
        token="lw_0123",
        setup="vm1",
        labels={"os": "debian-11", "arch": "amd64", "empty": ""},
        artifacts=("output", "log"),
        timeout=2.5,
        spool=tmp_path,
        ca=str(ca),
        run_id="nightly-7",
        commit="abc",
        branch="main",
        repository="https://git/x",
        suite="Nightly",
        job="1f3a",
    )


def test_relative_paths_are_those_of_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text(AUTHORITY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read(SPOOL="spool", CA="ca.pem")
    assert (found.spool, found.ca, found.problems) == (tmp_path / "spool", str(tmp_path / "ca.pem"), [])


@pytest.mark.parametrize("option", ["SPOOL", "CA"])
def test_a_path_that_cannot_be_found_is_one_problem(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for path in ("relative", "~nosuchuser/there"):
        found = read(**{option: path})
        assert (found.spool, found.ca) == (None, "")
        assert len(found.problems) == 1 and "give the whole path" in found.problems[0]


def test_nothing_given_is_no_wall_and_no_problem() -> None:
    found = read()
    assert found.url == "" and found.timeout == settings.DEFAULT_TIMEOUT and found.problems == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["http", "//wall", "8000", "setpu=vm1"], "'setpu' is not known"),
        (["wall"], "'wall' is neither a URL"),
        (["ftp://wall"], "'ftp://wall' is neither a URL"),
        (["url=http://"], "'http://' is not a URL"),
        (["http", "//wall", "port"], "'http://wall:port' is not a URL"),
        (["http", "//wa ll"], "is not a URL"),
        (["labels=debian"], "label 'debian' is not key=value"),
        (["labels==x"], "label '=x' is not key=value"),
        (["artifacts=log,screenshots"], "artifacts screenshots are not known"),
        (["timeout=soon"], "timeout 'soon' is not a number"),
        (["timeout=-1"], "timeout '-1' is not a number"),
        (["timeout=nan"], "timeout 'nan' is not a number"),
        (["ca=/no/such/file"], "'/no/such/file' does not exist"),
        (["token=a b"], "the token holds spaces"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_used(arguments: list[str], word: str) -> None:
    found = read(*arguments, SETUP="vm1")
    assert len(found.problems) == 1 and word in found.problems[0]
    assert found.setup == "vm1"


def test_a_ca_file_that_tls_cannot_use_is_named(tmp_path: Path) -> None:
    key = tmp_path / "livewall.key"
    key.write_text(AUTHORITY.replace("CERTIFICATE", "PRIVATE KEY"), encoding="utf-8")
    for path, word in ((key, "holds no certificate in PEM form"), (tmp_path, "cannot be read: Is a directory")):
        found = read(CA=str(path))
        assert found.ca == ""
        assert len(found.problems) == 1 and str(path) in found.problems[0]
        assert word in found.problems[0] and "the system's certificates are used" in found.problems[0]


def test_an_unknown_argument_leaves_the_others() -> None:
    found = read("http", "//wall", "8000", "setpu=vm1", "timeout=3")
    assert (found.url, found.timeout, len(found.problems)) == ("http://wall:8000", 3.0, 1)


def test_secrets_are_never_shown() -> None:
    found = read("http", "//user", "secret-1@wall", "port", TOKEN="secret 2")
    assert found.problems and "secret" not in repr(found.problems)
    assert "secret" not in repr(read(TOKEN="secret"))


@pytest.mark.parametrize(("text", "kept"), [("all", settings.ARTIFACTS), ("none", ()), ("", ()), ("log,log", ("log",))])
def test_artifacts(text: str, kept: tuple[str, ...]) -> None:
    assert read(ARTIFACTS=text).artifacts == kept
