"""Reports Robot Framework runs to a livewall dashboard, live.

    robot --listener livewall_listener.Listener tests/

`Listener` is imported when it is asked for: the dashboard needs `livewall_listener.wire` alone,
without Robot Framework.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Listener"]


def __getattr__(name: str) -> Any:
    if name in {"Listener", __name__}:  # `--listener livewall_listener` means the class, too
        from livewall_listener.listener import Listener  # noqa: PLC0415  # see the docstring

        return Listener
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
