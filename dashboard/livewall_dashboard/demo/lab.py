"""The pretend lab: which setups it has and how each of them behaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rig:
    """A pretend setup.

    `suites` are patterns for robot's --suite; none may fit `name`, which would mean all tests. `faults` maps what can
    fail to its chance (see Lab.py beside the suites). `pause`: seconds between two runs. `processes` above 1: a pabot
    run. `reruns`: failed tests are run once more, as their own run. `plug`: the seconds after which somebody pulls the
    plug, one for each run in turn, 0 for a run that is left alone; `silence`: how long it then is not heard of. `job`
    is the folder of its job on the demo's Jenkins, "" for runs by hand.
    """

    setup: str
    group: str
    suites: tuple[str, ...] = ()
    name: str = "Nightly"
    branch: str = "main"
    labels: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, float] = field(default_factory=dict)
    pause: tuple[float, float] = (8, 30)
    processes: int = 1
    reruns: bool = False
    plug: tuple[float, ...] = ()
    silence: float = 0
    job: str = ""

    @property
    def job_name(self) -> str:
        """The full name of its job."""
        return f"{self.job}/{self.setup}" if self.job else ""


ROUTERS, SWITCHES, GATEWAYS, BOOT, VIRTUAL = "Routers", "Switches", "Gateways", "Boot lab", "Virtual"

RIGS = (
    Rig(
        "edge-router-01",
        ROUTERS,
        ("Boot*", "Login", "OSPF", "BGP", "NAT*"),
        labels={"os": "edge-os-4.3.1", "arch": "arm64", "board": "rev-c"},
        faults={"no-radius": 1},
        job="edge-os-nightly",
    ),
    Rig(
        "edge-router-02",
        ROUTERS,
        ("OSPF", "Throughput"),
        name="Release 4.3",
        branch="release/4.3",
        labels={"os": "edge-os-4.3.1", "arch": "arm64", "board": "rev-b"},
        faults={"ospf": 0.9, "throughput": 0.1},
        job="edge-os-release",
    ),
    Rig(
        "edge-router-farm",
        ROUTERS,
        ("Boot*", "Login", "Upgrade*", "OSPF", "BGP", "NAT*", "Throughput"),
        name="Full regression",
        labels={"os": "edge-os-4.3.1", "arch": "arm64", "board": "rev-c"},
        faults={"throughput": 0.08},
        processes=3,
        job="edge-os-regression",
    ),
    Rig(
        "switch-24p-a",
        SWITCHES,
        ("Boot*", "VLAN", "Spanning*", "Throughput"),
        labels={"os": "edge-os-4.3.1", "arch": "mips64", "asic": "prestera"},
        job="edge-os-nightly",
    ),
    Rig(
        "switch-48p-b",
        SWITCHES,
        ("VLAN", "Spanning*"),
        name="Pull request 1187",
        branch="feature/vlan-offload",
        labels={"os": "edge-os-4.4.0-dev", "arch": "mips64", "asic": "prestera"},
        faults={"vlan": 0.7, "stp": 0.2},
        reruns=True,
        job="edge-os-pull-requests",
    ),
    Rig(
        "switch-48p-c",
        SWITCHES,
        ("Boot*", "VLAN", "Spanning*", "Soak*"),
        labels={"os": "edge-os-4.3.1", "arch": "mips64", "asic": "falcon"},
        plug=(25, 0),
        silence=50,
    ),
    Rig(
        "gw-lte-01",
        GATEWAYS,
        ("Login", "NAT*", "Throughput"),
        labels={"os": "edge-os-4.3.1", "arch": "armv7", "modem": "em7565"},
        faults={"ssh": 0.35, "no-radius": 1},
        plug=(0, 35, 0),
        silence=150,
    ),
    Rig(
        "gw-fiber-02",
        GATEWAYS,
        ("Soak*", "Throughput"),
        name="Endurance",
        branch="release/4.3",
        labels={"os": "edge-os-4.3.1", "arch": "arm64"},
        faults={"cores": 0.7},
        job="edge-os-soak",
    ),
    Rig(
        "boot-imx8",
        BOOT,
        ("Boot*", "Upgrade*"),
        name="Bring-up",
        labels={"os": "edge-os-4.3.1", "arch": "arm64", "board": "imx8m-plus"},
        faults={"boot": 0.2, "watchdog": 0.5},
        reruns=True,
        pause=(10, 30),
        job="edge-os-boot",
    ),
    Rig(
        "boot-cm4",
        BOOT,
        ("Boot*",),
        name="Bring-up",
        labels={"os": "edge-os-4.3.1", "arch": "arm64", "board": "cm4"},
        pause=(20, 60),
        job="edge-os-boot",
    ),
    Rig("thermal-chamber-1", BOOT),
    Rig(
        "vm-debian-12",
        VIRTUAL,
        ("Login", "BGP", "NAT*"),
        name="Smoke",
        branch="feature/vlan-offload",
        labels={"os": "edge-os-4.4.0-dev", "arch": "amd64", "hypervisor": "kvm"},
        faults={"bgp": 0.25, "firewall": 0.05},
        job="edge-os-smoke",
    ),
)
"""In the order of the configuration; the one without suites is configured and never heard of."""


def configuration(
    jenkins: Mapping[str, object],
    rigs: tuple[Rig, ...] = RIGS,
    more: Sequence[Mapping[str, object]] = (),
    projects: Sequence[Mapping[str, object]] = (),
) -> dict[str, object]:
    """What setups_config.json of this lab says. `jenkins` is the member of that name's one entry; `more`: setups."""
    return {"jenkins": [jenkins], "setups": [*(_setup(rig) for rig in rigs), *more], "projects": [*projects]}


def _setup(rig: Rig) -> dict[str, object]:
    jobs = [rig.job_name] if rig.job else []
    return {"name": rig.setup, "group": rig.group, "hosts": [f"{rig.setup}.lab.example"], "jobs": jobs}
