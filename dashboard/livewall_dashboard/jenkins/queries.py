"""What is asked of Jenkins: its `tree` parameter names exactly the members we read."""

from __future__ import annotations

from livewall_dashboard.jenkins.revision import COMMITS

_SEEN = "name,url,buildable,nextBuildNumber"
_CHANGES = f"items[commitId,id,msg,author[fullName]]{{0,{COMMITS}}}"
_ACTIONS = (
    "actions[causes[shortDescription],lastBuiltRevision[SHA1,branch[name]],totalCount,failCount,skipCount,urlName]"
)
_BUILD = (
    "number,url,displayName,result,building,timestamp,duration,estimatedDuration,description,builtOn,"
    f"culprits[fullName],changeSet[{_CHANGES}],changeSets[{_CHANGES}],{_ACTIONS}"
)
_PARAMETERS = "property[parameterDefinitions[name,type,description,defaultParameterValue[value],choices]]"


def overview(depth: int, most: int) -> str:
    """The first `most` jobs of a folder, `depth` levels of them.

    `nextBuildNumber` tells what is new, and costs Jenkins no look at any build.
    """
    tree = _SEEN
    for _ in range(depth - 1):
        tree = f"{_SEEN},jobs[{tree}]{{0,{most}}}"
    return f"jobs[{tree}]{{0,{most}}}"


def details(builds: int) -> str:
    """A job with its latest `builds`."""
    return f"displayName,url,buildable,nextBuildNumber,{_PARAMETERS},builds[{_BUILD}]{{0,{builds}}}"


def details_of_slice(depth: int, first: int, last: int, builds: int) -> str:
    """The jobs `depth` levels down, of the items from `first` to before `last`."""
    tree = f"name,{details(builds)}"
    for _ in range(depth - 1):
        tree = f"name,jobs[{tree}]"
    return f"jobs[{tree}]{{{first},{last}}}"
