-- What resultsdbpy's API tells of commits and uploads beside what the history has.

-- author: {name, emails}, of commits that were registered; NULL: author_name and author_email, as a clone has them. A commit
-- of Subversion alone has r123 for its hash.
ALTER TABLE repository_commit
    ADD COLUMN revision bigint,
    ADD COLUMN author jsonb;
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
