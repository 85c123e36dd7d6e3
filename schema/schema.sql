-- The whole schema, to read: the sum of migrations/, which is what is applied.
-- Names, tag sets and configurations are stored once and referred to by number; results are partitioned by run.

CREATE TABLE setup (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    first_seen    timestamptz NOT NULL DEFAULT now(),
    forgotten_at  timestamptz                        -- taken off the wall then, until there is later news of it
);
CREATE INDEX setup_forgotten ON setup (forgotten_at) WHERE forgotten_at IS NOT NULL;

-- The key=value labels a run was made with. Uniqueness here and below is by digest: a B-tree entry is at most 2.7 kB.
-- digest: SHA-256 of labels as text.
CREATE TABLE configuration (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest  bytea NOT NULL UNIQUE,
    labels  jsonb NOT NULL
);

-- As people count: 2.10 after 2.9, and 2.9-rc1 before it. A number is its length and its digits. By bytes, COLLATE "C".
CREATE FUNCTION label_place(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(
        CASE WHEN token[1] ~ '^[0-9]' THEN to_char(length(ltrim(token[1], '0')), 'FM000') || ltrim(token[1], '0')
             ELSE token[1] END, '' ORDER BY no), '') || '!'
    FROM regexp_matches(regexp_replace(value, '-(?=[A-Za-z])', ' ', 'g'), '[0-9]+|[^0-9]+', 'g')
        WITH ORDINALITY AS t (token, no)
$$;

-- Labels one by one. place: of the value among others of the label, so that any label is an order: a version, the number of
-- a build. By a trigger, whichever release stores a configuration.
CREATE TABLE configuration_label (
    configuration_id  integer NOT NULL REFERENCES configuration,
    name              text NOT NULL,
    value             text NOT NULL,
    place             text COLLATE "C" NOT NULL
);
CREATE INDEX configuration_label_of ON configuration_label (configuration_id);
CREATE INDEX configuration_label_by_name ON configuration_label (left(name, 200));
CREATE INDEX configuration_label_by_value ON configuration_label (left(name || '=' || value, 400));

CREATE FUNCTION note_labels() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO configuration_label (configuration_id, name, value, place)
    SELECT NEW.id, key, value, label_place(value) FROM jsonb_each_text(NEW.labels);
    RETURN NULL;
END
$$;
CREATE TRIGGER note_labels AFTER INSERT ON configuration FOR EACH ROW EXECUTE FUNCTION note_labels();

-- repository and branch are '' where the node does not know them. ordinal: position on its branch, once known.
CREATE TABLE commit (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository    text NOT NULL,
    branch        text NOT NULL,
    hash          text NOT NULL,
    committed_at  timestamptz,
    ordinal       bigint,
    first_seen    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repository, branch, hash)
);
CREATE INDEX commit_by_hash ON commit (hash text_pattern_ops);

-- digest: the first 16 bytes of the SHA-256 of longname, U+001F, name.
CREATE TABLE suite (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    bytea NOT NULL UNIQUE,
    longname  text NOT NULL,
    name      text NOT NULL
);

-- longname alone does not tell a test: "A.B" + "C" and "A" + "B.C" are two. digest: as in suite; who looks for a
-- longname looks for the digests of all its ends.
CREATE TABLE test (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest    bytea NOT NULL UNIQUE,
    longname  text NOT NULL,
    name      text NOT NULL
);
CREATE INDEX test_by_longname ON test (left(longname, 300) COLLATE "C");

-- tags: JSON array of strings, in Robot Framework's order. digest: the first 16 bytes of the SHA-256 of tags, each followed
-- by U+001F.
CREATE TABLE tag_set (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest  bytea NOT NULL UNIQUE,
    tags    jsonb NOT NULL
);

-- As Robot Framework compares tags: case, spaces and underscores aside; their beginnings, as an index takes no more.
CREATE FUNCTION tag_keys(tags jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(left(lower(translate(tag, ' _', '')), 200)) FROM jsonb_array_elements_text(tags) AS tag
$$;

-- One execution, reported by one or several robot processes. key: the id the listener chose, the API's `id`.
-- The counts are the sums over the processes that are not superseded; total is what is expected while the run runs.
CREATE TABLE run (
    id                integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key               text NOT NULL UNIQUE,
    setup_id          integer NOT NULL REFERENCES setup,
    configuration_id  integer NOT NULL REFERENCES configuration,
    commit_id         integer REFERENCES commit,
    branch            text NOT NULL DEFAULT '',
    name              text NOT NULL DEFAULT '',      -- of the root suite
    state             text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'abandoned')),
    verification      text NOT NULL DEFAULT 'pending' CHECK (verification IN ('pending', 'verified', 'partial')),
    status            text CHECK (status IN ('PASS', 'FAIL', 'SKIP')),   -- by run_status.py; NULL while it runs
    total             integer NOT NULL DEFAULT 0,
    passed            integer NOT NULL DEFAULT 0,
    failed            integer NOT NULL DEFAULT 0,
    skipped           integer NOT NULL DEFAULT 0,
    warnings          integer NOT NULL DEFAULT 0,
    errors            integer NOT NULL DEFAULT 0,
    lost              integer NOT NULL DEFAULT 0,    -- events the node could not keep
    announced         integer NOT NULL DEFAULT 0,    -- tests of the whole run where pabot knows them, else 0
    started_at        timestamptz NOT NULL,          -- node's clock, as everything in a result
    ended_at          timestamptz,
    sorted_at         timestamptz NOT NULL,          -- started_at by the server's clock: what lists are ordered by
    received_at       timestamptz NOT NULL,          -- server's clock: first and last news
    last_news_at      timestamptz NOT NULL,
    build_url         text NOT NULL DEFAULT '',
    info              jsonb NOT NULL,                -- wire.RunInfo of the first process, gaps filled by the others
    token_id          integer,                       -- that began it; NULL: nobody was asked for one; no reference
    missing           integer NOT NULL DEFAULT 0,    -- tests known to be missing here
    imported_at       timestamptz,                   -- when an output.xml last completed it, server's clock
    missing_failures  integer NOT NULL DEFAULT 0,    -- failures that nodes counted and that are not here
    suite             text,                          -- what it is a run of; NULL: its root suite, `name`
    expected_failures integer NOT NULL DEFAULT 0     -- that were expected; failed are those that were not
) WITH (fillfactor = 70);
CREATE INDEX run_by_time ON run (sorted_at DESC, id DESC);
CREATE INDEX run_by_setup ON run (setup_id, sorted_at DESC, id DESC);
CREATE INDEX run_by_branch ON run (left(branch, 200), sorted_at DESC, id DESC) WHERE branch <> '';
CREATE INDEX run_by_suite ON run (left(coalesce(suite, name), 200), sorted_at DESC, id DESC);
CREATE INDEX run_by_configuration ON run (configuration_id, sorted_at DESC, id DESC);
CREATE INDEX run_open ON run (id) WHERE state <> 'finished';
CREATE INDEX run_by_build ON run (left(build_url, 500)) WHERE build_url <> '';
CREATE INDEX run_by_commit ON run (commit_id);
CREATE INDEX run_doubtful ON run (id)
    WHERE status IN ('PASS', 'SKIP') AND (verification <> 'verified' OR state = 'abandoned');
