"""A document in today's shape -> a Lab; and what is wrong with it that no schema can tell.

What does not fit the schema is passed over here: so a file is told all its faults at once.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from urllib.parse import urlsplit

from livewall_dashboard.lab import checks
from livewall_dashboard.lab.entry import Entry
from livewall_dashboard.lab.faults import Place, listed, suggestion
from livewall_dashboard.lab.model import (
    FORGET_AFTER,
    MIB,
    TITLE,
    InstanceAccess,
    JobPattern,
    Lab,
    ReportLimits,
    SetupConfig,
)
from livewall_dashboard.lab.project_reader import ProjectReader
from livewall_dashboard.lab.projects import Project
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.repository_reader import RepositoryReader
from livewall_dashboard.lab.retention_reader import RetentionReader
from livewall_dashboard.lab.servers import ServerReader


class Builder:
    def __init__(
        self,
        document: Any,
        report: Report,
        servers: ServerReader,
        projects: ProjectReader,
        repositories: RepositoryReader,
    ) -> None:
        self._document = Entry(document, (), report)
        self._report = report
        self._read_server = servers.read
        self._read_projects = projects.read
        self._read_repositories = repositories.read
        self._servers = [entry.text("name") for entry in self._document.entries("jenkins")]

    def build(self) -> Lab:
        """The Lab is one to use when the report has no faults."""
        self._require_different_names("jenkins", "servers")
        self._require_different_names("setups", "setups")
        self._require_different_names("repositories", "repositories")
        self._warn_of_nodes()
        servers = [self._read_server(entry) for entry in self._document.entries("jenkins")]
        setups = [self._setup(entry) for entry in self._document.entries("setups")]
        wall = Entry(self._document.get("wall", {}), ("wall",), self._report)
        rules = RetentionReader(self._report).read(self._document)
        projects = self._read_projects(self._document)
        return Lab.of(
            self._in_order(setups),
            servers,
            self._jobs(wall),
            self._forget_after(wall),
            rules,
            projects,
            self._report_limits(),
            wall.checked("title", checks.title) or TITLE,
            url := self._url(wall, projects),
            self._read_repositories(self._document),
            self._instances(wall, url),
        )

    def _url(self, wall: Entry, projects: Sequence[Project]) -> str:
        url = wall.checked("url", checks.server_url).rstrip("/")
        told = [
            ("projects", at, "repositories", number, "status")
            for at, project in enumerate(projects)
            for number, repository in enumerate(project.repositories)
            if repository.status
        ]
        for place in told if not url else ():
            self._report.fault(
                place, 'needs "wall": {"url": "https://wall.example"}: it leads to the page of the build.'
            )
        return url

    def _instances(self, wall: Entry, url: str) -> InstanceAccess:
        """Cookies of the wall's own name would be its instances', too, were they below that."""
        domain, own = wall.checked("instances", checks.domain), urlsplit(url).hostname or ""
        host = domain.partition(":")[0]
        if domain and not url:
            self._report.fault((*wall.place, "instances"), 'needs "url": who comes to an instance first is sent there.')
        if host and own and (own == host or own.endswith(f".{host}")):
            self._report.fault((*wall.place, "instances"), "must be another name than the wall's, and none above it.")
        return InstanceAccess(domain, tuple(self._networks(wall)))

    def _networks(self, wall: Entry) -> Iterator[IPv4Network | IPv6Network]:
        for place, text in wall.items("instance_networks"):
            try:
                yield ipaddress.ip_network(text.strip(), strict=False)
            except ValueError:
                self._report.fault(place, "is no network like 10.1.0.0/16.")

    def _report_limits(self) -> ReportLimits:
        entry, usual = Entry(self._document.get("reports", {}), ("reports",), self._report), ReportLimits()
        packed = entry.get("max_packed_mib", usual.packed // MIB)
        unpacked = entry.get("max_unpacked_mib", max(packed, usual.unpacked // MIB))
        if unpacked < packed:
            self._report.fault((*entry.place, "max_unpacked_mib"), 'must be at least "max_packed_mib".')
        return ReportLimits(packed * MIB, unpacked * MIB, entry.get("max_files", usual.members))

    def _forget_after(self, wall: Entry) -> timedelta | None:
        days = wall.get("forget_after", FORGET_AFTER.days)
        if days is True:
            self._report.fault((*wall.place, "forget_after"), "must be a number of days, or false for never.")
        return timedelta(days=days) if days else None

    def _setup(self, entry: Entry) -> SetupConfig:
        labels = entry.get("labels", {})
        return SetupConfig(
            name=entry.text("name"),
            group=entry.text("group"),
            hosts=tuple(text.strip() for _, text in entry.items("hosts")),
            addresses=tuple(text.strip() for _, text in entry.items("addresses")),
            labels={name.strip(): value.strip() for name, value in labels.items()},
            jobs=self._jobs(entry),
            links=tuple((link.text("title"), link.checked("url", checks.link)) for link in entry.entries("links")),
        )

    def _in_order(self, setups: Sequence[SetupConfig]) -> list[SetupConfig]:
        """Those with an order first; the others, and those of one order, as the file has them."""
        orders = [entry.get("order", math.inf) for entry in self._document.entries("setups")]
        return [setups[number] for number in sorted(range(len(setups)), key=orders.__getitem__)]

    # Jobs

    def _jobs(self, entry: Entry) -> tuple[JobPattern, ...]:
        values = list(entry.items("jobs"))
        if values and not self._servers:
            self._report.warn((*entry.place, "jobs"), 'are not looked up: there is no "jenkins" to look them up in.')
        found = [self._job(place, value) for place, value in values]
        return tuple(job for job in found if job is not None)

    def _job(self, place: Place, value: str | dict[str, str]) -> JobPattern | None:
        """None: of no Jenkins here, or faulty."""
        at_first = self._servers[0] if self._servers else ""
        named = {"job": value} if isinstance(value, str) else value
        server = named.get("jenkins", at_first).strip()
        if "jenkins" in named and server not in self._servers:
            known = suggestion(server, self._servers) or f" There is {listed(self._servers) or 'none'}."
            self._report.fault((*place, "jenkins"), f"{listed([server])} is no server in this file.{known}")
        try:
            path = checks.job_path(named["job"].strip())
        except checks.Unfit as error:
            self._report.fault(place if isinstance(value, str) else (*place, "job"), str(error))
            return None
        if checks.is_path_of_address(path):
            self._report.warn(place, "looks like a part of an address; a full name has no job/ in it: folder/job.")
        return JobPattern(server, path) if self._servers else None

    # What several entries must agree on

    def _require_different_names(self, member: str, noun: str) -> None:
        first: dict[str, Place] = {}
        for entry in self._document.entries(member):
            name, place = entry.text("name"), (*entry.place, "name")
            other = first.setdefault(name, place)
            if name and other is not place:
                self._report.fault(
                    place,
                    f"{listed([name])} is on line {self._report.line(other)} already; all {noun} need names "
                    "of their own.",
                )

    def _warn_of_nodes(self) -> None:
        """Of two setups that claim a node the first one gets it; what is no address will never be one."""
        claims: dict[str, tuple[str, Place]] = {}
        for entry in self._document.entries("setups"):
            for member in ("hosts", "addresses"):
                for place, text in entry.items(member):
                    name, other = claims.setdefault(text.strip().lower(), (entry.text("name"), place))
                    if name != entry.text("name"):
                        self._report.warn(
                            place,
                            f"{listed([text])} is on line {self._report.line(other)} already: it reports for "
                            f"{listed([name])}.",
                        )
                    elif member == "addresses" and not _is_address(text.strip()):
                        self._report.warn(place, f"{listed([text])} is not an IP address, so no node will have it.")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
