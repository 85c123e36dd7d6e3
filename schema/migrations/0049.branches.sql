-- What was built may be stopped by hand, or run and not answer. New columns, which the release before leaves as they are.

-- unhealthy_since: since then it runs and does not answer well. stopped: why it sleeps until it is woken, as somebody said so;
-- '' where nobody did.
ALTER TABLE branch_instance ADD unhealthy_since timestamptz;
ALTER TABLE branch_instance ADD stopped text NOT NULL DEFAULT '';
