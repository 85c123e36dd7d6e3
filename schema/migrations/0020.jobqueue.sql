-- Jobs wait in queues, agents take them. New tables alone: the release before knows nothing of them and needs not.

CREATE TABLE job_queue (
    name         text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
    description  text NOT NULL DEFAULT '',
    images       json NOT NULL DEFAULT '{}',
    retries      smallint NOT NULL DEFAULT 1 CHECK (retries BETWEEN 0 AND 10),
    advertised   boolean NOT NULL DEFAULT false
);

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
    updated_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE INDEX agent_by_queue ON agent USING gin (queues);

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
    ended_at            timestamptz
) WITH (fillfactor = 70);
CREATE INDEX job_waiting ON job (queue, priority DESC, no)
    WHERE state = 'waiting' AND attachments_status IS DISTINCT FROM 'waiting';
CREATE INDEX job_by_queue ON job (queue, no DESC);
CREATE INDEX job_by_agent ON job (agent, no DESC) WHERE agent IS NOT NULL;
CREATE INDEX job_by_token ON job (token_id, no DESC) WHERE token_id IS NOT NULL;
CREATE INDEX job_by_tag ON job USING gin (tags);
CREATE INDEX job_leased ON job (lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE job_result (
    job_id     uuid PRIMARY KEY,
    result     json NOT NULL,
    posted_at  timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

CREATE TABLE job_phase (
    job_id      uuid NOT NULL REFERENCES job ON DELETE CASCADE,
    phase       text NOT NULL,
    status      integer,
    started_at  timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (job_id, phase)
);

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

CREATE TABLE job_run (
    job_id  uuid NOT NULL REFERENCES job ON DELETE CASCADE,
    run_id  integer NOT NULL REFERENCES run ON DELETE CASCADE,
    PRIMARY KEY (job_id, run_id)
);
CREATE INDEX job_run_by_run ON job_run (run_id);

CREATE TABLE provision_log (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent      text NOT NULL REFERENCES agent,
    job_id     uuid NOT NULL,
    exit_code  integer NOT NULL,
    detail     text NOT NULL,
    at         timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX provision_log_of_agent ON provision_log (agent, id DESC);
