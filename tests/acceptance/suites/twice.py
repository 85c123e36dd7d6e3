"""Two runs in one Python process, as a script of a user's may do: twice.py ROBOT_ARGUMENTS."""

from __future__ import annotations

import sys

import robot

robot.run_cli(["--output", "first.xml", *sys.argv[1:]], exit=False)
robot.run_cli(["--output", "second.xml", *sys.argv[1:]])
