"""`python livewall_schedule COMMAND`, wherever this folder lies."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from livewall_schedule.command import main

    sys.exit(main())
