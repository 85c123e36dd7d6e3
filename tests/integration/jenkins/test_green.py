"""The same client on green threads: whatever a Jenkins does, the wall's other threads have their turn."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.certificates import Certificates
from support.environment import quiet_environment
from support.jenkins import RecordedJenkins

SCRIPT = Path(__file__).with_name("green.py")


def ask(url: str, *, timeout: float = 30, ca: Path | None = None) -> Any:
    command = [sys.executable, str(SCRIPT), url, str(timeout), *([str(ca)] if ca else [])]
    done = subprocess.run(command, env=quiet_environment(), capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_answer(jenkins: RecordedJenkins) -> None:
    assert ask(jenkins.url)["said"] is None


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_others_go_on_while_it_keeps_us_waiting(fault: str, jenkins: RecordedJenkins) -> None:
    jenkins.fail(fault)  # type: ignore[arg-type]
    answer = ask(jenkins.url, timeout=1)
    assert "'main'" in answer["said"]
    assert answer["ticks"] > 3


@pytest.mark.parametrize("fault", ["endless", "html", "hang up", "truncated"])
def test_what_goes_wrong_is_told(fault: str, jenkins: RecordedJenkins) -> None:
    jenkins.fail(fault)  # type: ignore[arg-type]
    assert "'main'" in ask(jenkins.url)["said"]


def test_no_such_name() -> None:
    assert "host name" in ask("http://no.such.host.invalid/")["said"]


def test_a_private_authority(certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    with RecordedJenkins(context=context) as jenkins:
        assert ask(jenkins.url, ca=certificates.authority)["said"] is None
        assert "not trusted" in ask(jenkins.url)["said"]
        jenkins.fail("hang")
        assert "'main'" in ask(jenkins.url, ca=certificates.authority, timeout=1)["said"]
