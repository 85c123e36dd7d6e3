"""A recorded Jenkins: answers as a real one does, with what a test puts into it and with faults on demand."""

from .items import Folder, Job
from .server import RecordedJenkins

__all__ = ["Folder", "Job", "RecordedJenkins"]
