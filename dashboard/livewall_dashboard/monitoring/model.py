"""What is told of the dashboard's health."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from livewall_dashboard.web.schemas import Release, Time


class HealthQuery(Struct):
    live: Annotated[str | None, Meta(description="Given: only whether the process is there")] = None


class Health(Struct):
    status: Literal["ok", "unwell"]
    reasons: dict[str, str]
    checks: list[str]
    version: str
    release: Release | None
    started_at: Time
