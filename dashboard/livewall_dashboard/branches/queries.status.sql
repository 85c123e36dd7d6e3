-- name: next_status
-- Taken, and due again later: four times as long after each try.
UPDATE branch_status SET tries = tries + 1,
    next_at = now() + (%(within)s + %(first)s * 4 ^ least(tries, 7)) * interval '1 s'
WHERE number = (SELECT number FROM branch_status WHERE next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING number, told, changes, tries

-- name: status_of_build
-- What is to be told: that of the build it is the same as, where there is one.
SELECT bundle.project, bundle.name AS bundle, coalesce(o.state, b.state) AS state, coalesce(o.result, b.result) AS result,
       coalesce(o.reason, b.reason) AS reason, b.superseded_by
FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id LEFT JOIN branch_build o ON o.number = b.same_as
WHERE b.number = %s

-- name: own_commits
-- Of a build, but for those of which a newer build speaks.
SELECT c.repository, c.commit, c.branch FROM branch_build_commit c
WHERE c.number = %(number)s AND c.match = 'head' AND NOT EXISTS (
    SELECT FROM branch_build newer JOIN bundle ON bundle.id = newer.bundle_id JOIN branch_build_commit n USING (number)
    WHERE bundle.project = %(project)s AND newer.number > %(number)s AND newer.state <> 'gathering'
      AND n.repository = c.repository AND n.commit = c.commit AND n.match = 'head')

-- name: note_told
UPDATE branch_status SET told = told || jsonb_build_object(%(repository)s::text, %(state)s::text) WHERE number = %(number)s

-- name: note_status
-- Nothing where the build has become another meanwhile.
UPDATE branch_status SET trouble = %(trouble)s, next_at = CASE WHEN %(again)s THEN next_at END
WHERE number = %(number)s AND changes = %(changes)s

-- name: status_trouble
-- Of the last build of a project of which a host is or was to be told.
SELECT s.trouble FROM branch_status s JOIN branch_build b USING (number) JOIN bundle ON bundle.id = b.bundle_id
WHERE bundle.project = %s AND (s.told <> '{}' OR s.trouble <> '') ORDER BY s.number DESC LIMIT 1
