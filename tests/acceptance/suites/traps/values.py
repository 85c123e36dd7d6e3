"""Variables that cannot be written in a .robot file: control characters, very long names, big messages."""

from __future__ import annotations

LONG_NAME = "A very long name, " + "0123456789 " * 1000
OTHER_LONG_NAME = LONG_NAME + "that differs at its end only"
CONTROL = "[\x01\x07\x08\x0b\x0c\x1b[31m\x1f\x7f\x85\x9f\ufffe\uffff]"
SEPARATORS = "[\u2028\u2029\u200b\u202e\ufeff\u00a0]"
CR = "\r"
CRLF = "\r\n"
LONG_MESSAGE = "ä" * 400_000
HUGE_MESSAGE = "0123456789" * 120_000
MANY_LINES = "\n".join(f"line {number}" for number in range(500))
MANY_TAGS = [f"tag-{number:03}" for number in range(300)]
