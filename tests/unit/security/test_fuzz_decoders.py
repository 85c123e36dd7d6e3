"""Bytes that were in order before an accident: no decoder fails in a way of its own, hangs, or takes all memory."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from unit.security.decoders import CORPUS, DECODERS, feed, seeds

pytestmark = pytest.mark.any_python

EXAMPLES = 30
LONG = 20_000
SECONDS = 5.0
"""Of the processor for one input, which takes milliseconds."""
MEGABYTE = 1_000_000
AMPLIFICATION = 40
"""Bytes of memory for a byte of JSON, at most: a list of one-digit numbers takes the most."""

TOKENS = [
    b"", b"0", b"-1", b"1e999", b"9" * 400, b"null", b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u0000",
    b"\\ud800", b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f\x90\x99", b"true", b"NaN", b"[" * 2000,
    b'{"a":' * 2000, b"\r\n",
    b"2026-13-45T99:99:99", b"0001-01-01T00:00:00+14:00", b"/../", b"<script>",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    data = bytearray(draw(st.sampled_from(seeds(name))))
    for _ in range(draw(st.integers(1, 6))):
        begin = draw(st.integers(0, len(data)))
        end = draw(st.integers(begin, min(len(data), begin + 30)))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            data[begin:end] = draw(st.sampled_from(TOKENS))
        elif kind == 1:
            data[begin:end] = draw(st.binary(max_size=8))
        elif kind == 2:
            data[begin:begin] = data[begin:end] * draw(st.integers(1, 50))
        elif kind == 3:
            del data[begin:]
        else:
            data[begin:end] = draw(st.sampled_from(seeds(name)))[begin:]
    return bytes(data)


def test_every_decoder_has_seeds_that_it_takes() -> None:
    assert {path.name for path in CORPUS.iterdir()} == DECODERS.keys()
    for name in DECODERS:
        assert seeds(name)
        for seed in seeds(name):
            DECODERS[name](seed)


def fuzz(name: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(data=damaged(name))
    def feed_within_bounds(data: bytes) -> None:
        began = time.process_time()
        feed(name, data)
        assert time.process_time() - began < SECONDS

    feed_within_bounds()


@pytest.mark.parametrize("name", DECODERS)
def test_a_few_accidents(name: str) -> None:
    fuzz(name, EXAMPLES)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", DECODERS)
def test_many_accidents(name: str) -> None:
    fuzz(name, LONG)


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: pip install atheris")
@pytest.mark.parametrize("name", DECODERS)
def test_accidents_that_reach_new_code(name: str, tmp_path: Path) -> None:
    """By coverage, with libFuzzer's own bounds of memory and time."""
    fuzzer = Path(__file__).with_name("atheris_decoders.py")
    bounds = ["-max_total_time=60", "-rss_limit_mb=1000", "-timeout=20", "-max_len=100000", "-seed=1"]
    done = subprocess.run(
        [sys.executable, str(fuzzer), name, str(tmp_path), str(CORPUS / name), *bounds],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]


def batch(events: bytes) -> bytes:
    return b'{"process":"0","first_seq":1,"events":[' + events + b"]}"


def many(part: bytes) -> bytes:
    return b",".join([part] * (MEGABYTE // (len(part) + 1)))


GREEDY: dict[str, tuple[str, Callable[[], bytes]]] = {
    "events of nothing": ("batch", lambda: batch(many(b"{}"))),
    "events of one digit": ("batch", lambda: batch(many(b"1"))),
    "a plan of short names": ("batch", lambda: batch(b'{"kind":"plan","tests":[' + many(b'"a0"') + b"]}")),
    "lists in lists": ("batch", lambda: b"[" * MEGABYTE),
    "objects in objects": ("run", lambda: b'{"labels":' * (MEGABYTE // 10)),
    "labels": ("run", lambda: b'{"labels":{%s}}' % b",".join(b'"%d":""' % n for n in range(MEGABYTE // 10))),
    "addresses": ("run", lambda: b'{"addresses":[%s]}' % many(b'"a"')),
    "a number without end": ("run", lambda: b'{"total":%s}' % (b"9" * MEGABYTE)),
    "a bomb": ("body", lambda: gzip.compress(bytes(200 * MEGABYTE))),
    "jobs": ("jenkins_jobs", lambda: b'{"jobs":[%s]}' % many(b'{"name":"smoke"}')),
    "stages": ("jenkins_stages", lambda: b"[%s]" % many(b'{"id":"1"}')),
    "noise": ("body", lambda: random.Random(1).randbytes(MEGABYTE)),
}


@pytest.mark.parametrize("kind", GREEDY)
def test_a_megabyte_takes_so_much_and_no_more(kind: str) -> None:
    name, make = GREEDY[kind]
    data = make()
    tracemalloc.start()
    try:
        began = time.process_time()
        feed(name, data)
        assert time.process_time() - began < SECONDS
        assert tracemalloc.get_traced_memory()[1] < AMPLIFICATION * MEGABYTE
    finally:
        tracemalloc.stop()
