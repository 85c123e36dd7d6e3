-- name: lock_instances
-- Who decides, decides alone.
SELECT pg_advisory_xact_lock(%s)

-- name: builds_of_reports
-- What is known of builds of which an agent says that it keeps what they left.
SELECT b.number, b.job_id, bundle.project, coalesce(b.plan ->> 'queue', '') AS queue
FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id WHERE b.number = ANY (%s)

-- name: put_instance
-- What its agent says of it. Nothing is written where that is what it said before, a while ago.
INSERT INTO branch_instance AS i (number, job_id, project, agent, host, port, state, restarts, exit_code, message, tried,
                                  started_at, unhealthy_since, lease_until)
VALUES (%(number)s, %(job)s, %(project)s, %(agent)s, %(host)s, %(port)s, %(state)s, %(restarts)s, %(exit_code)s, %(message)s,
        %(tried)s, CASE WHEN %(state)s = 'running' THEN now() END, now() - %(unhealthy_for)s::interval, now() + %(lease)s)
ON CONFLICT (number) DO UPDATE SET
    job_id = excluded.job_id, agent = excluded.agent, host = excluded.host, port = excluded.port, state = excluded.state,
    restarts = excluded.restarts, exit_code = excluded.exit_code, message = excluded.message, tried = excluded.tried,
    changed_at = CASE WHEN i.state = excluded.state THEN i.changed_at ELSE now() END,
    started_at = CASE WHEN excluded.state = 'running' AND (i.state, i.restarts) IS DISTINCT FROM (excluded.state, excluded.restarts)
                      THEN now() ELSE i.started_at END,
    unhealthy_since = CASE WHEN excluded.unhealthy_since IS NOT NULL THEN coalesce(i.unhealthy_since, excluded.unhealthy_since) END,
    lease_until = excluded.lease_until, gone_at = NULL
WHERE i.gone_at IS NOT NULL OR i.lease_until < now() + %(lease)s / 2
   OR (i.unhealthy_since IS NULL) <> (excluded.unhealthy_since IS NULL)
   OR (i.job_id, i.agent, i.host, i.port, i.state, i.restarts, i.exit_code, i.message, i.tried) IS DISTINCT FROM
      (excluded.job_id, excluded.agent, excluded.host, excluded.port, excluded.state, excluded.restarts, excluded.exit_code,
       excluded.message, excluded.tried)

-- name: keep_instance
-- Of a build that was removed.
UPDATE branch_instance SET state = %(state)s, port = %(port)s, message = %(message)s, lease_until = now() + %(lease)s,
    changed_at = CASE WHEN state = %(state)s THEN changed_at ELSE now() END
WHERE number = %(number)s AND job_id = %(job)s AND agent = %(agent)s

-- name: put_instance_log
INSERT INTO branch_instance_log (number, text) SELECT number, %(text)s FROM branch_instance WHERE number = %(number)s
ON CONFLICT (number) DO UPDATE SET at = now(), text = excluded.text

-- name: unspoken_instances
-- Those that an agent no longer speaks of, and the queues of their builds, as far as these are there.
SELECT i.number, b.plan ->> 'queue' AS queue FROM branch_instance i LEFT JOIN branch_build b USING (number)
WHERE i.agent = %(agent)s AND i.gone_at IS NULL AND NOT i.number = ANY (%(numbers)s)

-- name: end_instances
-- Nothing is left of them. What is wanted of one stays, as it may be spoken of again: two agents may have one name.
UPDATE branch_instance SET gone_at = now(), state = 'stopped', port = NULL, unhealthy_since = NULL, changed_at = now()
WHERE number = ANY (%s) AND gone_at IS NULL

-- name: forget_instances
-- Those of agents that are not heard of for so long. One that comes back is there again.
UPDATE branch_instance SET gone_at = now(), reason = 'its agent is not heard of any more'
WHERE gone_at IS NULL AND lease_until < now() - %s::interval

-- name: standing_instances
-- All that are there. One is alive or stays for the sake of any build that is the same as its own.
SELECT i.number, i.project, i.agent, i.job_id, i.state, i.wanted, i.reason, i.wakes, i.stopped, i.last_used_at, i.changed_at, i.lease_until,
       i.lease_until < now() AS is_away, i.state = 'failed' AND i.tried >= i.wakes AS is_spent,
       CASE WHEN own.number IS NULL THEN false WHEN own.state <> 'done' THEN NULL
            ELSE coalesce(own.result IN ('ok', 'warnings'), false) END AS is_good,
       coalesce(uses.is_alive, false) AS is_alive, coalesce(uses.stays, false) AS stays
