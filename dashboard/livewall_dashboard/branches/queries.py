"""The SQL of this folder by name."""

from __future__ import annotations

from livewall_dashboard.postgres.queries import load_queries

QUERIES = load_queries(__file__)
