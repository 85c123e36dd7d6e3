"""`python atheris_decoders.py DECODER NEW_CORPUS CORPUS [libFuzzer's options]`: fuzz one decoder by coverage."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["livewall_dashboard", "livewall_listener"]):
    from unit.security.decoders import feed

name = sys.argv.pop(1)
atheris.Setup(sys.argv, lambda data: feed(name, data))
atheris.Fuzz()
