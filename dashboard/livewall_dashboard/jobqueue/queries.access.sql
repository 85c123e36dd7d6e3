-- name: job_states
SELECT job.id, job.state, end_reason, coalesce(attachments_status = 'waiting', false) AS awaits_files, retried_as,
       job.started_at, job.ended_at, agent, phase.status
FROM job LEFT JOIN job_phase phase ON phase.job_id = job.id AND phase.phase = 'test' WHERE job.id = ANY (%s)

-- name: runs_of_job
SELECT run.key FROM job_run r JOIN run ON run.id = r.run_id WHERE r.job_id = %s ORDER BY run.id
