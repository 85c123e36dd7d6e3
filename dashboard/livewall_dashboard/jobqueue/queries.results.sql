-- name: result
SELECT result FROM job_result WHERE job_id = %s

-- name: lock_result
-- Whoever adds to a result does so alone.
SELECT pg_advisory_xact_lock(hashtextextended('livewall job result ' || %s, 0))

-- name: put_result
INSERT INTO job_result (job_id, result) VALUES (%(id)s, %(result)s)
ON CONFLICT (job_id) DO UPDATE SET result = excluded.result, posted_at = now()

-- name: enter_state
-- By an agent's word, of a job that has not ended.
UPDATE job SET state = %(state)s, started_at = coalesce(started_at, now()),
    ended_at = CASE WHEN %(ends)s THEN now() END,
    lease_until = CASE WHEN NOT %(ends)s THEN now() + %(lease)s * interval '1 s' END
WHERE id = %(id)s AND state NOT IN ('complete', 'cancelled', 'lost') RETURNING state

-- name: start_phase
INSERT INTO job_phase (job_id, phase, started_at) SELECT id, %(phase)s, now() FROM job WHERE id = %(id)s
ON CONFLICT (job_id, phase) DO UPDATE SET started_at = coalesce(job_phase.started_at, now())

-- name: end_other_phases
UPDATE job_phase SET ended_at = now() WHERE job_id = %(id)s AND phase <> %(phase)s AND ended_at IS NULL

-- name: put_phase_status
INSERT INTO job_phase (job_id, phase, status, ended_at) SELECT id, %(phase)s, %(status)s, now() FROM job WHERE id = %(id)s
ON CONFLICT (job_id, phase) DO UPDATE SET
    status = excluded.status, ended_at = coalesce(job_phase.ended_at, now())

-- name: phases
SELECT phase, status, started_at, ended_at FROM job_phase WHERE job_id = %s

-- name: put_fragments
-- Sent twice, each is there once. In one order, so that two who send the same do not wait for each other in a circle.
INSERT INTO job_output (job_id, kind, fragment, phase, at, data)
SELECT * FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(fragments)s::bigint[], %(phases)s::text[], %(times)s::timestamptz[],
                     %(data)s::bytea[]) AS written (job_id, kind, fragment, phase, at, data)
ORDER BY job_id, kind, phase, fragment ON CONFLICT DO NOTHING

-- name: output_size
-- How much a job has written, and whether it was told that this is too much.
SELECT coalesce(sum(length(data)), 0) AS size, coalesce(bool_or(data = %(notice)s), false) AS is_full
FROM job_output WHERE job_id = %(id)s

-- name: append_fragment
-- For who does not count them.
INSERT INTO job_output (job_id, kind, fragment, phase, at, data)
SELECT %(id)s, %(kind)s, coalesce(max(fragment) + 1, 0), %(phase)s, now(), %(data)s
FROM job_output WHERE job_id = %(id)s AND kind = %(kind)s

-- name: fragments
-- In order, as many as fit into so many bytes, and at least one.
SELECT phase, fragment, data FROM (
    SELECT phase, fragment, data, sum(length(data)) OVER (ORDER BY fragment, phase) - length(data) AS before
    FROM job_output
    WHERE job_id = %(id)s AND kind = %(kind)s AND fragment >= %(fragment)s
      AND (%(since)s::timestamptz IS NULL OR at >= %(since)s) AND (%(phase)s::text IS NULL OR phase = %(phase)s)
) AS numbered WHERE before < %(most)s ORDER BY fragment, phase

-- name: output_by_phase
-- Of each phase so many bytes from the end, rounded up to whole fragments.
SELECT kind, phase, string_agg(data, ''::bytea ORDER BY fragment) AS data FROM (
    SELECT kind, phase, fragment, data,
           sum(length(data)) OVER (PARTITION BY kind, phase ORDER BY fragment DESC) - length(data) AS after
    FROM job_output WHERE job_id = %(id)s
) AS numbered WHERE after < %(most)s GROUP BY kind, phase

-- name: own_phase
-- In which phase a job is, for who does not say it.
SELECT state FROM job WHERE id = %s

-- name: text_after
-- Output of all phases after a fragment, as much as is handed out at once.
SELECT fragment, data FROM (
    SELECT fragment, data, sum(length(data)) OVER (ORDER BY fragment, phase) - length(data) AS before
    FROM job_output WHERE job_id = %(id)s AND kind = %(kind)s AND fragment > %(after)s
) AS numbered WHERE before < %(most)s ORDER BY fragment
