"""What every room may use: errors, the clock, settings, logs, threads, what a feature is."""
