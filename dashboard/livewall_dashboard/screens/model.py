"""What a screen gets first."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from livewall_dashboard.web.schemas import Number, Release, Time

Tile = Annotated[dict[str, Any], Meta(description="A tile", extra_json_schema={"required": ["setup", "state"]})]


class Notice(Struct):
    kind: str
    text: str
    since: str


class QueueLength(Struct):
    """Jobs that wait, and that agents have at work."""

    waiting: Number
    at_work: Number


class Snapshot(Struct):
    seq: Number
    server_time: Time
    version: str
    release: Release | None
    notices: list[Notice]
    queue: QueueLength | None
    setups: list[Tile]
