"""Delivery to a wall that answers, refuses, forgets, hangs or is not there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from livewall_listener import connection as connection_module
from livewall_listener import encode, sender, wire
from livewall_listener import spool_file as spool_module
from livewall_listener.client import Client
from livewall_listener.notices import Notices
from livewall_listener.sampler import Sampler
from livewall_listener.sender import Delivery, Sender
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from support.ports import free_port
from support.waiting import wait_for
from support.wall import HANG, RESET, Answer, RecordingWall, Request

RUN = "run-1"


class Node:
    """One process's spool and what delivers it, without Robot Framework."""

    def __init__(self, url: str, folder: Path, token: str = "", **environment: str) -> None:
        self.said: list[str] = []
        self.notices = Notices(self.said.append)
        run = asdict(wire.RunInfo(process="0", host="node"))
        self.spool = SpoolFile.create(Header(url, RUN, run), folder / "a.spool", limit=10**9)
        self.client = Client(url, token=token, ca="", environment=environment)
        self.delivery = Delivery(self.client, self.spool, self.notices)
        self.sampled: tuple[wire.Now, float] | None = None
        self.sender = Sender(self.delivery, self.spool, Sampler(lambda: self.sampled))

    def add(self, *numbers: int, size: int = 0) -> None:
        self.spool.append([encode.event(wire.Lost(number, "x" * size)) for number in numbers])
        self.sender.wake()

    def close(self, timeout: float = 30.0) -> float:
        """-> how long it took."""
        began = time.monotonic()
        self.sender.close(timeout)
        return time.monotonic() - began

    def warnings(self) -> list[str]:
        self.notices.tell()
        return self.said


@pytest.fixture
def wall() -> Iterator[RecordingWall]:
    with RecordingWall() as wall:
        yield wall


@pytest.fixture
def make_node(tmp_path: Path) -> Iterator[Callable[..., Node]]:
    nodes: list[Node] = []

    def make(url: str, **options: Any) -> Node:
        nodes.append(Node(url, tmp_path, **options))
        return nodes[-1]

    yield make
    for node in nodes:
        node.sender.close(0)
        node.spool.close(delete=True)
        node.client.close()


@pytest.fixture
def node(wall: RecordingWall, make_node: Callable[..., Node]) -> Node:
    return make_node(wall.url)


def counts(wall: RecordingWall) -> list[int]:
    return [event["count"] for event in wall.process(RUN, "0").events]


def fails(times: int, answer: Answer) -> Callable[[Request], Answer | None]:
    """The first `times` posts of events get this answer."""
    left = [times]

    def before(request: Request) -> Answer | None:
        if request.is_events and left[0]:
            left[0] -= 1
            return answer
        return None

    return before


def run_to_the_end(node: Node, wall: RecordingWall, *numbers: int) -> None:
    node.add(*numbers)
    node.sender.start()
    node.close()
    assert node.spool.unacknowledged == 0
    assert counts(wall) == list(numbers)


def test_the_run_is_put_before_its_events(node: Node, wall: RecordingWall) -> None:
    run_to_the_end(node, wall, 1, 2, 3)
    assert [(r.method, r.path) for r in wall.requests] == [
        ("PUT", f"/api/v1/runs/{RUN}"),
        ("POST", f"/api/v1/runs/{RUN}/events"),
    ]
    info = wall.process(RUN).infos[0]
    assert info["host"] == "node" and info["sent_at"] and "127.0.0.1" in info["addresses"]
    batch = wall.requests[1].body
    assert (batch["process"], batch["first_seq"], len(batch["events"])) == ("0", 1, 3) and batch["sent_at"]
    assert node.warnings() == []


def test_an_idle_line_gives_an_event_at_once_and_a_busy_one_batches(node: Node, wall: RecordingWall) -> None:
    node.sender.start()
    node.add(1)
    wait_for(lambda: counts(wall) == [1])
    for number in range(2, 500):
        node.add(number)
    node.close()
    assert counts(wall) == list(range(1, 500))
    assert len(wall.requests) < 100


