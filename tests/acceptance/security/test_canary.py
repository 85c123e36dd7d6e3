"""Secrets of a kind nobody else has, given to everything that takes one, and then looked for in all that comes out."""

from __future__ import annotations

import base64
import gzip
import http.client
import io
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import psutil
import psycopg
import pytest

from support.dashboard import Dashboard
from support.jenkins import RecordedJenkins
from support.lab import SUITES
from support.ports import free_port
from support.robot import Run, start_robot
from support.waiting import wait_for

DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
PATIENCE = 60.0


@dataclass
class Canaries:
    """Words that may be nowhere, by what they are."""

    words: dict[str, str] = field(default_factory=dict)

    def hatch(self, name: str) -> str:
        return self.know(name, f"canary{secrets.token_hex(12)}")

    def know(self, name: str, word: str) -> str:
        self.words[name] = word
        return word

    def require_none_in(self, place: str, data: bytes | str) -> None:
        raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
        found = [name for name, word in self.words.items() if any(form in raw for form in forms_of(word))]
        assert not found, f"{place} holds the {' and the '.join(found)}"


def forms_of(word: str) -> Iterator[bytes]:
    """A word as it may be written: plain, and within base64 at each of the three places of its first byte."""
    yield word.encode()
    for before in range(3):
        yield base64.b64encode(b"x" * before + word.encode())[4:-4]


@dataclass
class Lab:
    wall: Dashboard
    canaries: Canaries
    read: str
    ingest: str
    folder: Path
    config: Path
    url: str

    def command(self, *words: str) -> str:
        """All that a command of the program says."""
        done = subprocess.run(
            [sys.executable, "-m", "livewall_dashboard", *words],
            env=self.wall.env, cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    def robot(self, token: str, name: str) -> Run:
        """A run whose process title is looked at while it goes on."""
        folder = self.folder / name
        folder.mkdir()
        env = {
            "LIVEWALL_TOKEN": token,
            "LIVEWALL_ARTIFACTS": "all",
            "GIT_URL": f"https://ci:{self.canaries.words['password of a repository']}@git.example/repo.git",
        }
        password = self.canaries.words["password in the wall's URL"]
        url = self.wall.url.replace("://", f"://node:{password}@")
        running = start_robot(
            SUITES / "fatal",
            "--loglevel",
            "TRACE",
            "--debugfile",
            "debug.txt",
            cwd=folder,
            url=url,
            setup=name,
            env=env,
        )
        require_clean_titles(self.canaries)
        return running.finish()


@pytest.fixture
def lab(make_dashboard: Callable[..., Dashboard], database_url: str, tmp_path: Path) -> Iterator[Lab]:
    canaries = Canaries()
    password = canaries.hatch("database's password")
    for name in ("password in the wall's URL", "password of a repository", "token nobody knows"):
        canaries.hatch(name)
    jenkins_words = [canaries.hatch(f"token of Jenkins {kind}") for kind in ("by environment", "by file", "in plain")]
    (tmp_path / "jenkins-token").write_text(jenkins_words[1])
    (tmp_path / "jenkins-token").chmod(0o600)
    config = tmp_path / "setups_config.json"
    separator = "&" if "?" in database_url else "?"
    env = {
        "LIVEWALL_DATABASE_URL": f"{database_url}{separator}password={password}",
        "LIVEWALL_LOG": "DEBUG",
        "JENKINS_TOKEN": jenkins_words[0],
    }
    with RecordedJenkins(user="livewall", token=jenkins_words[0]) as jenkins:
        jenkins.add("smoke").build()
        servers = [
            {"name": "main", "url": jenkins.url, "token": "${JENKINS_TOKEN}", "start_builds": True},
            {"name": "away", "url": f"http://127.0.0.1:{free_port()}/", "token": "${file:jenkins-token}"},
            {"name": "refusing", "url": jenkins.url, "token": jenkins_words[2]},
        ]
        setups = [{"name": "rack-1", "jobs": [{"jenkins": each["name"], "job": "smoke"} for each in servers]}]
        known = [{**each, "user": "livewall", "poll_seconds": 5} for each in servers]
        config.write_text(json.dumps({"jenkins": known, "setups": setups}), encoding="utf-8")
        wall = make_dashboard(extra_args=["--config", str(config), "--require-tokens"], env=env)
        lab = Lab(wall, canaries, "", "", tmp_path, config, env["LIVEWALL_DATABASE_URL"])
        for scope in ("read", "ingest"):
            said = lab.command("token", "create", scope, "--scope", scope)
            token = next(word for word in said.replace("=", " ").replace("'", " ").split() if word.startswith("lw_"))
            setattr(lab, scope, canaries.know(f"token to {scope}", token))
        wall.start()
        yield lab
        wall.stop()


def test_no_secret_comes_out_anywhere(lab: Lab) -> None:
    canaries, wall = lab.canaries, lab.wall
    sign_in(lab)
    known = lab.robot(lab.ingest, "known")
    unknown = lab.robot(f"lw_{canaries.words['token nobody knows']}", "unknown")
    assert "LIVEWALL_TOKEN" in unknown.console, "the run was to hear that its token is refused"
    wait_for(lambda: len(artifacts_of(lab, known.run_id)) == 3, PATIENCE, "the run's files to arrive")
    for path, answer in answers(lab, known.run_id):
        canaries.require_none_in(path, answer)
    break_the_configuration(lab)
    canaries.require_none_in("the wall with its notices", ask(lab, "/api/v1/live"))
    for words in (["token", "list"], ["backup", str(lab.folder / "backup.zip"), "--data", str(wall.data)]):
        canaries.require_none_in(f"livewall {words[0]}", lab.command(*words))
    require_clean_titles(canaries)
    canaries.require_none_in("the database", dump_of(lab.url))
    places = files_below(lab.folder, without={lab.config, lab.folder / "jenkins-token"})
    for place, content in places.items():
        canaries.require_none_in(place, content)
    for part in ("dashboard-0.log", "unknown/spool", "output.xml", "debug.txt", "log.html", "backup.zip/", "artifacts"):
        assert any(part in place for place in places), f"nothing was looked at in {part}"


def test_a_canary_would_be_found(tmp_path: Path) -> None:
    canaries = Canaries()
    word = canaries.hatch("word")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(word.encode()))
    (packed,) = files_below(tmp_path, without=set()).values()
    for text in (f"Bearer {word}", base64.b64encode(f"livewall:{word}".encode()).decode(), packed.decode()):
        with pytest.raises(AssertionError, match="a place holds the word"):
            canaries.require_none_in("a place", text)


