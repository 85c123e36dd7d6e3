-- name: list_jobs
-- The newest first; `before`: the last one of the page before.
-- text: part of its name, queue, agent or id, in either case.
SELECT j.*, array(SELECT run.key FROM job_run r JOIN run ON run.id = r.run_id WHERE r.job_id = j.id ORDER BY run.id) AS runs,
       coalesce((SELECT jsonb_object_agg(phase, status) FROM job_phase p WHERE p.job_id = j.id AND status IS NOT NULL), '{}')
       AS statuses
FROM job j
WHERE (%(queue)s::text IS NULL OR queue = %(queue)s) AND (%(agent)s::text IS NULL OR agent = %(agent)s)
  AND (%(tag)s::text IS NULL OR tags @> ARRAY[%(tag)s::text]) AND (%(states)s::text[] IS NULL OR state = ANY (%(states)s))
  AND (%(token_id)s::integer IS NULL OR token_id = %(token_id)s) AND (%(before)s::bigint IS NULL OR no < %(before)s)
  AND (%(id)s::uuid IS NULL OR id = %(id)s) AND (%(text)s::text IS NULL
       OR strpos(lower(concat_ws(E'\n', name, queue, agent, id)), lower(%(text)s)) > 0)
ORDER BY no DESC LIMIT %(limit)s

-- name: queue_overview
SELECT name, description, retries,
       (SELECT count(*) FROM job WHERE queue = q.name AND state = 'waiting') AS waiting,
       (SELECT count(*) FROM job WHERE queue = q.name AND lease_until IS NOT NULL) AS running
FROM job_queue q WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY name

-- name: prospects
-- Of each job that is asked about: agents that may take it, how many of them are free, how many seconds each other one that is
-- there is at its own job, for how much longer it is reserved, the jobs that come first and that one of them may take, and the
-- median seconds of its queue's last fifty jobs that were complete. `no` null: it comes after all others of its priority. An
-- agent that waits asks for jobs all the time: one of which nothing was heard for two minutes is not there.
WITH agents AS (
    SELECT name, queues, attributes, current.id IS NULL AND agent.state = 'waiting' AS is_free,
           extract(epoch FROM now() - current.started_at)::float8 AS spent,
           CASE WHEN current.state = 'reserve' THEN extract(epoch FROM current.reserved_until - now())::float8 END AS held,
           agent.state <> 'offline' AND NOT (paused AND (paused_until IS NULL OR paused_until > now()))
           AND (current.id IS NOT NULL OR greatest(updated_at, heard_at) > now() - interval '2 min') AS is_there
    FROM agent LEFT JOIN LATERAL (
        SELECT id, started_at, state, reserved_until FROM job WHERE job.agent = agent.name AND lease_until IS NOT NULL ORDER BY no DESC LIMIT 1
    ) AS current ON true
)
SELECT who.*, first.count AS before,
       (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) FROM (
            SELECT extract(epoch FROM ended_at - started_at)::float8 AS seconds FROM job
            WHERE queue = asked.queue AND state = 'complete' AND started_at IS NOT NULL ORDER BY no DESC LIMIT 50) AS last) AS usual
FROM jsonb_to_recordset(%(asked)s)
     AS asked (place integer, queue text, wants jsonb, excluded text[], priority integer, no bigint)
CROSS JOIN LATERAL (
    SELECT count(*) AS agents, count(*) FILTER (WHERE is_there AND is_free) AS free,
           coalesce(array_agg(coalesce(spent, 0)) FILTER (WHERE is_there AND NOT is_free), '{}') AS busy,
           coalesce(array_agg(coalesce(held, 0)) FILTER (WHERE is_there AND NOT is_free), '{}') AS held,
           coalesce(array_agg(name), '{}') AS names
    FROM agents WHERE CASE WHEN asked.queue = '' THEN attributes <> '{}' ELSE queues @> ARRAY[asked.queue] END
      AND attributes @> asked.wants AND NOT name = ANY (asked.excluded)
) AS who
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM job other
        WHERE queue = asked.queue AND state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting'
          AND (-priority, no) < (-asked.priority, coalesce(asked.no, 9223372036854775807))
          AND (wants = '{}' AND excluded = '{}' OR EXISTS (
              SELECT FROM agents a
              WHERE a.name = ANY (who.names) AND a.attributes @> other.wants AND NOT a.name = ANY (other.excluded)))
        LIMIT %(most)s) AS ahead
) AS first
ORDER BY place

