"""The lab as its configuration file describes it: setups, Jenkins servers, and what changes when the file does."""

from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.file import LabFile
from livewall_dashboard.lab.model import JenkinsServer, JobPattern, Lab, SetupConfig

__all__ = ["BadConfiguration", "JenkinsServer", "JobPattern", "Lab", "LabFile", "SetupConfig"]
