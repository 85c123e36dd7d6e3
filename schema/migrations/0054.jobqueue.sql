-- Agents that ask for a job at the same moment are answered by one statement. New: a function alone.

-- asked: [{"name", "queues"}, ...], name "" for nobody in particular. For each, in order: the first job that it may have and
-- nobody else is taking, its own from then on; of the queues, the one whose first job comes first. Nothing for an agent that is
-- paused or offline, and for one that holds a job already, which knows nothing of that.
CREATE FUNCTION claim_jobs(asked jsonb, lease double precision)
RETURNS TABLE (asker integer, is_holding boolean, claimed job) LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan  -- to plan anew for each takes longer than to claim
AS $$
DECLARE
    who text;
    their_queues text[];
    their_attributes jsonb;
    is_out boolean;
    taken uuid;
BEGIN
    FOR asker, who, their_queues IN
        SELECT place - 1, one ->> 'name', ARRAY(SELECT jsonb_array_elements_text(one -> 'queues'))
        FROM jsonb_array_elements(asked) WITH ORDINALITY AS a (one, place)
    LOOP
        is_holding := who <> '' AND EXISTS (SELECT FROM job WHERE agent = who AND lease_until IS NOT NULL);
        claimed := NULL;
        SELECT attributes, state = 'offline' OR paused AND (paused_until IS NULL OR paused_until > now())
        INTO their_attributes, is_out FROM agent WHERE name = who;
        IF NOT is_holding AND is_out IS NOT TRUE THEN
            SELECT id INTO taken FROM (
                SELECT q.queue
                FROM unnest(their_queues || CASE WHEN their_attributes <> '{}' THEN ARRAY[''] END) AS q (queue)
                CROSS JOIN LATERAL (
                    SELECT priority, no FROM job
                    WHERE job.queue = q.queue AND state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting'
                      AND wants <@ coalesce(their_attributes, '{}') AND NOT who = ANY (excluded)
                    ORDER BY priority DESC, no LIMIT 1) AS first
                ORDER BY priority DESC, no) AS nearest
            CROSS JOIN LATERAL (
                SELECT id FROM job
                WHERE job.queue = nearest.queue AND state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting'
                  AND wants <@ coalesce(their_attributes, '{}') AND NOT who = ANY (excluded)
                ORDER BY priority DESC, no LIMIT 1 FOR UPDATE SKIP LOCKED) AS free
            LIMIT 1;
            UPDATE job SET state = 'running', agent = nullif(who, ''), started_at = now(),
                lease_until = now() + lease * interval '1 s'
            WHERE id = taken RETURNING job.* INTO claimed;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