CREATE INDEX run_imported ON run (imported_at) WHERE imported_at IS NOT NULL;
CREATE INDEX run_by_start ON run (started_at);

-- The tags of all tests of a run that has ended, as tag_keys has them.
CREATE TABLE run_tags (
    run_id  integer NOT NULL PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    tags    text[] NOT NULL
);
CREATE INDEX run_tags_by_tag ON run_tags USING gin (tags);

-- Commits in the order of their repository. `commit`, above, is what nodes say; what their words mean is found here, and
-- kept in run_commit.
CREATE TABLE repository (
    id              integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    default_branch  text NOT NULL DEFAULT ''
);

-- Where it lies, in one spelling (repository_address.py): by it a node's word for a repository is understood.
CREATE TABLE repository_address (
    address        text PRIMARY KEY CHECK (length(address) <= 1000),
    repository_id  integer NOT NULL REFERENCES repository
);

-- Branches up to the heads that were read.
CREATE TABLE repository_branch (
    repository_id  integer NOT NULL REFERENCES repository,
    name           text NOT NULL CHECK (length(name) <= 500),
    head           text NOT NULL,
    read_at        timestamptz NOT NULL,
    PRIMARY KEY (repository_id, name)
);

-- uuid: time x 100 + order, greater than that of each parent: the axis. branch: the default branch where that has the
-- commit, else the first that was read with it; '' where none has it any more. identifier: 12@main, the twelfth commit of main;
-- 12.1@fix, the first one of fix that branched there; '' for what came to a branch by a merge.
CREATE TABLE repository_commit (
    id             integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository_id  integer NOT NULL REFERENCES repository,
    uuid           bigint NOT NULL,
    committed_at   timestamptz NOT NULL,
    branch         text NOT NULL,
    hash           text COLLATE "C" NOT NULL,
    identifier     text NOT NULL,
    author_name    text NOT NULL,
    author_email   text NOT NULL,
    message        text NOT NULL,
    revision       bigint,                           -- Subversion's; without a hash of git, hash is r123
    author         jsonb,                            -- {name, emails} where it was registered; NULL: name and email above
    UNIQUE (repository_id, hash)
);
CREATE INDEX repository_commit_by_hash ON repository_commit (hash);
CREATE INDEX repository_commit_in_order ON repository_commit (repository_id, uuid, id);
CREATE INDEX repository_commit_of_branch ON repository_commit (repository_id, branch, uuid, id);
CREATE INDEX repository_commit_by_identifier ON repository_commit (identifier COLLATE "C") WHERE identifier <> '';
CREATE INDEX repository_commit_by_revision ON repository_commit ((('r' || revision::text) COLLATE "C")) WHERE revision IS NOT NULL;

-- Further branches that a commit was registered on; its own one is in its row.
CREATE TABLE commit_branch (
    commit_id      integer NOT NULL REFERENCES repository_commit,
    branch         text NOT NULL CHECK (length(branch) <= 500),
    repository_id  integer NOT NULL REFERENCES repository,
    uuid           bigint NOT NULL,
    identifier     text NOT NULL,
    PRIMARY KEY (commit_id, branch)
);
CREATE INDEX commit_branch_in_order ON commit_branch (repository_id, branch, uuid, commit_id);
CREATE INDEX commit_branch_by_identifier ON commit_branch (identifier COLLATE "C") WHERE identifier <> '';

CREATE TABLE run_commit (
    run_id         integer NOT NULL REFERENCES run ON DELETE CASCADE,
    repository_id  integer NOT NULL REFERENCES repository,
    commit_id      integer NOT NULL REFERENCES repository_commit,
    PRIMARY KEY (run_id, repository_id)
);
CREATE INDEX run_commit_by_commit ON run_commit (commit_id, run_id);

-- released_at: when somebody let go of it again; the dashboard's role deletes nothing.
CREATE TABLE run_pin (
    run_id       integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    pinned_at    timestamptz NOT NULL,
    pinned_by    text NOT NULL,
    released_at  timestamptz
);

-- The rules in force, as the wall was last started or configured with: one row. Imports and commands read them here.
CREATE TABLE retention (
    is_only      boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    rules        jsonb NOT NULL DEFAULT '[]',
    set_at       timestamptz NOT NULL DEFAULT now(),
    pruned_at    timestamptz,                        -- when `livewall prune`, or the wall, last got to the end
    pruned_runs  integer NOT NULL DEFAULT 0          -- that it removed then
);

-- One robot process of a run. no counts from 0 within the run; a superseded process was repeated by a later one.
CREATE TABLE process (
    run_id      integer NOT NULL REFERENCES run ON DELETE CASCADE,
    no          smallint NOT NULL,
    name        text NOT NULL,
    slot        text NOT NULL DEFAULT '',
    superseded  boolean NOT NULL DEFAULT false,
    ended       boolean NOT NULL DEFAULT false,
    verified    boolean NOT NULL DEFAULT false,
    last_seq    integer NOT NULL DEFAULT 0,          -- events up to here are stored; 2147483647: sealed by an import
    total       integer NOT NULL DEFAULT 0,          -- expected while it runs, stored once it ended
    passed      integer NOT NULL DEFAULT 0,
    failed      integer NOT NULL DEFAULT 0,
    skipped     integer NOT NULL DEFAULT 0,
    warnings    integer NOT NULL DEFAULT 0,
    errors      integer NOT NULL DEFAULT 0,
    lost        integer NOT NULL DEFAULT 0,
    live        jsonb,                               -- the wall's state of this process, while it runs
    end_event   jsonb,                               -- what the node counted
    info        jsonb NOT NULL,                      -- wire.RunInfo as this process sent it
    expected_failures  integer NOT NULL DEFAULT 0,
    PRIMARY KEY (run_id, no),
    UNIQUE (run_id, name)
) WITH (fillfactor = 50);

