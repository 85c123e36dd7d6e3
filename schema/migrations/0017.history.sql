-- One history for a test that has several longnames: suites that stand in one file, and what was renamed by hand.
--
-- All of it is worked out beside the recorder, which knows nothing of it, from what the recorder stored: a release before
-- this one goes on as it did, and what it stored is caught up with by the next that knows.

-- Where suites of files were seen: same_file.py says what is made of it. link: SHA-256 of what two sightings of one suite
-- have in common, cut; of nothing where no file was named.
CREATE TABLE suite_sighting (
    suite_id  integer NOT NULL REFERENCES suite,
    link      bytea NOT NULL,
    names     text[] NOT NULL,
    path      text NOT NULL,
    node      text NOT NULL,
    address   text NOT NULL,
    place     text NOT NULL,
    seen_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (suite_id, link)
);
CREATE INDEX suite_sighting_by_link ON suite_sighting (link);

-- Two longnames that are two suites, whatever their files say. run: one in which both ran; NULL: somebody said so.
CREATE TABLE suite_apart (
    suite_id  integer NOT NULL REFERENCES suite,
    other_id  integer NOT NULL REFERENCES suite,
    run       text,
    at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (suite_id, other_id),
    CHECK (suite_id < other_id)
);
CREATE INDEX suite_apart_by_other ON suite_apart (other_id);

-- Suites that are one, by a number that they share; NULL: not, any more. file: whose suite it is, as people read it.
CREATE TABLE joined_suite (
    suite_id  integer PRIMARY KEY REFERENCES suite,
    group_id  integer,
    file      text NOT NULL,
    since     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX joined_suite_by_group ON joined_suite (group_id) WHERE group_id IS NOT NULL;

-- What `livewall rename` was told. separator: what parts the names below a suite, / in those that were uploaded as paths.
-- old_name, new_name: of tests, by which end of the longname is the name. doubted_by: a run in which a test ran under both
-- names, found later.
CREATE TABLE renaming (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('suite', 'test')),
    old         text NOT NULL,
    new         text NOT NULL,
    old_name    text,
    new_name    text,
    separator   text NOT NULL CHECK (separator IN ('.', '/')),
    at          timestamptz NOT NULL DEFAULT now(),
    doubted_by  text,
    undone_at   timestamptz
);

-- Tests of one identity have one history. A test that is not here is the only one of its own. identity_id: the number of
-- the test of these that was there first.
CREATE TABLE test_identity (
    test_id      integer PRIMARY KEY REFERENCES test,
    identity_id  integer NOT NULL
);
CREATE INDEX test_identity_by_identity ON test_identity (identity_id);

-- Runs whose suites were looked at, and when.
CREATE TABLE run_looked_at (
    run_id  integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    at      timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX test_by_longname ON test (left(longname, 300) COLLATE "C");
