"""Runs a node's suites every few hours: one schedule.ini, from which systemd timers or a crontab are written.

The standard library alone, any Python from 3.10 on. The node's `livewall-schedule` calls it; `python livewall_schedule
--help` does, too.
"""