FROM branch_instance i LEFT JOIN branch_build own ON own.number = i.number
LEFT JOIN LATERAL (
    SELECT bool_or(bundle.is_alive) AS is_alive,
           bool_or(u.is_kept OR (bundle.is_alive AND bundle.is_sticky AND u.number = (
               SELECT n.number FROM branch_build n JOIN branch_build o ON o.number = coalesce(n.same_as, n.number)
               JOIN branch_instance x ON x.number = o.number
               WHERE n.bundle_id = u.bundle_id AND o.result IN ('ok', 'warnings') AND x.gone_at IS NULL
                 AND x.state <> 'failed' AND x.wanted <> 'gone'
               ORDER BY n.number DESC LIMIT 1))) AS stays
    FROM branch_build u JOIN bundle ON bundle.id = u.bundle_id WHERE u.number = i.number OR u.same_as = i.number
) AS uses ON true
WHERE i.gone_at IS NULL ORDER BY i.number

-- name: shown_instances
-- What of all is shown, so that who shows it knows when that is other than before.
SELECT number, state, wanted, reason, port, restarts, message, unhealthy_since, lease_until < now() AS is_away
FROM branch_instance WHERE gone_at IS NULL ORDER BY number

-- name: want_instance
UPDATE branch_instance SET wanted = %(wanted)s, reason = %(reason)s WHERE number = %(number)s

-- name: wake_instance
UPDATE branch_instance SET wakes = wakes + 1, last_used_at = now(), stopped = ''
WHERE number = %s AND gone_at IS NULL AND wanted <> 'gone' RETURNING number

-- name: stop_instance
-- Until it is woken. One that has failed runs no more than it sleeps.
UPDATE branch_instance SET stopped = %(why)s
WHERE number = %(number)s AND gone_at IS NULL AND wanted <> 'gone' AND state <> 'failed' RETURNING number

-- name: touch_instance
-- Somebody uses it.
UPDATE branch_instance SET last_used_at = now() WHERE number = %s AND gone_at IS NULL

-- name: list_instances
-- Those that are there, the newest first.
SELECT i.*, i.lease_until < now() AS is_away, coalesce(bundle.name, '') AS bundle, l.number IS NOT NULL AS has_log,
       CASE WHEN i.state = 'failed' THEN right(l.text, 4000) END AS log_end
FROM branch_instance i LEFT JOIN branch_build b ON b.number = i.number LEFT JOIN bundle ON bundle.id = b.bundle_id
LEFT JOIN branch_instance_log l ON l.number = i.number
WHERE i.gone_at IS NULL AND (%(project)s::text IS NULL OR i.project = %(project)s)
  AND (%(numbers)s::bigint[] IS NULL OR i.number = ANY (%(numbers)s)) AND (%(before)s::bigint IS NULL OR i.number < %(before)s)
ORDER BY i.number DESC LIMIT %(limit)s

-- name: instances_of_bundles
-- Those that builds of bundles have left, the newest first.
SELECT b.bundle_id, i.number FROM branch_instance i JOIN branch_build b ON b.number = i.number
WHERE i.gone_at IS NULL AND b.bundle_id = ANY (%(bundles)s)
UNION SELECT b.bundle_id, i.number FROM branch_instance i JOIN branch_build b ON b.same_as = i.number
WHERE i.gone_at IS NULL AND b.bundle_id = ANY (%(bundles)s) ORDER BY number DESC

-- name: running_instances
SELECT count(*)::integer AS count FROM branch_instance
WHERE project = %s AND gone_at IS NULL AND state = 'running' AND lease_until >= now()

-- name: instance_log
SELECT text FROM branch_instance_log WHERE number = %s

-- name: why_no_instances
-- Of builds whose instance is gone, or was never there.
SELECT b.number,
       CASE WHEN b.state <> 'done' THEN 'it goes on'
            WHEN b.result = 'failed' THEN 'the build failed'
            WHEN b.result NOT IN ('ok', 'warnings') THEN 'the build was ' || b.result
            WHEN b.plan ->> 'run' IS NULL THEN 'its project had no "run" when it was built'
            WHEN i.number IS NOT NULL THEN coalesce(nullif(i.reason, ''), 'its agent does not have it any more')
            WHEN b.ended_at > now() - interval '1 minute' THEN 'its agent has not said yet that it keeps what was built'
            WHEN b.ended_at > now() - interval '14 days' THEN 'its agent keeps nothing running, as Testflinger''s do not'
            ELSE 'nothing of it is left any more' END AS reason
FROM branch_build b LEFT JOIN branch_instance i ON i.number = b.number WHERE b.number = ANY (%s)

-- name: remove_instances
SELECT remove_branch_instances(now() - %s::interval) AS count
