"""The dialog that imports files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from support.dashboard import Dashboard
from support.outputs import Case, Suite, write

SHOP = Suite("Shop", [Case("Pay"), Case("Refund", "FAIL", "No money")])


def test_files_are_imported_on_a_phone(
    browser: Browser, wall: Dashboard, tmp_path: Path, grave_faults: Callable[[Page], list[str]]
) -> None:
    whole = write(tmp_path / "output.xml", SHOP)
    (tmp_path / "<b>.xml").write_bytes(b"<robot")
    with browser.new_context(base_url=wall.url, viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto("/runs")
        page.get_by_role("button", name="Import").click()
        dialog = page.get_by_role("dialog", name="Import results")
        choose = dialog.locator("input[type=file]")
        choose.set_input_files([whole, tmp_path / "<b>.xml"])
        dialog.get_by_label("Labels").fill("os")
        dialog.get_by_role("button", name="Import 2 files").click()
        assert dialog.get_by_label("Labels").evaluate("input => input.validationMessage").startswith("A label is")
        dialog.get_by_label("Labels").fill("os=debian")
        dialog.get_by_label("Setup").fill("bench")
        dialog.get_by_role("button", name="Import 2 files").click()
        expect(dialog.get_by_role("status")).to_have_text("2 files: 1 imported, 1 broken")
        expect(dialog.get_by_role("listitem").first).to_contain_text("on bench is new: 2 tests, 1 failed.")
        expect(dialog.get_by_role("listitem").last).to_contain_text("<b>.xml")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert grave_faults(page) == []
        choose.set_input_files(whole)
        dialog.get_by_role("button", name="Import 1 file").click()
        expect(dialog.get_by_role("listitem").last).to_contain_text("Nothing new")
        dialog.get_by_role("link", name="The run").first.click()
        expect(page.get_by_role("heading", name="Shop")).to_be_visible()
        expect(page.locator("main")).to_contain_text("debian")
