"""The `livewall` command."""

from __future__ import annotations

from livewall_dashboard import server


def main() -> None:
    server.prepare()  # before anything else is imported: eventlet has to come first
    from livewall_dashboard.cli import cli

    cli()


if __name__ == "__main__":
    main()
