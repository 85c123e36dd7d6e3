"""Tags and metadata as Robot Framework's model holds them: case, spaces and underscores do not tell names apart."""

from __future__ import annotations

from functools import lru_cache

from livewall_listener import wire


@lru_cache(maxsize=1_000)
def normalized_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, as first written, in order of their names, and clean; the tag NONE is none."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(_normal(tag), tag)
    first.pop("", None)
    first.pop("none", None)
    return tuple(wire.clean(first[name]) for name in sorted(first)[: wire.MAX_ITEMS])


def set_metadata(metadata: dict[str, str], name: str, value: str) -> None:
    """A name given again gets the later value and keeps the earlier way of writing."""
    normal = _normal(name)
    known = name if name in metadata else next((other for other in metadata if _normal(other) == normal), name)
    metadata[known] = value


def _normal(name: str) -> str:
    return "".join(name.split()).casefold().replace("_", "")
