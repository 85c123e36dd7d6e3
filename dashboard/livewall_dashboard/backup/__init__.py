"""`livewall backup` and `livewall restore`: all that the wall remembers, in one file, taken while it runs."""
