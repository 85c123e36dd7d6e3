"""Prints the commit that the wall of this node runs; with nothing to print where it was not deployed from one."""

from __future__ import annotations

import json
import os
import re
import ssl
import sys
import urllib.request
from collections.abc import Mapping


def revision(environment: Mapping[str, str]) -> str:
    """The commit's hash, or "". Raises OSError or ValueError where the wall does not tell."""
    context = ssl.create_default_context()
    if environment.get("LIVEWALL_CA"):
        context.load_verify_locations(environment["LIVEWALL_CA"])
    address = environment["LIVEWALL_URL"].rstrip("/") + "/healthz?live"
    with urllib.request.urlopen(address, timeout=15, context=context) as reply:
        release = json.load(reply).get("release") or {}
    commit = str(release.get("commit", ""))
    if commit and not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        raise ValueError(f"{commit[:80]!r} is not a commit's hash")
    return commit


if __name__ == "__main__":
    try:
        print(revision(os.environ))
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"livewall-revision: the wall does not say which revision it runs: {error}")
