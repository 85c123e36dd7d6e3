"""Runs jobs of a queue beside a rig: claims them, runs their phases in a house of their own, and reports.

livewall-agent run --server http://wall:8000 --queue rpi4
"""
