"""A comparison as text for a terminal, and as Markdown for the summary of a CI job."""

from __future__ import annotations

import re
from collections.abc import Iterator

from livewall_agent.comparison.compared import Compared, Run, Test
from livewall_agent.comparison.kinds import WORDS

MOST = 50
"""Tests of a kind that are listed."""
LONGEST = 200
"""Characters of a message's first line."""


def plain(compared: Compared) -> str:
    lines = [f"before  {_of_run(compared.left)}", f"now     {_of_run(compared.right)}", compared.verdict]
    lines += _warnings(compared)
    for kind, (_, many) in WORDS.items():
        tests = compared.of_kind(kind)
        if tests:
            lines += ["", f"{many} ({len(tests):,})", *(f"  {_line(test)}" for test in tests[:MOST])]
            lines += [f"  and {len(tests) - MOST:,} more"] if len(tests) > MOST else []
    return _printable("\n".join([*lines, "", compared.address]))


def markdown(compared: Compared) -> str:
    lines = [f"### {compared.verdict[0].upper()}{compared.verdict[1:]}", "", "| | run | result |", "|---|---|---|"]
    lines += [f"| before | {_cells(compared.left)} |", f"| now | {_cells(compared.right)} |", ""]
    lines += [f"> {warning}\n" for warning in _warnings(compared)]
    for kind, (_, many) in WORDS.items():
        tests = compared.of_kind(kind)
        if tests:
            lines += [f"**{many[0].upper()}{many[1:]} ({len(tests):,})**", ""]
            lines += [f"- {_marked(test)}" for test in tests[:MOST]]
            lines += [f"- and {len(tests) - MOST:,} more"] if len(tests) > MOST else []
            lines.append("")
    return "\n".join([*lines, f"[Both runs side by side]({compared.address})"])


def first_line(test: Test) -> str:
    """Of the message of the newer result that has one."""
    for side in ("right", "left"):
        if test[side] and test[side]["message"]:
            text = str(test[side]["message"]).strip().partition("\n")[0]
            return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return ""


def _warnings(compared: Compared) -> Iterator[str]:
    if compared.doubts:
        yield f"The run now cannot be believed: {', '.join(compared.doubts)}."
    if compared.doubts_before:
        yield f"What seems new may be old, of the run before: {', '.join(compared.doubts_before)}."


def _of_run(run: Run) -> str:
    commit = " ".join(filter(None, (run["branch"], str(run["commit"])[:10])))
    parts = (f"{run['name'] or run['id']} on {run['setup']}", _moment(run), commit, _result(run))
    return ", ".join(filter(None, parts))


def _result(run: Run) -> str:
    counts = run["counts"]
    parts = [f"{counts[name]:,} {name}" for name in ("failed", "skipped", "passed") if counts[name] or name == "passed"]
    return f"{run['status'] or run['state']}: {', '.join(parts)}"


def _line(test: Test) -> str:
    return f"{test['longname']}  {_told(test)}".rstrip()


def _told(test: Test) -> str:
    if test["kind"] == "slower":
        return _times(test)
    return "" if test["kind"] == "fixed" else first_line(test)


def _times(test: Test) -> str:
    return f"{test['left']['elapsed_time']:.2f} s, now {test['right']['elapsed_time']:.2f} s"


def _cells(run: Run) -> str:
    return f"{_code(run['name'] or run['id'])} on {_code(run['setup'])}, {_moment(run)} | {_result(run)}"


def _moment(run: Run) -> str:
    """`2026-03-01 12:00 UTC`."""
    return f"{str(run['started_at'])[:16].replace('T', ' ')} UTC"


def _marked(test: Test) -> str:
    told = _told(test)
    return f"{_code(test['longname'])}{f': {_code(told)}' if told else ''}"


def _code(text: str) -> str:
    """As code, so that nothing of a name or a message is markup, nor a cell's end."""
    line = " ".join(_printable(text).split())
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}".replace("|", "\\|")


def _printable(text: str) -> str:
    """No terminal is told anything by a message of a test."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
