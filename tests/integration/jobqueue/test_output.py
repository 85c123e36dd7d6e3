"""Output by fragments: nothing lost, nothing twice, whatever is in it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from integration.jobqueue.conftest import NOBODY, Flinger
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.jobqueue import result_store
from livewall_dashboard.jobqueue.output_limit import OutputLimit
from livewall_dashboard.jobqueue.result_store import Fragment, Output, ResultStore
from livewall_dashboard.postgres.database import Database

LOG = f"/result/{NOBODY}/log/output"
ODD = "\0 \x1b[31mred\x1b[0m \ufffd ä 🤖\r\n"
PHASES = {"setup", "provision", "firmware_update", "test", "allocate", "reserve", "cleanup"}


def send(flinger: Flinger, number: int, text: str, phase: str = "test", log: str = LOG, second: int = 0) -> None:
    at = f"2026-11-29T00:18:{second:02d}Z"
    fragment = {"fragment_number": number, "timestamp": at, "phase": phase, "log_data": text}
    assert flinger.post(log, fragment).status_code == 200


def read(flinger: Flinger, **query: Any) -> Any:
    return flinger.get(LOG, **query).get_json()["output"]


def test_nothing_is_there_yet(flinger: Flinger) -> None:
    nothing = {"last_fragment_number": -1, "log_data": ""}
    assert read(flinger) == dict.fromkeys(PHASES, nothing)
    assert read(flinger, phase="test") == {"test": nothing}


def test_fragments_come_back_in_order_each_once(flinger: Flinger) -> None:
    for number, phase in ((2, "test"), (0, "setup"), (1, "setup"), (1, "setup"), (3, "test"), (2, "test")):
        send(flinger, number, f"{number}{ODD}", phase)
    assert read(flinger)["setup"] == {"last_fragment_number": 1, "log_data": f"0{ODD}1{ODD}"}
    assert read(flinger)["test"] == {"last_fragment_number": 3, "log_data": f"2{ODD}3{ODD}"}
    assert read(flinger, start_fragment=3)["test"] == {"last_fragment_number": 3, "log_data": f"3{ODD}"}
    assert read(flinger, start_fragment=4)["test"] == {"last_fragment_number": -1, "log_data": ""}
    assert flinger.result(NOBODY) == {"setup_output": f"0{ODD}1{ODD}", "test_output": f"2{ODD}3{ODD}"}


def test_the_console_is_apart(flinger: Flinger) -> None:
    send(flinger, 0, "printed")
    send(flinger, 0, "console", log=f"/result/{NOBODY}/log/serial")
    assert flinger.result(NOBODY) == {"test_output": "printed", "test_serial": "console"}
    assert flinger.get(f"/result/{NOBODY}/log/serial", phase="test").get_json() == {
        "serial": {"test": {"last_fragment_number": 0, "log_data": "console"}}
    }


def test_from_a_time_on(flinger: Flinger) -> None:
    for number in range(3):
        send(flinger, number, str(number), second=number)
    assert read(flinger, start_timestamp="2026-11-29T00:18:01+00:00")["test"]["log_data"] == "12"


def test_much_is_handed_out_piece_by_piece(flinger: Flinger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_store, "MOST_READ", 100)
    for number in range(25):
        send(flinger, number, f"{number:010d}")
    found, start = "", 0
    while (part := read(flinger, start_fragment=start)["test"])["log_data"]:
        assert len(part["log_data"]) <= 110
        found += part["log_data"]
        start = part["last_fragment_number"] + 1
    assert found == "".join(f"{number:010d}" for number in range(25))
    assert flinger.result(NOBODY)["test_output"] == found[-100:]


def test_an_agent_that_asks_after_its_job_gets_no_output(flinger: Flinger) -> None:
    send(flinger, 0, "printed")
    job_id = flinger.submit("q", job_id=NOBODY)
    assert Flinger(flinger._client, "a").result(job_id) == {"job_state": "waiting"}


def test_of_a_job_that_writes_for_ever_the_beginning_is_kept(database: Database) -> None:
    """Also by another process of the wall, and once it is said it is said."""
    job_id = uuid4()

    def write(results: ResultStore, *numbers: int) -> None:
        for number in numbers:
            results.put_fragment(job_id, "output", Fragment(number, "test", utc_now(), f"{number}" * 400_000))

    first = ResultStore(database, limit=OutputLimit(1))
    write(first, 0, 1, 2, 3)
    restarted = ResultStore(database, limit=OutputLimit(1))
    write(restarted, 2, 4, 5)
    restarted.append(job_id, "serial", b"more")
    found = restarted.output(job_id, "output")["test"]
    notice = "\nlivewall: 1 MB of a job's output are kept, and this one has written more.\n"
    assert found.text == "0" * 400_000 + "1" * 400_000 + notice
    assert found.last == 2
    assert restarted.output(job_id, "serial") == {}


def test_what_could_not_be_stored_is_told_again(database: Database) -> None:
    """The piece in which a job is told that it writes too much, too."""
    limit, job_id = OutputLimit(1), uuid4()
    for _ in range(2):
        with database.connection() as connection:
            assert limit.part_to_keep(connection, job_id, b"x" * 2_000_000) == limit.notice
        limit.forget(job_id)
    with database.connection() as connection:
        assert limit.part_to_keep(connection, job_id, b"x" * 2_000_000) == limit.notice
    with database.connection() as connection:
        assert limit.part_to_keep(connection, job_id, b"x") == b""


def test_a_piece_that_is_sent_again_is_there_once_and_an_empty_one_too(database: Database) -> None:
    job_id, results = uuid4(), ResultStore(database, limit=OutputLimit(1))
    for number, text in ((0, "x"), (0, "x"), (1, "")):
        results.put_fragment(job_id, "output", Fragment(number, "test", utc_now(), text))
    assert results.output(job_id, "output")["test"] == Output(1, "x")


def test_pieces_of_many_jobs_at_the_same_moment_are_each_there_once(database: Database) -> None:
    """Stored together, those of one job and one that is sent twice among them."""
    results, ids = ResultStore(database), [uuid4() for _ in range(8)]
    pieces = [(job_id, number) for number in range(20) for job_id in ids] * 2
    with ThreadPoolExecutor(16) as threads:
        for _ in threads.map(
            lambda piece: results.put_fragment(
                piece[0], "output", Fragment(piece[1], "test", utc_now(), f"{piece[1]};\0\u00e9")
            ),
            pieces,
        ):
            pass
    for job_id in ids:
        assert results.output(job_id, "output")["test"] == Output(19, "".join(f"{n};\0\u00e9" for n in range(20)))
