"""Who calls, with what, how often, from which page: one guard in front of every route."""
