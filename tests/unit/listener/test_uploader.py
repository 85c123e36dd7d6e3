"""How result files are sent: which pieces, how often, how long between; and what is left for another time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from livewall_listener import clock, spool_folder, uploads
from livewall_listener.client import Client, Reply, Unreachable
from livewall_listener.notices import Notices
from livewall_listener.uploads import SUFFIX, Job, Uploader, UploadError, upload
from support.wall import RESET, Answer, RecordingWall, Request

PAUSE = uploads._PAUSE


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, instead of waiting."""
    asked: list[float] = []
    monkeypatch.setattr(uploads, "CHUNK", 1000)
    monkeypatch.setattr(clock, "sleep", asked.append)
    return asked


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
    return job_of(wall, tmp_path, "log.html")


def job_of(wall: RecordingWall, folder: Path, name: str) -> Job:
    (folder / name).write_bytes(bytes(random.Random(4).choices(range(256), k=2500)))
    return Job.of(folder / name, url=wall.url, run_id="r", process="0", name=name)


def ranges(wall: RecordingWall) -> list[tuple[int, int]]:
    """First and last byte of each request, which holds just these."""
    found = []
    for request in wall.requests:
        first, _, last = request.headers["Content-Range"].partition("/")[0].replace("bytes ", "").partition("-")
        assert len(request.body) == int(last) - int(first) + 1
        found.append((int(first), int(last)))
    return found


def test_each_piece_follows_the_one_before(client: Client, wall: RecordingWall, job: Job, pauses: list[float]) -> None:
    upload(client, job, lambda: False)
    size = int(wall.requests[0].headers["Content-Range"].partition("/")[2])
    assert ranges(wall) == [(0, 999), (1000, 1999), (2000, size - 1)]
    assert pauses == []


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Answer(500), PAUSE),
        (Answer(503, headers={"Retry-After": "3"}), 3.0),
        (Answer(503, headers={"Retry-After": "300"}), 10.0),
        (Answer(503, headers={"Retry-After": "0.1"}), PAUSE),
        (RESET, PAUSE),
        (Answer(202, {"received": 0}), PAUSE),
        (Answer(202, {"received": -1}), PAUSE),
        (Answer(202, {"received": 10**6}), PAUSE),
        (Answer(202, {"expected_offset": 1000}), PAUSE),
        (Answer(416, {"received": 1000}), PAUSE),
    ],
)
def test_without_progress_five_requests_are_enough(
    client: Client, wall: RecordingWall, job: Job, pauses: list[float], answer: Answer, pause: float
) -> None:
    wall.before = lambda request: answer
    with pytest.raises(UploadError) as caught:
        upload(client, job, lambda: False)
    assert caught.value.later
    assert (len(wall.requests), pauses) == (5, [pause] * 5)


def test_progress_is_worth_five_more(client: Client, wall: RecordingWall, job: Job) -> None:
    failures = [4]

    def fail(request: Request) -> Answer | None:
        failures[0] -= 1
        if failures[0] >= 0:
            return Answer(500)
        failures[0] = 4
        return None

    wall.before = fail
    upload(client, job, lambda: False)
    assert len(wall.requests) == 3 * 5 and wall.artifacts["r", "log.html"].content == Path(job.path).read_bytes()


def test_a_wall_that_goes_back_and_forth_is_not_followed_for_ever(
    client: Client, wall: RecordingWall, job: Job
) -> None:
    """Where it has been is no progress."""
    offsets = {0: 1000, 1000: 500, 500: 1000}
    wall.before = lambda request: Answer(416, {"expected_offset": offsets[ranges(wall)[-1][0]]})
    with pytest.raises(UploadError):
        upload(client, job, lambda: False)
    assert [first for first, _ in ranges(wall)] == [0, 1000, 500, 1000, 500, 1000]


@pytest.mark.parametrize(
    ("status", "name", "value", "expected"),
    [
        (202, "received", 0, 0),
        (202, "received", 99, 99),
        (202, "received", 100, None),
        (202, "received", -1, None),
        (416, "expected_offset", 7, 7),
        (404, "received", 7, None),
        (408, "received", 7, None),
        (409, "received", 7, None),
        (429, "received", 7, None),
        (500, "received", 7, None),
        (302, "received", 7, None),
    ],
)
def test_where_to_go_on(status: int, name: str, value: int, expected: int | None) -> None:
    assert uploads._next_offset(Reply(status, {name: value}), 100) == expected


