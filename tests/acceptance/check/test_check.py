"""`livewall check` beside a wall: while it runs, as before a deploy, and while it does not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from support.dashboard import Dashboard
from support.environment import quiet_environment


def check(dashboard: Dashboard) -> str:
    """What it says of the wall's own folder and port; it must find nothing to repair."""
    command = [sys.executable, "-m", "livewall_dashboard", "check", "--data", str(dashboard.data)]
    command += ["--port", str(dashboard.port)]
    env = quiet_environment()
    done = subprocess.run(command, check=False, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done
    assert "Nothing to repair.\n" in done.stdout
    return done.stdout


def test_a_wall_with_a_database_of_its_own(make_dashboard: Callable[..., Dashboard]) -> None:
    dashboard = make_dashboard(database_url=None).start()
    running = check(dashboard)
    assert f"127.0.0.1:{dashboard.port} is that of a running livewall " in running
    assert "ok        migrations: the schema is up to date" in running
    dashboard.stop()
    stopped = check(dashboard)
    assert f"127.0.0.1:{dashboard.port} is free" in stopped
    assert "ok        database: PostgreSQL " in stopped
    assert dashboard.start().healthy()
    dashboard.stop()
