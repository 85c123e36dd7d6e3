"""The client of a wall: by which way it goes there, and what it says of a wall that it cannot reach."""

from __future__ import annotations

import socket
import threading

import pytest

from livewall_listener.client import Client, Unreachable
from support.wall import RecordingWall


def test_the_environment_s_proxy_is_used_unless_told_otherwise() -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def proxy() -> None:
            line, _ = listening.accept()
            with line:
                asked.append(line.recv(1000))
                line.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=proxy, daemon=True)
        thread.start()
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        client = Client("http://wall.invalid", token="", ca="", environment={"http_proxy": address})
        assert client.put_run("r", b"{}").status == 502
        client.close()
        thread.join(10)
    assert asked[0].startswith(b"PUT http://wall.invalid/api/v1/runs/r HTTP/1.1")
    environment = {"HTTP_PROXY": address, "NO_PROXY": "wall.invalid"}
    client = Client("http://wall.invalid", token="", ca="", environment=environment)
    with pytest.raises(Unreachable, match="resolve"):
        client.put_run("r", b"{}")
    client.close()


def test_a_wall_on_this_machine_is_asked_without_a_proxy() -> None:
    with RecordingWall() as wall:
        client = Client(wall.url, token="", ca="", environment={"HTTP_PROXY": "http://127.0.0.1:1"})
        assert client.put_run("r", b'{"process": "0"}').status == 200
        client.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://127.0.0.1:1", "refused"),
        ("http://no-such-wall.invalid", "resolve"),
        ("https://127.0.0.1:1", "refused"),
    ],
)
def test_reasons_are_for_people(url: str, word: str) -> None:
    client = Client(url, token="", ca="", environment={})
    with pytest.raises(Unreachable) as caught:
        client.put_run("r", b"{}")
    client.close()
    assert word in str(caught.value) and "object at" not in str(caught.value) and "HTTP" not in str(caught.value)