def ask(lab: Lab, path: str, token: str = "", method: str = "GET", body: str | None = None, **headers: str) -> str:
    """The whole answer, headers and all; redirects are not followed."""
    line = http.client.HTTPConnection("127.0.0.1", lab.wall.port, timeout=PATIENCE)
    sent = {"Authorization": f"Bearer {token or lab.read}", "Accept-Encoding": "identity", **headers}
    line.request(method, path, body, {name.replace("_", "-"): value for name, value in sent.items() if value})
    reply = line.getresponse()
    answer = f"{reply.status}\n{reply.headers}\n{reply.read().decode('utf-8', 'replace')}"
    line.close()
    return answer


def sign_in(lab: Lab) -> None:
    """By the login page. What the browser keeps is a secret, too."""
    form = {"Authorization": "", "Content_Type": "application/x-www-form-urlencoded"}
    answer = ask(lab, "/login", method="POST", body=urlencode({"token": lab.read}), **form)
    (cookie,) = re.findall(r"^Set-Cookie: (\w+=[^;]+)", answer, re.MULTILINE)
    lab.canaries.know("session", cookie.partition("=")[2])
    assert ask(lab, "/api/v1/runs", Authorization="", Cookie=cookie).startswith("200")
    wrong = urlencode({"token": f"lw_{lab.canaries.words['token nobody knows']}"})
    lab.canaries.require_none_in("a failed login", ask(lab, "/login", method="POST", body=wrong, **form))


