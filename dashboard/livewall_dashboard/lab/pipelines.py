"""The first website's configuration, `{"pipelines": [...]}`, written in today's shape.

Its `URL` was a job's page, `http://server/job/NAME/`: what stands before `/job/` is a Jenkins, unless the file names
its own under "jenkins". An entry's `job_name` is a job there: with the folders that the URL names when it ends in that
job. An URL without `/job/` is a link and nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from livewall_dashboard.lab.faults import Place

KNOWN = ("setup", "hostname", "setup_id", "job_name", "ip", "URL", "comment")

_MEMBERS = {"name": "setup", "hosts": "hostname", "addresses": "ip", "jobs": "job_name", "links": "URL"}
_VIEWS = re.compile(r"(/user/[^/]+/my-views)?(/view/[^/]+)+$")


@dataclass(slots=True)
class Modern:
    """`value`: the document in today's shape."""

    value: dict[str, Any]
    _derived_from: list[int] = field(default_factory=list)
    """For each Jenkins that was found in an URL, the number of the entry."""

    def origin(self, place: Place) -> Place:
        """Where in the older document a place of `value` comes from."""
        if place[:1] == ("setups",):
            members = [_MEMBERS.get(str(member), member) for member in place[2:3]]
            return ("pipelines", *place[1:2], *members)
        if place[:1] == ("jenkins",) and self._derived_from and len(place) > 1:
            return ("pipelines", self._derived_from[int(place[1])], "URL")
        return place


def modern(old: dict[str, Any]) -> Modern:
    """Takes a document with any faults; what is no entry becomes an empty one."""
    entries = old["pipelines"] if isinstance(old["pipelines"], list) else []
    entries = [_texts(entry) for entry in entries]
    servers = _Servers(old.get("jenkins"))
    setups = [_setup(number, entry, servers) for number, entry in enumerate(entries)]
    kept = {name: value for name, value in old.items() if name not in {"pipelines", "jenkins", "setups"}}
    jenkins = {"jenkins": servers.entries} if servers.entries else {}
    return Modern({**kept, **jenkins, "setups": setups}, servers.derived_from)


class _Servers:
    """The Jenkins servers of the file, or else those its URLs lead to."""

    def __init__(self, configured: Any) -> None:
        self.entries: list[Any] = list(configured) if isinstance(configured, list) else []
        self.derived_from: list[int] = []
        self._is_configured = bool(self.entries)
        self._names = [str(entry.get("name")) if isinstance(entry, dict) else "" for entry in self.entries]
        self._urls = [str(entry.get("url")).rstrip("/") if isinstance(entry, dict) else "" for entry in self.entries]

    def is_first(self, name: str) -> bool:
        return self._names[0] == name

    def name_of(self, url: str, number: int) -> str:
        """The server's name; "": the file has servers, and this is none of them. `number`: the entry that has it."""
        if url.rstrip("/") in self._urls:
            return self._names[self._urls.index(url.rstrip("/"))]
        if self._is_configured:
            return ""
        name = self._new_name(url)
        self.entries.append({"name": name, "url": url})
        self._names.append(name)
        self._urls.append(url.rstrip("/"))
        self.derived_from.append(number)
        return name

    def _new_name(self, url: str) -> str:
        """`jenkins.lab.example-8080` of `http://jenkins.lab.example:8080/`."""
        text = re.sub(r"^https?://([^/@]*@)?", "", url)
        name = re.sub(r"[^A-Za-z0-9.]+", "-", text)[:50].strip("-.") or "jenkins"
        number = 2
        while name in self._names:
            name, number = f"{name.removesuffix(f'-{number - 1}')}-{number}", number + 1
        return name


def _setup(number: int, entry: dict[str, str], servers: _Servers) -> dict[str, Any]:
    link = entry.get("URL", "")
    server, path = _job_of(link)
    name = servers.name_of(server, number) if server else ""
    job: Any = entry.get("job_name", "")
    if path and path.rpartition("/")[2] == job:
        job = path
    if name and job and not servers.is_first(name):
        job = {"jenkins": name, "job": job}
    members = {
        "name": entry.get("setup", ""),
        "hosts": [entry.get("hostname", "")],
        "addresses": [entry.get("ip", "")],
        "jobs": [job],
        "links": [{"title": "Jenkins", "url": link}] if link else [],
        "comment": entry.get("comment", ""),
    }
    return {member: value for member, value in members.items() if value not in ("", [], [""])}


def _job_of(url: str) -> tuple[str, str]:
    """(address of the Jenkins, full name of the job) of a job's page; "" for what is none."""
    head, _, tail = url.partition("/job/")
    if not tail or not url.startswith(("http://", "https://")):
        return "", ""
    steps = re.split(r"[?#]", tail)[0].strip("/").split("/")
    names = [steps[0]]
    rest = steps[1:]
    while len(rest) > 1 and rest[0] in {"job", "view"}:
        names += [rest[1]] if rest[0] == "job" else []
        rest = rest[2:]
    return _VIEWS.sub("", head) + "/", "/".join(unquote(name) for name in names)


def _texts(entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict):
        return {}
    return {name: value.strip() for name, value in entry.items() if isinstance(value, str)}
