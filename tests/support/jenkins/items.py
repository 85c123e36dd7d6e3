"""Jobs, folders and builds as Jenkins writes them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

Document = dict[str, Any]

FREESTYLE = ("hudson.model.FreeStyleProject", "hudson.model.FreeStyleBuild")
PIPELINE = ("org.jenkinsci.plugins.workflow.job.WorkflowJob", "org.jenkinsci.plugins.workflow.job.WorkflowRun")
MULTIBRANCH = "org.jenkinsci.plugins.workflow.multibranch.WorkflowMultiBranchProject"
FOLDER = "com.cloudbees.hudson.plugins.folder.Folder"

HASH = "4f1c09d1a7e24fd9b0d3a0c5e8f64a1b2c3d4e5f"


@dataclass
class Job:
    """A job. `builds` are documents, newest first; `stages` those of a pipeline's builds by number."""

    name: str
    classes: tuple[str, str] = FREESTYLE
    buildable: bool = True
    parameters: list[Document] = field(default_factory=list)
    builds: list[Document] = field(default_factory=list)
    stages: dict[int, list[Document]] = field(default_factory=dict)
    next_build: int = 1
    broken: bool = False
    """Whether its builds cannot be told: Jenkins then answers with an error to whoever asks for them."""

    @property
    def is_pipeline(self) -> bool:
        return self.classes == PIPELINE

    def build(self, **members: Any) -> int:
        """A new build (`build_document`'s members) -> its number."""
        number = self.next_build
        self.next_build += 1
        self.builds.insert(0, build_document(number, self.classes[1], **members))
        return number

    def end(self, number: int, result: str = "SUCCESS", **members: Any) -> None:
        document = self.find(number)
        elapsed = int(time.time() * 1000) - document["timestamp"]
        document.update(result=result, building=False, duration=max(elapsed, 1), **members)

    def find(self, number: int) -> Document:
        return next(build for build in self.builds if build["number"] == number)

    def delete(self, number: int) -> None:
        self.builds.remove(self.find(number))

    def document(self, url: str) -> Document:
        name = self.name.replace("%2F", "/")
        builds = [{**build, "url": f"{url}{build['number']}/"} for build in self.builds]
        properties: list[Document] = [{"_class": "jenkins.model.BuildDiscarderProperty"}]
        if self.parameters:
            kind = "hudson.model.ParametersDefinitionProperty"
            properties.append({"_class": kind, "parameterDefinitions": self.parameters})
        return {
            "_class": self.classes[0],
            "actions": [{}, {"_class": "com.cloudbees.plugins.credentials.ViewCredentialsAction"}],
            "description": "",
            "displayName": name,
            "fullDisplayName": name,
            "name": self.name,
            "url": url,
            "buildable": self.buildable,
            "builds": builds,
            "color": "blue" if self.buildable else "disabled",
            "healthReport": [{"description": "Build stability: No recent builds failed.", "score": 100}],
            "inQueue": False,
            "keepDependencies": False,
            "lastBuild": builds[0] if builds else None,
            "nextBuildNumber": self.next_build,
            "property": properties,
            "queueItem": None,
            "concurrentBuild": False,
        }

    def runs(self) -> list[Document]:
        """What wfapi/runs tells: at most ten."""
        return [
            {
                "_links": {"self": {"href": f"/job/{quote(self.name)}/{build['number']}/wfapi/describe"}},
                "id": str(build["number"]),
                "name": f"#{build['number']}",
                "status": "IN_PROGRESS" if build["building"] else build["result"],
                "startTimeMillis": build["timestamp"],
                "endTimeMillis": build["timestamp"] + build["duration"],
                "durationMillis": build["duration"],
                "queueDurationMillis": 3,
                "pauseDurationMillis": 0,
                "stages": self.stages.get(build["number"], []),
            }
            for build in self.builds[:10]
        ]


@dataclass
class Folder:
    """A folder, or a multibranch job, or Jenkins itself."""

    name: str = ""
    items: dict[str, Folder | Job] = field(default_factory=dict)
    kind: str = FOLDER

    def document(self, url: str) -> Document:
        """With everything in it: `tree` cuts off what was not asked for."""
        members = [
            item.document(f"{url}job/{quote(item.name, safe='')}/")
            for item in sorted(self.items.values(), key=lambda each: each.name)
        ]
        if not self.name:
            views = [{"_class": "hudson.model.AllView", "name": "all", "url": url}]
            return {
                "_class": "hudson.model.Hudson",
                "assignedLabels": [{"name": "built-in"}],
                "mode": "NORMAL",
                "nodeDescription": "the Jenkins controller's built-in node",
                "nodeName": "",
                "numExecutors": 2,
                "description": None,
                "jobs": members,
                "primaryView": views[0],
                "quietingDown": False,
                "useCrumbs": True,
                "useSecurity": True,
                "views": views,
            }
        return {"_class": self.kind, "actions": [{}], "name": self.name, "url": url, "jobs": members, "views": []}


