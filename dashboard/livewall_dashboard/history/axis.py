"""What a test's history is ordered by: when runs started, the order of their commits, or a label that has an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from livewall_dashboard.base.errors import BadRequest

Order = Literal["start", "commit", "label"]


@dataclass(frozen=True, slots=True)
class Axis:
    """`repository`: whose commits, where runs have some of several; `label`: which one. Raises `BadRequest`."""

    order: Order = "start"
    repository: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        if self.order == "label" and self.label is None:
            raise BadRequest("Which label? order=label wants label=..., such as label=version.")
        for name, order in (("repository", "commit"), ("label", "label")):
            if getattr(self, name) is not None and self.order != order:
                raise BadRequest(f"{name} is for order={order}.")
