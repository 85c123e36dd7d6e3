-- When an agent was last heard of in whatever way: to ask for a job is a word, too. updated_at is of what it says of itself.

ALTER TABLE agent ADD COLUMN heard_at timestamptz;
