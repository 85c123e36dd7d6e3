-- name: now
SELECT now() AS now

-- name: take_lock
SELECT pg_try_advisory_lock(%s) AS is_ours

-- name: standing_builds
-- Those that are open, and the newest one of each bundle that was not ordered.
SELECT b.number, bundle.name AS bundle, b.state, b.heads, b.created_at, b.moved_at, b.due_at, b.rebuild_of, b.is_kept, b.same_as,
       CASE WHEN b.state = 'gathering' THEN (
           SELECT heads FROM branch_build former
           WHERE former.bundle_id = b.bundle_id AND former.number < b.number AND former.rebuild_of IS NULL
           ORDER BY number DESC LIMIT 1) END AS before
FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
WHERE bundle.project = %(project)s AND (b.state <> 'done' OR b.number IN (
    SELECT max(number) FROM branch_build newest JOIN bundle of ON of.id = newest.bundle_id
    WHERE of.project = %(project)s AND newest.rebuild_of IS NULL GROUP BY newest.bundle_id))
ORDER BY b.number

-- name: shared_builds
-- Those that are open and that a build of another living bundle is the same as.
SELECT DISTINCT b.number FROM branch_build b JOIN branch_build other ON other.same_as = b.number
JOIN bundle ON bundle.id = other.bundle_id
WHERE b.state <> 'done' AND other.bundle_id <> b.bundle_id AND bundle.is_alive AND bundle.project = %s

-- name: cancelled_in_a_row
-- By bundle, builds that were cancelled while they ran since the last one that came to its own end.
SELECT bundle.name, count(*)::integer AS count FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
WHERE bundle.project = %s AND b.is_cancelled AND bundle.is_alive AND NOT EXISTS (
    SELECT FROM branch_build ended WHERE ended.bundle_id = b.bundle_id AND ended.number > b.number
    AND ended.result IN ('ok', 'warnings', 'failed'))
GROUP BY bundle.name

-- name: built_as
-- What need not be built again: it has a result of its own, or will have.
SELECT number FROM branch_build
WHERE fingerprint = %s AND same_as IS NULL AND state <> 'gathering' AND (result IS NULL OR result IN ('ok', 'warnings', 'failed'))
ORDER BY number DESC LIMIT 1

-- name: base_build
-- The last build of a bundle that was made with a commit, and came to its own end.
SELECT c.number FROM branch_build_commit c JOIN branch_build b USING (number) JOIN bundle ON bundle.id = b.bundle_id
WHERE bundle.project = %(project)s AND bundle.name = %(bundle)s AND c.repository = %(repository)s AND c.commit = %(commit)s
  AND b.result IN ('ok', 'warnings', 'failed')
ORDER BY c.number DESC LIMIT 1

-- name: put_bundle
INSERT INTO bundle (project, name, is_sticky, pushed_at) VALUES (%(project)s, %(name)s, %(is_sticky)s, %(pushed_at)s)
ON CONFLICT (project, name) DO UPDATE SET is_sticky = excluded.is_sticky, pushed_at = excluded.pushed_at, is_alive = true
WHERE (bundle.is_sticky, bundle.pushed_at, bundle.is_alive) IS DISTINCT FROM (excluded.is_sticky, excluded.pushed_at, true)

-- name: known_bundles
SELECT name, is_sticky, pushed_at FROM bundle WHERE project = %s AND is_alive

-- name: end_bundles
UPDATE bundle SET is_alive = false WHERE project = %(project)s AND is_alive AND NOT name = ANY (%(names)s) RETURNING name

-- name: open_build
-- With its commits. Nothing, where one of this bundle gathers already.
WITH made AS (
    INSERT INTO branch_build (bundle_id, reason, heads)
    SELECT id, %(reason)s, %(heads)s FROM bundle WHERE project = %(project)s AND name = %(bundle)s
    ON CONFLICT DO NOTHING RETURNING number
)
INSERT INTO branch_build_commit (number, no, repository, remote, branch, commit, match, subject, author, committed_at)
SELECT number, no, repository, remote, branch, commit, match, subject, author, committed_at
FROM made, jsonb_to_recordset(%(commits)s) AS given (
    no smallint, repository text, remote text, branch text, commit text, match text, subject text, author text,
    committed_at timestamptz)

