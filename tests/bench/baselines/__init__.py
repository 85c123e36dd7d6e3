"""What livewall is measured against: the least that could be done, and the common practice."""
