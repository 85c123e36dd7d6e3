-- Roles with least rights for a wall on a Postgres of yours. docs/how-to-server.md says when that is worth it.
--
--   livewall_owner   owns the schema: migrations, making and revoking tokens
--   livewall         the dashboard: records and reads; cannot delete a run, make a token but of a job, or touch other tables
--   livewall_reader  people and their tools: reads all but tokens and sessions
--
-- For a superuser, in a database owned by livewall_owner whose schema `livewall migrate` has made. Says the same thing
-- however often it is run; tables of later versions get the same rights by themselves.

\set ON_ERROR_STOP on
BEGIN;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['livewall_owner', 'livewall', 'livewall_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', name);
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', name);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO livewall, livewall_owner', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO livewall, livewall_reader;
GRANT USAGE, CREATE ON SCHEMA public TO livewall_owner;

-- The dashboard.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM livewall;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO livewall;
REVOKE INSERT, UPDATE ON migration, token FROM livewall;
GRANT UPDATE (last_used_at) ON token TO livewall;
ALTER DEFAULT PRIVILEGES FOR ROLE livewall_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO livewall;

-- Of runs it may delete those that a file brought and whose node reports them after all; of files' rows, any.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO livewall;
ALTER DEFAULT PRIVILEGES FOR ROLE livewall_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE livewall_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO livewall;

-- It makes the partitions of the results, ahead of the runs: for that these tables must be its own. A migration
-- may change them all the same.
GRANT CREATE ON SCHEMA public TO livewall;
GRANT livewall TO livewall_owner;
DO $$
DECLARE
    results regclass;
BEGIN
    FOR results IN
        SELECT relid FROM unnest(ARRAY['suite_result', 'result', 'attempt', 'raw_upload']) AS parent,
            pg_partition_tree(parent::regclass)
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO livewall', results);
        EXECUTE format('GRANT ALL ON %s TO livewall', results);
    END LOOP;
END
$$;

-- People.
ALTER ROLE livewall_reader SET default_transaction_read_only = on;
ALTER ROLE livewall_reader SET statement_timeout = '60s';
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM livewall_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO livewall_reader;
REVOKE SELECT ON token, session FROM livewall_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE livewall_owner IN SCHEMA public GRANT SELECT ON TABLES TO livewall_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE livewall IN SCHEMA public GRANT SELECT ON TABLES TO livewall_reader;

COMMIT;
