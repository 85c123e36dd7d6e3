"""Jenkins's JSON -> jobs and builds. Any member may be missing or of a wrong type: the rest is kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from livewall_dashboard.jenkins.counts import tests_of
from livewall_dashboard.jenkins.errors import BadAnswer
from livewall_dashboard.jenkins.model import JenkinsBuild, Parameter, ParameterKind, Result, Stage
from livewall_dashboard.jenkins.revision import branch_and_revision, commits_of
from livewall_dashboard.jenkins.values import Object, flag, inner, link, objects, seconds, text, time, whole_text
from livewall_dashboard.jenkins.values import whole as number

CAUSES = 5
PEOPLE = 10
PARAMETERS = 200
CHOICES = 500
STAGES = 100

_RESULTS = get_args(Result)
_KINDS: dict[str, ParameterKind] = {
    "StringParameterDefinition": "text",
    "TextParameterDefinition": "text",
    "BooleanParameterDefinition": "boolean",
    "ChoiceParameterDefinition": "choice",
    "PasswordParameterDefinition": "password",
}
"""Of other kinds (files, credentials, ...) Jenkins's own default applies: the wall does not ask for them."""
_CLASSES: dict[str, ParameterKind] = {"GitParameterDefinition": "text"}
"""Where the type says something else: Git's is PT_BRANCH, ..."""

_PAUSED = "PAUSED_PENDING_INPUT"


@dataclass(frozen=True, slots=True)
class SeenJob:
    """A job as an overview shows it. `next_build` is the number its next build will have."""

    name: str
    url: str
    buildable: bool
    next_build: int
    is_pipeline: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, or Jenkins itself, and what is in it in Jenkins's order; None is neither job nor folder."""

    name: str
    items: tuple[Folder | SeenJob | None, ...]

    def has_more_than(self, most: int) -> bool:
        """Whether of it, or of a folder in it, only the first so many items were told."""
        return len(self.items) >= most or any(
            isinstance(item, Folder) and item.has_more_than(most) for item in self.items
        )


@dataclass(frozen=True, slots=True)
class JobDetails:
    """A job with its latest builds, newest first. `next_build` is 0 where Jenkins does not say.

    `is_parameterized`: whether it has parameters at all, also such as the wall cannot ask for.
    """

    title: str
    url: str
    buildable: bool
    next_build: int
    is_pipeline: bool = False
    is_parameterized: bool = False
    parameters: list[Parameter] = field(default_factory=list)
    builds: list[JenkinsBuild] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return any(build.building for build in self.builds)


def decoded(body: bytes) -> Any:
    """Raises BadAnswer for what is no JSON; its message, as all of this module, goes on after the server's name."""
    try:
        return json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        kind = "a web page" if body.lstrip()[:1] == b"<" else "something else"
        raise BadAnswer(f"answers with {kind} where JSON was asked for.") from None


def decoded_object(body: bytes) -> Object:
    found = decoded(body)
    if not isinstance(found, dict):
        raise BadAnswer("answers with JSON of another shape than asked for.")
    return found


def read_folder(body: bytes, name: str) -> Folder:
    """The overview of the folder with this full name. Raises BadAnswer."""
    found = decoded_object(body)
    if not isinstance(found.get("jobs"), list):
        raise BadAnswer("tells no list of jobs where one was asked for.")
    return _folder(found, name)


def _folder(found: Object, name: str) -> Folder:
    return Folder(name, tuple(_item(item, name) for item in found["jobs"]))


def _item(item: object, above: str) -> Folder | SeenJob | None:
    if not isinstance(item, dict):
        return None
    own = text(item, "name", 500)
    if not own or "/" in own:
        return None
    name = f"{above}/{own}" if above else own
    if isinstance(item.get("jobs"), list):
        return _folder(item, name)
    next_build = number(item, "nextBuildNumber")
    if next_build is None:  # a folder at the deepest level asked for
        return None
    return SeenJob(
        name=name,
        url=link(item, "url"),
        buildable=flag(item, "buildable", missing=True),
        next_build=next_build,
        is_pipeline=_is_pipeline(item),
    )


def _is_pipeline(found: Object) -> bool:
    return text(found, "_class").endswith(".WorkflowJob")


def read_jobs(body: bytes, base: str, depth: int, pattern: str, wanted: frozenset[str]) -> dict[str, JobDetails]:
    """The details of the wanted jobs `depth` levels below the folder `base`, by full name. Raises BadAnswer."""
    level = [(base, decoded_object(body))]
    for _ in range(depth):
        level = [
            (f"{above}/{text(item, 'name')}" if above else text(item, "name"), item)
            for above, holder in level
            for item in objects(holder, "jobs")
        ]
    return {name: read_job(item, name, pattern) for name, item in level if name in wanted}


def read_one_job(body: bytes, name: str, pattern: str) -> JobDetails:
    """Raises BadAnswer."""
    return read_job(decoded_object(body), name, pattern)