@pytest.mark.parametrize(("status", "later"), [(400, False), (401, True), (403, True), (413, False), (499, False)])
def test_what_is_not_wanted(status: int, later: bool) -> None:
    with pytest.raises(UploadError) as caught:
        uploads._next_offset(Reply(status), 100)
    assert caught.value.later is later


def test_when_the_time_is_over_it_is_left_for_later(client: Client, wall: RecordingWall, job: Job) -> None:
    with pytest.raises(UploadError) as caught:
        upload(client, job, lambda: True)
    assert caught.value.later and wall.requests == []


class Uploads:
    """An uploader and what it said."""

    def __init__(self, client: Client, folder: Path | None) -> None:
        self.said: list[str] = []
        self.notices = Notices(self.said.append)
        self.uploader = Uploader(client, folder, self.notices)

    def close(self, timeout: float = 60.0) -> None:
        self.uploader.close(timeout)
        self.notices.tell()


def test_what_is_uploaded_leaves_nothing(client: Client, wall: RecordingWall, tmp_path: Path) -> None:
    uploads = Uploads(client, tmp_path)
    for name in ("log.html", "output.xml"):
        uploads.uploader.add(job_of(wall, tmp_path, name))
    uploads.close()
    assert not uploads.uploader.is_alive()
    assert sorted(name for _, name in wall.artifacts) == ["log.html", "output.xml"]
    assert (uploads.uploader.left, uploads.said) == (0, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.html", "output.xml"]


def test_what_could_not_be_uploaded_is_a_job_for_another_time(
    client: Client, wall: RecordingWall, tmp_path: Path, job: Job
) -> None:
    wall.before = lambda request: Answer(500, {"error": {"message": "broken"}})
    uploads = Uploads(client, tmp_path)
    uploads.uploader.add(job)
    uploads.close()
    assert uploads.uploader.left == 1
    (path,) = spool_folder.files(tmp_path, SUFFIX)
    assert Job.load(path) == job
    claim = spool_folder.Claim.on(path)
    assert claim, "and free to take"
    claim.release(delete=True)
    assert uploads.said == ["livewall: log.html could not be uploaded: broken"]


def test_what_the_wall_does_not_want_is_no_job(client: Client, wall: RecordingWall, tmp_path: Path, job: Job) -> None:
    wall.before = lambda request: Answer(413, {"error": {"message": "too large"}})
    uploads = Uploads(client, tmp_path)
    uploads.uploader.add(job)
    uploads.close()
    assert uploads.uploader.left == 0 and "too large" in uploads.said[0]
    assert [path.name for path in tmp_path.iterdir()] == ["log.html"]


def test_without_a_folder_there_is_one_chance(client: Client, wall: RecordingWall, tmp_path: Path, job: Job) -> None:
    uploads = Uploads(client, None)
    uploads.uploader.add(job)
    uploads.close()
    assert uploads.uploader.left == 0 and list(wall.artifacts) == [("r", "log.html")]
    assert [path.name for path in tmp_path.iterdir()] == ["log.html"]


def test_a_fault_of_ours_holds_up_no_other_file(
    client: Client, wall: RecordingWall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = client.put_artifact

    def fail(run_id: str, name: str, *rest: object) -> Reply:
        if name == "log.html":
            raise RuntimeError("oops")
        return put(run_id, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(client, "put_artifact", fail)
    uploads = Uploads(client, tmp_path)
    for name in ("log.html", "output.xml"):
        uploads.uploader.add(job_of(wall, tmp_path, name))
    uploads.close()
    assert list(wall.artifacts) == [("r", "output.xml")]
    assert uploads.said == ["livewall: uploading log.html failed: RuntimeError: oops"]


def test_what_the_end_of_the_run_cuts_short_is_left_without_a_word(
    client: Client, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many files are left is said by the report."""
    uploads = Uploads(client, tmp_path)

    def end(*arguments: object) -> Reply:
        uploads.uploader._over.set()
        raise Unreachable("away")

    monkeypatch.setattr(client, "put_artifact", end)
    uploads.uploader.add(job)
    uploads.close()
    assert (uploads.uploader.left, uploads.said) == (1, [])


def test_nothing_to_upload_takes_no_time(client: Client, tmp_path: Path) -> None:
    uploads = Uploads(client, tmp_path)
    uploads.close(-1.0)
    assert uploads.uploader.ident is None
