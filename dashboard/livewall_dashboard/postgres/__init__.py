"""Connections to Postgres, its schema, and a Postgres of our own."""
