"""What the sender of files says beside them: the options of `livewall import`, as parameters of a request."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from livewall_dashboard.base.errors import BadRequest, Invalid, Misconfigured
from livewall_dashboard.importing.wish import PathPattern, Wish, wish_of


class Options(Struct):
    """As texts: they go to the program that imports as they came."""

    setup: Annotated[str | None, Meta(description="The setup it ran on; no run of another is touched")] = None
    run: Annotated[str | None, Meta(description="The run the file is of, where that cannot be found out")] = None
    suite: Annotated[str | None, Meta(description="What new runs are runs of; else their root suite")] = None
    branch: Annotated[str | None, Meta(description="The branch that new runs were of")] = None
    repository: Annotated[str | None, Meta(description="The repository of the commit")] = None
    commit: Annotated[str | None, Meta(description="The commit that new runs tested")] = None
    version: Annotated[str | None, Meta(description="The version that new runs tested: the label of that name")] = None
    label: Annotated[list[str], Meta(description="A label of new runs, `name=value`")] = []
    path_pattern: Annotated[
        str | None,
        Meta(
            description="A regular expression that is found in the file's name as it is sent; its groups are setup, "
            "suite, commit, repository, branch, others are labels"
        ),
    ] = None
    timezone: Annotated[str | None, Meta(description="The node's time zone, such as Europe/Helsinki")] = None
    force: Annotated[
        Literal["true", "false"],
        Meta(description="Take the file's word against what the node told of the run; scope admin"),
    ] = "false"
    filename: Annotated[
        str | None, Meta(description="How the file is called, where it is the body: some files name their run by it")
    ] = None

    def wish(self, setups: list[str] | None) -> Wish:
        """`setups`: those whose runs may be written; None: all. Raises BadRequest."""
        try:
            wish = wish_of(
                run=self.run,
                setup=self.setup,
                suite=self.suite,
                branch=self.branch,
                repository=self.repository,
                commit=self.commit,
                version=self.version,
                labels=self.label,
                timezone=self.timezone,
                force=self.force == "true",
                setups=setups,
            )
        except (Misconfigured, Invalid) as error:
            raise BadRequest(error.message) from None
        return wish

    def pattern(self) -> PathPattern | None:
        """Raises BadRequest."""
        try:
            return None if self.path_pattern is None else PathPattern(self.path_pattern)
        except Misconfigured as error:
            raise BadRequest(error.message.replace("--path-pattern", "path_pattern")) from None
