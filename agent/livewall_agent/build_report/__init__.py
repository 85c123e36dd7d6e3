"""`livewall build`: configure, make, make check, what they say live on a wall, and in a report that is sent to it."""
