"""Files in pieces, and what earlier runs left behind."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from livewall_listener import __main__ as command
from livewall_listener import encode, redelivery, spool_folder, uploads, wire
from livewall_listener.client import Client
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from livewall_listener.uploads import Job, UploadError, upload
from support.ports import free_port
from support.wall import RESET, Answer, RecordingWall, Request


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "CHUNK", 1000)
    monkeypatch.setattr(uploads, "_PAUSE", 0.0)


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


@pytest.fixture
def client(wall: RecordingWall) -> Iterator[Client]:
    client = Client(wall.url, token="", ca="", environment={})
    yield client
    client.close()


@pytest.fixture
def job(wall: RecordingWall, tmp_path: Path) -> Job:
    path = tmp_path / "log.html"
    path.write_bytes(random.Random(4).getrandbits(8 * 5500).to_bytes(5500, "little"))
    return Job.of(path, url=wall.url, run_id="r", process="0", name="log.html")


def send(client: Client, job: Job) -> None:
    upload(client, job, lambda: False)


def test_a_large_file_goes_in_pieces(client: Client, wall: RecordingWall, job: Job) -> None:
    send(client, job)
    assert len(wall.requests) == 6
    assert wall.artifacts["r", "log.html"].content == Path(job.path).read_bytes()
    assert wall.artifacts["r", "log.html"].process == "0"
    assert wall.requests[0].headers["Content-Encoding"] == "gzip"


def test_an_empty_file_is_a_file(client: Client, wall: RecordingWall, tmp_path: Path) -> None:
    (tmp_path / "empty.xml").touch()
    send(client, Job.of(tmp_path / "empty.xml", url=wall.url, run_id="r", process="", name="empty.xml"))
    assert wall.artifacts["r", "empty.xml"].content == b""


@pytest.mark.parametrize("when", ["before", "after"])
def test_it_goes_on_where_the_line_broke(client: Client, wall: RecordingWall, job: Job, when: str) -> None:
    count = [0]

    def every_second(request: Request) -> Answer | None:
        count[0] += 1
        return RESET if count[0] % 2 else None

    setattr(wall, when, every_second)
    send(client, job)
    assert wall.artifacts["r", "log.html"].content == Path(job.path).read_bytes()


def test_it_goes_on_where_another_process_stopped(client: Client, wall: RecordingWall, job: Job) -> None:
    wall.before = lambda r: Answer(503) if r.headers["Content-Range"].startswith("bytes 3000") else None
    with pytest.raises(UploadError) as caught:
        send(client, job)
    assert caught.value.later
    asked = len(wall.requests)
    wall.before = lambda r: None
    send(client, job)
    assert wall.artifacts["r", "log.html"].content == Path(job.path).read_bytes()
    assert len(wall.requests) - asked == 4, "one to learn how far it had come, three for the rest"


@pytest.mark.parametrize(
    ("status", "later"), [(413, False), (422, False), (401, True), (403, True), (500, True), (404, True), (429, True)]
)
def test_a_file_that_is_not_taken(client: Client, wall: RecordingWall, job: Job, status: int, later: bool) -> None:
    wall.before = lambda r: Answer(status, {"error": {"message": "no more"}})
    with pytest.raises(UploadError) as caught:
        send(client, job)
    assert caught.value.later is later and "no more" in str(caught.value)


def test_a_file_that_changed_belongs_to_another_run(client: Client, wall: RecordingWall, job: Job) -> None:
    Path(job.path).write_text("another run")
    with pytest.raises(UploadError) as caught:
        send(client, job)
    assert not caught.value.later and wall.requests == []


def test_the_same_file_is_packed_to_the_same_bytes(tmp_path: Path, job: Job) -> None:
    made = []
    for name in ("a", "b"):
        with (tmp_path / name).open("w+b") as target, Path(job.path).open("rb") as source:
            uploads._pack(source, target)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1] and gzip.decompress(made[0]) == Path(job.path).read_bytes()


def leave_spool(folder: Path, url: str, run: str, events: int) -> Path:
    """As a run leaves it that could not deliver."""
    folder.mkdir(exist_ok=True)
    path = spool_folder.new_path(folder)
    spool = SpoolFile.create(Header(url, run, asdict(wire.RunInfo(process="0"))), path, limit=10**9)
    spool.append([encode.event(wire.Lost(number, "")) for number in range(1, events + 1)])
    spool.close(delete=False)
    return path


def resend(folder: Path, *arguments: str, **environment: str) -> int:
    named = {f"LIVEWALL_{name}": value for name, value in environment.items()}
    return command.main(["resend", "--spool", str(folder), *arguments], named)


def test_resend_delivers_every_run_to_its_own_wall(
    tmp_path: Path, wall: RecordingWall, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "spool"
    with RecordingWall() as other:
        leave_spool(folder, wall.url, "one", 3)
        leave_spool(folder, other.url, "two", 2500)
        assert resend(folder, TOKEN="lw_x", URL=wall.url) == 0
        assert len(other.process("two").events) == 2500
        assert "Authorization" not in other.requests[0].headers, "the token is for the wall it was given with"
    assert len(wall.process("one").events) == 3
    assert wall.requests[0].headers["Authorization"] == "Bearer lw_x"
    assert list(folder.iterdir()) == []
    assert "2 delivered, 0 kept" in capsys.readouterr().out


def test_resend_to_another_wall(tmp_path: Path, wall: RecordingWall) -> None:
    leave_spool(tmp_path, f"http://127.0.0.1:{free_port()}", "one", 3)
    assert resend(tmp_path, "--url", wall.url, TOKEN="lw_x") == 0
    assert wall.requests[0].headers["Authorization"] == "Bearer lw_x"
    assert len(wall.process("one").events) == 3


@pytest.mark.parametrize("answer", [Answer(403, {"error": {"message": "no"}}), Answer(422), Answer(500)])
def test_what_is_refused_stays(
    tmp_path: Path, wall: RecordingWall, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    path = leave_spool(tmp_path, wall.url, "one", 3)
    wall.before = lambda r: answer
    assert resend(tmp_path) == 1
    assert path.exists() and "kept: 3 events of run one: " in capsys.readouterr().out


def test_what_the_wall_is_known_to_have_is_not_delivered_again(tmp_path: Path, wall: RecordingWall) -> None:
    whole, half = (leave_spool(tmp_path, wall.url, run, 3) for run in ("whole", "half"))
    for path, acknowledged in ((whole, 3), (half, 2)):
        claim = spool_folder.Claim.on(path)
        assert claim
        claim.note(1)
        claim.note(acknowledged)
        claim.release(delete=False)
        claim.note(99)  # an answer that came too late
        assert spool_folder.noted(path) == acknowledged
    assert resend(tmp_path) == 0
    assert list(wall.runs) == ["half"] and len(wall.process("half").events) == 3, "the wall had none, and asked for all"
    assert [len(r.body["events"]) for r in wall.requests if r.is_events] == [1, 3]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [b"", b"2", b"x\n", b"-1\n", b"2\n"])
def test_a_torn_note_counts_nothing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a.spool.lock").write_bytes(text)
    assert spool_folder.noted(tmp_path / "a.spool") == 0


def test_a_wall_in_trouble_is_asked_once(
    tmp_path: Path, wall: RecordingWall, capsys: pytest.CaptureFixture[str]
) -> None:
    for run in ("one", "two", "three"):
        leave_spool(tmp_path, wall.url, run, 3)
    wall.before = lambda r: Answer(401, {"error": {"message": "no"}})
    assert resend(tmp_path) == 1
    assert len(wall.requests) == 1 and capsys.readouterr().out.count("kept: 3 events") == 3


def test_password_and_token_go_to_the_wall_they_were_given_with(tmp_path: Path, wall: RecordingWall) -> None:
    leave_spool(tmp_path, wall.url, "one", 3)
    assert resend(tmp_path, URL=wall.url.replace("//", "//user:pw@")) == 0
    assert wall.requests[0].headers["Authorization"].startswith("Basic ")


def test_what_is_no_spool_stays_and_what_is_empty_goes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.spool").write_text("something else\n")
    (tmp_path / "b.spool").touch()
    (tmp_path / "c.upload").write_text("{}")
    assert resend(tmp_path) == 1
    said = capsys.readouterr().out
    assert "a.spool is not a spool" in said and "dropped: c.upload" in said
    left = sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".lock")
    assert left == ["a.spool", "c.upload.damaged"]


def test_what_somebody_delivers_is_left_alone(
    tmp_path: Path, wall: RecordingWall, capsys: pytest.CaptureFixture[str]
) -> None:
    path = leave_spool(tmp_path, wall.url, "one", 3)
    claim = spool_folder.Claim.on(path)
    assert claim
    assert resend(tmp_path) == 3 and path.exists() and wall.runs == {}
    assert f"left: {path.name}: another process has it in hand" in capsys.readouterr().out
    claim.release(delete=False)
    assert resend(tmp_path) == 0 and not path.exists()


def test_a_running_process_delivers_to_its_own_wall_only(tmp_path: Path, wall: RecordingWall, client: Client) -> None:
    mine = leave_spool(tmp_path, wall.url, "one", 3)
    other = leave_spool(tmp_path, "http://127.0.0.1:1", "two", 3)
    there = [False]
    thread = redelivery.Redelivery(tmp_path, wall.url, client, lambda: there[0])
    assert thread.is_needed()
    thread.start()
    there[0] = True
    thread.join(30)
    assert not thread.is_alive()
    assert other.exists() and not mine.exists() and list(wall.runs) == ["one"]


def test_waiting_for_the_wall_ends_with_the_run(tmp_path: Path, client: Client) -> None:
    thread = redelivery.Redelivery(tmp_path, "http://wall", client, lambda: False)
    thread.start()
    thread.stop()
    thread.join(30)
    assert not thread.is_alive()
