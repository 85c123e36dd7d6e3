"""The `livewall-agent` command."""

from __future__ import annotations

import sys

OLDEST_PYTHON = (3, 10)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("livewall-agent: Python 3.10 or newer is needed")
    try:
        from livewall_agent.command import cli
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("livewall_"):
            raise
        sys.exit(
            f"livewall-agent: {error.name} is not installed. For an agent: "
            "pip install 'livewall-VERSION-py3-none-any.whl[agent]', with the file that was installed."
        )
    cli()


if __name__ == "__main__":
    main()
