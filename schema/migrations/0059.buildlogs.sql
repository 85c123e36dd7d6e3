-- The report before of the same project and system is found without reading all of the project.
CREATE INDEX build_report_by_system ON build_report (left(project, 200), left(system, 100), started_at DESC, run_id DESC);
