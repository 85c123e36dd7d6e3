"""Pages of HTML that a build left: which they are, what is said of them, and that each is read alone."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
import tracemalloc
from pathlib import Path

import pytest

from livewall_dashboard.branches import html_folders
from livewall_dashboard.branches.html_archive import HtmlArchive, read
from livewall_dashboard.branches.html_folders import HtmlFolder, coverage_of, folder_of, folders_of, is_path
from livewall_dashboard.branches.html_routes import HEADERS, content_type_of
from livewall_dashboard.branches.html_storage import SCRIPT, with_storage
from livewall_dashboard.branches.job_artifacts import pack_html, unpack

MIB = 1024 * 1024


def archive_of(*files: tuple[str, bytes], links: tuple[tuple[str, str], ...] = ()) -> io.BytesIO:
    """As an agent packs the folder `artifacts`."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as packed:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            packed.addfile(member)
    content.seek(0)
    return content


@pytest.mark.parametrize("sizes", [(0,), (1,), (511, 512, 513), (300_000, 0, 7, 600_000)])
def test_each_file_is_read_alone_and_all_are_a_tar(sizes: tuple[int, ...]) -> None:
    files = [(f"cov/f{no}.html", bytes((no + at) % 251 for at in range(size))) for no, size in enumerate(sizes)]
    packed = io.BytesIO()
    made = HtmlArchive(packed)
    for path, data in files:
        made.add(path, len(data), io.BytesIO(data))
    made.close()
    for (path, data), kept in reversed([*zip(files, made.files, strict=True)]):
        assert (kept.path, b"".join(read(packed, kept.start, kept.size))) == (path, data)
    packed.seek(0)
    with tarfile.open(fileobj=packed, mode="r:gz") as whole:
        contents = [(member.name, whole.extractfile(member)) for member in whole]
        assert [(name, file.read()) for name, file in contents if file] == files


def test_what_unpacks_to_much_takes_no_memory() -> None:
    packed = io.BytesIO()
    made = HtmlArchive(packed)
    made.add("cov/index.html", 64 * MIB, io.BytesIO(bytes(64 * MIB)))
    made.close()
    tracemalloc.start()
    try:
        assert sum(map(len, read(packed, made.files[0].start, 64 * MIB))) == 64 * MIB
        assert tracemalloc.get_traced_memory()[1] < 4 * MIB
    finally:
        tracemalloc.stop()


def test_topmost_folders_with_an_index_are_pages() -> None:
    paths = [
        "cov/index.html",
        "cov/a.html",
        "cov/lib/index.html",
        "docs/en/index.html",
        "docs/en/deep/x.css",
        "logs/x.html",
    ]
    assert folders_of(dict.fromkeys(paths, 1)) == [HtmlFolder("cov"), HtmlFolder("docs/en")]
    assert folder_of("docs/en/deep/x.css", ["docs/en"]) == "docs/en"
    assert folder_of("docs/english.html", ["docs/en"]) == folder_of("en", ["en"]) == ""


def test_more_than_is_kept_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_folders, "MOST_FILES", 3)
    monkeypatch.setattr(html_folders, "MOST_BYTES", 5 * MIB)
    sizes = {"a/index.html": 1, "a/b": 1, "b/index.html": 1, "b/x": 1, "c/index.html": 6 * MIB, "d/index.html": 1}
    assert [(each.path, each.trouble) for each in folders_of(sizes)] == [
        ("a", ""),
        ("b", "a build has at most 3 files of pages"),
        ("c", "pages of a build have at most 5 MB"),
        ("d", ""),
    ]


@pytest.mark.parametrize("path", ["a/../b", "../a", "a//b", "/a", "a/\0", "a/\n", "a/\ud800", "a/" + "x" * 500, "."])
def test_what_no_address_leads_to(path: str) -> None:
    assert not is_path(path)


