-- Agents and queues that are no more can be removed; the dashboard's role deletes nothing by itself.

-- An agent of which nothing was heard for two minutes and that holds no job, with what was noted of it; its jobs stay.
CREATE FUNCTION remove_agent(who text) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER AS $$
    WITH gone AS (
        DELETE FROM agent a
        WHERE a.name = who AND greatest(updated_at, heard_at) < now() - interval '2 minutes'
          AND NOT EXISTS (SELECT FROM job WHERE agent = a.name AND lease_until IS NOT NULL)
        RETURNING a.name
    ), logs AS (
        DELETE FROM provision_log USING gone WHERE agent = gone.name
    )
    SELECT name FROM gone
$$;
ALTER FUNCTION remove_agent SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_agent FROM PUBLIC;

-- A queue that no agent serves and in which no job waits or is at work; ended jobs keep its name.
CREATE FUNCTION remove_queue(which text) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM job_queue q
    WHERE q.name = which AND NOT EXISTS (SELECT FROM agent WHERE queues @> ARRAY[q.name])
      AND NOT EXISTS (SELECT FROM job WHERE queue = q.name AND (state = 'waiting' OR lease_until IS NOT NULL))
    RETURNING q.name
$$;
ALTER FUNCTION remove_queue SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_queue FROM PUBLIC;
