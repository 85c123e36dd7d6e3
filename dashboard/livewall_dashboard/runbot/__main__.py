"""The `livewall-runbot` command."""

from __future__ import annotations

import sys


def main() -> None:
    try:
        from livewall_dashboard.runbot.command import main as run  # noqa: PLC0415  # so that a missing extra is said
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("livewall_"):
            raise
        sys.exit(
            f"livewall-runbot: {error.name} is not installed: without extras, livewall is the listener alone. "
            "pip install 'livewall-VERSION-py3-none-any.whl[embedded]', with the file that was installed."
        )
    run()


if __name__ == "__main__":
    main()
