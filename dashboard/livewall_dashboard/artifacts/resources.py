"""What an upload is answered."""

from __future__ import annotations

from msgspec import Struct

from livewall_dashboard.web.schemas import Error, Number


class Received(Struct):
    received: Number


class OffsetError(Error):
    expected_offset: Number
