"""The SQL of this folder, and of those in it, by name."""

from __future__ import annotations

from livewall_dashboard.postgres.queries import load_queries

QUERIES = load_queries(__file__)