-- name: agents_at_work
SELECT agent.*, greatest(updated_at, heard_at) AS last_heard_at,
       paused AND (paused_until IS NULL OR paused_until > now()) AS is_paused,
       (SELECT job.id FROM job WHERE job.agent = agent.name AND lease_until IS NOT NULL ORDER BY no DESC LIMIT 1) AS current,
       array(SELECT jsonb_build_object('id', j.id, 'name', j.name, 'state', j.state, 'statuses', coalesce(
                (SELECT jsonb_object_agg(phase, status) FROM job_phase p WHERE p.job_id = j.id AND status IS NOT NULL), '{}'))
             FROM job j WHERE j.agent = agent.name ORDER BY no DESC LIMIT 10) AS last_jobs
FROM agent WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY name

-- name: is_used
SELECT EXISTS (SELECT FROM job) OR EXISTS (SELECT FROM agent) AS used

-- name: extend_reservation
UPDATE job SET reserved_until = coalesce(reserved_until, now()) + %(seconds)s * interval '1 s'
WHERE id = %(id)s AND state = 'reserve' RETURNING reserved_until

-- name: note_reservation
UPDATE job SET reserved_until = coalesce(reserved_until, now() + %(seconds)s * interval '1 s') WHERE id = %(id)s

-- name: note_run
INSERT INTO job_run (job_id, run_id) SELECT job.id, run.id FROM job, run WHERE job.id = %(job)s AND run.key = %(run)s
ON CONFLICT DO NOTHING

-- name: job_of_run
SELECT job.id, queue, name, job.state, agent FROM job
WHERE id = (SELECT job_id FROM job_run JOIN run ON run.id = run_id WHERE run.key = %s LIMIT 1)

-- name: configure_queue
-- Also one that nobody has named yet.
INSERT INTO job_queue (name, retries) VALUES (%(name)s, %(retries)s)
ON CONFLICT (name) DO UPDATE SET retries = excluded.retries

-- name: lock_queues
-- Jobs that are being submitted are seen then, and those that come later find out whether their queue is still there.
LOCK TABLE job_queue IN SHARE ROW EXCLUSIVE MODE

-- name: remove_queue
SELECT remove_queue(%s) AS name

-- name: note_stored_run
INSERT INTO job_run (job_id, run_id) SELECT job.id, run.id FROM run
JOIN job ON job.id = CASE WHEN run.info ->> 'job' <> '' THEN (run.info ->> 'job')::uuid END
WHERE run.key = %s ON CONFLICT DO NOTHING

-- name: usual_phases
-- Median seconds of each phase, of the last jobs that were complete: of this name where these are enough, else of the queue.
WITH recent AS (
    SELECT id, no, name FROM job
    WHERE queue = %(queue)s AND state = 'complete' AND started_at IS NOT NULL ORDER BY no DESC LIMIT 1000
), named AS (
    SELECT id FROM recent WHERE name = %(name)s AND name <> '' ORDER BY no DESC LIMIT %(most)s
), enough AS (
    SELECT count(*) >= %(enough)s AS of_name FROM named
), chosen AS (
    SELECT id FROM named WHERE (SELECT of_name FROM enough)
    UNION ALL (SELECT id FROM recent WHERE NOT (SELECT of_name FROM enough) ORDER BY no DESC LIMIT %(most)s)
)
SELECT asked.phase, (SELECT count(*) FROM chosen) AS jobs, (SELECT of_name FROM enough) AS of_name, now() AS now,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(extract(epoch FROM p.ended_at - p.started_at), 0)::float8) AS usual
FROM chosen CROSS JOIN unnest(%(phases)s::text[]) AS asked (phase)
LEFT JOIN job_phase p ON p.job_id = chosen.id AND p.phase = asked.phase GROUP BY asked.phase
