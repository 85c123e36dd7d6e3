-- name: submit_job
-- Does nothing for an id that is there already. Whoever waits for a job of this queue is woken.
WITH queue AS (
    INSERT INTO job_queue (name) SELECT %(queue)s WHERE %(queue)s <> '' ON CONFLICT DO NOTHING
), submitted AS (
    INSERT INTO job (id, queue, priority, definition, name, tags, wants, excluded, attachments_status, retries_left, token_id)
    VALUES (%(id)s, %(queue)s, %(priority)s, %(definition)s, %(name)s, %(tags)s, %(wants)s, %(excluded)s,
            CASE WHEN %(awaits_attachments)s THEN 'waiting' END, %(retries)s, %(token_id)s)
    ON CONFLICT DO NOTHING RETURNING id
)
SELECT id, pg_notify('livewall_job', %(queue)s) FROM submitted

-- name: job
SELECT * FROM job WHERE id = %s

-- name: jobs_before
-- How many are claimed before this one, as things are; NULL once it waits no more.
SELECT CASE WHEN mine.state = 'waiting' THEN (
    SELECT count(*) FROM job
    WHERE queue = mine.queue AND state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting'
      AND (-priority, no) < (-mine.priority, mine.no)) END AS count
FROM job mine WHERE id = %s

-- name: claim_jobs
-- In the order in which they were asked for.
SELECT is_holding, (claimed).* FROM claim_jobs(%(asked)s, %(lease)s)

-- name: end_job
-- What has ended stays as it ended.
UPDATE job SET state = %(state)s, end_reason = %(reason)s, ended_at = now(), lease_until = NULL
WHERE id = %(id)s AND state NOT IN ('complete', 'cancelled', 'lost') RETURNING job.*

-- name: search_jobs
SELECT id, created_at, state FROM job
WHERE (%(tags)s::text[] = '{}' OR CASE WHEN %(all)s THEN tags @> %(tags)s ELSE tags && %(tags)s END)
  AND (%(states)s::text[] IS NULL OR state = ANY (%(states)s))
ORDER BY no DESC LIMIT %(limit)s

-- name: jobs_of_queue
SELECT id, created_at, state, queue FROM job WHERE queue = %(queue)s ORDER BY no DESC LIMIT %(limit)s

-- name: attachments_came
UPDATE job SET attachments_status = 'complete' WHERE id = %s AND attachments_status = 'waiting'
RETURNING pg_notify('livewall_job', queue)

-- name: wait_times
-- Seconds from submission to start, of the last jobs of each queue.
SELECT queue, percentile_cont(ARRAY[0.05, 0.1, 0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY waited) AS waits FROM (
    SELECT queue, extract(epoch FROM started_at - created_at)::float8 AS waited,
           row_number() OVER (PARTITION BY queue ORDER BY no DESC) AS back
    FROM job WHERE started_at IS NOT NULL AND queue <> '' AND (%(queues)s::text[] = '{}' OR queue = ANY (%(queues)s))
) AS started WHERE back <= 1000 GROUP BY queue

-- name: remove_jobs
SELECT remove_jobs(%s, %s) AS count

-- name: give_job_token
SELECT give_token_to_job(%(job)s, %(setup)s, %(digest)s, %(late)s) AS id

-- name: remove_job_tokens
SELECT remove_job_tokens()
