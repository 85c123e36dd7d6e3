-- name: next_to_hand_over
-- Due, and without a job, in their order.
SELECT number FROM branch_build WHERE state = 'waiting' AND job_id IS NULL ORDER BY due_at, number LIMIT %s

-- name: builds_of_jobs
-- Those that are made by jobs now.
SELECT number, state, job_id FROM branch_build WHERE state IN ('waiting', 'building') AND job_id IS NOT NULL ORDER BY number

-- name: give_job
UPDATE branch_build SET job_id = %(job)s WHERE number = %(number)s AND state = 'waiting' AND job_id IS NULL RETURNING number

-- name: follow_job
-- It is run again, as another one. Its steps begin anew.
UPDATE branch_build SET job_id = %(again)s, state = 'waiting', started_at = NULL
WHERE number = %(number)s AND job_id = %(job)s AND state <> 'done' RETURNING number

-- name: reset_steps
UPDATE branch_build_step SET status = 'waiting', exit_code = NULL, elapsed_time = NULL, first_error = NULL,
    diagnostics = '[]', warnings = 0, errors = 0, lines = 0
WHERE number = %s

-- name: begin_build
UPDATE branch_build SET state = 'building', started_at = %(started_at)s
WHERE number = %(number)s AND state = 'waiting' RETURNING number

-- name: note_step
UPDATE branch_build_step SET status = %(status)s, exit_code = %(exit_code)s, elapsed_time = %(elapsed_time)s
WHERE number = %(number)s AND no = %(no)s

-- name: note_findings
UPDATE branch_build_step SET status = %(status)s, exit_code = %(exit_code)s, elapsed_time = %(elapsed_time)s,
    first_error = %(first_error)s, diagnostics = %(diagnostics)s, warnings = %(warnings)s, errors = %(errors)s, lines = %(lines)s
WHERE number = %(number)s AND no = %(no)s

-- name: finish_build
-- With a result of its own, unless it has ended otherwise meanwhile.
UPDATE branch_build SET state = 'done', result = %(result)s, reason = CASE WHEN %(reason)s = '' THEN reason ELSE %(reason)s END,
    warnings = %(warnings)s, errors = %(errors)s, ended_at = coalesce(%(ended_at)s, now()),
    started_at = coalesce(started_at, %(started_at)s)
WHERE number = %(number)s AND state <> 'done' RETURNING number

-- name: link_run
INSERT INTO branch_build_run (number, run_id, is_own) SELECT %(number)s, id, %(is_own)s FROM run WHERE key = %(run)s
ON CONFLICT (number, run_id) DO UPDATE SET is_own = branch_build_run.is_own OR excluded.is_own

-- name: ended_jobs
-- Of builds that ended without one of their own result lately: nothing of them is to run any more.
SELECT number, state, job_id FROM branch_build WHERE job_id IS NOT NULL AND result IN ('killed', 'skipped') AND ended_at > now() - interval '1 hour'
