-- Tokens for people who may start and stop Jenkins builds.

ALTER TABLE token
    DROP CONSTRAINT token_scope_check,
    ADD CONSTRAINT token_scope_check
        CHECK (scope IN ('ingest', 'upload', 'read', 'builds', 'submit', 'agent', 'admin'));
