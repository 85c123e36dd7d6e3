"""A real nginx with the site of config/nginx.conf, as Debian includes it, on the test's own ports and certificates."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

from .ports import free_port
from .waiting import wait_for

ROOT = Path(__file__).parents[2]
SITE = ROOT / "config" / "nginx.conf"
INSTANCES = ROOT / "config" / "nginx-instances.conf"

# What Debian's own nginx.conf says around a site, so far as a site could clash with it or is to overrule it.
AROUND = """\
{user}
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include {mime_types};
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/other.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/livewall.conf;
}}
"""


def program() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


class Nginx:
    """`url` is https, `plain_url` http, both on loopback; `certificate` must be for 127.0.0.1. `dashboard` is the
    upstream's address.

    `folder` holds configuration and logs; `changes` are further (old, new) replacements in the site.
    """

    def __init__(
        self,
        folder: Path,
        *,
        dashboard: str,
        certificate: Path,
        key: Path,
        changes: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.url, self.plain_url = f"https://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.plain_port}"
        self._process: subprocess.Popen[bytes] | None = None
        own = (
            ("listen 80;", f"listen 127.0.0.1:{self.plain_port};"),
            ("listen [::]:80;", ""),
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("listen [::]:443 ssl http2;", ""),
            ("/var/log/nginx/", f"{folder}/"),
        )
        site = _changed(
            SITE,
            *own,
            ("server_name wall.lab.example;", "server_name 127.0.0.1;"),
            ("server 127.0.0.1:8000 ", f"server {dashboard} "),
            ("/etc/ssl/certs/livewall.pem", str(certificate)),
            ("/etc/ssl/private/livewall.key", str(key)),
            *changes,
        )
        instances = _changed(
            INSTANCES,
            *own,
            ("wall.lab.example", f"127.0.0.1:{self.port}"),
            ("/etc/ssl/certs/livewall-instances.pem", str(certificate)),
            ("/etc/ssl/private/livewall-instances.key", str(key)),
        )
        (folder / "livewall.conf").write_text(site + instances, encoding="utf-8")
        mime_types = next(path for path in _mime_types() if path.exists())
        user = "user root;" if os.geteuid() == 0 else ""
        around = AROUND.format(folder=folder, mime_types=mime_types, user=user)
        (folder / "nginx.conf").write_text(around, encoding="utf-8")

    def check(self) -> str:
        """What `nginx -t` says; AssertionError where it refuses."""
        checked = subprocess.run([*self._command(), "-t"], capture_output=True, text=True, check=False, timeout=30)
        assert checked.returncode == 0, checked.stderr
        return checked.stderr

    def start(self) -> Nginx:
        with (self.folder / "console.txt").open("ab") as console:
            self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        wait_for(self._answers, what="nginx to listen")
        return self

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    @property
    def logs(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.folder.glob("*.log")}

    def _command(self) -> list[str]:
        nginx = program()
        assert nginx, "nginx is not installed"
        return [nginx, "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "error.log")]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "console.txt").read_text(encoding="utf-8")
        for port in (self.port, self.plain_port):
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
        return True


def _changed(site: Path, *changes: tuple[str, str]) -> str:
    text = site.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{site.name} no longer says {old!r}"
        text = text.replace(old, new)
    return text


def _mime_types() -> list[Path]:
    return [Path("/etc/nginx/mime.types"), Path("/usr/local/etc/nginx/mime.types")]
