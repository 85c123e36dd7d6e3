"""A whole dashboard without a socket, as the tests of the web have it."""

from __future__ import annotations

from integration.web.conftest import make_app

__all__ = ["make_app"]
