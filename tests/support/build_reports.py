"""Tarballs of build reports: real ones that `pretest-auto-build-check` made, and made-up ones."""

from __future__ import annotations

import bz2
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from livewall_dashboard.buildlogs.member_files import MemberFiles
from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.read_report import read_report
from livewall_dashboard.lab.model import ReportLimits

REPORTS = Path(__file__).parent.parent / "unit" / "buildlogs" / "reports"
"""Of real builds: GNU hello and gzip, and a package made to fail in each way."""

GOOD = {
    "status": b"ok\n",
    "input.txt": b"SOURCE=http://example.org/frob-1.2.tar.gz\nBASENAME=frob-1.2\n",
    "environment.txt": b"PWD=/tmp/frob-1.2.AbCdEf\nhostname=porter1\n",
    "versions.txt": b"uname-s: Linux\nuname-m: x86_64\netc_os_release_NAME: Debian GNU/Linux\n"
    b"etc_os_release_VERSION_ID: 12\n",
    "timestamp.start.txt": b"START-TIMESTAMP-EPOCH: 1700000000\n",
    "configure.log": b"checking for gcc... gcc\n",
    "configure.ok": b"",
    "make.log": b"gcc -c frob.c\n",
    "make.ok": b"",
    "make-check.log": b"PASS: one\nPASS: two\n",
    "make-check.ok": b"",
}


def real(name: str) -> bytes:
    return (REPORTS / f"{name}.tar.bz2").read_bytes()


def tar_of(members: Mapping[str, bytes], folder: str = "logs/") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in members.items():
            header = tarfile.TarInfo(folder + name)
            header.size, header.mtime = len(content), 1700000060
            tar.addfile(header, io.BytesIO(content))
    return file.getvalue()


def tar_with(*headers: tarfile.TarInfo) -> bytes:
    """A report with members of other kinds behind its own."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        status = tarfile.TarInfo("logs/status")
        status.size = 3
        tar.addfile(status, io.BytesIO(b"ok\n"))
        for header in headers:
            tar.addfile(header, io.BytesIO(bytes(header.size)))
    return file.getvalue()


def packed(members: Mapping[str, bytes]) -> bytes:
    return bz2.compress(tar_of(members))


def read(tarball: bytes, folder: Path, limits: ReportLimits | None = None) -> Report:
    return read_report([tarball], MemberFiles(folder), limits or ReportLimits())


def read_members(members: Mapping[str, bytes], folder: Path) -> Report:
    return read(packed(members), folder)


def send(client: FlaskClient, tarball: bytes, address: str = "/upload", field: str = "a", **more: Any) -> TestResponse:
    """As the script does."""
    data = {field: (io.BytesIO(tarball), "x.pretest-build-report.tar.bz2")}
    return client.post(address, data=data, content_type="multipart/form-data", **more)


def run_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.text
    return response.text.split(": ")[1].rpartition("/")[2]
