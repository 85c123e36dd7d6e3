"""For those who run the dashboard: is it well, and how much does it do."""
