-- Commits in the order of their repository, read from clones; and at which of them a run was made.
--
-- The table `commit` stays what nodes say: a repository as they spell it, a branch, a hash that may be abbreviated. Both
-- releases write it; what a run's words mean is found in what is here, and kept in run_commit.

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
    UNIQUE (repository_id, hash)
);
CREATE INDEX repository_commit_by_hash ON repository_commit (hash);
CREATE INDEX repository_commit_in_order ON repository_commit (repository_id, uuid, id);
CREATE INDEX repository_commit_of_branch ON repository_commit (repository_id, branch, uuid, id);

CREATE TABLE run_commit (
    run_id         integer NOT NULL REFERENCES run ON DELETE CASCADE,
    repository_id  integer NOT NULL REFERENCES repository,
    commit_id      integer NOT NULL REFERENCES repository_commit,
    PRIMARY KEY (run_id, repository_id)
);
CREATE INDEX run_commit_by_commit ON run_commit (commit_id, run_id);