def read_job(found: Object, name: str, pattern: str) -> JobDetails:
    """`pattern` finds test counts in descriptions."""
    builds = [_build(build, name, pattern) for build in objects(found, "builds")]
    definitions = list(_definitions(found))
    return JobDetails(
        title=text(found, "displayName"),
        url=link(found, "url"),
        buildable=flag(found, "buildable", missing=True),
        next_build=number(found, "nextBuildNumber") or 0,
        is_pipeline=_is_pipeline(found),
        is_parameterized=bool(definitions),
        parameters=_parameters(definitions),
        builds=sorted((build for build in builds if build), key=lambda build: build.number, reverse=True),
    )


def _build(found: Object, job: str, pattern: str) -> JenkinsBuild | None:
    own_number = number(found, "number")
    if own_number is None or own_number < 0:
        return None
    result = text(found, "result")
    building = flag(found, "building", missing="result" in found and found["result"] is None)
    commits = commits_of(found)
    branch, revision = branch_and_revision(found, job, commits)
    estimate = seconds(found, "estimatedDuration")
    return JenkinsBuild(
        number=own_number,
        url=link(found, "url"),
        name=text(found, "displayName", 200) or f"#{own_number}",
        result=cast("Result", result) if result in _RESULTS and not building else None,
        building=building,
        started_at=time(found, "timestamp"),
        elapsed_time=None if building else seconds(found, "duration"),
        estimated_time=estimate or None,
        description=text(found, "description"),
        causes=_causes(found),
        branch=branch,
        revision=revision,
        commits=commits,
        culprits=_names(found, "culprits"),
        node=text(found, "builtOn", 200),
        tests=tests_of(found, pattern),
    )


def _causes(found: Object) -> list[str]:
    """Why the build was started, each once."""
    causes = [
        text(cause, "shortDescription", 300)
        for action in objects(found, "actions")
        for cause in objects(action, "causes")
    ]
    return list(dict.fromkeys(cause for cause in causes if cause))[:CAUSES]


def _names(found: Object, member: str) -> list[str]:
    names = (text(person, "fullName", 200) for person in objects(found, member))
    return list(dict.fromkeys(name for name in names if name))[:PEOPLE]


def _definitions(found: Object) -> Iterator[Object]:
    for holder in (*objects(found, "property"), *objects(found, "actions")):
        yield from objects(holder, "parameterDefinitions")


def _parameters(definitions: Iterable[Object]) -> list[Parameter]:
    by_name = {parameter.name: parameter for parameter in map(_parameter, definitions) if parameter}
    return list(by_name.values())[:PARAMETERS]


def _parameter(definition: Object) -> Parameter | None:
    name = text(definition, "name", 200)
    if not name:
        return None
    own_class = text(definition, "_class").rpartition(".")[2]
    type_ = text(definition, "type", 100) or own_class
    kind = _KINDS.get(type_) or _CLASSES.get(own_class) or "other"
    if name != definition["name"]:  # it would be sent by another name
        kind = "other"
    choices = _choices(definition)
    default = None if kind in ("password", "other") else _default(inner(definition, "defaultParameterValue"))
    if kind == "choice" and default not in choices:
        default = None
    return Parameter(
        name=name,
        kind=kind,
        default=default or "",
        choices=choices,
        description=text(definition, "description"),
        own_default=default is None,
        type=type_.removesuffix("ParameterDefinition").removesuffix("Definition"),
    )


def _choices(definition: Object) -> list[str]:
    """Those that can be sent as they are."""
    told = definition.get("choices")
    choices = [whole_text(choice) for choice in told] if isinstance(told, list) else []
    return [choice for choice in choices if choice is not None][:CHOICES]


def _default(holder: Object) -> str | None:
    """None where it cannot be sent as it is: a part of it would be another value, and another build."""
    value = holder.get("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    return whole_text(value)


@dataclass(frozen=True, slots=True)
class Stages:
    """Those of a pipeline's build; `is_paused`: it waits for somebody to say whether it goes on."""

    stages: list[Stage]
    is_paused: bool = False


def read_stages(body: bytes) -> dict[int, Stages]:
    """The stages of a pipeline's latest builds by the build's number. Raises BadAnswer."""
    found = decoded(body)
    if not isinstance(found, list):
        raise BadAnswer("tells no list of builds with stages where one was asked for.")
    stages = {}
    for run in found:
        own_number = _run_number(run) if isinstance(run, dict) else None
        if own_number is not None:
            told = [_stage(stage) for stage in objects(run, "stages")][:STAGES]
            is_paused = text(run, "status") == _PAUSED or any(stage.status == _PAUSED for stage in told)
            stages[own_number] = Stages(told, is_paused)
    return stages


def _run_number(run: Object) -> int | None:
    """A run's id is the build's number; its name is what people chose to call it."""
    own = text(run, "id", 20)
    if own.isdecimal():
        return int(own)
    name = text(run, "name", 20).removeprefix("#")  # old versions have a time for an id
    return int(name) if name.isdecimal() else None


def _stage(found: Object) -> Stage:
    return Stage(
        name=text(found, "name", 200),
        status=text(found, "status", 40),
        started_at=time(found, "startTimeMillis"),
        elapsed_time=seconds(found, "durationMillis") or 0.0,
    )