def test_batches_are_bounded(node: Node, wall: RecordingWall) -> None:
    node.add(*range(1, 2501))
    node.add(*range(2501, 2505), size=400_000)
    node.sender.start()
    node.close()
    sizes = [len(request.body["events"]) for request in wall.requests if request.is_events]
    assert counts(wall) == list(range(1, 2505))
    assert max(sizes) == sender.MAX_EVENTS and sizes[-1] <= 2


@pytest.mark.parametrize(
    "answer",
    [RESET, Answer(500), Answer(502), Answer(503, headers={"Retry-After": "0"}), Answer(429), Answer(408)],
    ids=lambda answer: str(answer.status),
)
def test_trouble_that_passes_loses_nothing(
    node: Node, wall: RecordingWall, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "MIN_BACKOFF", 0.01)
    monkeypatch.setattr(sender, "PAUSE", 0.01)
    wall.before = fails(3, answer)
    run_to_the_end(node, wall, 1, 2, 3)


def test_a_reply_that_is_lost_repeats_nothing(node: Node, wall: RecordingWall) -> None:
    lost = fails(2, RESET)
    wall.after = lost
    run_to_the_end(node, wall, 1, 2, 3)


def test_nonsense_in_place_of_an_answer(node: Node, wall: RecordingWall) -> None:
    wall.before = fails(2, Answer(200, {"ack_upto": "many", "error": "?"}))
    node.add(1, 2)
    node.sender.start()
    wait_for(lambda: len(wall.requests) > 3)
    node.close()
    assert node.spool.unacknowledged == 0


def test_a_gap_rewinds(node: Node, wall: RecordingWall) -> None:
    node.add(1, 2, 3, 4)
    node.sender.start()
    wait_for(lambda: node.spool.unacknowledged == 0)
    node.add(5, 6)
    del wall.process(RUN).events[4:]
    node.add(7)
    node.close()
    assert counts(wall) == [1, 2, 3, 4, 5, 6, 7]


