"""The wall's state in memory: apply an event, learn which setups changed. No clock, no I/O."""

from livewall_dashboard.live.tile import Agent
from livewall_dashboard.live.wall import PROBE_SETUP, Setup, StateChange, Wall

__all__ = ["PROBE_SETUP", "Agent", "Setup", "StateChange", "Wall"]
