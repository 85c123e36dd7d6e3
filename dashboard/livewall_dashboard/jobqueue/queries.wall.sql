-- name: agents_of_setups
-- The agent beside each setup: the one that says so by its attribute "setup", or is called like it. Of several the one that
-- has a job, of those the one that was heard of last.
SELECT DISTINCT ON (setup) coalesce(a.attributes ->> 'setup', a.name) AS setup, a.name, a.state, a.paused_until,
       a.paused AND (a.paused_until IS NULL OR a.paused_until > now()) AS is_paused,
       coalesce(phase.started_at, j.started_at, a.state_since) AS since,
       j.id AS job_id, j.name AS job_name, j.state AS job_state, j.reserved_until
FROM agent a
LEFT JOIN LATERAL (SELECT * FROM job WHERE job.agent = a.name AND lease_until IS NOT NULL ORDER BY no DESC LIMIT 1) j ON true
LEFT JOIN job_phase phase ON phase.job_id = j.id AND phase.phase = j.state
ORDER BY setup, j.id IS NULL, a.updated_at DESC

-- name: queue_length
SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE lease_until IS NOT NULL) AS at_work,
       EXISTS (SELECT FROM job) AS known
FROM job WHERE state = 'waiting' OR lease_until IS NOT NULL
