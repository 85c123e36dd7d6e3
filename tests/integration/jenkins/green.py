"""Asks a Jenkins on green threads, as the wall does under eventlet. Prints what came of it, and how others fared.

python green.py URL TIMEOUT [CA]  ->  {"said": message or null, "ticks": how often another thread had its turn}
"""

from __future__ import annotations

import json
import sys

from livewall_dashboard.serving import server


def main() -> None:
    server.patch()
    import threading  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from livewall_dashboard.jenkins.client import JenkinsClient  # noqa: PLC0415
    from livewall_dashboard.lab.model import JenkinsServer  # noqa: PLC0415

    url, timeout, *ca = sys.argv[1:]
    over = threading.Event()
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        while not over.wait(0.01):
            ticks += 1

    ticker = threading.Thread(target=tick)
    ticker.start()
    client = JenkinsClient(JenkinsServer("main", url, timeout=float(timeout), ca=Path(ca[0]) if ca else None))
    said = client.probe()
    over.set()
    ticker.join()
    print(json.dumps({"said": said, "ticks": ticks}))


if __name__ == "__main__":
    main()
