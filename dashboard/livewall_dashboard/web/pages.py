"""What every page is told: each is a frame that fills itself from the read API."""

from __future__ import annotations

from flask import Flask, request


def install(app: Flask, version: str) -> None:
    @app.context_processor
    def shared() -> dict[str, str]:
        return {"version": version, "theme_query": _theme_query()}


def _theme_query() -> str:
    """The theme somebody chose goes along from page to page."""
    theme = request.args.get("theme")
    return f"?theme={theme}" if theme in ("dark", "light") else ""
