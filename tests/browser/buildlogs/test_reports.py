"""The pages of build reports, over reports that are sent while they are open."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.screen import Screen
from support.build_reports import GOOD, packed
from support.dashboard import Dashboard
from support.uploaded_reports import upload_report

OpenScreen = Callable[..., Screen]
Faults = Callable[[Page], list[str]]

ERROR = b"\x1b[1mx.c:7:1: \x1b[31merror:\x1b[0m no <b>zorch</b>\n"
LINES = 60_000
KEEP_FIRST_WORD = """button => new MutationObserver(() => button.dataset.said ??= button.textContent)
    .observe(button, {childList: true})"""
"""What a button says for a moment alone."""


def report(host: str, version: str, hour: int, log: bytes | None = None, **members: bytes) -> bytes:
    """Of a package that fails in make with this log, or is well without one."""
    made = {
        **GOOD,
        "input.txt": b"SOURCE=x\nBASENAME=frob-%s\n" % version.encode(),
        "environment.txt": b"PWD=/tmp/frob.x\nhostname=%s\n" % host.encode(),
        "versions.txt": b"uname-s: Linux\nuname-m: x86_64\netc_os_release_NAME: %s\n" % host.title().encode(),
        "timestamp.start.txt": b"START-TIMESTAMP-EPOCH: %d\n" % (1700000000 + 3600 * hour),
        **members,
    }
    if log is not None:
        made |= {"make.log": log, "status": b"make failed\n"}
        for name in ("make.ok", "make-check.log", "make-check.ok"):
            made.pop(name, None)
    return packed(made)


def expect_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def test_lists_fill_by_themselves_and_lead_to_a_version(
    wall: Dashboard, open_screen: OpenScreen, grave_faults: Faults
) -> None:
    page = open_screen(f"{wall.url}/reports", size=(390, 844)).page
    expect(page.get_by_role("heading", name="No build reports yet")).to_be_visible()
    expect(page.locator(".command")).to_contain_text(f"pretest-auto-build-check -r {wall.url}/upload")

    upload_report(wall.url, report("beta", "1.0", 0))
    well = upload_report(wall.url, report("alpha", "1.1", 1))
    for hour, host in enumerate(("beta", "gamma"), 2):
        upload_report(wall.url, report(host, "1.1", hour, b"cc\n" * hour + ERROR))
    rows = page.locator("#reports tbody").get_by_role("row")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("no <b>zorch</b>")
    expect_fits(page)
    page.get_by_label("Result").select_option("Passed")
    expect(rows).to_have_count(2)
    page.reload()
    expect(page).to_have_url(re.compile(r"\?status=ok$"))
    expect(rows).to_have_count(2)
    assert grave_faults(page) == []

    rows.first.get_by_role("link", name="1.1").click()
    expect(page.locator("#status")).to_have_text("3 systems: 2 failed (2 new), 1 passed")
    make = page.locator("#system-table tr", has_text="Alpha").locator("[data-step=make]")
    expect(make).to_contain_text("Passed")
    expect(page.locator(".error-card")).to_have_count(1)
    expect(page.locator(".error-card")).to_contain_text("the same error on 2 systems")
    expect(page.locator(".mail-text")).to_contain_text("make failed on 2 systems: x.c:7: error: no <b>zorch</b>")
    copy = page.get_by_role("button", name="Copy the text")
    copy.evaluate(KEEP_FIRST_WORD)
    copy.click()
    expect(page.locator("[data-said=Copied]")).to_be_visible()
    expect_fits(page)
    assert grave_faults(page) == []

    page.get_by_role("link", name="frob", exact=True).click()
    matrix = page.get_by_role("region", name="Versions of frob over systems")
    expect(matrix.get_by_role("row", name=re.compile("^Beta"))).to_have_text(re.compile("make.*1|make.*2", re.DOTALL))
    expect(matrix.get_by_role("row")).to_have_count(4)
    expect_fits(page)
    assert grave_faults(page) == []
    matrix.get_by_role("row", name=re.compile("^Alpha")).locator(".matrix-cell").click()
    expect(page).to_have_url(re.compile(well))


def test_from_the_run_to_the_line_of_a_long_log(wall: Dashboard, open_screen: OpenScreen, grave_faults: Faults) -> None:
    former = upload_report(wall.url, report("alpha", "1.0", 0, **{"config.log": b"ac_cv_a=yes\n"}))
    ordinary = [b"\x1b[32mline %d\x1b[0m\n" % number for number in range(1, LINES + 1)]
    ordinary[49_999] = ERROR
    ordinary[51_999] = b"y.c:1:1: warning: dubious [-Wdubious]\n"
    config = {"config.log": b"ac_cv_a=no\n"}
    run = upload_report(wall.url, report("alpha", "1.1", 1, b"".join(ordinary), **config))
    page = open_screen(f"{wall.url}/runs/{run}").page
    panel = page.get_by_role("region", name="Build report")
    expect(panel.locator(".report-why .report-error")).to_have_text("x.c:7 no <b>zorch</b>")
    expect(panel.locator(".context-line[data-error]")).to_contain_text("50000")
    expect(panel).to_contain_text("make check")
    expect(panel.locator(".report-step", has_text="configure")).to_contain_text("Passed")
    expect(panel.get_by_text("dubious", exact=True)).to_be_visible()
    panel.get_by_text("What configure found otherwise").click()
    expect(panel.get_by_role("row", name="ac_cv_a")).to_contain_text("yes")
    assert grave_faults(page) == []

    page.get_by_role("link", name="make.log, line 50000").click()
    log = page.get_by_role("region", name="Lines of make.log")
    marked = log.locator("[data-marked]")
    expect(page.locator("#status")).to_contain_text("Failed · 60,000 lines")
    expect(marked).to_contain_text("no <b>zorch</b>")
    expect(marked.locator(".ansi-red")).to_have_text("error:")
    assert log.locator(".log-line").count() < 300
    search = page.get_by_label("Search the log")
    search.fill("LINE 5999")
    expect(page.locator(".log-found")).to_have_text("2 of 11 lines")
    expect(marked).to_contain_text("line 59990")
    search.press("Enter")
    expect(marked).to_contain_text("line 59991")
    search.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(r"#L50000$"))
    expect(marked).to_contain_text("zorch")
    page.get_by_role("button", name="Next warning").click()
    expect(marked).to_contain_text("dubious")
    assert grave_faults(page) == []
    page.goto(f"{wall.url}/runs/{run}/logs/make#L60000")
    expect(marked).to_contain_text("line 60000")
    expect(marked).to_be_in_viewport()

    page.goto(f"{wall.url}/compare?left={former}&right={run}")
    compared = page.get_by_role("region", name="Build reports")
    expect(compared).to_contain_text("make failed")
    expect(compared.get_by_role("row", name="make Passed Failed")).to_be_visible()
    expect(compared).to_contain_text("dubious")
    assert grave_faults(page) == []
