"""Cutting a tree of jobs into what one request can ask for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.jenkins.parse import Folder, SeenJob
from livewall_dashboard.jenkins.slices import Slice, cut, jobs_of


def job(name: str) -> SeenJob:
    return SeenJob(name, "", buildable=True, next_build=1, is_pipeline=False)


def flat(count: int, base: str = "") -> Folder:
    above = f"{base}/" if base else ""
    return Folder(base, tuple(job(f"{above}{number:03}") for number in range(count)))


def names(folder: Folder) -> set[str]:
    return {each.name for each in jobs_of(folder)}


def test_neighbours_go_together() -> None:
    root = flat(120)
    pieces = cut(root, names(root), 50)
    assert [(piece.first, piece.last) for piece in pieces] == [(0, 50), (50, 100), (100, 120)]
    assert pieces[0].names[:2] == ("000", "001")


def test_what_nobody_wants_is_left_out_where_it_is_at_the_edge() -> None:
    assert cut(flat(100), {"040", "042"}, 50) == [Slice("", 1, 40, 50 + 40, ("040", "042"))]


def test_folders_are_cut_from_above_while_they_are_small() -> None:
    root = Folder("", tuple(Folder(f"f{i}", (job(f"f{i}/main"),)) for i in range(30)))
    assert [(p.base, p.depth, p.first, p.last) for p in cut(root, names(root), 20)] == [("", 2, 0, 20), ("", 2, 20, 30)]


def test_a_large_folder_is_cut_by_itself() -> None:
    root = Folder("", (job("a"), flat(30, "big"), job("z")))
    pieces = cut(root, names(root), 20)
    assert [(p.base, p.depth, p.first, p.last) for p in pieces] == [
        ("", 1, 0, 3),
        ("big", 1, 0, 20),
        ("big", 1, 20, 30),
    ]
    assert pieces[0].names == ("a", "z")


def test_a_border_parts_a_slice() -> None:
    root = flat(10)
    assert [p.names for p in cut(root, {"002", "005", "007"}, 50, {"005"})] == [("002",), ("005", "007")]


TREES = st.recursive(st.just("job") | st.just("other"), lambda inner: st.lists(inner, max_size=6), max_leaves=40).map(
    lambda tree: build(tree if isinstance(tree, list) else [tree], "")
)


def build(tree: list[object], base: str) -> Folder:
    above = f"{base}/" if base else ""
    made: list[Folder | SeenJob | None] = []
    for index, item in enumerate(tree):
        if isinstance(item, list):
            made.append(build(item, f"{above}f{index}"))
        else:
            made.append(job(f"{above}j{index}") if item == "job" else None)
    return Folder(base, tuple(made))


def below(folder: Folder, depth: int) -> list[str]:
    """The jobs so many levels down."""
    if depth == 1:
        return [item.name for item in folder.items if isinstance(item, SeenJob)]
    return [name for item in folder.items if isinstance(item, Folder) for name in below(item, depth - 1)]


def find(folder: Folder, name: str) -> Folder:
    if folder.name == name:
        return folder
    return next(
        find(item, name) for item in folder.items if isinstance(item, Folder) and f"{name}/".startswith(f"{item.name}/")
    )


@given(TREES, st.integers(1, 5), st.data())
def test_slices_have_all_that_is_wanted_once_and_not_too_much_else(
    root: Folder, largest: int, data: st.DataObject
) -> None:
    everything = sorted(names(root))
    wanted = set(data.draw(st.lists(st.sampled_from(everything), unique=True))) if everything else set()
    borders = set(data.draw(st.lists(st.sampled_from(everything), unique=True))) if everything else set()
    pieces = cut(root, wanted, largest, borders)
    assert sorted(name for piece in pieces for name in piece.names) == sorted(wanted)
    for piece in pieces:
        base = find(root, piece.base)
        asked = below(Folder("", base.items[piece.first : piece.last]), piece.depth)
        assert set(piece.names) <= set(asked)
        assert len(asked) <= largest or len(piece.names) == 1
        assert not borders & set(piece.names[1:])
