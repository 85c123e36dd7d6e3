-- Tokens that end and tokens for some setups; whose run it is; browsers that are signed in.

-- setups: those whose runs the token may write; NULL: of all.
ALTER TABLE token
    ADD COLUMN setups     text[] CHECK (cardinality(setups) > 0),
    ADD COLUMN expires_at timestamptz;

-- token_id: the token that began the run; NULL where nobody was asked for one. No reference: when a token is deleted,
-- the run is still not everybody's.
ALTER TABLE run ADD COLUMN token_id integer;

-- A browser that showed a token once. sha256: of what its cookie holds. A row whose time is over is used again.
CREATE TABLE session (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256      bytea NOT NULL UNIQUE,
    token_id    integer NOT NULL REFERENCES token ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
