-- What a result was expected to be, each word of what it was, its attempts, and what else was uploaded with it.
--
-- New columns are NULL where there is nothing to say, so that no partition is written anew, and `status` keeps its four values:
-- the release before works on this schema.

ALTER TABLE result
    ADD COLUMN expected smallint,
    ADD COLUMN actual smallint,
    ADD COLUMN attempts smallint,
    ADD COLUMN extra jsonb;
ALTER TABLE run ADD COLUMN expected_failures integer NOT NULL DEFAULT 0;
ALTER TABLE process ADD COLUMN expected_failures integer NOT NULL DEFAULT 0;

-- For partitions made from now on alone. In those that are here no result has an expectation but what comes to the newest one,
-- and to build it there would keep every writer waiting for as long as the partition takes to be read.
CREATE INDEX result_with_expectation ON ONLY result (run_id, test_id) INCLUDE (status, actual, expected)
    WHERE expected IS NOT NULL;

-- What a result counts as: history/expectation.py says the same.
CREATE FUNCTION result_counts_as(status smallint, actual smallint, expected smallint) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN expected IS NULL OR status > 1 THEN status
        WHEN status = 0 THEN CASE WHEN expected & 384 = 0 THEN 1 ELSE 0 END
        WHEN coalesce(actual, 32) & 127 & ~(expected | CASE WHEN expected & 32 = 0 THEN 0 ELSE 28 END) = 0 THEN 4
        ELSE 1
    END
$$;

CREATE TABLE attempt (
    run_id        integer NOT NULL,
    no            smallint NOT NULL,
    process_no    smallint NOT NULL,
    status        smallint NOT NULL CHECK (status BETWEEN 0 AND 3),
    id            text NOT NULL,
    start_time    timestamptz,
    elapsed_time  double precision,
    message       text,
    PRIMARY KEY (run_id, process_no, id, no)
) PARTITION BY RANGE (run_id);

CREATE TABLE raw_upload (
    run_id  integer NOT NULL PRIMARY KEY,
    packed  bytea NOT NULL
) PARTITION BY RANGE (run_id);
ALTER TABLE raw_upload ALTER COLUMN packed SET STORAGE EXTERNAL;

-- Whoever makes the partitions of results makes those of these, too: they are to be the same role's.
DO $$
DECLARE
    owner name := (SELECT relowner::regrole FROM pg_class WHERE oid = 'result'::regclass);
BEGIN
    EXECUTE format('ALTER TABLE attempt OWNER TO %s', owner);
    EXECUTE format('ALTER TABLE raw_upload OWNER TO %s', owner);
END
$$;
