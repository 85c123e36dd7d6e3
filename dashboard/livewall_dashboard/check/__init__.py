"""`livewall check`: whether the wall would start as it is asked to, and what to repair before it does."""