def test_links_and_what_leads_elsewhere_are_not_kept(tmp_path: Path) -> None:
    archive = archive_of(
        ("artifacts/cov/index.html", b"<p>here"), ("artifacts/cov/../../out.html", b"x"),
        ("/artifacts/cov/abs.html", b"y"), ("artifacts/cov/index.html", b"another"),
        ("artifacts/other.html", b"z"), ("artifacts/a\nb/index.html", b"n"),
        links=(("artifacts/cov/passwd.html", "/etc/passwd"), ("artifacts/more/index.html", "../cov/index.html")),
    )  # fmt: skip
    found = unpack(archive, tmp_path)
    assert [each.path for each in found.html] == ["cov"]
    archive.seek(0)
    target = io.BytesIO()
    files, _ = pack_html(archive, ["cov"], target)
    assert [file.path for file in files] == ["cov/index.html"], "the first of that name"
    assert b"".join(read(target, files[0].start, files[0].size)) == b"<p>here"


def test_an_archive_that_is_cut_off_has_its_trouble_said(tmp_path: Path) -> None:
    whole = gzip.decompress(
        archive_of(("artifacts/cov/index.html", b"<p>"), ("artifacts/cov/big", bytes(MIB))).getvalue()
    )
    found = unpack(io.BytesIO(gzip.compress(whole[: MIB // 2])), tmp_path)
    assert [each.path for each in found.html] == ["cov"]
    assert "cannot be read" in found.html[0].trouble


@pytest.mark.parametrize(
    ("index", "percent"),
    [
        (b'<h1>Coverage report:\n <span class="pc_cov">87%</span>', 87.0),
        (b'<td class="headerCovTableEntryMed" title="x">90.5&nbsp;%</td>', 90.5),
        (b'<td class="headerCovTableEntryHi">100.0 %</td>', 100.0),
        (b'<span class="strong">87.5% </span><span class="quiet">Statements', 87.5),
        (b'<span class="pc_cov">900%</span>', None),
        (b"<h1>87%</h1>", None),
    ],
)
def test_coverage_as_far_as_an_index_says_it(index: bytes, percent: float | None, tmp_path: Path) -> None:
    assert coverage_of(index) == percent
    archive = archive_of(("artifacts/htmlcov/index.html", index))
    assert pack_html(archive, ["htmlcov"], io.BytesIO())[1] == ({} if percent is None else {"htmlcov": percent})


@pytest.mark.parametrize(
    "piece",
    [b'class="headerCovTableEntryHi"', b'class="pc_cov">', b'class="strong"> ', b'class="strong">1 ', b"<head "],
)
def test_what_a_branch_wrote_is_looked_through_once(piece: bytes) -> None:
    """Every beginning of a place that has no end would be followed to the end of the page."""

    def seconds(size: int) -> float:
        page, began = piece * (size // len(piece)), time.process_time()
        assert coverage_of(page) is None
        with_storage(len(page), iter([page]))
        return time.process_time() - began

    assert seconds(MIB) < 50 * max(seconds(MIB // 8), 0.02)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("a/INDEX.HTML", "text/html; charset=utf-8"),
        ("a/style.css", "text/css; charset=utf-8"),
        ("a/b.js", "text/javascript; charset=utf-8"),
        ("a/amber.png", "image/png"),
        ("a/b.c.gcov", "application/octet-stream"),
        ("a/html", "application/octet-stream"),
    ],
)
def test_what_a_file_is(path: str, content_type: str) -> None:
    assert content_type_of(path) == content_type


def test_the_sandbox_gives_a_page_neither_the_walls_site_nor_a_request() -> None:
    policy = dict(part.partition(" ")[::2] for part in HEADERS["Content-Security-Policy"].split("; "))
    assert "allow-same-origin" not in policy["sandbox"].split()
    assert "connect-src" not in policy and policy["default-src"] == "'none'" == policy["form-action"]
    assert not [
        source for sources in policy.values() for source in sources.split() if source in ("*", "https:", "http:")
    ]


@pytest.mark.parametrize(
    ("page", "at"),
    [
        (b"<!doctype html><html><head><title>a</title>", 27),
        (b'<HTML><HEAD lang="en"\nx><script>', 24),
        (b"<header><p>", None),
        (b"", None),
    ],
)
def test_a_page_has_a_storage_before_its_own_scripts(page: bytes, at: int | None) -> None:
    size, blocks = with_storage(len(page) + 4, iter([page, b"more"]) if page else iter([b"more"]))
    made = b"".join(blocks)
    assert len(made) == size
    assert made == (page + b"more" if at is None else page[:at] + SCRIPT + page[at:] + b"more")
