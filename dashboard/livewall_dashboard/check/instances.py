"""Whether nginx shows what builds of branches left running, each by a name of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import urllib3

from livewall_dashboard.check.result import Result, left_out, ok, warning
from livewall_dashboard.lab.model import Lab

WITHIN = 10.0
SUBJECT = "instances"


def check_instances(lab: Lab | None, *, offline: bool) -> Iterator[Result]:
    """Nothing where no name is configured. Asks the name of a build that there is not."""
    domain = lab.instances.domain if lab else ""
    if lab is None or not domain:
        return
    if offline:
        yield left_out(SUBJECT, f"{domain} is not asked")
        return
    address = f"{urlsplit(lab.url).scheme}://0.{domain}/.livewall/enter"
    try:
        socket.getaddrinfo(urlsplit(address).hostname, None)
        reply = urllib3.PoolManager(timeout=WITHIN, retries=False).request("GET", address, redirect=False)
    except OSError:
        yield warning(SUBJECT, f"the name 0.{domain} is not known: your DNS needs one for *.{domain.partition(':')[0]}")
    except urllib3.exceptions.HTTPError as error:
        yield warning(SUBJECT, f"{address} does not answer ({type(error).__name__}): is nginx-instances.conf enabled?")
    else:
        leads_to = reply.headers.get("Location", "")
        if leads_to.startswith(f"{lab.url}/branch-builds/0/"):
            yield ok(SUBJECT, f"nginx leads from *.{domain} to {lab.url} and back")
        else:
            yield warning(
                SUBJECT,
                f"{address} answers {reply.status}, not by this wall: take over config/nginx-instances.conf, with "
                "the wall's name and this one in it; while the wall is stopped, that is so, too",
            )
