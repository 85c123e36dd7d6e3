"""`livewall import`: what an output.xml holds and the history lacks."""
