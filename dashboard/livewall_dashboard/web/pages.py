"""What every page is told: each is a frame that fills itself from the read API."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, request

from livewall_dashboard.base.feature import NavItem, PageAddition


def install(
    app: Flask,
    version: str,
    site: Callable[[], str],
    additions: Sequence[PageAddition],
    nav: Sequence[NavItem],
    log_page: str,
) -> None:
    """`site()`: what this wall is called, in the bar and the title of every page. `log_page`: as features have it."""

    def additions_to(page: str) -> list[PageAddition]:
        return [addition for addition in additions if addition.page == page and addition.is_wanted()]

    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "version": version,
            "site": site(),
            "theme_query": _theme_query(),
            "additions_to": additions_to,
            "nav": nav,
            "log_page": log_page,
        }


def _theme_query() -> str:
    """The theme somebody chose goes along from page to page."""
    theme = request.args.get("theme")
    return f"?theme={theme}" if theme in ("dark", "light") else ""
