-- Setups that somebody took off the wall. One of which there is later news is back, whoever hears it.

ALTER TABLE setup ADD COLUMN forgotten_at timestamptz;
CREATE INDEX setup_forgotten ON setup (forgotten_at) WHERE forgotten_at IS NOT NULL;
