"""The SQL of this folder by name."""

from __future__ import annotations

from pathlib import Path

from livewall_dashboard.history.queries import read_queries

QUERIES = read_queries(Path(__file__).with_name("queries.sql").read_text(encoding="utf-8"))