-- name: move_build
UPDATE branch_build SET heads = %(heads)s, reason = %(reason)s, moved_at = CASE WHEN %(is_news)s THEN now() ELSE moved_at END
WHERE number = %(number)s AND state = 'gathering' RETURNING number

-- name: blank_commits
-- Of repositories that are no longer of the project.
UPDATE branch_build_commit SET commit = '', match = 'none' WHERE number = %(number)s AND NOT repository = ANY (%(repositories)s)

-- name: put_commit
INSERT INTO branch_build_commit (number, no, repository, remote, branch, commit, match, subject, author, committed_at)
VALUES (%(number)s, %(no)s, %(repository)s, %(remote)s, %(branch)s, %(commit)s, %(match)s, %(subject)s, %(author)s,
        %(committed_at)s)
ON CONFLICT (number, repository) DO UPDATE SET
    no = excluded.no, remote = excluded.remote, branch = excluded.branch, commit = excluded.commit, match = excluded.match,
    subject = excluded.subject, author = excluded.author, committed_at = excluded.committed_at

-- name: launch_build
UPDATE branch_build SET state = 'waiting', fingerprint = %(fingerprint)s, plan = %(plan)s, due_at = %(place)s
WHERE number = %(number)s AND state = 'gathering' RETURNING number

-- name: put_step
INSERT INTO branch_build_step (number, no, name, status) VALUES (%(number)s, %(no)s, %(name)s, 'waiting')
ON CONFLICT DO NOTHING

-- name: join_build
-- It is the same as another.
UPDATE branch_build SET state = 'done', fingerprint = %(fingerprint)s, same_as = %(same_as)s, due_at = %(place)s, ended_at = now()
WHERE number = %(number)s AND state = 'gathering' RETURNING number

-- name: end_build
-- Without a result of its own. cancelled: it was running, and newer commits came.
UPDATE branch_build SET state = 'done', result = CASE WHEN state = 'building' THEN 'killed' ELSE %(result)s END,
    reason = %(reason)s, superseded_by = %(superseded_by)s, ended_at = now(),
    is_cancelled = state = 'building' AND %(superseded_by)s::bigint IS NOT NULL
WHERE number = %(number)s AND state <> 'done' RETURNING number, job_id

-- name: end_steps
UPDATE branch_build_step SET status = CASE status WHEN 'running' THEN 'killed' ELSE 'skipped' END
WHERE number = %s AND status IN ('waiting', 'running')

-- name: build
SELECT b.*, bundle.project, bundle.name AS bundle, bundle.is_sticky FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
WHERE b.number = %s

-- name: newest_build
-- Of a bundle, that was not ordered.
SELECT max(number) AS number FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
WHERE bundle.project = %(project)s AND bundle.name = %(bundle)s AND b.rebuild_of IS NULL

-- name: rebuild
-- The same commits once more.
INSERT INTO branch_build (bundle_id, reason, heads, rebuild_of, ordered_by)
SELECT bundle_id, %(reason)s, heads, number, %(by)s FROM branch_build WHERE number = %(number)s RETURNING number

-- name: copy_commits
INSERT INTO branch_build_commit (number, no, repository, remote, branch, commit, match, subject, author, committed_at)
SELECT %(number)s, no, repository, remote, branch, commit, match, subject, author, committed_at
FROM branch_build_commit WHERE number = %(of)s

-- name: hasten
-- What gathers is due at once.
UPDATE branch_build SET moved_at = now() - interval '2 days', ordered_by = %(by)s
WHERE number = %(number)s AND state = 'gathering' RETURNING number

-- name: keep_build
UPDATE branch_build SET is_kept = %(keep)s WHERE number = %(number)s RETURNING number

-- name: raise_number
SELECT raise_branch_build_number(%s) AS number

-- name: remove_builds
SELECT remove_branch_builds(%s, %s) AS count

-- name: projects_with_builds
SELECT DISTINCT project FROM bundle WHERE is_alive
