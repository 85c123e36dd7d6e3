-- name: advertise_queue
INSERT INTO job_queue (name, description, advertised) VALUES (%(name)s, %(description)s, true)
ON CONFLICT (name) DO UPDATE SET description = excluded.description, advertised = true
WHERE NOT job_queue.advertised OR job_queue.description <> excluded.description

-- name: queues
SELECT name, description FROM job_queue WHERE advertised ORDER BY name

-- name: put_images
INSERT INTO job_queue (name, images) VALUES (%(name)s, %(images)s)
ON CONFLICT (name) DO UPDATE SET images = excluded.images
WHERE job_queue.images::text <> excluded.images::text

-- name: images
SELECT images FROM job_queue WHERE name = %s

-- name: agents
SELECT * FROM agent ORDER BY name

-- name: agent
SELECT * FROM agent WHERE name = %s

-- name: agents_of_queue
SELECT * FROM agent WHERE queues @> ARRAY[%s::text] ORDER BY name

-- name: put_agent
-- What is not said stays. Of its log the last lines are kept.
INSERT INTO agent AS a (name, state, comment, location, provision_type, identifier, queues, attributes, restricted_to, job_id, log)
VALUES (%(name)s, coalesce(%(state)s, ''), coalesce(%(comment)s, ''), coalesce(%(location)s, ''),
        coalesce(%(provision_type)s, ''), coalesce(%(identifier)s, ''), coalesce(%(queues)s::text[], '{}'),
        coalesce(%(attributes)s::jsonb, '{}'), coalesce(%(restricted_to)s::jsonb, '{}'), %(job_id)s, %(log)s)
ON CONFLICT (name) DO UPDATE SET
    state = coalesce(%(state)s, a.state), comment = coalesce(%(comment)s, a.comment),
    location = coalesce(%(location)s, a.location), provision_type = coalesce(%(provision_type)s, a.provision_type),
    identifier = coalesce(%(identifier)s, a.identifier), queues = coalesce(%(queues)s::text[], a.queues),
    attributes = coalesce(%(attributes)s::jsonb, a.attributes),
    restricted_to = coalesce(%(restricted_to)s::jsonb, a.restricted_to),
    job_id = CASE WHEN %(sets_job)s THEN %(job_id)s ELSE a.job_id END,
    log = (a.log || %(log)s)[greatest(cardinality(a.log || %(log)s) - %(lines)s, 0) + 1 :],
    state_since = CASE WHEN %(state)s IS DISTINCT FROM a.state AND %(state)s IS NOT NULL THEN now() ELSE a.state_since END,
    updated_at = now()

-- name: note_heard
UPDATE agent SET heard_at = now() WHERE name = %s RETURNING queues

-- name: serve_asked
UPDATE agent SET queues = %(queues)s WHERE name = %(name)s AND queues = '{}'

-- name: has_willing_agent
-- Whether a queue has an agent that a job does not exclude; true also where it has none yet.
SELECT count(*) = 0 OR bool_or(NOT name = ANY (%(excluded)s)) AS has FROM agent WHERE queues @> ARRAY[%(queue)s::text]

-- name: put_provision_log
INSERT INTO provision_log (agent, job_id, exit_code, detail, image)
SELECT name, %(job_id)s, %(exit_code)s, %(detail)s, %(image)s FROM agent WHERE name = %(agent)s RETURNING id

-- name: is_failing
-- Whether the agent's last two provisions failed, of which the image that was the last to fail has not failed elsewhere, too.
SELECT count(*) = 2 AND bool_and(exit_code <> 0) AND NOT EXISTS (
    SELECT FROM provision_log other
    WHERE other.image = %(image)s AND other.agent <> %(agent)s AND other.exit_code <> 0 AND other.at > now() - interval '1 day'
) AS failing
FROM (SELECT exit_code FROM provision_log WHERE agent = %(agent)s ORDER BY id DESC LIMIT 2) AS last

-- name: remove_agent
SELECT remove_agent(%s) AS name

-- name: pause_agent
UPDATE agent SET paused = %(paused)s, paused_until = %(until)s, pause_note = %(note)s WHERE name = %(name)s RETURNING *
