"""What tests of every weight share: a real Postgres, a real dashboard, real robot runs."""
