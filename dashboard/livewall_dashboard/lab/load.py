"""Load the lab's configuration file: a Lab, or everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livewall_dashboard.lab import pipelines
from livewall_dashboard.lab.building import Builder
from livewall_dashboard.lab.document import Document
from livewall_dashboard.lab.faults import BadConfiguration, Fault, suggestion
from livewall_dashboard.lab.model import Lab
from livewall_dashboard.lab.project_reader import ProjectReader
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.repository_reader import RepositoryReader
from livewall_dashboard.lab.secrets import Secrets
from livewall_dashboard.lab.seen import SeenFiles, why
from livewall_dashboard.lab.servers import ServerReader
from livewall_dashboard.lab.shape import misfits
from livewall_dashboard.lab.syntax import NotJson


@dataclass(frozen=True, slots=True)
class Reading:
    """`warnings`: what works and should be otherwise. `modern`: a file of the older shape, written in today's."""

    lab: Lab
    warnings: tuple[Fault, ...] = ()
    modern: str | None = None


def read_lab(path: Path, environment: Mapping[str, str], files: SeenFiles) -> Reading:
    """Read `setups_config.json`, and the secrets it names in `environment` and in files; `files` knows which.

    Raises BadConfiguration with all faults at once; with the first alone where the text is no JSON.
    """
    document = _document(path, files)
    report = Report(path, document)
    for misfit in misfits(document.value):
        report.fault(misfit.place, misfit.text, of_member=misfit.of_member)
    value, modern = document.value, None
    if isinstance(value, dict) and "pipelines" in value and "setups" not in value:
        _warn_of_unused(value["pipelines"], report)
        older = pipelines.modern(value)
        value, report.origin = older.value, older.origin
        modern = json.dumps(value, indent=2, ensure_ascii=False)
    secrets = Secrets(environment, files, path.parent)
    readers = ServerReader(report, secrets), ProjectReader(report, secrets), RepositoryReader(report, secrets)
    lab = Builder(value, report, *readers).build()
    if report.faults:
        raise BadConfiguration(report.faults, report.warnings)
    return Reading(lab, tuple(sorted(set(report.warnings))), modern)


def _document(path: Path, files: SeenFiles) -> Document:
    try:
        return Document.of(files.read(path).decode("utf-8-sig"))
    except OSError as error:
        fault = Fault(path, 0, 0, "", f"cannot be read: {why(error)}.")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fault = Fault(path, line, 0, "", "is not UTF-8 text. Save it as UTF-8.")
    except NotJson as error:
        fault = Fault(path, *error.position, "", error.text)
    raise BadConfiguration([fault])


def _warn_of_unused(entries: Any, report: Report) -> None:
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        for name in entry if isinstance(entry, dict) else ():
            if name not in pipelines.KNOWN:
                text = f"is not used.{suggestion(name, pipelines.KNOWN)}"
                report.warn(("pipelines", number, name), text, of_member=True)