def answers(lab: Lab, run: str) -> Iterator[tuple[str, str]]:
    """Of every address there is to read, to who may, who may not and who shows a wrong token."""
    paths = [path for path, operations in DOCUMENT["paths"].items() if "get" in operations]
    paths += ["/", "/runs", "/tests", "/jobs", "/agents", "/login", "/runs/{run_id}", "/nothing", "/api/v1/nothing"]
    paths.append("/static/shared/base.css")
    known = defaultdict(lambda: "x", run_id=run, run=run, name="rack-1", server="main")
    unknown = f"lw_{lab.canaries.words['token nobody knows']}"
    for path in paths:
        asked = path.format_map(known) + ("?longname=x" if path == "/api/v1/tests/history" else "")
        for token in (lab.read, lab.ingest, unknown):
            yield f"{asked}", ask(lab, asked, token)
        yield f"{asked} to a browser", ask(lab, asked, Authorization="", Cookie=f"livewall_token={unknown}")
    for artifact in artifacts_of(lab, run):
        yield artifact, ask(lab, artifact)
    for path in ("/api/v1/jenkins/away/builds", "/api/v1/jenkins/refusing/builds"):
        yield path, ask(lab, path, method="POST", body='{"job": "smoke", "parameters": {}}')


def artifacts_of(lab: Lab, run: str) -> list[str]:
    answer = ask(lab, f"/api/v1/runs/{run}")
    assert answer.startswith("200"), answer
    return [artifact["url"] for artifact in json.loads(answer.partition("\n\n")[2])["artifacts"]]


def break_the_configuration(lab: Lab) -> None:
    """So that what is wrong is right behind a secret, once as JSON and once in what it means."""
    good = lab.config.read_text(encoding="utf-8")
    word = lab.canaries.words["token of Jenkins in plain"]
    for bad in (good.replace(f'"{word}"', f'"{word}'), good.replace(f'"{word}"', f'["{word}"]')):
        lab.config.write_text(bad, encoding="utf-8")
        os.kill(lab.wall.pid, signal.SIGHUP)  # it would look by itself in a few seconds
        wait_for(lambda: '"notices":[]' not in ask(lab, "/api/v1/live"), PATIENCE, "the wall to tell of the mistake")
        lab.canaries.require_none_in("livewall check", lab.command("check", "--offline", "--config", str(lab.config)))
        lab.config.write_text(good, encoding="utf-8")
        os.kill(lab.wall.pid, signal.SIGHUP)
        wait_for(lambda: '"notices":[]' in ask(lab, "/api/v1/live"), PATIENCE, "the wall to take it over again")


def require_clean_titles(canaries: Canaries) -> None:
    """Of all processes there are: everybody on a machine may read them."""
    for process in psutil.process_iter(["cmdline"]):
        canaries.require_none_in("the title of a process", " ".join(process.info["cmdline"] or []))


def dump_of(url: str) -> str:
    """All rows of all tables, and the statements that Postgres remembers."""
    with psycopg.connect(url) as connection:
        tables = [row[0] for row in connection.execute("SELECT relname FROM pg_stat_user_tables").fetchall()]
        assert "token" in tables
        rows = [str(connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()) for table in tables]
        return "\n".join([*rows, str(connection.execute("SELECT * FROM pg_stat_activity").fetchall())])


def files_below(folder: Path, *, without: set[Path]) -> dict[str, bytes]:
    """By their paths; what is packed is unpacked, whatever it is called."""
    found: dict[str, bytes] = {}
    for path in folder.rglob("*"):
        if path.is_file() and path not in without:
            found.update(unpacked(str(path.relative_to(folder)), path.read_bytes()))
    return found


def unpacked(place: str, content: bytes) -> dict[str, bytes]:
    if content.startswith(b"\x1f\x8b"):
        return unpacked(f"{place}/", gzip.decompress(content))
    if not content.startswith(b"PK"):
        return {place: content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [unpacked(f"{place}/{name}", archive.read(name)) for name in archive.namelist()]
    return {name: data for member in members for name, data in member.items()}
