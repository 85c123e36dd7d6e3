"""Says whether the wall can be reached from this node and takes its token. Changes nothing there."""

from __future__ import annotations

import os
from collections.abc import Mapping

from livewall_listener.client import Client, Unreachable
from livewall_listener.settings import read

NOTHING = b'{"process": "0", "first_seq": 1, "events": []}'


def answer(environment: Mapping[str, str]) -> list[str]:
    """Lines for people, that of the wall last."""
    given = read([], environment)
    problems = [f"But: {problem}" for problem in given.problems]
    client = Client(given.url, token=given.token, ca=given.ca, environment=environment)
    try:
        reply = client.post_events("no-run-has-this-name", NOTHING)
    except Unreachable as reason:
        return [*problems, f"But the wall at {client.shown} cannot be reached: {reason}"]
    finally:
        client.close()
    if reply.status == 404 and reply.body.get("error"):
        return [*problems, f"The wall at {client.shown} answers, and takes what this node sends."]
    if reply.location:
        return [*problems, f"But the wall at {client.shown} sends us on to {reply.location}: give the URL it is at"]
    return [*problems, f"But the wall at {client.shown} says: {reply.message}"]


if __name__ == "__main__":
    print("\n".join(answer(os.environ)))