-- seq: number of the event that brought the row; orders suites as they started.
CREATE TABLE suite_result (
    run_id            integer NOT NULL,
    suite_id          integer NOT NULL,
    start_time        timestamptz NOT NULL,
    elapsed_time      double precision,
    seq               integer NOT NULL,
    test_count        integer NOT NULL,
    process_no        smallint NOT NULL,
    id                text NOT NULL,                 -- s1-s2, as in output.xml
    status            text CHECK (status IN ('PASS', 'FAIL', 'SKIP', 'NOT RUN')),   -- NULL while it runs
    message           text NOT NULL DEFAULT '',
    source            text NOT NULL,
    doc               text NOT NULL,
    metadata          jsonb NOT NULL,
    setup             jsonb,                         -- {name, status, elapsed_time}
    teardown          jsonb,
    PRIMARY KEY (run_id, process_no, id)
) PARTITION BY RANGE (run_id);

-- seq: number of the event that brought the row; orders tests as they ended.
CREATE TABLE result (
    run_id        integer NOT NULL,
    test_id       integer NOT NULL,
    start_time    timestamptz NOT NULL,
    elapsed_time  double precision NOT NULL,
    tag_set_id    integer NOT NULL,
    seq           integer NOT NULL,
    lineno        integer,
    process_no    smallint NOT NULL,
    status        smallint NOT NULL CHECK (status BETWEEN 0 AND 3),   -- 0 PASS, 1 FAIL, 2 SKIP, 3 NOT RUN
    id            text NOT NULL,                     -- s1-s2-t3, as in output.xml
    message       text,                              -- NULL: none
    source        text,                              -- NULL: the suite's own
    expected      smallint,                          -- words as expectation.py has them; NULL: PASS
    actual        smallint,                          -- likewise; NULL: status says it
    attempts      smallint,                          -- rows of attempt; NULL: it was one
    extra         jsonb                              -- what else its uploader wrote
) PARTITION BY RANGE (run_id);
CREATE UNIQUE INDEX result_key ON result (run_id, process_no, id);
CREATE INDEX result_timeline ON result (test_id, run_id) INCLUDE (status, elapsed_time);
CREATE INDEX result_failed ON result (run_id, test_id) INCLUDE (status) WHERE status = 1;
-- Partitions that were there before results had expectations do without.
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

-- The attempts of a test that was tried several times in a run, the last one among them. no: from 1, as they were made.
CREATE TABLE attempt (
    run_id        integer NOT NULL,
    no            smallint NOT NULL,
    process_no    smallint NOT NULL,
    status        smallint NOT NULL CHECK (status BETWEEN 0 AND 3),
    id            text NOT NULL,                     -- of the result
    start_time    timestamptz,                       -- NULL: nobody said
    elapsed_time  double precision,                  -- NULL: nobody said
    message       text,                              -- NULL: none
    PRIMARY KEY (run_id, process_no, id, no)
) PARTITION BY RANGE (run_id);

-- What an uploader sent, packed by gzip.
CREATE TABLE raw_upload (
    run_id  integer NOT NULL PRIMARY KEY,
    packed  bytea NOT NULL
) PARTITION BY RANGE (run_id);
ALTER TABLE raw_upload ALTER COLUMN packed SET STORAGE EXTERNAL;

-- How long a test takes on a setup: an exponentially weighted mean, brought up to date when a run ends.
CREATE TABLE test_duration (
    setup_id      integer NOT NULL REFERENCES setup,
    test_id       integer NOT NULL REFERENCES test,
    elapsed_time  real NOT NULL,
    PRIMARY KEY (setup_id, test_id)
);
CREATE INDEX test_duration_by_test ON test_duration (test_id);

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

-- What uploads were made on, SDKs aside. version: major x 1000000 + minor x 1000 + patch. digest: the first 16 bytes of the
-- SHA-256 of the members as JSON.
CREATE TABLE upload_configuration (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest        bytea NOT NULL UNIQUE,
    platform      text NOT NULL,
    version       bigint NOT NULL,
    is_simulator  boolean NOT NULL,
    architecture  text NOT NULL,
    version_name  text,
    model         text,
    style         text,
    flavor        text
);

CREATE TABLE upload_suite (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name  text NOT NULL UNIQUE
);

-- Tests that uploads of a suite ever had.
CREATE TABLE upload_test (
    suite_id  integer NOT NULL REFERENCES upload_suite,
    test_id   integer NOT NULL REFERENCES test,
    PRIMARY KEY (suite_id, test_id)
);

-- The uploads of one suite on one configuration and branch. branch: 'default' for the main ones. latest: the start of the
-- latest upload or archive, in seconds since 1970, as all times here.
CREATE TABLE upload_series (
    id                integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    suite_id          integer NOT NULL REFERENCES upload_suite,
    branch            text NOT NULL,
    configuration_id  integer NOT NULL REFERENCES upload_configuration,
    latest            bigint NOT NULL,
    UNIQUE (suite_id, branch, configuration_id)
);
CREATE INDEX upload_series_of_branch ON upload_series (branch, configuration_id, latest);

-- A run that was uploaded, in each series it is of. uuid: that of its latest commit. flaky: tests that did not pass at each
-- try. stats: what is told of the run; urls: of its build, NULL where there is no telling which.
CREATE TABLE upload (
    run_id      integer NOT NULL REFERENCES run ON DELETE CASCADE,
    series_id   integer NOT NULL REFERENCES upload_series,
    uuid        bigint NOT NULL,
    start_time  bigint NOT NULL,
    sdk         text NOT NULL,
    flaky       integer NOT NULL,
    stats       jsonb NOT NULL,
    urls        jsonb,
    PRIMARY KEY (run_id, series_id)
);
CREATE UNIQUE INDEX upload_in_order ON upload (series_id, uuid, start_time, sdk);
CREATE INDEX upload_by_start ON upload (series_id, start_time, uuid);

-- Archives of uploads. digest: the SHA-256 of the file, which is kept once.
CREATE TABLE upload_archive (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    series_id   integer NOT NULL REFERENCES upload_series,
    uuid        bigint NOT NULL,
    start_time  bigint NOT NULL,
    sdk         text NOT NULL,
    digest      text NOT NULL,
    UNIQUE (series_id, uuid, start_time, sdk)
);
CREATE INDEX upload_archive_by_start ON upload_archive (start_time);
CREATE INDEX upload_archive_by_digest ON upload_archive (digest);

