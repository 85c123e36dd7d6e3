"""pabot for which time passes once a file is there, and not before: `patient_pabot.py FILE ARGUMENTS OF PABOT`.

What hangs says so by the file, and has then exceeded its time however slow the machine is. The dry run by which pabot
tells of the tests of such a process has three seconds there; here it has those that it needs.
"""

import subprocess
import sys
import time
from pathlib import Path

from pabot.pabot import main

HANGS = Path(sys.argv.pop(1))
now, run = time.time, subprocess.run


def run_patiently(*arguments: object, timeout: object = None, **options: object) -> object:
    return run(*arguments, **options)


time.time = lambda: now() + 3600 * HANGS.exists()
subprocess.run = run_patiently
main()
