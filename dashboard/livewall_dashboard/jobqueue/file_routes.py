"""Files of jobs, as Testflinger's programs send and fetch them."""

from __future__ import annotations

from flask import Blueprint, Response

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.jobqueue.job_files import JobFiles
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.model import job_id_of
from livewall_dashboard.jobqueue.permissions import require_owner, require_report
from livewall_dashboard.jobqueue.uploads import uploaded_file
from livewall_dashboard.jobqueue.v1 import EMPTY, OK, FlingerBlueprint, JobId, empty, flinger, ok
from livewall_dashboard.web.operation import Answer

ARTIFACT, ATTACHMENTS = "artifact", "attachments"

_FILE = Answer(200, "The file.", bytes)


def blueprint(jobs: JobStore, files: JobFiles) -> Blueprint:
    routes = FlingerBlueprint("flinger_files", __name__, url_prefix="/v1")

    @routes.post("/result/<job_id>/artifact")
    @scope("agent", JOBS)
    @flinger("postJobArtifact", "The job's file; what there was is replaced.", OK, errors=(422,), takes=bytes)
    def post_artifact(job_id: JobId) -> Response:
        wanted = job_id_of(job_id)
        require_report(caller(), jobs, wanted)
        files.put(wanted, ARTIFACT, uploaded_file())
        return ok()

    @routes.get("/result/<job_id>/artifact")
    @scope("jobs", JOBS)
    @flinger("getJobArtifact", "The job's file.", _FILE, EMPTY)
    def get_artifact(job_id: JobId) -> Response:
        return files.response(job_id_of(job_id), ARTIFACT) or empty()

    @routes.post("/job/<job_id>/attachments")
    @scope("submit", JOBS)
    @flinger("postAttachments", "The files that a job waits for; scope submit.", OK, errors=(422,), takes=bytes)
    def post_attachments(job_id: JobId) -> Response:
        wanted = job_id_of(job_id)
        job = jobs.find(wanted)
        if job is None:
            raise Invalid(f"There is no job {wanted}.")
        require_owner(job)
        if job.attachments_status == "complete":
            return ok()
        if job.attachments_status is None or job.state != "waiting":
            raise Invalid(f"The job {wanted} waits for no attachments.")
        files.put(wanted, ATTACHMENTS, uploaded_file())
        jobs.note_attachments(wanted)
        return ok()

    @routes.get("/job/<job_id>/attachments")
    @scope("jobs", JOBS)
    @flinger("getAttachments", "The files that came with the job.", _FILE, EMPTY)
    def get_attachments(job_id: JobId) -> Response:
        wanted = job_id_of(job_id)
        job = jobs.find(wanted)
        return files.response((job and job.origin) or wanted, ATTACHMENTS) or empty()

    return routes
