"""Which branch and revision a build had, and what was new in it."""

from __future__ import annotations

from urllib.parse import unquote

from livewall_dashboard.jenkins.model import BuildCommit
from livewall_dashboard.jenkins.values import Object, inner, objects, text

COMMITS = 10
MESSAGE = 300

_PREFIXES = ("refs/remotes/", "refs/heads/", "remotes/")


def commits_of(build: Object) -> list[BuildCommit]:
    """The newest `COMMITS`, newest first as Jenkins lists them; of freestyle jobs (changeSet) and pipelines."""
    sets = [inner(build, "changeSet"), *objects(build, "changeSets")]
    items = [item for each in sets for item in objects(each, "items")]
    return [_commit(item) for item in items[:COMMITS]]


def _commit(item: Object) -> BuildCommit:
    author = inner(item, "author")
    return BuildCommit(
        id=text(item, "commitId") or text(item, "id"),
        author=text(author, "fullName") or text(item, "user"),
        message=text(item, "msg", MESSAGE) or text(item, "comment", MESSAGE),
    )


def branch_and_revision(build: Object, job: str, commits: list[BuildCommit]) -> tuple[str, str]:
    """Of several checkouts (libraries have theirs, too) the one of the code that is built.

    That is the one whose revision is among the commits; else the one of the branch that a multibranch job is named
    after; else the first. `job` is the full name.
    """
    checkouts = [inner(action, "lastBuiltRevision") for action in objects(build, "actions")]
    found = [(_branch(checkout), text(checkout, "SHA1", 64)) for checkout in checkouts if checkout]
    if not found:
        return "", ""
    changed = {commit.id for commit in commits}
    own = unquote(job.rpartition("/")[2])
    return next(
        (each for each in found if each[1] and each[1] in changed),
        next((each for each in found if each[0] == own), found[0]),
    )


def _branch(checkout: Object) -> str:
    """The branch without where it comes from; "" for a detached head."""
    name = next((text(branch, "name", 250) for branch in objects(checkout, "branch")), "")
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    name = name.removeprefix("origin/")
    return "" if name in ("detached", "HEAD") else name
