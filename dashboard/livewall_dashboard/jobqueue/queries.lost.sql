-- name: lose_job
-- Its agent is gone. The same definition waits again under another id, as often as the job or its queue says; and a few
-- times more where no phase had begun, as nothing was run then.
WITH lost AS (
    UPDATE job SET state = 'lost', end_reason = %(reason)s, ended_at = now(), lease_until = NULL,
        retried_as = CASE
            WHEN coalesce(retries_left, (SELECT retries FROM job_queue WHERE name = job.queue), 1) > 0
              OR NOT EXISTS (SELECT FROM job_phase WHERE job_id = job.id)
                 AND NOT EXISTS (SELECT FROM job_output WHERE job_id = job.id)
                 AND (SELECT count(*) FROM job again WHERE again.origin = coalesce(job.origin, job.id)) < %(free)s
            THEN %(again)s::uuid END
    WHERE id = %(id)s AND state NOT IN ('waiting', 'complete', 'cancelled', 'lost')
      AND (%(now)s OR lease_until < now())
    RETURNING *
), again AS (
    INSERT INTO job (id, queue, priority, definition, name, tags, wants, excluded, attachments_status, origin, retry_of,
                     retries_left, token_id)
    SELECT retried_as, queue, priority, definition, name, tags, wants, excluded, attachments_status,
           coalesce(origin, id), id,
           greatest(coalesce(retries_left, (SELECT retries FROM job_queue WHERE name = lost.queue), 1)
                    - (EXISTS (SELECT FROM job_phase WHERE job_id = lost.id)
                       OR EXISTS (SELECT FROM job_output WHERE job_id = lost.id))::int, 0), token_id
    FROM lost WHERE retried_as IS NOT NULL
    RETURNING id, pg_notify('livewall_job', queue)
)
SELECT lost.id, lost.agent, (SELECT id FROM again) AS again FROM lost

-- name: expired_jobs
SELECT id FROM job WHERE lease_until < now() LIMIT 100

-- name: held_jobs
SELECT id FROM job WHERE agent = %s AND lease_until IS NOT NULL

-- name: renew_lease
-- Not at each word: half of the time is enough.
UPDATE job SET lease_until = now() + CASE WHEN state IN ('provision', 'firmware_update') THEN %(quiet)s ELSE %(lease)s END * interval '1 s'
WHERE id = %(id)s AND (%(by)s::text IS NULL OR agent = %(by)s) AND lease_until < now() + CASE WHEN state IN ('provision', 'firmware_update') THEN %(quiet)s ELSE %(lease)s END * interval '0.5 s'

-- name: extend_all_leases
UPDATE job SET lease_until = greatest(lease_until, now() + %(lease)s * interval '1 s') WHERE lease_until IS NOT NULL

-- name: give_back_job
WITH given AS (
    UPDATE job SET state = 'waiting', agent = NULL, started_at = NULL, lease_until = NULL
    WHERE id = %(id)s AND state = 'running' AND agent IS NOT DISTINCT FROM %(agent)s RETURNING queue)
SELECT pg_notify('livewall_job', queue) FROM given

-- name: run_again
-- The same definition under another id. `excluding`: an agent that must not take it this time, or ''.
INSERT INTO job (id, queue, priority, definition, name, tags, wants, excluded, attachments_status, origin, retry_of,
                 retries_left, token_id)
SELECT %(again)s, queue, priority, definition, name, tags, wants,
       CASE WHEN %(excluding)s = '' THEN excluded ELSE excluded || %(excluding)s::text END,
       attachments_status, coalesce(origin, id), id, retries_left, %(token_id)s
FROM job WHERE id = %(id)s
RETURNING id, pg_notify('livewall_job', queue)

-- name: note_retry
UPDATE job SET retried_as = %(again)s WHERE id = %(id)s AND retried_as IS NULL RETURNING id
