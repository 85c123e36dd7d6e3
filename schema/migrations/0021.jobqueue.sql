-- Jobs that are lost are run again, tokens are bound to queues, webhooks are told until they have heard, and what is over goes.

ALTER TABLE job ADD COLUMN origin uuid;
CREATE INDEX job_by_origin ON job (origin) WHERE origin IS NOT NULL;
CREATE INDEX job_held ON job (agent) WHERE lease_until IS NOT NULL;

ALTER TABLE provision_log ADD COLUMN image text NOT NULL DEFAULT '';
CREATE INDEX provision_log_of_image ON provision_log (image, id DESC);

ALTER TABLE token ADD COLUMN queues text[] CHECK (cardinality(queues) > 0);

CREATE TABLE job_webhook (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id   uuid NOT NULL,
    url      text NOT NULL,
    body     json NOT NULL,
    tries    smallint NOT NULL DEFAULT 0,
    next_at  timestamptz,
    trouble  text NOT NULL DEFAULT '',
    made_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX job_webhook_due ON job_webhook (next_at) WHERE next_at IS NOT NULL;

-- The dashboard's role deletes nothing by itself. Files follow their rows.
CREATE FUNCTION remove_jobs(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone uuid[];
    others uuid[];
BEGIN
    gone := ARRAY(SELECT id FROM job WHERE ended_at < before ORDER BY ended_at LIMIT most);
    others := ARRAY(SELECT job_id FROM job_result r WHERE posted_at < before AND NOT EXISTS (SELECT FROM job WHERE id = r.job_id)
                    LIMIT most);
    DELETE FROM job_output WHERE job_id = ANY (gone || others);
    DELETE FROM job_output o USING (
        SELECT DISTINCT job_id FROM job_output WHERE posted_at < before LIMIT most) AS old
    WHERE o.job_id = old.job_id AND NOT EXISTS (SELECT FROM job WHERE id = o.job_id)
      AND NOT EXISTS (SELECT FROM job_output WHERE job_id = o.job_id AND posted_at >= before);
    DELETE FROM job_result WHERE job_id = ANY (gone || others);
    DELETE FROM artifact a WHERE owner_kind = 'job' AND (
        owner_id = ANY (gone::text[] || others::text[])
        OR stored_at < before AND NOT EXISTS (SELECT FROM job WHERE id = a.owner_id::uuid));
    DELETE FROM provision_log WHERE job_id = ANY (gone);
    DELETE FROM job_webhook WHERE job_id = ANY (gone || others);
    DELETE FROM job WHERE id = ANY (gone);
    RETURN cardinality(gone) + cardinality(others);
END
$$;
ALTER FUNCTION remove_jobs SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_jobs FROM PUBLIC;
CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;
