"""Sets the node's wrong clock (`support.wrong_clock`) to the night named by the environment variable CHANGE."""

import os
import select
import time
from datetime import datetime
from pathlib import Path

CHANGE = datetime.fromisoformat(os.environ["CHANGE"]).timestamp()


def go_to_just_before_the_change() -> None:
    path = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
    offset = float(path.read_text()) + CHANGE - 0.3 - time.time()
    new = path.with_suffix(".later")
    new.write_text(f"{offset:+.6f}\n")
    new.replace(path)


def wait_for_the_change() -> None:
    while time.time() < CHANGE + 0.1:
        select.select([], [], [], 0.02)
