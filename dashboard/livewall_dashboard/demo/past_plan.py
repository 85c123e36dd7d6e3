"""The month before the demo: commits, nights, and what went wrong. Pure, and always the same."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from livewall_dashboard.demo.lab import Rig

NIGHTS = 30
REPOSITORY, BRANCH = "edge-os", "main"
AUTHORS = (("Aino Virtanen", "aino@lab.example"), ("Ben Okafor", "ben@lab.example"), ("Chen Wei", "chen@lab.example"))

COMMITS: Mapping[int, str] = {
    4: "Read the board's revision from the EEPROM",
    9: "Retry DHCP on the management port",
    14: "Count drops for each queue",
    17: "Take the MTU of the tunnel for OSPF",
    20: "Check the signature of each module at boot",
    25: "Take the interface's own MTU for OSPF again",
    27: "Program VLANs into the ASIC in batches of 64",
}
"""By night: what came in before it that somebody will ask for."""
OTHERS = (
    "Tidy the CLI's help",
    "Update the translations",
    "Bump the toolchain",
    "Log less at start",
    "Test more of SNMP",
)


USUAL_SECONDS = 2.5
SECONDS = {
    "Device Boots Within 45 Seconds": 5, "Watchdog Resets A Hung Kernel": 9, "Account Locks After Five Attempts": 8,
    "Session Ends After 10 Idle Minutes": 14, "Neighbor Comes Up On Every Uplink": 7, "20 Minutes Of Mixed Traffic": 24,
    "Memory Of The Daemons Is Stable": 5, "Ring Of Four Settles Within 2 Seconds": 7, "Port 1, 1 Gbit/s": 8,
    "Root Moves When The Root Bridge Fails": 5, "Port 2, 1 Gbit/s": 9, "Port 9, 10 Gbit/s": 9, "Port 10, 10 Gbit/s": 7,
    "Upgrade To 4.3.1": 18, "Power Loss While Writing Falls Back To Slot A": 7,
}  # fmt: skip
"""How long tests of the lab take that take longer than usual: estimates of what comes begin with these."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong with a test, in the nights from `first` up to `end`.

    `label`: on rigs that have it, name and value; "" for all. `chance`: 1 for each night. `slower`: so many times as
    long, and it passes. `retried`: it passes at the second try.
    """

    test: str
    message: str
    first: int = 0
    end: int = NIGHTS
    label: tuple[str, str] = ("", "")
    chance: float = 1.0
    slower: float = 0.0
    retried: bool = False

    def strikes(self, rig: Rig, night: int, test: str, dice: random.Random) -> bool:
        name, value = self.label
        here = not name or rig.labels.get(name) == value
        return self.test == test and self.first <= night < self.end and here and dice.random() < self.chance


_MTU = "OSPF neighbor 10.0.0.{} is EXSTART, expected FULL (MTU 1500 on ge-0/0/1, 9000 on the other side)"
TROUBLES = (
    Trouble("Neighbor Comes Up On Every Uplink", _MTU, 17, 25, ("arch", "arm64")),
    Trouble("Graceful Restart Keeps The Routes", _MTU, 17, 25, ("arch", "arm64")),
    Trouble(
        "Trunk Carries 4094 VLANs", "Port 12: {} of 1000 frames left with tag 4094", 27, label=("asic", "prestera")
    ),
    Trouble("Admin Logs In Over SSH", "ssh: connection closed by remote host after {} s", chance=0.12),
    Trouble("Port 10, 10 Gbit/s", "Port 10: 6{} Mbit/s is less than 9400 Mbit/s, in 3 of 3 tries", chance=0.15),
    Trouble("Root Moves When The Root Bridge Fails", "Port 12 is still LEARNING after {} s", chance=0.2, retried=True),
    Trouble("Device Boots Within 45 Seconds", "", 20, slower=2.1),
)
BROKEN = {("gw-lte-01", 22): "No route to host 10.7.3.4", ("boot-cm4", 11): "Serial port /dev/ttyUSB3 is gone"}
"""Nights in which a rig was broken, and what each of its tests said then."""
OFF = {("switch-48p-c", night) for night in (12, 13)}
CUT_OFF = {("boot-imx8", 24)}
"""Nights of which the end is missing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test went. `message`: "" where nothing failed."""

    message: str = ""
    seconds: float = 1.0
    is_skipped: bool = False
    retried: bool = False


@dataclass(frozen=True, slots=True)
class MadeCommit:
    hash: str
    number: int
    at: datetime
    message: str
    author: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Night:
    """`number`: from 0. `commits`: what came in before it, one or more, of which the last is tested."""

    number: int
    began: datetime
    commits: Sequence[MadeCommit]


def nights(first: datetime) -> Iterator[Night]:
    """All of them. `first`: the beginning of the first one's day."""
    count = 1_000
    for number in range(NIGHTS):
        began = first + timedelta(days=number, hours=1)
        messages = [OTHERS[(number + each) % len(OTHERS)] for each in range(number % 3)]
        made = []
        for each, message in enumerate([*messages, COMMITS.get(number, OTHERS[number % len(OTHERS)])]):
            count += 1
            at = began - timedelta(hours=9 - 2 * each)
            made.append(MadeCommit(_hash(count), count, at, message, AUTHORS[count % len(AUTHORS)]))
        yield Night(number, began, tuple(made))


def outcome(rig: Rig, night: int, test: str) -> Outcome:
    """How a test of a rig went in a night."""
    dice = random.Random(f"{rig.setup} {night} {test}")
    seconds = SECONDS.get(test, USUAL_SECONDS) * dice.uniform(0.85, 1.2)
    if (rig.setup, night) in BROKEN:
        return Outcome(BROKEN[rig.setup, night], 0.1)
    if "RADIUS" in test and "no-radius" in rig.faults:
        return Outcome("No RADIUS server in this rack", 0.1, is_skipped=True)
    for trouble in TROUBLES:
        if trouble.strikes(rig, night, test, dice):
            message = trouble.message.format(dice.randrange(10, 60))
            return Outcome(message, seconds * (trouble.slower or 1.0), retried=trouble.retried)
    return Outcome(seconds=seconds)


def _hash(number: int) -> str:
    return hashlib.sha1(f"{REPOSITORY} {number}".encode(), usedforsecurity=False).hexdigest()
