"""A pretend device on a pretend bench: every keyword takes its time, and some of them fail now and then.

What fails is told by FAULTS, e.g. `ospf=1 console=0.2`: the OSPF neighbour never comes up, and every fifth access to
the console gets no answer. The same DEVICE and ROUND fail the same way again.
"""

from __future__ import annotations

import random
import time

from robot.api import SkipExecution, logger


class Lab:
    """`pace` stretches or shortens all waiting; 0 does not wait at all."""

    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    def __init__(self, device: str = "bench", round: str = "1", faults: str = "", pace: str = "1"):  # noqa: A002
        self._device = device
        self._round = round
        self._faults = {name: float(chance) for name, _, chance in (word.partition("=") for word in faults.split())}
        self._pace = float(pace)
        self._random = random.Random(f"{device} {round}")

    # Power and boot

    def power_cycle(self) -> None:
        """Switch the outlet off, wait, switch it on."""
        logger.info(f"PDU outlet of {self._device} off, on")
        self._takes(1.5)

    def wait_for_login_prompt(self, seconds: int = 45) -> None:
        """Read the console until the device asks for a user."""
        self._takes(5)
        self._may_fail(
            "boot",
            f"No login prompt within {seconds} s. Last line on the console: "
            "[   12.482113] mmc0: error -110 whilst initialising SD card",
        )

    def read_bootloader_state(self) -> None:
        self._takes(1)

    def firmware_should_be(self, version: str) -> None:
        self._takes(0.8)
        self._may_fail("version", f"Firmware is 4.2.7-rc1, expected {version}")

    def hang_the_kernel(self) -> None:
        self._takes(2)
        self._may_fail("watchdog", "The watchdog did not reset the board within 60 s of `echo c > /proc/sysrq-trigger`")

    # Console and logins

    def open_console(self) -> None:
        self._takes(0.7)
        self._may_fail("console", f"Console /dev/ttyUSB{len(self._device) % 4} gave no answer for 10 s")

    def log_in(self, user: str, password: str = "********", over: str = "console") -> None:  # noqa: S107
        logger.info(f"{user} logs in over {over}")
        self._takes(1.2)
        self._may_fail(over, f"{over}: connection to {self._device} closed by remote host during key exchange")

    def login_should_be_refused(self, user: str) -> None:
        logger.info(f"{user} must not get in")
        self._takes(1.5)

    def wait_for_idle_logout(self, minutes: int) -> None:
        logger.info(f"the session must end after {minutes} min")
        self._takes(9)
        self._may_fail("idle", f"The session is still open after {minutes} min 30 s")

    def needs(self, equipment: str) -> None:
        """Skip the test on a bench without this equipment."""
        if self._faults.get(f"no-{equipment.partition(' ')[0].lower()}"):
            raise SkipExecution(f"No {equipment} in this rack")

    # Upgrades

    def flash_image(self, image: str) -> None:
        logger.info(f"writing {image} to slot B")
        self._takes(8)
        self._may_fail(
            "upgrade",
            f"{image}: upgrade stopped at 73 %: SHA-256 of slot B is 9f2c51d0...41aa, the release says 1b77fe98...e03d",
        )

    def settings_should_be_kept(self) -> None:
        self._takes(2)
        self._may_fail("settings", "After the upgrade `snmp community` is 'public', before it was 'noc-ro'")

    # Switching and routing

    def configure(self, what: str) -> None:
        logger.info(what)
        self._takes(1)

    def frames_should_leave(self, port: int, vlan: int) -> None:
        self._takes(2)
        self._may_fail("vlan", f"Port {port}: 4 of 1000 frames left with tag {vlan}, expected untagged")

    def topology_should_settle(self, within: int) -> None:
        self._takes(4)
        self._may_fail("stp", f"Port 12 is still LEARNING after {within} s")

    def neighbor_should_be_full(self, address: str) -> None:
        self._takes(3)
        self._may_fail(
            "ospf", f"OSPF neighbor {address} is EXSTART, expected FULL (MTU 1500 on ge-0/0/1, 9000 on the other side)"
        )

    def routes_should_arrive(self, count: int) -> None:
        self._takes(4)
        self._may_fail("bgp", f"{count - 1} of {count} routes arrived; 203.0.113.0/24 is missing")

    def packet_should_be_dropped(self, rule: str) -> None:
        self._takes(1)
        self._may_fail("firewall", f"Rule `{rule}` let the packet through")

    # Load and health

    def measure_throughput(self, port: int, at_least: int) -> None:
        """Seconds of full load on a port, in Mbit/s."""
        self._takes(7)
        self._may_fail("throughput", f"Port {port}: 612 Mbit/s is less than {at_least} Mbit/s, in 3 of 3 tries")

    def run_load(self, minutes: int) -> None:
        logger.info(f"{minutes} min of mixed traffic")
        self._takes(18)

    def memory_should_be_stable(self, process: str) -> None:
        self._takes(1.5)
        self._may_fail("memory", f"{process} grew from 41.2 MB to 187.6 MB in 20 min; at most 20 % are allowed")

    def fans_should_turn(self) -> None:
        self._takes(0.8)
        self._may_fail("fan", "Fan 2 stands still at 71.5 degrees")

    def collect_core_dumps(self) -> None:
        """For suite teardowns: a device that crashed on the way did not pass."""
        self._takes(2)
        self._may_fail("cores", "1 core dump on the device: /var/crash/snmpd.2817.core (SIGSEGV in oid_next)")

    def free_the_bench(self) -> None:
        self._takes(0.5)

    def _takes(self, seconds: float) -> None:
        time.sleep(seconds * self._pace * self._random.uniform(0.6, 1.5))

    def _may_fail(self, fault: str, message: str) -> None:
        if self._random.random() < self._faults.get(fault, 0):
            raise AssertionError(message)
