-- name: build_counts
-- Of a project: bundles that are alive, and builds by state.
SELECT count(DISTINCT bundle.id) FILTER (WHERE bundle.is_alive) AS bundles,
       count(b.number) FILTER (WHERE b.state = 'gathering') AS gathering,
       count(b.number) FILTER (WHERE b.state = 'waiting') AS waiting,
       count(b.number) FILTER (WHERE b.state = 'building') AS building,
       count(b.number) FILTER (WHERE b.state = 'done') AS done
FROM bundle LEFT JOIN branch_build b ON b.bundle_id = bundle.id WHERE bundle.project = %s

-- name: list_bundles
-- Sticky ones first, then by their last push. after: the last one of the page before.
SELECT * FROM bundle
WHERE project = ANY (%(projects)s) AND (is_alive OR %(dead)s)
  AND (%(text)s::text IS NULL OR strpos(lower(name), lower(%(text)s)) > 0)
  AND (%(sticky)s::boolean IS NULL OR is_sticky = %(sticky)s)
  AND (%(after_sticky)s::integer IS NULL
       OR (is_sticky::integer, pushed_at, id) < (%(after_sticky)s, %(after_pushed)s, %(after_id)s))
ORDER BY is_sticky DESC, pushed_at DESC, id DESC LIMIT %(limit)s

-- name: last_builds
-- Of bundles, the newest first, so many of each.
SELECT * FROM (
    SELECT b.number, b.bundle_id, coalesce(o.state, b.state) AS state, coalesce(o.result, b.result) AS result,
           coalesce(o.started_at, b.started_at) AS started_at, coalesce(o.ended_at, b.ended_at) AS ended_at,
           b.reason, b.is_kept, b.same_as,
           row_number() OVER (PARTITION BY b.bundle_id ORDER BY b.number DESC) AS back
    FROM branch_build b LEFT JOIN branch_build o ON o.number = b.same_as
    WHERE b.bundle_id = ANY (%(bundles)s)
) AS numbered WHERE back <= %(most)s ORDER BY number DESC

-- name: last_result
-- Of a bundle: what became of the newest build that has ended and whose place no newer one took.
SELECT coalesce(o.result, b.result) AS result FROM branch_build b LEFT JOIN branch_build o ON o.number = b.same_as
WHERE b.bundle_id = (SELECT id FROM bundle WHERE project = %(project)s AND name = %(bundle)s)
  AND coalesce(o.state, b.state) = 'done' AND b.superseded_by IS NULL
ORDER BY b.number DESC LIMIT 1

-- name: commits_of_builds
SELECT c.* FROM branch_build_commit c WHERE c.number = ANY (%s) ORDER BY number, no

-- name: list_builds
-- The newest first. One that is the same as another has what became of that.
SELECT b.number, b.bundle_id, bundle.project, bundle.name AS bundle, bundle.is_sticky, b.reason, b.is_kept, b.same_as, b.rebuild_of,
       b.superseded_by, b.created_at, b.due_at, coalesce(o.number, b.number) AS built_as,
       coalesce(o.state, b.state) AS state, coalesce(o.result, b.result) AS result, o.reason AS former_reason,
       coalesce(o.started_at, b.started_at) AS started_at, coalesce(o.ended_at, b.ended_at) AS ended_at,
       coalesce(o.warnings, b.warnings) AS warnings, coalesce(o.errors, b.errors) AS errors,
       coalesce(o.job_id, b.job_id) AS job_id
FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id LEFT JOIN branch_build o ON o.number = b.same_as
WHERE (%(number)s::bigint IS NULL OR b.number = %(number)s) AND (%(project)s::text IS NULL OR bundle.project = %(project)s)
  AND (%(bundle)s::text IS NULL OR bundle.name = %(bundle)s)
  AND (%(state)s::text IS NULL OR coalesce(o.state, b.state) = %(state)s)
  AND (%(result)s::text IS NULL OR coalesce(o.result, b.result) = %(result)s)
  AND (%(before)s::bigint IS NULL OR b.number < %(before)s)
ORDER BY b.number DESC LIMIT %(limit)s

-- name: steps_of_builds
SELECT * FROM branch_build_step WHERE number = ANY (%s) ORDER BY number, no

-- name: runs_of_builds
SELECT r.number, run.key, r.is_own FROM branch_build_run r JOIN run ON run.id = r.run_id
WHERE r.number = ANY (%s) ORDER BY r.number, r.is_own DESC, run.id

-- name: remotes
SELECT repository, remote, fetched_at, trouble, trouble_since FROM branch_remote WHERE project = %s
