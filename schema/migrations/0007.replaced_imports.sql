-- The dashboard's role may delete no run (config/postgresql/roles.sql) but this: one that was made of a file alone gives
-- way when its node reports the same run after all. What that is, is written here and not left to the caller.
-- A role that was given its rights before gets this one too; afterwards roles.sql gives it.

CREATE FUNCTION remove_imported_runs(run_ids integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM run WHERE id = ANY (run_ids) AND imported_at IS NOT NULL
        AND EXISTS (SELECT FROM process p WHERE p.run_id = run.id AND p.no = 0 AND p.name = 'output.xml')
        AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = run.id AND p.no > 0)
$$;

REVOKE ALL ON FUNCTION remove_imported_runs FROM PUBLIC;

DO $$
DECLARE
    writer regrole;
BEGIN
    -- Who owns a function looks nothing up where its caller may put something of the same name.
    EXECUTE format('ALTER FUNCTION remove_imported_runs SET search_path = %I, pg_temp', current_schema());
    FOR writer IN
        SELECT DISTINCT a.grantee::regrole FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.oid = 'run'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> 0
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION remove_imported_runs TO %s', writer);
    END LOOP;
END
$$;
