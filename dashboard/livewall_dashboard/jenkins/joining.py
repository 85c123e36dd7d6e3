"""Which of our runs a build started: told by the build's address, as Jenkins and the run's node write it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from livewall_dashboard.jenkins import paths


@lru_cache(maxsize=20_000)
def addresses(build_url: str, server_url: str, job: str, number: int) -> frozenset[str]:
    """Every way in which a node may have been told the address of this build.

    Nodes have it from Jenkins (BUILD_URL), by the address that Jenkins believes to have: that is `build_url`. Where it
    was told another one meanwhile, it may be the address we know it by. Host names of no other kind are tried: two
    servers may well have a job of the same name.
    """
    ours = f"{server_url}{paths.address(job)}{number}/"
    plain = {key_of(url) for url in (build_url, ours) if url}
    with_scheme = {f"{scheme}:{key}" for key in plain for scheme in ("http", "https")}
    return frozenset(url + slash for url in with_scheme for slash in ("", "/"))


@lru_cache(maxsize=20_000)
def key_of(url: str) -> str:
    """What is the same for all of `addresses`' variants of one address: `//host/path`, host in lower case."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.rpartition("@")[2].lower()
    return f"//{host}{parts.path.rstrip('/')}"
