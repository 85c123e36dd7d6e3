"""Repositories behind https and ssh: secrets stand on no command line, and what is closed is said with what to do."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import pytest

from livewall_dashboard.history.commits.fetch_address import Credentials, without_password
from livewall_dashboard.history.commits.git_process import Git, GitFailed
from livewall_dashboard.lab.projects import Remote
from support.git_host import SSHD, https_host, ssh_host
from support.shop import Shop

TOKEN = f"glpat-hush-{uuid4().hex}"
"""Of this process alone: who else runs on this machine, and be it with this test's name, has it on no command line."""


@pytest.fixture(autouse=True)
def without_own_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who runs the tests may have helpers that know passwords, or a proxy."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.mark.parametrize("named", ["ci:{}", "{}", "{}:x-oauth-basic", "oauth2:{}"])
def test_a_token_over_https(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    with https_host(shop.folder, TOKEN, tmp_path / "tls") as host:
        monkeypatch.setenv("GIT_SSL_CAINFO", str(host.authority))
        remote = Remote("origin", f"https://{named.format(TOKEN)}@{host.address}/server")
        mirror = shop.mirrors.of("shop", "server")
        assert mirror.fetch(remote, 60.0)
    assert [branch.commit for branch in mirror.branches(remote)] == [shop.server.head()]
    fetching = [command for command in host.commands if host.address in command]
    assert fetching and not [command for command in host.commands if TOKEN in command]
    assert "hush" not in "".join(path.read_text() for path in mirror.folder.glob("*") if path.is_file())


def test_a_wrong_token_and_none_are_said(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with https_host(shop.folder, TOKEN, tmp_path / "tls") as host:
        mirror = shop.mirrors.of("shop", "server")
        with pytest.raises(GitFailed, match=r"certificate|handshake"):  # as its library for TLS has it
            mirror.fetch(Remote("origin", f"https://{TOKEN}@{host.address}/server"), 60.0)
        monkeypatch.setenv("GIT_SSL_CAINFO", str(host.authority))
        with pytest.raises(GitFailed, match="neither this password nor this token") as wrong:
            mirror.fetch(Remote("origin", f"https://hush-wrong@{host.address}/server"), 60.0)
        with pytest.raises(GitFailed, match=r"asks who we are: write https://USER:\$\{file:"):
            mirror.fetch(Remote("origin", f"https://{host.address}/server"), 60.0)
    assert "hush" not in wrong.value.message


def test_a_helper_of_the_users_own_knows_the_password(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with https_host(shop.folder, TOKEN, tmp_path / "tls") as host:
        own = tmp_path / "gitconfig"
        (tmp_path / "credentials").write_text(f"https://ci:{TOKEN}@{host.address}\n")
        own.write_text(f"[credential]\n\thelper = store --file {tmp_path / 'credentials'}\n")
        monkeypatch.setenv("GIT_SSL_CAINFO", str(host.authority))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
        assert shop.mirrors.of("shop", "server").fetch(Remote("origin", f"https://ci@{host.address}/server"), 60.0)


@pytest.mark.parametrize("elsewhere", ["protocol=http\nhost=git.example", "protocol=https\nhost=evil.example"])
def test_where_git_is_sent_to_it_shows_no_password(tmp_path: Path, elsewhere: str) -> None:
    _, credentials = without_password(f"https://ci:{TOKEN}@git.example/server")
    assert _filled(tmp_path, "protocol=https\nhost=git.example", credentials).endswith(f"password={TOKEN}\n")
    assert TOKEN not in _filled(tmp_path, elsewhere, credentials)


def _filled(folder: Path, asked: str, credentials: Credentials | None) -> str:
    question = folder / "asked"
    question.write_text(f"{asked}\n\n")
    shell = f"!f() {{ git credential fill < {question}; }}; f"
    return Git(folder).run(["-c", f"alias.ask={shell}", "ask"], timeout=60.0, credentials=credentials).decode()


@pytest.mark.skipif(SSHD is None, reason="sshd is not installed: apt-get install openssh-server")
@pytest.mark.skipif(os.getuid() != 0, reason="sshd lets others in as root alone")
def test_ssh_and_what_closes_it(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = shop.mirrors.of("shop", "server")
    with ssh_host(tmp_path / "ssh") as host:
        remote = Remote("origin", f"{host.address}{shop.server.folder}")
        monkeypatch.setenv("GIT_SSH_COMMAND", host.command())
        assert mirror.fetch(remote, 60.0)
        assert [branch.commit for branch in mirror.branches(remote)] == [shop.server.head()]
        for command, words in [
            (host.command(known_hosts=tmp_path / "none"), "not in known_hosts.*ssh-keyscan"),
            (host.command(key=tmp_path / "ssh" / "stranger"), "takes no key of ours"),
        ]:
            monkeypatch.setenv("GIT_SSH_COMMAND", command)
            with pytest.raises(GitFailed, match=words):
                mirror.fetch(remote, 60.0)
        other = (tmp_path / "ssh" / "stranger.pub").read_text()
        (tmp_path / "changed").write_text(f"[127.0.0.1]:{host.port} {other}")
        monkeypatch.setenv("GIT_SSH_COMMAND", host.command(known_hosts=tmp_path / "changed"))
        with pytest.raises(GitFailed, match="another key than known_hosts"):
            mirror.fetch(remote, 60.0)