-- Uploaded files. owner_kind, owner_id: whose it is: a run's number, or the number or UUID of what another feature has
-- files of. A run's rows go with it by run_id; owners of another kind have none, and whoever deletes such deletes its rows.
-- place: where the file lies below the data folder's artifacts; nothing is ever written there again.
-- The release before names a run alone, and knows one place for each name of a run: a trigger fills in the rest for it.
CREATE TABLE artifact (
    run_id        integer REFERENCES run ON DELETE CASCADE,
    name          text NOT NULL,
    process_no    smallint,
    content_type  text NOT NULL,
    size          bigint NOT NULL,                   -- unpacked
    sha256        text NOT NULL,                     -- packed
    stored_at     timestamptz NOT NULL DEFAULT now(),
    owner_kind    text NOT NULL DEFAULT 'run',
    owner_id      text NOT NULL,
    place         text NOT NULL UNIQUE,
    PRIMARY KEY (owner_kind, owner_id, name),
    UNIQUE (run_id, name),
    CHECK ((owner_kind = 'run') = (run_id IS NOT NULL))
);

CREATE FUNCTION former_place(run_id integer, name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT run_id || '/' || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 32) || '.gz'
$$;

CREATE FUNCTION artifact_of_former_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.owner_id := NEW.run_id;
    NEW.place := former_place(NEW.run_id, NEW.name);
    RETURN NEW;
END
$$;
CREATE TRIGGER artifact_of_former_release BEFORE INSERT ON artifact FOR EACH ROW
    WHEN (NEW.owner_id IS NULL) EXECUTE FUNCTION artifact_of_former_release();
CREATE TRIGGER artifact_replaced_by_former_release BEFORE UPDATE ON artifact FOR EACH ROW
    WHEN (NEW.stored_at <> OLD.stored_at AND NEW.sha256 <> OLD.sha256 AND NEW.place = OLD.place) EXECUTE FUNCTION artifact_of_former_release();

-- Places that no row leads to any more; whoever deletes rows need not think of the files. A row without a place is used
-- again: the dashboard's role deletes nothing.
CREATE TABLE unused_place (
    id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place  text
);
CREATE INDEX unused_place_free ON unused_place (id) WHERE place IS NULL;

CREATE FUNCTION note_unused_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE unused_place SET place = OLD.place
    WHERE id = (SELECT id FROM unused_place WHERE place IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO unused_place (place) VALUES (OLD.place);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER artifact_deleted AFTER DELETE ON artifact FOR EACH ROW EXECUTE FUNCTION note_unused_place();
CREATE TRIGGER artifact_replaced AFTER UPDATE ON artifact FOR EACH ROW
    WHEN (NEW.place <> OLD.place) EXECUTE FUNCTION note_unused_place();

-- Build reports: a report is a run; what is not of a run is here.

-- What configure found; machines of one kind find the same.
CREATE TABLE build_answers (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest   text NOT NULL UNIQUE,
    answers  jsonb NOT NULL
);

-- What the run says too is here again, for lists that are of reports alone. sha256: of the tarball as it was sent.
-- counts: of the package's own tests. details: {source, branch, basename, host, parameters, versions, notes, failed_check,
-- tarball, files, is_masked, own_setup: the one it is of where nobody says another}.
CREATE TABLE build_report (
    run_id        integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    run           text NOT NULL UNIQUE,
    sha256        text NOT NULL,
    stored_at     timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz NOT NULL,
    setup         text NOT NULL,
    project       text NOT NULL,
    version       text NOT NULL,
    status        text NOT NULL,
    failed_step   text NOT NULL,
    system        text NOT NULL,
    architecture  text NOT NULL,
    compiler      text NOT NULL,
    total         integer NOT NULL,
    passed        integer NOT NULL,
    failed        integer NOT NULL,
    skipped       integer NOT NULL,
    expected_failures  integer NOT NULL,
    errors        integer NOT NULL,
    warnings      integer NOT NULL,
    answers_id    integer REFERENCES build_answers,
    details       jsonb NOT NULL,
    UNIQUE (sha256, setup)
);
CREATE INDEX build_report_by_start ON build_report (started_at DESC, run_id DESC);
CREATE INDEX build_report_by_project ON build_report (left(project, 200), started_at DESC, run_id DESC);
CREATE INDEX build_report_by_system ON build_report (left(project, 200), left(system, 100), started_at DESC, run_id DESC);

-- first_error: {file, line, text, context, starts_at, at, flag, kind, hint} or NULL. places: where reading of its log may
-- begin: {lines, packed}.
CREATE TABLE build_step (
    run_id        integer NOT NULL REFERENCES build_report ON DELETE CASCADE,
    no            smallint NOT NULL,
    name          text NOT NULL,
    status        text NOT NULL CHECK (status IN ('ok', 'failed')),
    lines         bigint NOT NULL,
    size          bigint NOT NULL,
    elapsed_time  double precision,
    first_error   jsonb,
    places        jsonb,
    PRIMARY KEY (run_id, no),
    UNIQUE (run_id, name)
);

-- digest: of what it says and in which file, without the line.
CREATE TABLE build_diagnostic (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest  text NOT NULL UNIQUE,
    kind    text NOT NULL CHECK (kind IN ('error', 'warning')),
    sort    text NOT NULL,
    flag    text NOT NULL,
    file    text NOT NULL,
    text    text NOT NULL,
    hint    text NOT NULL
);

CREATE TABLE build_diagnostic_seen (
    run_id         integer NOT NULL REFERENCES build_report ON DELETE CASCADE,
    diagnostic_id  integer NOT NULL REFERENCES build_diagnostic,
    step           text NOT NULL,
    line           integer NOT NULL,
    at             bigint NOT NULL,
    count          integer NOT NULL,
    PRIMARY KEY (run_id, diagnostic_id)
);
CREATE INDEX build_diagnostic_seen_by_diagnostic ON build_diagnostic_seen (diagnostic_id);

-- What reports may be at most, as the wall was last started or configured with: one row. Imports read them here.
CREATE TABLE build_report_limits (
    is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    packed    bigint NOT NULL,
    unpacked  bigint NOT NULL,
    members   bigint NOT NULL
);

CREATE TABLE token (
    id            integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    scope         text NOT NULL CHECK (scope IN ('ingest', 'upload', 'read', 'builds', 'submit', 'agent', 'admin')),
    sha256        bytea NOT NULL UNIQUE,
    created_at    timestamptz NOT NULL DEFAULT now(),
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    setups        text[] CHECK (cardinality(setups) > 0),   -- whose runs it may write; NULL: of all
    expires_at    timestamptz,
    queues        text[] CHECK (cardinality(queues) > 0),   -- whose jobs it is for; NULL: of all
    job_id        uuid                                      -- the one job that it is for, whose agent asked for it
);
CREATE UNIQUE INDEX token_of_job ON token (job_id) WHERE job_id IS NOT NULL;

