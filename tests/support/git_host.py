"""A host of git repositories: over https by git's own http-backend, and over ssh by sshd."""

from __future__ import annotations

import getpass
import os
import shutil
import ssl
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from . import certificates
from .background_server import in_background
from .ports import free_port
from .waiting import wait_for

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
"""None where it is not installed. Who has it has `ssh` and `ssh-keygen`, too."""


@dataclass
class HttpsHost:
    """Of all repositories below a folder, for who shows `secret` as name or password. `commands`: of all processes
    that ran while it was asked.
    """

    address: str
    authority: Path
    commands: list[str] = field(default_factory=list)


@contextmanager
def https_host(repositories: Path, secret: str, folder: Path) -> Iterator[HttpsHost]:
    folder.mkdir()
    made = certificates.make(folder)
    host = HttpsHost("", made.authority)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            host.commands.extend(_running())
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            shown = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
            if secret not in shown.split(":"):
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            path, _, query = self.path.partition("?")
            said = subprocess.run(
                ["git", "http-backend"],
                env={
                    "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(repositories), "GIT_HTTP_EXPORT_ALL": "1",
                    "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(length),
                    "REMOTE_USER": "ci", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
                    "GIT_CONFIG_VALUE_0": "*",
                },
                input=body,
                capture_output=True,
                check=True,
            ).stdout  # fmt: skip
            head, _, content = said.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.certificate, made.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        host.address = f"localhost:{server.server_port}"
        with in_background(server):
            yield host


def _running() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue
    return found


@dataclass
class SshHost:
    """`key`: a private one that it takes; `known_hosts`: a file that knows it."""

    port: int
    key: Path
    known_hosts: Path

    def command(self, *, key: Path | None = None, known_hosts: Path | None = None) -> str:
        """As GIT_SSH_COMMAND has it, in place of files in the home folder."""
        known, own = known_hosts or self.known_hosts, key or self.key
        return f"ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile={known} -i {own}"

    @property
    def address(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}"


@contextmanager
def ssh_host(folder: Path) -> Iterator[SshHost]:
    assert SSHD
    folder.mkdir(mode=0o700)
    for name in ("host", "client", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    Path("/run/sshd").mkdir(exist_ok=True)
    port = free_port()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    words = {
        "HostKey": folder / "host", "AuthorizedKeysFile": folder / "client.pub", "PidFile": "none", "UsePAM": "no",
        "ListenAddress": f"127.0.0.1:{port}", "StrictModes": "no", "PermitRootLogin": "yes",
    }  # fmt: skip
    options = [word for name, value in words.items() for word in ("-o", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", "/dev/null", *options], stderr=log)
        try:
            said = folder / "log"
            wait_for(lambda: "listening" in said.read_text() or process.poll() is not None, what="sshd to listen")
            assert process.poll() is None, said.read_text()
            yield SshHost(port, folder / "client", folder / "known_hosts")
        finally:
            process.terminate()
            process.wait()
