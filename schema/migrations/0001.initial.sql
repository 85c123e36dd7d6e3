-- Setups, runs and their results.
-- Names, tag sets and configurations are stored once and referred to by number; results are partitioned by run.

CREATE TABLE setup (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    first_seen  timestamptz NOT NULL DEFAULT now()
);

-- The key=value labels a run was made with.
CREATE TABLE configuration (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    labels  jsonb NOT NULL UNIQUE
);

-- repository and branch are '' where the node does not know them. ordinal: position on its branch, once known.
CREATE TABLE commit (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository    text NOT NULL,
    branch        text NOT NULL,
    hash          text NOT NULL,
    committed_at  timestamptz,
    ordinal       bigint,
    first_seen    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (repository, branch, hash)
);

-- Names may be longer than a B-tree entry: uniqueness is by digest.
CREATE TABLE suite (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    longname  text NOT NULL,
    name      text NOT NULL
);
CREATE UNIQUE INDEX suite_key ON suite (sha256(convert_to(longname || E'\x1f' || name, 'UTF8')));

CREATE TABLE test (
    id        integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    suite_id  integer NOT NULL REFERENCES suite,
    name      text NOT NULL
);
CREATE UNIQUE INDEX test_key ON test (suite_id, sha256(convert_to(name, 'UTF8')));

CREATE TABLE tag_set (
    id    integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tags  text[] NOT NULL
);
CREATE UNIQUE INDEX tag_set_key ON tag_set (sha256(convert_to(array_to_string(tags, E'\x1f'), 'UTF8')));

-- One execution, reported by one or several robot processes. key: the id the listener chose, the API's `id`.
CREATE TABLE run (
    id                integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key               text NOT NULL UNIQUE,
    setup_id          integer NOT NULL REFERENCES setup,
    configuration_id  integer NOT NULL REFERENCES configuration,
    commit_id         bigint REFERENCES commit,
    branch            text NOT NULL DEFAULT '',
    name              text NOT NULL DEFAULT '',      -- of the root suite
    state             text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'finished', 'abandoned')),
    verification      text NOT NULL DEFAULT 'pending' CHECK (verification IN ('pending', 'verified', 'partial')),
    status            text CHECK (status IN ('PASS', 'FAIL', 'SKIP')),
    total             integer NOT NULL DEFAULT 0,
    passed            integer NOT NULL DEFAULT 0,
    failed            integer NOT NULL DEFAULT 0,
    skipped           integer NOT NULL DEFAULT 0,
    warnings          integer NOT NULL DEFAULT 0,
    errors            integer NOT NULL DEFAULT 0,
    lost              integer NOT NULL DEFAULT 0,    -- events the node could not keep
    started_at        timestamptz NOT NULL,          -- node's clock, as everything in a result
    ended_at          timestamptz,
    received_at       timestamptz NOT NULL,          -- server's clock: first and last news
    last_news_at      timestamptz NOT NULL,
    build_url         text NOT NULL DEFAULT '',
    info              jsonb NOT NULL                 -- host, versions, build, as reported
);
CREATE INDEX run_by_setup ON run (setup_id, id DESC);
CREATE INDEX run_open ON run (id) WHERE state = 'running';
CREATE INDEX run_by_build ON run (build_url) WHERE build_url <> '';
CREATE INDEX run_by_commit ON run (commit_id);

-- One robot process of a run. no counts from 0 within the run; a superseded process was repeated by a later one.
CREATE TABLE process (
    run_id      integer NOT NULL REFERENCES run ON DELETE CASCADE,
    no          smallint NOT NULL,
    name        text NOT NULL,
    slot        text NOT NULL DEFAULT '',
    superseded  boolean NOT NULL DEFAULT false,
    last_seq    bigint NOT NULL DEFAULT 0,           -- events up to here are stored
    live        jsonb,                               -- the wall's state of this process, while it runs
    ended       boolean NOT NULL DEFAULT false,
    verified    boolean NOT NULL DEFAULT false,
    end_event   jsonb,                               -- what the node counted
    PRIMARY KEY (run_id, no),
    UNIQUE (run_id, name)
);

CREATE TABLE suite_result (
    run_id            integer NOT NULL,
    process_no        smallint NOT NULL,
    id                text NOT NULL,                 -- s1-s2, as in output.xml
    suite_id          integer NOT NULL,
    source            text,
    doc               text,
    metadata          jsonb,
    test_count        integer NOT NULL,
    status            text,                          -- NULL while it runs
    message           text,
    start_time        timestamptz NOT NULL,
    elapsed_time      double precision,
    setup             jsonb,                         -- {name, status, elapsed_time}
    teardown          jsonb,
    PRIMARY KEY (run_id, process_no, id)
) PARTITION BY RANGE (run_id);

-- seq: number of the event that brought the row; orders tests as they ended.
CREATE TABLE result (
    run_id        integer NOT NULL,
    test_id       integer NOT NULL,
    process_no    smallint NOT NULL,
    status        smallint NOT NULL,                 -- 0 PASS, 1 FAIL, 2 SKIP, 3 NOT RUN
    lineno        integer,
    tag_set_id    integer NOT NULL,
    start_time    timestamptz NOT NULL,
    elapsed_time  double precision NOT NULL,
    seq           bigint NOT NULL,
    id            text NOT NULL,                     -- s1-s2-t3, as in output.xml
    message       text,
    source        text
) PARTITION BY RANGE (run_id);
CREATE UNIQUE INDEX result_key ON result (run_id, process_no, id);
CREATE INDEX result_timeline ON result (test_id, run_id) INCLUDE (status, elapsed_time);
CREATE INDEX result_failed ON result (run_id, test_id) INCLUDE (status) WHERE status <> 0;

-- How long a test takes on a setup: an exponentially weighted mean, brought up to date when a run ends.
CREATE TABLE test_duration (
    setup_id      integer NOT NULL,
    test_id       integer NOT NULL,
    elapsed_time  real NOT NULL,
    PRIMARY KEY (setup_id, test_id)
);

CREATE TABLE artifact (
    run_id       integer NOT NULL REFERENCES run ON DELETE CASCADE,
    name         text NOT NULL,
    process_no   smallint,
    content_type text NOT NULL,
    size         bigint NOT NULL,
    sha256       text NOT NULL,
    stored_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run_id, name)
);

CREATE TABLE token (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    scope       text NOT NULL CHECK (scope IN ('ingest', 'upload', 'read', 'submit', 'agent', 'admin')),
    sha256      bytea NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    revoked_at  timestamptz
);
