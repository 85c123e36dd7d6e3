"""Whether an instance answers, and a port for it to answer on."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPException

WITHIN = 5.0
"""Seconds for an answer."""
_PLACES = ("127.0.0.1", "::1")


def free_port() -> int:
    """One that the kernel gives; somebody else may be faster to use it."""
    with socket.socket() as asked:
        asked.bind(("", 0))
        port: int = asked.getsockname()[1]
        return port


def trouble(port: int, path: str) -> str:
    """Why it is not well, for people; "" where it answers with a status of 2xx or 3xx."""
    found = [_trouble(place, port, path) for place in _PLACES]
    return "" if "" in found else next((each for each in found if "answers" in each), found[0])


def _trouble(place: str, port: int, path: str) -> str:
    connection = HTTPConnection(place, port, timeout=WITHIN)
    try:
        connection.request("GET", path, headers={"Connection": "close", "User-Agent": "livewall-agent"})
        status = connection.getresponse().status
    except (OSError, HTTPException, ValueError) as error:
        return f"GET {path} has no answer: {str(error) or type(error).__name__}"
    finally:
        connection.close()
    return "" if 200 <= status < 400 else f"GET {path} answers {status}"
