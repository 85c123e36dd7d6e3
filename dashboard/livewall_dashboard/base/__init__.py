"""What every room may use: errors, the clock, settings, logs, the release."""