def test_while_postgres_is_away_the_wall_goes_on_and_everything_arrives_after_it(
    node: Node, wall: RecordingWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with seen_upto: shown, not stored. The node goes on from there, and rewinds when it is back."""
    live: list[int] = []
    away = threading.Event()
    away.set()

    def before(request: Request) -> Answer | None:
        if not request.is_events or not away.is_set():
            return None
        first, events = request.body["first_seq"], request.body["events"]
        if first > len(live) + 1:
            return Answer(416, {"expected_seq": len(live) + 1})
        live.extend(event["count"] for event in events[len(live) + 1 - first :])
        return Answer(503, {"seen_upto": len(live), "ack_upto": 0})

    monkeypatch.setattr(sender, "PAUSE", 0.1)
    wall.before = before
    node.sender.start()
    for number in range(1, 6):
        node.add(number)
        wait_for(lambda number=number: live[-1:] == [number])
    assert live == [1, 2, 3, 4, 5] and node.spool.unacknowledged == 5
    away.clear()
    node.close()
    assert counts(wall) == [1, 2, 3, 4, 5] and node.spool.unacknowledged == 0
    assert node.warnings() == []


def test_a_wall_that_forgot_the_run_is_told_again(node: Node, wall: RecordingWall) -> None:
    node.add(1, 2)
    node.sender.start()
    wait_for(lambda: node.spool.unacknowledged == 0)
    wall.runs.clear()
    node.add(3)
    node.close()
    assert counts(wall) == [1, 2, 3], "the spool still had them"


def test_what_neither_the_wall_nor_the_spool_has_any_more_is_counted_as_lost(
    node: Node, wall: RecordingWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "COMPACT_AT", 1)
    node.add(10, 20, size=2000)
    node.sender.start()
    wait_for(lambda: node.spool.unacknowledged == 0)
    wall.runs.clear()
    node.add(30)
    node.close()
    assert counts(wall) == [1, 1, 30]
    assert "forgotten by the wall" in wall.process(RUN).events[0]["reason"]


def test_too_large_a_batch_is_halved(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(413) if r.is_events and len(r.body["events"]) > 3 else None
    run_to_the_end(node, wall, *range(1, 31))


def test_too_large_an_event_is_cut(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(413) if r.is_events and len(str(r.body)) > 20_000 else None
    node.add(1)
    node.add(2, size=50_000)
    node.add(3)
    node.sender.start()
    node.close()
    assert counts(wall) == [1, 2, 3]
    assert len(wall.process(RUN).events[1]["reason"]) == 10_000


def test_an_event_that_is_too_large_even_when_cut_is_a_counted_loss(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(413) if r.is_events and len(str(r.body)) > 5_000 else None
    node.add(7, size=50_000)
    node.sender.start()
    node.close()
    assert wall.process(RUN).events == [{"kind": "lost", "count": 1, "reason": "too large for the wall"}]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_one_warning_and_no_waiting(make_node: Callable[..., Node], status: int) -> None:
    with RecordingWall() as wall:
        wall.before = lambda r: Answer(status, {"error": {"message": "token revoked"}})
        node = make_node(wall.url, token="lw_secret")
        node.add(1)
        node.sender.start()
        wait_for(lambda: node.delivery.health.refused)
        assert node.close() < 5
        assert len(node.warnings()) == 1
        assert "refuses the token" in node.said[0] and "token revoked" in node.said[0]
        assert "lw_secret" not in node.said[0]
        assert wall.requests[0].headers["Authorization"] == "Bearer lw_secret"
        assert len(wall.requests) <= 2 and node.spool.unacknowledged == 1


def test_user_and_password_of_the_url_are_sent_and_never_shown(make_node: Callable[..., Node]) -> None:
    with RecordingWall() as wall:
        wall.before = lambda r: Answer(401)
        node = make_node(wall.url.replace("//", "//user:pa%20ss@"))
        node.add(1)
        node.sender.start()
        wait_for(lambda: node.delivery.health.refused)
        assert wall.requests[0].headers["Authorization"] == "Basic dXNlcjpwYSBzcw=="
        assert "pa%20ss" not in node.warnings()[0]


def test_a_redirect_names_the_right_url(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(301, headers={"Location": "https://user:secret@wall/"})
    node.add(1)
    node.sender.start()
    wait_for(lambda: node.delivery.health.refused)
    assert node.close() < 5
    assert "sends us on to https://wall/" in node.warnings()[0] and "secret" not in node.said[0]


def test_something_else_at_the_url(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(404)
    node.add(1)
    node.sender.start()
    wait_for(lambda: node.delivery.health.refused)
    assert "there is no livewall at" in node.warnings()[0]


def test_one_event_that_the_wall_never_takes_is_a_loss_and_holds_up_no_other(node: Node, wall: RecordingWall) -> None:
    def refuse(request: Request) -> Answer | None:
        events = request.body["events"] if request.is_events else []
        numbers = [request.body["first_seq"] + at for at, event in enumerate(events) if event["count"] == 30]
        detail = {"seq": numbers[0]} if numbers else {}
        return Answer(422, {"error": {"message": "count is odd", "detail": detail}}) if numbers else None

    wall.before = refuse
    node.add(10, 20, 30, 40)
    node.sender.start()
    assert node.close() < 5
    assert [event["count"] for event in wall.process().events] == [10, 20, 1, 40]
    assert wall.process().events[2]["reason"] == "refused by the wall: count is odd"
    assert node.warnings() == []


def test_what_the_wall_finds_wrong_is_said_once_and_kept(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(422, {"error": {"message": "id is odd"}}) if r.is_events else None
    node.add(1)
    node.sender.start()
    wait_for(lambda: node.delivery.stopped)
    posts = len(wall.requests)
    node.add(2)
    assert node.close() < 5
    assert len(wall.requests) == posts and node.spool.unacknowledged == 2
    assert node.warnings() == ["livewall: the wall does not understand this listener: id is odd"]


def test_a_wall_that_is_not_there(make_node: Callable[..., Node]) -> None:
    node = make_node(f"http://127.0.0.1:{free_port()}")
    node.add(1)
    node.sender.start()
    wait_for(lambda: node.delivery.health.failing_since)
    assert node.close() < 5
    assert len(node.warnings()) == 1
    assert "cannot be reached" in node.said[0] and "refused" in node.said[0]
    assert node.spool.unacknowledged == 1


def test_a_wall_that_comes_later_gets_everything(make_node: Callable[..., Node]) -> None:
    port = free_port()
    node = make_node(f"http://127.0.0.1:{port}")
    node.add(1, 2)
    node.sender.start()
    wait_for(lambda: node.delivery.health.failing_since)
    with RecordingWall(port) as wall:
        wait_for(lambda: node.spool.unacknowledged == 0)
        node.add(3)
        node.close()
        assert counts(wall) == [1, 2, 3]


def test_a_wall_that_hangs_does_not_hold_up_the_end(make_node: Callable[..., Node]) -> None:
    with RecordingWall() as wall:
        wall.before = lambda r: HANG
        node = make_node(wall.url)
        node.add(1)
        node.sender.start()
        wait_for(lambda: node.delivery.health.asked_at)
        assert node.close() < 6
        node.delivery.note_trouble()
        assert "has not answered" in node.warnings()[0]


def test_a_wall_that_never_answers_times_out(node: Node, wall: RecordingWall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "READ_TIMEOUT", 0.2)
    hanging = [True]
    wall.before = lambda r: HANG if r.is_events and hanging[0] else None
    node.add(1)
    node.sender.start()
    wait_for(lambda: node.delivery.health.failing_since)
    assert "time" in node.delivery.health.reason
    hanging[0] = False
    wait_for(lambda: node.spool.unacknowledged == 0)


def test_closing_waits_no_longer_than_asked(node: Node, wall: RecordingWall) -> None:
    wall.before = lambda r: Answer(503, {"seen_upto": 1}, {"Retry-After": "1"}) if r.is_events else None
    node.add(1)
    node.sender.start()
    wait_for(lambda: wall.requests)
    assert node.close(timeout=0.5) < 3
    assert node.spool.unacknowledged == 1


def test_a_heartbeat_when_nothing_happens(node: Node, wall: RecordingWall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "HEARTBEAT", 0.05)
    node.add(1)
    node.sender.start()
    wait_for(lambda: wall.process(RUN).heartbeats >= 3)
    beats = [request.body for request in wall.requests if request.is_events][1:]
    assert all(beat["first_seq"] == 2 and beat["events"] == [] for beat in beats)


def test_what_runs_now_is_told_when_it_lasts(node: Node, wall: RecordingWall) -> None:
    node.add(1)
    node.sampled = wire.Now(["Login", "Click"], 3.0), 5.0
    node.sender.start()
    wait_for(lambda: wall.process(RUN).samples)
    assert wall.process(RUN).samples[0] == asdict(wire.Now(["Login", "Click"], 3.0))


def test_memory_stays_small_while_the_wall_is_away(make_node: Callable[..., Node]) -> None:
    node = make_node(f"http://127.0.0.1:{free_port()}")
    for number in range(20):
        node.add(number, size=100_000)
    assert node.spool.pressure == 0, "nothing but the disk holds them"
    assert node.spool.unacknowledged == 20


def test_a_wall_that_wants_less_is_obeyed_even_at_the_end_and_nothing_is_lost(
    node: Node, wall: RecordingWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def before(request: Request) -> Answer | None:
        asked.append(time.monotonic())
        return Answer(429, headers={"Retry-After": "1"} if len(asked) == 1 else {}) if len(asked) in {1, 3, 4} else None

    monkeypatch.setattr(sender, "PAUSE", 0.3)
    wall.before = before
    run_to_the_end(node, wall, 1, 2, 3)
    assert [r.method for r in wall.requests] == ["PUT", "PUT", "POST", "POST", "POST"]
    pauses = [later - earlier for earlier, later in zip(asked, asked[1:])]
    assert pauses[0] >= 1.0 and min(pauses[2], pauses[3]) >= 0.3
    assert node.warnings() == [], "the wall is well, and so is the run"
