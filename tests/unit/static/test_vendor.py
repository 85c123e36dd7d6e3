"""Files of other people are exactly those that were looked at when they came in."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.any_python

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("config_vendor", ROOT / "config" / "vendor.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses looks there
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(vendor: ModuleType, tmp_path: Path) -> Path:
    """A copy of the vendored files, to be spoilt."""
    for folder in {package.folder for package in vendor.PACKAGES}:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_files_are_what_they_should_be(vendor: ModuleType) -> None:
    assert vendor.check(ROOT, vendor.read_sums(vendor.SUMS)) == []


def test_every_package_has_its_files_and_its_licence(vendor: ModuleType) -> None:
    sums = vendor.read_sums(vendor.SUMS)
    wanted = {f"{package.place}/{Path(name).name}" for package in vendor.PACKAGES for name in package.files}
    assert wanted == sums.keys()
    assert all(f"{package.place}/LICENSE" in sums for package in vendor.PACKAGES)


def test_a_changed_a_missing_and_an_unknown_file_are_named(vendor: ModuleType, checkout: Path) -> None:
    first, second, *_ = sorted(vendor.read_sums(vendor.SUMS))
    (checkout / first).write_bytes(b"something else")
    (checkout / second).unlink()
    stranger = f"{vendor.TESTS}/stranger.js"
    (checkout / stranger).write_bytes(b"")
    assert vendor.check(checkout, vendor.read_sums(vendor.SUMS)) == sorted(
        [f"{first} was changed", f"{second} is missing", f"{stranger} has no sum"]
    )


def test_what_is_not_the_known_file_is_refused(vendor: ModuleType) -> None:
    sums = {"a/file": vendor.sum_of(b"known")}
    vendor.refuse_strangers({"a/file": b"known"}, sums)
    with pytest.raises(vendor.Refused, match="a/file is not the file"):
        vendor.refuse_strangers({"a/file": b"other"}, sums)
    with pytest.raises(vendor.Refused, match="new/file is not the file"):
        vendor.refuse_strangers({"new/file": b"known"}, sums)


def test_an_older_version_does_not_stay(vendor: ModuleType, checkout: Path) -> None:
    vendor.replace(checkout, {f"{vendor.PAGES}/thing@2/thing.js": b"new"})
    assert [path.name for path in (checkout / vendor.PAGES).rglob("*.*") if path.is_file()] == ["thing.js"]


def test_sums_survive_being_written(vendor: ModuleType, tmp_path: Path) -> None:
    vendor.write_sums(tmp_path / "sums", {"b/two words.js": b"2", "a": b"1"})
    assert vendor.read_sums(tmp_path / "sums") == {"a": vendor.sum_of(b"1"), "b/two words.js": vendor.sum_of(b"2")}


def test_the_lock_of_the_linters_names_sums_and_no_registry() -> None:
    _, *packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"].values()
    assert packages and all("integrity" in package for package in packages)
    assert not [package for package in packages if "resolved" in package]
