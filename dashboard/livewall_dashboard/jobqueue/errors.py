"""Errors as Testflinger's programs expect them: `{"message", "detail"}`."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from livewall_dashboard.base.errors import Invalid, LivewallError


class FlingerError(Struct):
    """What programs of Testflinger are told. `detail` says more, for a wrong body by its members."""

    message: str
    detail: dict[str, Any]


def flinger_error(error: LivewallError) -> FlingerError:
    return FlingerError(error.message, error.detail)


def invalid(member: str, why: str) -> Invalid:
    """A member of a body is not what it must be. The CLI shows `detail`."""
    return Invalid(f"Validation error: {member}: {why}", detail={"json": {member: [why]}})


def invalid_parameter(name: str, why: str) -> Invalid:
    return Invalid(f"Validation error: {name}: {why}", detail={"query": {name: [why]}})
