"""A node and a wall with a certificate of the lab's own authority: trusted on request, else clear words."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import ask
from support.edge import Edge
from support.lab import SUITES
from support.robot import run_robot


def lines(edge: Edge, **settings: str) -> list[str]:
    """What a node with these settings is told of its wall."""
    return ask.answer({**edge.node(), **settings})


def test_a_node_that_trusts_the_authority_is_told_that_all_is_well(shared_edge: Edge) -> None:
    assert lines(shared_edge) == [f"The wall at {shared_edge.url} answers, and takes what this node sends."]


def test_without_the_authority_it_is_told_which_setting_is_missing(shared_edge: Edge) -> None:
    (line,) = lines(shared_edge, LIVEWALL_CA="")
    assert "its certificate does not verify: " in line
    assert line.endswith("give the file with its authority's certificate as LIVEWALL_CA")


def test_a_file_that_is_no_certificate_is_named_first(shared_edge: Edge) -> None:
    first, second = lines(shared_edge, LIVEWALL_CA=str(shared_edge.certificates.key))
    assert "livewall.key' holds no certificate in PEM form" in first
    assert "does not verify" in second


def test_a_certificate_for_another_name_is_not_taken(shared_edge: Edge) -> None:
    with connect_proxy(shared_edge.nginx.port) as (address, _):
        (line,) = lines(shared_edge, LIVEWALL_URL="https://other.lab.example", https_proxy=address)
    assert "its certificate does not verify: Hostname mismatch" in line
    assert "LIVEWALL_CA" not in line, "another authority would not help"


def test_the_wrong_scheme_is_told(shared_edge: Edge) -> None:
    plain = shared_edge.nginx.plain_url
    (line,) = lines(shared_edge, LIVEWALL_URL=plain)
    assert "sends us on to https://127.0.0.1/api/" in line
    (line,) = lines(shared_edge, LIVEWALL_URL=plain.replace("http", "https"))
    assert "TLS: " in line


def test_a_wrong_token_is_told(shared_edge: Edge) -> None:
    (line,) = lines(shared_edge, LIVEWALL_TOKEN="lw_wrong")
    assert "This needs a token for ingest" in line
    (line,) = lines(shared_edge, LIVEWALL_TOKEN=shared_edge.tokens["read"])
    assert "this needs one for ingest" in line


def test_a_run_goes_on_and_says_once_why_the_wall_does_not_hear_of_it(shared_edge: Edge, tmp_path: Path) -> None:
    node = shared_edge.node(LIVEWALL_CA="")
    alone = run_robot(SUITES / "steady", cwd=tmp_path, listener=None)
    run = run_robot(SUITES / "steady", cwd=tmp_path, env=node)
    assert run.exit_code == alone.exit_code
    assert run.console.count("its certificate does not verify") == 1, run.console


def test_through_a_proxy_the_certificate_is_still_the_walls(shared_edge: Edge) -> None:
    """A wall on this very machine is asked directly, so this one has a name that only the proxy knows."""
    settings = {"LIVEWALL_URL": "https://wall.lab.example"}
    with connect_proxy(shared_edge.nginx.port) as (address, asked):
        through = {**settings, "https_proxy": address}
        (line,) = lines(shared_edge, **through)
        assert line == "The wall at https://wall.lab.example answers, and takes what this node sends."
        assert [line.rpartition(" ")[0] for line in asked] == ["CONNECT wall.lab.example:443"]
        (line,) = lines(shared_edge, **through, LIVEWALL_CA="")
        assert "does not verify" in line
        (line,) = lines(shared_edge, **through, no_proxy="lab.example")
        assert "cannot be reached" in line
        assert len(asked) == 2, "with no_proxy it was not asked"


def forward(client: socket.socket, server: socket.socket) -> bool:
    """Pass on what has come from either side; False once one has ended."""
    for end, other in ((client, server), (server, client)):
        if select.select([end], [], [], 0.05)[0]:
            data = end.recv(65536)
            if not data:
                return False
            other.sendall(data)
    return True


@contextmanager
def connect_proxy(port: int) -> Iterator[tuple[str, list[str]]]:
    """An HTTP proxy that leads every CONNECT to `port` -> its URL, and the first line of each request."""
    asked: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=lead, args=(client,), daemon=True).start()

    def lead(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", port), timeout=30) as server:
            asked.append(client.recv(4096).decode().splitlines()[0])
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with suppress(ConnectionError):
                while forward(client, server):
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)
