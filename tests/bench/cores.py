"""Cores of their own for what must not disturb what is measured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Cores:
    """`robot`: the first core of the machine; `rest`: all the others."""

    robot: frozenset[int]
    rest: frozenset[int]


def split() -> Cores | None:
    """None where there is one core alone, or the system binds no process to any."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    first, *rest = sorted(os.sched_getaffinity(0))
    return Cores(frozenset({first}), frozenset(rest)) if rest else None


@contextmanager
def bound(cores: frozenset[int] | None) -> Iterator[None]:
    """What this thread starts meanwhile runs on these cores alone; None: on any."""
    if cores is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def moved(pid: int, cores: frozenset[int] | None) -> Iterator[None]:
    """A process tree of processes of one thread each, as Postgres is, runs on these cores meanwhile; None: on any."""
    if cores is None:
        yield
        return
    before = os.sched_getaffinity(pid)
    _move(pid, cores)
    try:
        yield
    finally:
        _move(pid, before)


def _move(pid: int, cores: frozenset[int] | set[int]) -> None:
    process = psutil.Process(pid)
    for each in [process, *process.children(recursive=True)]:
        try:
            os.sched_setaffinity(each.pid, cores)
        except ProcessLookupError:
            pass