def build_document(
    number: int,
    kind: str = FREESTYLE[1],
    *,
    result: str | None = "SUCCESS",
    started_at: float | None = None,
    duration: float = 61.5,
    estimate: float = 60.0,
    description: str | None = None,
    cause: str = "Started by timer",
    branch: str = "refs/remotes/origin/main",
    revision: str = HASH,
    commits: Sequence[tuple[str, str, str]] = (),
    tests: tuple[int, int, int] | None = None,
    robot: tuple[int, int] | None = None,
    node: str = "rack-1",
) -> Document:
    """A build; `result` None: it runs. Times and durations are seconds.

    `commits` are (id, author, message), `tests` JUnit's (total, failed, skipped), `robot` the Robot plugin's (total,
    failed).
    """
    started = time.time() - duration if started_at is None else started_at
    running = result is None
    items = [_change(*commit) for commit in commits]
    changes = {"_class": "hudson.plugins.git.GitChangeSetList", "items": items, "kind": "git"}
    actions: list[Document] = [
        {
            "_class": "hudson.model.CauseAction",
            "causes": [{"_class": "hudson.triggers.TimerTrigger$TimerTriggerCause", "shortDescription": cause}],
        },
        {"_class": "jenkins.metrics.impl.TimeInQueueAction", "blockedDurationMillis": 0, "buildableDurationMillis": 7},
        {},
        {"_class": "org.jenkinsci.plugins.workflow.libs.LibrariesAction"},
        _checkout(branch, revision, number),
    ]
    if tests:
        actions.append(_counts("hudson.tasks.junit.TestResultAction", "testReport", *tests))
    if robot:
        actions.append(_counts("hudson.plugins.robot.RobotBuildAction", "robot", *robot, 0))
    culprits = [{"absoluteUrl": f"http://jenkins/user/{author}", "fullName": author} for _, author, _ in commits]
    return {
        "_class": kind,
        "actions": actions,
        "artifacts": [],
        "building": running,
        "description": description,
        "displayName": f"#{number}",
        "duration": 0 if running else int(duration * 1000),
        "estimatedDuration": int(estimate * 1000),
        "executor": {} if running else None,
        "fullDisplayName": f"job #{number}",
        "id": str(number),
        "keepLog": False,
        "number": number,
        "queueId": 100 + number,
        "result": result,
        "timestamp": int(started * 1000),
        **({"builtOn": node, "changeSet": changes} if kind == FREESTYLE[1] else {"changeSets": [changes]}),
        "culprits": culprits,
        "inProgress": running,
        "nextBuild": None,
        "previousBuild": None,
    }


def _change(commit: str, author: str, message: str) -> Document:
    return {
        "_class": "hudson.plugins.git.GitChangeSet",
        "affectedPaths": ["src/a.c"],
        "commitId": commit,
        "timestamp": 1_700_000_000_000,
        "author": {"absoluteUrl": f"http://jenkins/user/{author}", "fullName": author},
        "authorEmail": f"{author}@lab.example",
        "comment": f"{message}\n\nIn full.\n",
        "date": "2023-11-14 22:13:20 +0000",
        "id": commit,
        "msg": message,
        "paths": [{"editType": "edit", "file": "src/a.c"}],
    }


def _checkout(branch: str, revision: str, number: int) -> Document:
    built = {"SHA1": revision, "branch": [{"SHA1": revision, "name": branch}]}
    by_branch = {"_class": "hudson.plugins.git.util.Build", "buildNumber": number, "marked": built, "revision": built}
    return {
        "_class": "hudson.plugins.git.util.BuildData",
        "buildsByBranchName": {branch: by_branch},
        "lastBuiltRevision": built,
        "remoteUrls": ["https://git.lab.example/product.git"],
        "scmName": "",
    }


def _counts(kind: str, page: str, total: int, failed: int, skipped: int) -> Document:
    return {"_class": kind, "failCount": failed, "skipCount": skipped, "totalCount": total, "urlName": page}


def stage(name: str, status: str = "SUCCESS", *, started_at: float = 0.0, duration: float = 5.0) -> Document:
    return {
        "_links": {"self": {"href": "/job/x/1/execution/node/5/wfapi/describe"}},
        "id": "5",
        "name": name,
        "execNode": "",
        "status": status,
        "startTimeMillis": int((started_at or time.time()) * 1000),
        "durationMillis": int(duration * 1000),
        "pauseDurationMillis": 0,
    }


def parameter(name: str, kind: str = "String", default: object = "", choices: Sequence[str] = ()) -> Document:
    """`kind`: String, Text, Boolean, Choice, Password, File, Run, ..."""
    definition: Document = {
        "_class": f"hudson.model.{kind}ParameterDefinition",
        "defaultParameterValue": {"_class": f"hudson.model.{kind}ParameterValue", "name": name, "value": default},
        "description": f"What {name} means",
        "name": name,
        "type": f"{kind}ParameterDefinition",
    }
    if kind == "Choice":
        definition["choices"] = list(choices)
    if kind in ("Password", "File"):
        definition["defaultParameterValue"] = {"_class": f"hudson.model.{kind}ParameterValue", "name": name}
    return definition
