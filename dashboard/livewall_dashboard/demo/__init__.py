"""`livewall demo`: a wall with a pretend lab whose robot runs are real."""