-- A browser that showed a token once. sha256: of what its cookie holds. A row whose time is over is used again.
CREATE TABLE session (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      bytea NOT NULL UNIQUE,
    token_id    integer NOT NULL REFERENCES token ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- The job queue. A queue is there as soon as a job or an agent names it. advertised: an agent told of it, so that lists show
-- it. images: what can be installed, by name. retries: how often a job that an agent lost is run again.
CREATE TABLE job_queue (
    name         text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    description  text NOT NULL DEFAULT '',
    images       json NOT NULL DEFAULT '{}',
    retries      smallint NOT NULL DEFAULT 1 CHECK (retries BETWEEN 0 AND 10),
    advertised   boolean NOT NULL DEFAULT false
);

-- What an agent says of itself. attributes: by which jobs select agents. restricted_to: client names by queue. paused_until:
-- NULL in a pause without an end.
CREATE TABLE agent (
    name            text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    state           text NOT NULL DEFAULT '',
    comment         text NOT NULL DEFAULT '',
    location        text NOT NULL DEFAULT '',
    provision_type  text NOT NULL DEFAULT '',
    identifier      text NOT NULL DEFAULT '',
    queues          text[] NOT NULL DEFAULT '{}',
    attributes      jsonb NOT NULL DEFAULT '{}',
    restricted_to   jsonb NOT NULL DEFAULT '{}',
    job_id          uuid,
    log             text[] NOT NULL DEFAULT '{}',
    paused          boolean NOT NULL DEFAULT false,
    paused_until    timestamptz,
    pause_note      text NOT NULL DEFAULT '',
    state_since     timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    heard_at        timestamptz          -- when it last said or asked anything else
) WITH (fillfactor = 70);
CREATE INDEX agent_by_queue ON agent USING gin (queues);

-- no: the order of submission. queue: '' where any agent will do whose attributes contain those that the job wants. definition:
-- as submitted. lease_until: the agent is taken for dead then; NULL before the claim and after the end. retry_of, retried_as:
-- the same definition under another id; origin: the first of them, which has the attachments. token_id: who submitted; NULL: nobody was asked.
CREATE TABLE job (
    id                  uuid PRIMARY KEY,
    no                  bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    queue               text NOT NULL CHECK (length(queue) <= 200),
    priority            integer NOT NULL DEFAULT 0,
    state               text NOT NULL DEFAULT 'waiting' CHECK (state IN (
                            'waiting', 'running', 'setup', 'provision', 'firmware_update', 'test', 'allocate', 'allocated',
                            'reserve', 'cleanup', 'complete', 'cancelled', 'lost')),
    end_reason          text NOT NULL DEFAULT '',
    definition          json NOT NULL,
    name                text NOT NULL DEFAULT '',
    tags                text[] NOT NULL DEFAULT '{}',
    wants               jsonb NOT NULL DEFAULT '{}',
    excluded            text[] NOT NULL DEFAULT '{}',
    attachments_status  text CHECK (attachments_status IN ('waiting', 'complete')),
    retry_of            uuid,
    retried_as          uuid,
    retries_left        smallint,
    token_id            integer,
    agent               text,
    lease_until         timestamptz,
    reserved_until      timestamptz,
    created_at          timestamptz NOT NULL DEFAULT now(),
    started_at          timestamptz,
    ended_at            timestamptz,
    origin              uuid
) WITH (fillfactor = 70);
CREATE INDEX job_waiting ON job (queue, priority DESC, no)
    WHERE state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting';
CREATE INDEX job_by_queue ON job (queue, no DESC);
CREATE INDEX job_by_agent ON job (agent, no DESC) WHERE agent IS NOT NULL;
CREATE INDEX job_by_token ON job (token_id, no DESC) WHERE token_id IS NOT NULL;
CREATE INDEX job_by_tag ON job USING gin (tags);
CREATE INDEX job_leased ON job (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX job_by_origin ON job (origin) WHERE origin IS NOT NULL;
CREATE INDEX job_held ON job (agent) WHERE lease_until IS NOT NULL;
CREATE INDEX job_ended ON job (ended_at) WHERE ended_at IS NOT NULL;

-- What was posted of a job, its fields added up; also of ids that no job here has.
CREATE TABLE job_result (
    job_id     uuid PRIMARY KEY,
    result     json NOT NULL,
    posted_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

-- status: the exit code.
CREATE TABLE job_phase (
    job_id      uuid NOT NULL REFERENCES job ON DELETE CASCADE,
    phase       text NOT NULL,
    status      integer,
    started_at  timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (job_id, phase)
);

-- Output by fragments, as it came. data: UTF-8; text cannot hold NUL. at: the agent's clock.
CREATE TABLE job_output (
    job_id     uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('output', 'serial')),
    fragment   bigint NOT NULL,
    phase      text NOT NULL,
    at         timestamptz NOT NULL,
    data       bytea NOT NULL,
    posted_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (job_id, kind, phase, fragment)
);

-- Runs that robots inside a job reported.
CREATE TABLE job_run (
    job_id  uuid NOT NULL REFERENCES job ON DELETE CASCADE,
    run_id  integer NOT NULL REFERENCES run ON DELETE CASCADE,
    PRIMARY KEY (job_id, run_id)
);
CREATE INDEX job_run_by_run ON job_run (run_id);

-- Jobs whose last run was removed, in whichever way: they go, too.
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

-- How provisioning went on an agent. image: a digest of what was to be installed.
CREATE TABLE provision_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent      text NOT NULL REFERENCES agent,
    job_id     uuid NOT NULL,
    exit_code  integer NOT NULL,
    detail     text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now(),
    image      text NOT NULL DEFAULT ''
);
CREATE INDEX provision_log_of_agent ON provision_log (agent, id DESC);
CREATE INDEX provision_log_of_image ON provision_log (image, id DESC);

-- What is to be told. next_at: NULL once it was heard, or was given up.
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

-- Branches of projects, what is built of them, and which runs came of that.

-- How far a remote of a project's repository has been looked at. trouble: why not, '' while it can be. A remote that was
-- looked at once is no longer one whose branches are all as old as their commits.
CREATE TABLE branch_remote (
    project      text NOT NULL,
    repository   text NOT NULL,
    remote       text NOT NULL,
    fetched_at   timestamptz,
    trouble      text NOT NULL DEFAULT '',
    trouble_since timestamptz,
    PRIMARY KEY (project, repository, remote)
);

-- The branches of all remotes. is_there: at the last look; pushed_at: when the last look that found it changed was.
CREATE TABLE branch (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project     text NOT NULL,
    repository  text NOT NULL,
    remote      text NOT NULL,
    name        text NOT NULL CHECK (octet_length(name) <= 1000),
    commit      text NOT NULL,
    subject     text NOT NULL DEFAULT '',
    author      text NOT NULL DEFAULT '',
    committed_at timestamptz,
    pushed_at   timestamptz NOT NULL,
    is_there    boolean NOT NULL DEFAULT true,
    UNIQUE (project, repository, remote, name)
) WITH (fillfactor = 70);

-- What became of branches, as it was found. before and after: commits, '' for none.
CREATE TABLE branch_move (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    branch_id  bigint NOT NULL REFERENCES branch ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('new', 'moved', 'forced', 'deleted', 'renamed')),
    before     text NOT NULL DEFAULT '',
    after      text NOT NULL DEFAULT '',
    former     text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX branch_move_of_branch ON branch_move (branch_id, id DESC);

-- Branches of one name over the repositories of a project. is_alive: at least one is there.
CREATE TABLE bundle (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project    text NOT NULL,
    name       text NOT NULL CHECK (octet_length(name) <= 1000),
    is_sticky  boolean NOT NULL DEFAULT false,
    is_alive   boolean NOT NULL DEFAULT true,
    pushed_at  timestamptz NOT NULL,
    UNIQUE (project, name)
) WITH (fillfactor = 70);

-- A build of a bundle, from the first push it gathers. heads: {repository: commit} of the bundle's own branches. moved_at:
-- the last push among these. fingerprint: of commits and steps; same_as: the build that had these before, whose state and
-- result count then. steps and other settings: as the configuration had them when it was due, in `plan`.
CREATE TABLE branch_build (
    number         bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    bundle_id      integer NOT NULL REFERENCES bundle ON DELETE CASCADE,
    state          text NOT NULL DEFAULT 'gathering' CHECK (state IN ('gathering', 'waiting', 'building', 'done')),
    result         text CHECK (result IN ('ok', 'warnings', 'failed', 'killed', 'skipped')),
    reason         text NOT NULL DEFAULT '',
    heads          jsonb NOT NULL DEFAULT '{}',
    fingerprint    text,
    plan           jsonb,
    same_as        bigint,
    rebuild_of     bigint,
    superseded_by  bigint,
    is_kept        boolean NOT NULL DEFAULT false,
    is_cancelled   boolean NOT NULL DEFAULT false,
    ordered_by     text NOT NULL DEFAULT '',
    job_id         uuid,
    warnings       integer NOT NULL DEFAULT 0,
    errors         integer NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL DEFAULT now(),
    moved_at       timestamptz NOT NULL DEFAULT now(),
    due_at         timestamptz,
    started_at     timestamptz,
    ended_at       timestamptz,
    CHECK ((state = 'done') = (result IS NOT NULL OR same_as IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX branch_build_of_bundle ON branch_build (bundle_id, number DESC);
CREATE UNIQUE INDEX branch_build_gathering ON branch_build (bundle_id) WHERE state = 'gathering' AND rebuild_of IS NULL;
CREATE INDEX branch_build_open ON branch_build (number) WHERE state <> 'done';
CREATE INDEX branch_build_same ON branch_build (fingerprint, number DESC) WHERE fingerprint IS NOT NULL;
CREATE INDEX branch_build_same_as ON branch_build (same_as) WHERE same_as IS NOT NULL;
CREATE INDEX branch_build_of_job ON branch_build (job_id) WHERE job_id IS NOT NULL;

-- What a build is made of. match: by which rule the commit was chosen (members.py).
CREATE TABLE branch_build_commit (
    number      bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    no          smallint NOT NULL,
    repository  text NOT NULL,
    remote      text NOT NULL,
    branch      text NOT NULL,
    commit      text NOT NULL,
    match       text NOT NULL CHECK (match IN ('head', 'base_match', 'base', 'none')),
    subject     text NOT NULL DEFAULT '',
    author      text NOT NULL DEFAULT '',
    committed_at timestamptz,
    PRIMARY KEY (number, repository)
);

-- first_error: {text, file, line, hint, at, context} or NULL. diagnostics: the first of what compilers complained about.
CREATE TABLE branch_build_step (
    number        bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    no            smallint NOT NULL,
    name          text NOT NULL,
    status        text NOT NULL CHECK (status IN ('waiting', 'running', 'ok', 'failed', 'killed', 'skipped')),
    exit_code     integer,
    elapsed_time  double precision,
    first_error   jsonb,
    diagnostics   jsonb NOT NULL DEFAULT '[]',
    warnings      integer NOT NULL DEFAULT 0,
    errors        integer NOT NULL DEFAULT 0,
    lines         bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (number, no)
) WITH (fillfactor = 70);

-- is_own: the run that was made of the build's logs; the others were reported by robots inside it, or are of its files.
CREATE TABLE branch_build_run (
    number  bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    run_id  integer NOT NULL REFERENCES run ON DELETE CASCADE,
    is_own  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (number, run_id)
);
CREATE INDEX branch_build_run_by_run ON branch_build_run (run_id);

-- What the hosts of repositories are told of builds.
-- told: {repository: state} as its host has heard it. next_at: when it is looked at again, NULL where nothing is due.
-- changes: how often the build has become another; tries and trouble: of the last of these.
CREATE TABLE branch_status (
    number   bigint PRIMARY KEY REFERENCES branch_build ON DELETE CASCADE,
    told     jsonb NOT NULL DEFAULT '{}',
    changes  integer NOT NULL DEFAULT 0,
    tries    integer NOT NULL DEFAULT 0,
    next_at  timestamptz,
    trouble  text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
CREATE INDEX branch_status_due ON branch_status (next_at) WHERE next_at IS NOT NULL;

-- A build is another, and so are those that are the same as it.
CREATE FUNCTION note_branch_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branch_status (number, next_at)
    SELECT NEW.number, now() UNION ALL SELECT number, now() FROM branch_build WHERE same_as = NEW.number
    ON CONFLICT (number) DO UPDATE SET changes = branch_status.changes + 1, tries = 0, next_at = now();
    RETURN NULL;
END
$$;
CREATE TRIGGER branch_build_changed AFTER UPDATE ON branch_build FOR EACH ROW
    WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION note_branch_status();

-- A folder of HTML that a build left, such as of coverage. no: of the step that wrote it. coverage: percent that its index says,
-- NULL where it says none. trouble: why it was not kept, '' where it was.
CREATE TABLE branch_build_html (
    number    bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    folder    text NOT NULL,
    no        smallint NOT NULL,
    coverage  double precision,
    trouble   text NOT NULL DEFAULT '',
    PRIMARY KEY (number, folder)
);

-- Where a file of such a folder begins in the archive of its build (html_archive.py), in bytes, and how many it has unpacked.
CREATE TABLE branch_build_html_file (
    number  bigint NOT NULL REFERENCES branch_build ON DELETE CASCADE,
    path    text NOT NULL,
    start   bigint NOT NULL,
    size    bigint NOT NULL,
    PRIMARY KEY (number, path)
);

-- A build's files are no other's.
CREATE FUNCTION remove_files_of_branch_build() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM artifact WHERE owner_kind = 'branch_build' AND owner_id = OLD.number::text;
    RETURN NULL;
END
$$;
CREATE TRIGGER branch_build_removed AFTER DELETE ON branch_build FOR EACH ROW EXECUTE FUNCTION remove_files_of_branch_build();

-- How far what a bundle is made of is from its base: how many commits `commit` has that `base` has not (ahead), and the other
-- way round (behind). It holds for these two commits alone.
CREATE TABLE bundle_distance (
    bundle_id   integer NOT NULL REFERENCES bundle ON DELETE CASCADE,
    repository  text NOT NULL,
    commit      text NOT NULL,
    base        text NOT NULL,
    ahead       integer NOT NULL,
    behind      integer NOT NULL,
    PRIMARY KEY (bundle_id, repository)
) WITH (fillfactor = 70);

-- An instance is kept by the agent that made the build; this is what it said last, until lease_until, and what is wanted of
-- it. number: of the build, which may be removed before its instance is. wakes: how often somebody wanted it awake; tried:
-- for which of these times the agent has told. changed_at: when its state was last another one. gone_at: since then nothing
-- is left of it. unhealthy_since: since then it runs and does not answer well. stopped: why it sleeps until it is woken, as
-- somebody said so; '' where nobody did.
CREATE TABLE branch_instance (
    number        bigint PRIMARY KEY,
    job_id        uuid NOT NULL,
    project       text NOT NULL,
    agent         text NOT NULL,
    host          text NOT NULL DEFAULT '',
    port          integer,
    state         text NOT NULL DEFAULT 'stopped' CHECK (state IN ('starting', 'running', 'stopping', 'stopped', 'failed')),
    wanted        text NOT NULL DEFAULT 'stopped' CHECK (wanted IN ('running', 'stopped', 'gone')),
    reason        text NOT NULL DEFAULT '',
    wakes         integer NOT NULL DEFAULT 0,
    tried         integer NOT NULL DEFAULT 0,
    restarts      integer NOT NULL DEFAULT 0,
    exit_code     integer,
    message       text NOT NULL DEFAULT '',
    created_at    timestamptz NOT NULL DEFAULT now(),
    changed_at    timestamptz NOT NULL DEFAULT now(),
    started_at    timestamptz,
    last_used_at  timestamptz NOT NULL DEFAULT now(),
    lease_until   timestamptz NOT NULL DEFAULT now(),
    gone_at       timestamptz,
    unhealthy_since timestamptz,
    stopped       text NOT NULL DEFAULT ''
) WITH (fillfactor = 70);
CREATE INDEX branch_instance_of_agent ON branch_instance (agent) WHERE gone_at IS NULL;
CREATE INDEX branch_instance_of_project ON branch_instance (project, number DESC) WHERE gone_at IS NULL;

-- The end of what an instance has written.
CREATE TABLE branch_instance_log (
    number  bigint PRIMARY KEY REFERENCES branch_instance ON DELETE CASCADE,
    at      timestamptz NOT NULL DEFAULT now(),
    text    text NOT NULL
);

-- The dashboard's role deletes nothing by itself. Files follow their rows.
CREATE FUNCTION remove_jobs(before timestamptz, most integer) RETURNS integer
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
REVOKE ALL ON FUNCTION remove_jobs FROM PUBLIC;

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

-- The dashboard's role makes no tokens but these. Of a job that has ended `late` is how long it is good: what its robot could
-- not deliver comes then. One token a job: the one before is good no more. No row where no agent has had the job.
CREATE FUNCTION give_token_to_job(job uuid, for_setup text, digest bytea, late interval) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO token (name, scope, sha256, setups, expires_at, job_id)
    SELECT 'job ' || id, 'ingest', digest,
           ARRAY[for_setup] || CASE WHEN token_id IS NULL AND told.setup <> '' THEN ARRAY[told.setup] END,
           CASE WHEN ended_at IS NOT NULL THEN now() + late END, id
    FROM job
    -- Postgres reads no member of json that has a NUL anywhere in it.
    CROSS JOIN LATERAL (SELECT replace(definition::text, '\u0000', '\ufffd')::json ->> 'setup' AS setup) AS told
    WHERE id = $1 AND state <> 'waiting'
    ON CONFLICT (job_id) WHERE job_id IS NOT NULL DO UPDATE SET
        sha256 = excluded.sha256, setups = excluded.setups, expires_at = excluded.expires_at
    WHERE token.revoked_at IS NULL
    RETURNING id
$$;
ALTER FUNCTION give_token_to_job SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION give_token_to_job FROM PUBLIC;

-- For the release before; it fails for a job that has a NUL in its definition.
CREATE FUNCTION give_job_token(job uuid, for_setup text, digest bytea, late interval) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    INSERT INTO token (name, scope, sha256, setups, expires_at, job_id)
    SELECT 'job ' || id, 'ingest', digest,
           ARRAY[for_setup] || CASE WHEN token_id IS NULL AND definition ->> 'setup' <> '' THEN ARRAY[definition ->> 'setup'] END,
           CASE WHEN ended_at IS NOT NULL THEN now() + late END, id
    FROM job WHERE id = $1 AND state <> 'waiting'
    ON CONFLICT (job_id) WHERE job_id IS NOT NULL DO UPDATE SET
        sha256 = excluded.sha256, setups = excluded.setups, expires_at = excluded.expires_at
    WHERE token.revoked_at IS NULL
    RETURNING id
$$;
ALTER FUNCTION give_job_token SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION give_job_token FROM PUBLIC;

-- A robot whose job is cancelled has its last words then.
CREATE FUNCTION end_job_token() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    UPDATE token SET expires_at = now() + interval '10 minutes' WHERE job_id = NEW.id;
    RETURN NULL;
END
$$;
ALTER FUNCTION end_job_token SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION end_job_token FROM PUBLIC;
CREATE TRIGGER job_ended AFTER UPDATE ON job FOR EACH ROW
    WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION end_job_token();

CREATE FUNCTION remove_job_tokens() RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM token WHERE job_id IS NOT NULL AND expires_at < now()
$$;
ALTER FUNCTION remove_job_tokens SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_job_tokens FROM PUBLIC;

-- A run that was made of a file alone gives way when its node reports the same run after all; for that the dashboard's role
-- needs no right to delete runs.
CREATE FUNCTION remove_imported_runs(run_ids integer[]) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM run WHERE id = ANY (run_ids) AND imported_at IS NOT NULL
        AND EXISTS (SELECT FROM process p WHERE p.run_id = run.id AND p.no = 0 AND p.name = 'output.xml')
        AND NOT EXISTS (SELECT FROM process p WHERE p.run_id = run.id AND p.no > 0)
$$;
ALTER FUNCTION remove_imported_runs SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_imported_runs FROM PUBLIC;

-- For a dashboard whose role may delete no run: those that are over, silent for a day, and not pinned.
CREATE FUNCTION remove_old_runs(run_ids integer[]) RETURNS SETOF integer
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM run WHERE id = ANY (run_ids) AND state <> 'running' AND last_news_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM run_pin p WHERE p.run_id = run.id AND p.released_at IS NULL)
    RETURNING id
$$;
ALTER FUNCTION remove_old_runs SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_old_runs FROM PUBLIC;

-- For the release before: archives from before a time that no upload has beside it any more, and their files. An archive
-- that comes meanwhile waits: then its file is there or it stores it again. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_upload_archives(before bigint, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone text[];
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    WITH old AS (
        SELECT id FROM upload_archive a WHERE start_time < before AND NOT EXISTS (
            SELECT FROM upload u
            WHERE (u.series_id, u.uuid, u.start_time, u.sdk) = (a.series_id, a.uuid, a.start_time, a.sdk))
        ORDER BY start_time LIMIT most
    ), removed AS (
        DELETE FROM upload_archive WHERE id IN (SELECT id FROM old) RETURNING digest
    )
    SELECT coalesce(array_agg(digest), '{}') INTO gone FROM removed;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND owner_id = ANY (gone)
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    RETURN cardinality(gone);
END
$$;
ALTER FUNCTION remove_upload_archives SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_upload_archives FROM PUBLIC;

-- Removes these archives where no upload is beside them, and the files that no archive is any more; -> how many. An archive
-- that comes meanwhile waits: then its file is there or it stores it again. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_archives(archives integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    gone text[];
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    WITH removed AS (
        DELETE FROM upload_archive a WHERE id = ANY (archives) AND NOT EXISTS (
            SELECT FROM upload u
            WHERE (u.series_id, u.uuid, u.start_time, u.sdk) = (a.series_id, a.uuid, a.start_time, a.sdk))
        RETURNING digest
    )
    SELECT coalesce(array_agg(digest), '{}') INTO gone FROM removed;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND owner_id = ANY (gone)
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    RETURN cardinality(gone);
END
$$;
ALTER FUNCTION remove_archives SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_archives FROM PUBLIC;

CREATE FUNCTION remove_archives_beside() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    beside integer[];
BEGIN
    SELECT array_agg(id) INTO beside FROM upload_archive a
    WHERE (a.series_id, a.uuid, a.start_time, a.sdk) = (OLD.series_id, OLD.uuid, OLD.start_time, OLD.sdk);
    IF beside IS NOT NULL THEN
        PERFORM remove_archives(beside);
    END IF;
    RETURN NULL;
END
$$;
ALTER FUNCTION remove_archives_beside SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_archives_beside FROM PUBLIC;
CREATE TRIGGER remove_archives_beside AFTER DELETE ON upload FOR EACH ROW EXECUTE FUNCTION remove_archives_beside();

-- Files of archives that others have taken the place of; -> how many. Those of a day may be on their way to their archive.
CREATE FUNCTION remove_files_without_archive() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    LOCK TABLE upload_archive IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM artifact WHERE owner_kind = 'upload_archive' AND stored_at < now() - interval '1 day'
        AND NOT EXISTS (SELECT FROM upload_archive a WHERE a.digest = owner_id);
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_files_without_archive SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_files_without_archive FROM PUBLIC;

-- What a former report of a run said goes when another one takes its place. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_build_report(report_of integer) RETURNS void
LANGUAGE sql SECURITY DEFINER AS $$
    DELETE FROM build_report WHERE run_id = report_of
$$;
ALTER FUNCTION remove_build_report SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_build_report FROM PUBLIC;

-- Numbers of builds only grow: this raises the next one. -> the next one.
CREATE FUNCTION raise_branch_build_number(first bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    numbers text := pg_get_serial_sequence('branch_build', 'number');
    next_one bigint := nextval(numbers);
BEGIN
    next_one := greatest(first, next_one);
    PERFORM setval(numbers, next_one, false);
    RETURN next_one;
END
$$;
ALTER FUNCTION raise_branch_build_number SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION raise_branch_build_number FROM PUBLIC;

-- Builds that ended before a time, but for kept ones, the last five of each living bundle, and those that others are the
-- same as; then bundles and branches that are gone and have none left. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_branch_builds(before timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM branch_build WHERE number IN (
        SELECT b.number FROM branch_build b JOIN bundle ON bundle.id = b.bundle_id
        WHERE b.state = 'done' AND b.ended_at < remove_branch_builds.before AND NOT b.is_kept
          AND NOT EXISTS (SELECT FROM branch_build other WHERE other.same_as = b.number)
          AND NOT (bundle.is_alive AND b.number IN (
              SELECT number FROM branch_build last WHERE last.bundle_id = b.bundle_id ORDER BY number DESC LIMIT 5))
        ORDER BY b.number LIMIT most);
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM bundle WHERE NOT is_alive AND pushed_at < remove_branch_builds.before
        AND NOT EXISTS (SELECT FROM branch_build b WHERE b.bundle_id = bundle.id);
    DELETE FROM branch_move WHERE at < remove_branch_builds.before;
    DELETE FROM branch WHERE NOT is_there AND pushed_at < remove_branch_builds.before;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_branch_builds SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_branch_builds FROM PUBLIC;

-- Rows of instances of which nothing is left since a time. The dashboard's role deletes nothing by itself.
CREATE FUNCTION remove_branch_instances(before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM branch_instance WHERE gone_at < before;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END
$$;
ALTER FUNCTION remove_branch_instances SET search_path = public, pg_temp;
REVOKE ALL ON FUNCTION remove_branch_instances FROM PUBLIC;
