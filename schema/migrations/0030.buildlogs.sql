-- Build reports: what configure, make and make check said. A report is a run; what is not of a run is here.

-- What the run says too is here again, for lists that are of reports alone. sha256: of the tarball as it was sent.
-- counts: of the package's own tests. details: {source, branch, basename, host, parameters, versions, notes, failed_check,
-- tarball, files, is_masked}.
CREATE TABLE build_report (
    run_id        integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
    run           text NOT NULL UNIQUE,
    sha256        text NOT NULL UNIQUE,
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
    answers_id    integer,
    details       jsonb NOT NULL
);
CREATE INDEX build_report_by_start ON build_report (started_at DESC, run_id DESC);
CREATE INDEX build_report_by_project ON build_report (left(project, 200), started_at DESC, run_id DESC);

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

-- What configure found; machines of one kind find the same.
CREATE TABLE build_answers (
    id       integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest   text NOT NULL UNIQUE,
    answers  jsonb NOT NULL
);
ALTER TABLE build_report ADD FOREIGN KEY (answers_id) REFERENCES build_answers;
