"""Refreshes the vendored files of other people: run `python config/vendor.py` after changing a version below.

Each package comes from npm as `npm pack` hands it out, and only the files named here are kept, below
`<package>@<version>/`. What they must be is written in vendor.sha256, which `sha256sum --check` reads, too. A file that
is not what is written there is refused; for a new version, `--trust` writes its sums.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SUMS = Path(__file__).with_name("vendor.sha256")
PAGES = "dashboard/livewall_dashboard/static/vendor"
TESTS = "tests/browser/vendor"


@dataclass(frozen=True)
class Package:
    """`files` are paths within the package; they are kept by their last part."""

    name: str
    version: str
    folder: str
    files: tuple[str, ...]

    @property
    def place(self) -> str:
        """The package's folder, from the top of the checkout."""
        return f"{self.folder}/{self.name}@{self.version}"


PACKAGES = (
    Package("socket.io-client", "4.8.4", PAGES, ("dist/socket.io.esm.min.js", "LICENSE")),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        PAGES,
        ("files/inter-latin-wght-normal.woff2", "files/inter-latin-ext-wght-normal.woff2", "LICENSE"),
    ),
    Package("uplot", "1.6.32", PAGES, ("dist/uPlot.esm.js", "dist/uPlot.min.css", "LICENSE")),
    Package("axe-core", "4.14.1", TESTS, ("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt")),
)


class Refused(Exception):
    """What came from npm is not what was expected; the message says which file."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trust", action="store_true", help="write the sums of what npm hands out")
    parser.add_argument("--check", action="store_true", help="compare what is in the checkout, and fetch nothing")
    given = parser.parse_args()
    if given.check:
        problems = check(ROOT, read_sums(SUMS))
        print("\n".join(problems) or "every vendored file is what it should be")
        return 1 if problems else 0
    try:
        contents = {name: content for package in PACKAGES for name, content in fetch(package)}
        if given.trust:
            write_sums(SUMS, contents)
        refuse_strangers(contents, read_sums(SUMS))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    replace(ROOT, contents)
    print(f"{len(contents)} files of {len(PACKAGES)} packages")
    return 0


def fetch(package: Package) -> Iterator[tuple[str, bytes]]:
    """Path in the checkout and content of each file of the package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{package.name}@{package.version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as members:
            for name in package.files:
                member = next((item for item in members if item.name.partition("/")[2] == name), None)
                content = members.extractfile(member) if member else None
                if content is None:
                    raise Refused(f"{package.name} {package.version} has no {name}.")
                yield f"{package.place}/{Path(name).name}", content.read()


def refuse_strangers(contents: dict[str, bytes], sums: dict[str, str]) -> None:
    for name, content in contents.items():
        if sums.get(name) != sum_of(content):
            raise Refused(
                f"{name} is not the file vendor.sha256 speaks of. Nothing was changed. "
                "If you changed its version and trust what npm hands out, run this with --trust."
            )


def replace(root: Path, contents: dict[str, bytes]) -> None:
    """The vendored folders hold these files and no others: no older version is left beside the new one."""
    for folder in {package.folder for package in PACKAGES}:
        shutil.rmtree(root / folder, ignore_errors=True)
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def check(root: Path, sums: dict[str, str]) -> list[str]:
    """What is wrong with the vendored files below `root`: a line for each that is missing, changed or unknown."""
    folders = {package.folder for package in PACKAGES}
    here = {
        path.relative_to(root).as_posix(): sum_of(path.read_bytes())
        for folder in folders
        for path in (root / folder).rglob("*")
        if path.is_file()
    }
    problems = dict.fromkeys(sums.keys() - here.keys(), "is missing")
    problems.update(dict.fromkeys(here.keys() - sums.keys(), "has no sum"))
    problems.update({name: "was changed" for name in here.keys() & sums.keys() if here[name] != sums[name]})
    return [f"{name} {problem}" for name, problem in sorted(problems.items())]


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_sums(path: Path) -> dict[str, str]:
    """Path in the checkout -> sum, of a file as `sha256sum` writes it."""
    lines = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {name: digest for digest, name in lines}


def write_sums(path: Path, contents: dict[str, bytes]) -> None:
    lines = (f"{sum_of(content)}  {name}\n" for name, content in sorted(contents.items()))
    path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
