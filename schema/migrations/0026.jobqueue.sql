-- A job stays as long as a run of it does, and goes with the last one: the rules for runs hold for what is said of them.

-- Jobs whose last run was removed, in whichever way.
CREATE TABLE job_runs_gone (
    job_id  uuid PRIMARY KEY REFERENCES job ON DELETE CASCADE
);

CREATE FUNCTION note_runs_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO job_runs_gone SELECT id FROM job
    WHERE id = OLD.job_id AND NOT EXISTS (SELECT FROM job_run WHERE job_id = OLD.job_id)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER run_of_job_gone AFTER DELETE ON job_run FOR EACH ROW EXECUTE FUNCTION note_runs_gone();

CREATE OR REPLACE FUNCTION remove_jobs(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone uuid[];
    others uuid[];
BEGIN
    gone := ARRAY(
        (SELECT id FROM job WHERE ended_at < before AND NOT EXISTS (SELECT FROM job_run r WHERE r.job_id = job.id)
         ORDER BY ended_at LIMIT most)
        UNION (SELECT id FROM job JOIN job_runs_gone g ON g.job_id = id
               WHERE ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM job_run r WHERE r.job_id = id) LIMIT most));
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
