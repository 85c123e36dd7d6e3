"""A private authority and the wall's certificate, made by the commands of docs/deploy.md."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .pages import DEPLOY, shell_lines

NAMES = (
    "subjectAltName=DNS:wall.lab.example,DNS:wall",
    "subjectAltName=DNS:wall.lab.example,DNS:localhost,IP:127.0.0.1",
)


@dataclass(frozen=True)
class Certificates:
    """`authority` is what clients are given, `certificate` (for 127.0.0.1 and localhost) and `key` the server."""

    authority: Path
    certificate: Path
    key: Path

    def trusting(self) -> ssl.SSLContext:
        """A client's context that trusts this authority and nobody else, and wants TLS as today's clients do."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        context.load_verify_locations(self.authority)
        return context


def make(folder: Path) -> Certificates:
    """Skips by name where openssl is not installed."""
    commands = [words for words in shell_lines(DEPLOY) if words and words[0] == "openssl" and words[1] == "req"]
    assert len(commands) == 2, f"{DEPLOY.name} makes an authority and a certificate"
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: apt-get install openssl")
    for words in commands:
        here = [_in(folder, word).replace(*NAMES) for word in words]
        done = subprocess.run(here, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
    made = Certificates(folder / "lab-ca.crt", folder / "livewall.pem", folder / "livewall.key")
    assert all(path.exists() for path in (made.authority, made.certificate, made.key))
    return made


def _in(folder: Path, word: str) -> str:
    """A path of the page as one in `folder`."""
    return str(folder / Path(word).name) if word.startswith("/") and not word.startswith("/CN=") else word
